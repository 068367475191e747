/* What mail from here looks like: a heading, some lines, lists of things with why and where; as text and as HTML of one
 * column that needs no images, no scripts and no style sheet from elsewhere, light and dark. All texts are escaped.
 * Pure. */
#ifndef SINETTI_NOTICES_LETTER_H
#define SINETTI_NOTICES_LETTER_H

#include "catalog/catalog.h"

struct letter_row {
    struct str title, why;
    struct str path; /* of a page, behind the server's address; empty: none */
    bool late;
};
struct letter_part {
    struct str title; /* may be empty */
    const struct letter_row *rows;
    size_t n;
    size_t more; /* that are not shown */
};
struct letter_figure {
    struct str label, value, change; /* change may be empty */
};
struct letter {
    enum lang lang;
    struct str organization, heading, text; /* text: a paragraph, may be empty */
    const struct letter_figure *figures;
    size_t n_figures;
    const struct letter_part *parts;
    size_t n_parts;
    struct str action, action_path; /* a button; empty: none. The path may end with a secret behind # */
    struct str base;                /* the server's address; empty: links are left out */
    bool can_choose;                /* say where one chooses what one gets */
};
void letter_text(const struct letter *l, struct buf *out);
void letter_html(const struct letter *l, struct buf *out);

#endif
