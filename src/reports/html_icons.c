/* The pictures of verdicts, statuses and coverage: one 16 × 16 symbol each, named by what it shows. A circle that fills
 * up says how far a thing is; every picture differs in shape, so that none needs its colour. */
#include "reports/html.h"

#define RING "<circle cx=\"8\" cy=\"8\" r=\"6.5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"
#define DOTTED                                                                                                         \
    "<circle cx=\"8\" cy=\"8\" r=\"6.5\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" "                  \
    "stroke-dasharray=\"2.1 2\"/>"
#define DISC "<circle cx=\"8\" cy=\"8\" r=\"7.25\" fill=\"currentColor\"/>"
#define LINE(d)                                                                                                        \
    "<path d=\"" d "\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.75\" stroke-linecap=\"round\" "          \
    "stroke-linejoin=\"round\"/>"
#define CUT(d)                                                                                                         \
    "<path d=\"" d "\" fill=\"none\" stroke=\"var(--cut)\" stroke-width=\"1.75\" stroke-linecap=\"round\" "            \
    "stroke-linejoin=\"round\"/>"
#define FILL(d) "<path d=\"" d "\" fill=\"currentColor\"/>"

static const struct icon {
    const char *name, *shapes;
} icons[] = {
    /* how far */
    {"full", DISC CUT("M4.75 8.25l2.25 2.25 4.25-4.75")},
    {"filled", DISC},
    {"most", RING FILL("M8 3.5a4.5 4.5 0 1 1-4.5 4.5h4.5z")},
    {"half", RING FILL("M8 3.5a4.5 4.5 0 0 1 0 9z")},
    {"quarter", RING FILL("M8 3.5a4.5 4.5 0 0 1 4.5 4.5h-4.5z")},
    {"empty", RING},
    {"none", RING LINE("M5 8h6")},
    {"outside", DOTTED},
    /* verdicts */
    {"met", RING LINE("M5 8.25l2.1 2.1 3.9-4.4")},
    {"partly_met", RING FILL("M8 3.5a4.5 4.5 0 0 1 0 9z")},
    {"violated", DISC CUT("M5.5 5.5l5 5m0-5l-5 5")},
    {"at_risk", LINE("M8 1.75l6.5 12h-13zM8 6v3.5M8 11.6v.1")},
    {"no_evidence", DOTTED LINE("M6.3 6.4a1.75 1.75 0 1 1 2.6 1.5q-.9.5-.9 1.2M8 11.2v.1")},
    {"not_applicable", RING LINE("M5 8h6")},
    {"waived", LINE("M3 14.25v-12.5h9.5l-2 3.25 2 3.25h-9.5")},
    {"treated", LINE("M13.6 6a6 6 0 1 0 .3 3M14 2.5v3.6h-3.6M5.6 8.2l1.8 1.8 3-3.4")},
    {"notice", RING LINE("M8 7.5v3.5M8 4.9v.1")},
};

void html_icons(struct page *p)
{
    html_raw(p, "<svg width=\"0\" height=\"0\" class=\"icons\" aria-hidden=\"true\">\n");
    for (size_t i = 0; i < sizeof icons / sizeof *icons; i++)
        buf_printf(p->out, "<symbol id=\"i-%s\" viewBox=\"0 0 16 16\">%s</symbol>\n", icons[i].name, icons[i].shapes);
    html_raw(p, "</svg>\n");
}
