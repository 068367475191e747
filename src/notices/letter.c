#include "notices/letter.h"

#define PREFERENCES "/account?tab=notifications"

static const char *const why_this[LANG_COUNT] = {
    "Sinetti sent this by itself; nobody reads answers. You choose what you get, and when:",
    "Sinetti lähetti tämän itsestään, eikä vastauksia lue kukaan. Valitse itse, mitä saat ja milloin:"};
static const char *const by_itself[LANG_COUNT] = {"Sinetti sent this by itself; nobody reads answers.",
                                                  "Sinetti lähetti tämän itsestään, eikä vastauksia lue kukaan."};
static const char *const choose[LANG_COUNT] = {"Notification settings", "Ilmoitusasetukset"};

/* --- text */

void letter_text(const struct letter *l, struct buf *out)
{
    buf_printf(out, STR_FMT "\n\n", STR_ARG(l->heading));
    if (l->text.n) buf_printf(out, STR_FMT "\n\n", STR_ARG(l->text));
    for (size_t i = 0; i < l->n_figures; i++) {
        const struct letter_figure *f = &l->figures[i];
        buf_printf(out, STR_FMT ": " STR_FMT, STR_ARG(f->label), STR_ARG(f->value));
        if (f->change.n) buf_printf(out, " (" STR_FMT ")", STR_ARG(f->change));
        buf_char(out, '\n');
    }
    if (l->n_figures) buf_char(out, '\n');
    for (size_t i = 0; i < l->n_parts; i++) {
        const struct letter_part *p = &l->parts[i];
        if (p->title.n) buf_printf(out, STR_FMT "\n", STR_ARG(p->title));
        for (size_t k = 0; k < p->n; k++) {
            const struct letter_row *r = &p->rows[k];
            buf_printf(out, "- " STR_FMT "\n", STR_ARG(r->title));
            if (r->why.n) buf_printf(out, "  " STR_FMT "\n", STR_ARG(r->why));
            if (r->path.n && l->base.n) buf_printf(out, "  " STR_FMT STR_FMT "\n", STR_ARG(l->base), STR_ARG(r->path));
        }
        if (p->more) {
            buf_cstr(out, "- ");
            buf_printf(out, l->lang == LANG_FI ? "ja %zu muuta" : "and %zu more", p->more);
            buf_char(out, '\n');
        }
        buf_char(out, '\n');
    }
    if (l->action.n && l->base.n)
        buf_printf(out, STR_FMT ":\n" STR_FMT STR_FMT "\n\n", STR_ARG(l->action), STR_ARG(l->base),
                   STR_ARG(l->action_path));
    buf_cstr(out, "-- \n"); /* the mark of a signature, RFC 3676, 4.3 */
    if (l->organization.n) buf_printf(out, STR_FMT " · Sinetti\n", STR_ARG(l->organization));
    if (l->can_choose && l->base.n)
        buf_printf(out, "%s\n" STR_FMT PREFERENCES "\n", why_this[l->lang], STR_ARG(l->base));
    else
        buf_printf(out, "%s\n", by_itself[l->lang]);
}

/* --- HTML */

static void esc(struct buf *out, struct str s)
{
    for (size_t i = 0; i < s.n; i++) switch (s.p[i]) {
        case '&':
            buf_cstr(out, "&amp;");
            break;
        case '<':
            buf_cstr(out, "&lt;");
            break;
        case '>':
            buf_cstr(out, "&gt;");
            break;
        case '"':
            buf_cstr(out, "&quot;");
            break;
        case '\'':
            buf_cstr(out, "&#39;");
            break;
        case '\n':
            buf_cstr(out, "<br>");
            break;
        default:
            buf_char(out, s.p[i]);
        }
}

static void link_to(struct buf *out, const struct letter *l, const char *class, struct str path, struct str text)
{
    buf_printf(out, "<a class=\"%s\" href=\"", class);
    esc(out, l->base);
    esc(out, path);
    buf_cstr(out, "\">");
    esc(out, text);
    buf_cstr(out, "</a>");
}

static const char style[] =
    "<style>"
    ":root{color-scheme:light dark;supported-color-schemes:light dark}"
    "body{margin:0;padding:24px 12px;background:#f3f5f8;color:#1b2433;font:16px/1.5 system-ui,-apple-system,\"Segoe "
    "UI\",Roboto,sans-serif}"
    ".page{max-width:600px;margin:0 auto;background:#fff;border:1px solid #dde2ea;border-radius:8px;padding:28px}"
    ".mark{font-size:14px;font-weight:600;color:#52607a;margin:0 0 4px}"
    "h1{font-size:22px;line-height:1.3;margin:0 0 16px}"
    "h2{font-size:15px;margin:24px 0 4px;color:#52607a}"
    "p{margin:0 0 16px}"
    "ul{list-style:none;margin:0;padding:0}"
    "li{padding:10px 0;border-top:1px solid #e6e9ef}"
    ".why{font-size:14px;color:#52607a}"
    ".late{color:#b3261e;font-weight:600}"
    "a{color:#1d4fa3}"
    ".go{font-weight:600;text-decoration:none}"
    ".button{display:inline-block;margin:20px 0 4px;padding:10px 18px;border-radius:6px;background:#1d4fa3;color:#fff;"
    "font-weight:600;text-decoration:none}"
    "table{width:100%;border-collapse:collapse;margin:0 0 8px}"
    "td{padding:8px 0;border-top:1px solid #e6e9ef}"
    "td.num{text-align:right;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}"
    ".foot{max-width:600px;margin:16px auto 0;font-size:13px;color:#52607a}"
    "@media (prefers-color-scheme:dark){"
    "body{background:#10151d;color:#e5e9f0}"
    ".page{background:#1a212c;border-color:#2e3846}"
    ".mark,h2,.why,.foot{color:#a3afc2}"
    "li,td{border-color:#2e3846}"
    "a{color:#8db6ff}"
    ".button{background:#2f66c4;color:#fff}"
    ".late{color:#ff9a91}"
    "}"
    "</style>";

static void put_part(struct buf *out, const struct letter *l, const struct letter_part *p)
{
    if (p->title.n) {
        buf_cstr(out, "<h2>");
        esc(out, p->title);
        buf_cstr(out, "</h2>\n");
    }
    buf_cstr(out, "<ul>\n");
    for (size_t k = 0; k < p->n; k++) {
        const struct letter_row *r = &p->rows[k];
        buf_cstr(out, "<li>");
        if (r->path.n && l->base.n)
            link_to(out, l, "go", r->path, r->title);
        else {
            buf_cstr(out, "<strong>");
            esc(out, r->title);
            buf_cstr(out, "</strong>");
        }
        if (r->why.n) {
            buf_printf(out, "<div class=\"why%s\">", r->late ? " late" : "");
            esc(out, r->why);
            buf_cstr(out, "</div>");
        }
        buf_cstr(out, "</li>\n");
    }
    if (p->more) {
        buf_cstr(out, "<li class=\"why\">");
        buf_printf(out, l->lang == LANG_FI ? "ja %zu muuta" : "and %zu more", p->more);
        buf_cstr(out, "</li>\n");
    }
    buf_cstr(out, "</ul>\n");
}

static void put_figures(struct buf *out, const struct letter *l)
{
    buf_cstr(out, "<table role=\"presentation\">\n");
    for (size_t i = 0; i < l->n_figures; i++) {
        const struct letter_figure *f = &l->figures[i];
        buf_cstr(out, "<tr><td>");
        esc(out, f->label);
        buf_cstr(out, "</td><td class=\"num\">");
        esc(out, f->value);
        if (f->change.n) {
            buf_cstr(out, " <span class=\"why\">");
            esc(out, f->change);
            buf_cstr(out, "</span>");
        }
        buf_cstr(out, "</td></tr>\n");
    }
    buf_cstr(out, "</table>\n");
}

void letter_html(const struct letter *l, struct buf *out)
{
    buf_printf(out, "<!doctype html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n", lang_name(l->lang));
    buf_cstr(out, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                  "<meta name=\"color-scheme\" content=\"light dark\">\n"
                  "<meta name=\"supported-color-schemes\" content=\"light dark\">\n<title>");
    esc(out, l->heading);
    buf_printf(out, "</title>\n%s\n</head>\n<body>\n<main class=\"page\">\n<p class=\"mark\">Sinetti", style);
    if (l->organization.n) {
        buf_cstr(out, " · ");
        esc(out, l->organization);
    }
    buf_cstr(out, "</p>\n<h1>");
    esc(out, l->heading);
    buf_cstr(out, "</h1>\n");
    if (l->text.n) {
        buf_cstr(out, "<p>");
        esc(out, l->text);
        buf_cstr(out, "</p>\n");
    }
    if (l->n_figures) put_figures(out, l);
    for (size_t i = 0; i < l->n_parts; i++) put_part(out, l, &l->parts[i]);
    if (l->action.n && l->base.n) {
        buf_cstr(out, "<p>");
        link_to(out, l, "button", l->action_path, l->action);
        buf_cstr(out, "</p>\n");
    }
    buf_cstr(out, "</main>\n<div class=\"foot\">");
    buf_cstr(out, by_itself[l->lang]);
    if (l->can_choose && l->base.n) {
        buf_char(out, ' ');
        link_to(out, l, "choose", STR(PREFERENCES), str_from(choose[l->lang]));
    }
    buf_cstr(out, "</div>\n</body>\n</html>\n");
}
