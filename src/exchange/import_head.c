/* The first line: which column is what. */
#include "exchange/import_int.h"

static const char *const own[] = {"number", "title", "owner", "state", "shows"};
/* What they are called in the pages and in other programs' files. */
static const char *const called[][4] = {{"numero", "no", "id", NULL},
                                        {"name", "otsikko", "nimi", NULL},
                                        {"omistaja", NULL},
                                        {"tila", NULL},
                                        {"osoittaa", NULL}};

static bool is_called(struct str name, size_t i)
{
    for (size_t w = 0; called[i][w]; w++)
        if (str_eq_nocase(name, str_from(called[i][w]))) return true;
    return false;
}

/* By its key first, so that no label takes the place of one; NULL: none, or a label of several. */
static const struct record_field *find_field(const struct record_kind *k, struct str name)
{
    const struct record_field *found = record_find_field(k, name);
    if (found) return found;
    for (size_t i = 0; i < k->n_fields; i++) {
        bool same = false;
        for (int l = 0; l < LANG_COUNT; l++) same = same || str_eq_nocase(k->fields[i].label[l], name);
        if (same && found) return NULL;
        if (same) found = &k->fields[i];
    }
    return found;
}

static bool find_column(const struct exchange *e, struct str name, struct column *out)
{
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (str_eq_nocase(name, str_from(own[i]))) {
            *out = (struct column){(enum column_of)i, NULL, str_from(own[i])};
            return true;
        }
    const struct record_field *f = find_field(e->o.kind, name);
    if (f) *out = (struct column){COLUMN_FIELD, f, f->key};
    for (size_t i = 0; !f && i < sizeof own / sizeof *own; i++)
        if (is_called(name, i)) {
            *out = (struct column){(enum column_of)i, NULL, str_from(own[i])};
            return true;
        }
    return f != NULL;
}

static bool can_match(const struct column *c)
{
    if (c->of == COLUMN_TITLE) return true;
    if (c->of != COLUMN_FIELD || c->field->many) return false;
    return c->field->type == FIELD_TEXT || c->field->type == FIELD_NUMBER || c->field->type == FIELD_DATE ||
           c->field->type == FIELD_CHOICE;
}

/* The column that rows are matched by. */
static enum rc find_match(struct ctx *cx, struct exchange *e, int64_t line)
{
    e->match = -1;
    for (size_t i = 0; i < e->n_columns; i++) {
        const struct column *c = &e->columns[i];
        if (e->o.match.n ? !str_eq(c->name, e->o.match) : c->of != COLUMN_NUMBER) continue;
        e->match = (int)i;
        if (!e->o.match.n || can_match(c)) return OK;
        return exchange_fault(cx, e, line, i + 1, c->name, "rows cannot be matched by a field of this type");
    }
    if (!e->o.match.n) return OK;
    return exchange_fault(cx, e, line, 0, e->o.match, "rows are to be matched by it, and no column is called so");
}

enum rc exchange_head(struct ctx *cx, struct exchange *e, const struct csv_row *row)
{
    bool has_title = false;
    e->n_columns = row->n;
    for (size_t i = 0; i < row->n; i++) {
        struct column *c = &e->columns[i];
        struct str name = str_trim(csv_plain(row->cells[i]));
        if (!find_column(e, name, c)) {
            *c = (struct column){.of = COLUMN_STATE};
            TRY(exchange_fault(cx, e, row->line, i + 1, name, "is no column of this register"));
            continue;
        }
        has_title = has_title || c->of == COLUMN_TITLE;
        for (size_t k = 0; k < i; k++)
            if (str_eq(e->columns[k].name, c->name))
                TRY(exchange_fault(cx, e, row->line, i + 1, c->name, "stands in two columns"));
    }
    TRY(find_match(cx, e, row->line));
    if (has_title || e->match >= 0) return OK;
    return exchange_fault(cx, e, row->line, 0, STR("title"), "new items need a title: no column is called so");
}
