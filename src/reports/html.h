/* The parts the HTML report is put together from; only reports/html*.c see this.
 *
 * The page is one file: no script, nothing from outside, and well-formed XML too, so that any reader of it can be
 * strict. html_raw() is for our own markup alone. Whatever else gets onto the page goes through html_text(), in
 * attributes too.
 */
#ifndef SINETTI_REPORTS_HTML_H
#define SINETTI_REPORTS_HTML_H

#include "reports/html_words.h"
#include "reports/reports.h"
#include "reports/words.h"

struct page {
    struct buf *out;
    const struct assessment *a;
    enum lang lang;
};

#define HTML_FINDINGS_OPEN 5   /* findings of a point in plain sight */
#define HTML_FINDINGS_SHOWN 50 /* on the page at all; the JSON report has the rest */

/* Parts (html_parts.c). */
void html_raw(struct page *p, const char *markup);
void html_text(struct page *p, struct str s);  /* escaped for text and for attributes in double quotes */
void html_code(struct page *p, struct str s);  /* <code>, set apart from the direction of the text around it */
void html_int(struct page *p, int64_t n);      /* with the language's separator of thousands */
void html_date(struct page *p, int64_t t);     /* <time>, the day in the language's form */
void html_day(struct page *p, struct str day); /* the same of "2026-11-24"; other texts as they are */
void html_english(struct page *p,
                  struct str s); /* a name that has no translation: marked so on a page in another language */
void html_framework(struct page *p, const struct catalog_framework *f); /* name and edition */
void html_verdict(struct page *p, enum verdict v);
void html_status(struct page *p, const struct task_result *t);
void html_assurance(struct page *p, enum assurance a);
void html_priority(struct page *p, enum priority priority);
void html_task_id(struct page *p, struct str key); /* the value of an id or the end of a href */
void html_point_id(struct page *p, const struct catalog_obligation *o);

/* Words (html_words.h) put on the page. */
void html_say(struct page *p, enum html_word w);
void html_term(struct page *p, enum word w);                     /* words.h: what other formats say too */
void html_fill(struct page *p, enum html_word w, struct str s);  /* {s} */
void html_count(struct page *p, enum html_counted c, int64_t n); /* {n} */

/* Sections, in the order of the page. */
void html_icons(struct page *p); /* the pictures that others refer to; shows nothing itself */
void html_header(struct page *p);
void html_summary(struct page *p);
void html_first(struct page *p);
void html_tasks(struct page *p);
void html_grids(struct page *p);
void html_note(struct page *p);

void html_findings(struct page *p, const struct obligation_result *o);
void html_place(struct page *p, const struct finding *f); /* path:line, commit; nothing when it has none */
int64_t html_places(const struct task_result *t);         /* findings of all its points */

#endif
