#include "exchange/names.h"

#include "facts/subject.h"
#include "store/store.h"

#include <stdlib.h>

enum ask {
    ASK_ADDRESS,
    ASK_NAME,
    ASK_PERSON,
    ASK_GROUP_NAME,
    ASK_GROUP,
    ASK_ITEM,
    ASK_TITLE,
    ASK_REPO,
    ASK_PROJECT,
    ASKS
};
enum tell { TELL_PERSON, TELL_GROUP, TELL_ITEM, TELL_REPO, TELL_PROJECT, TELLS };

/* ?1 what it is called, ?2 1: only people who work here, or the kind of an item. At most two rows are read. */
static const char *const asks[ASKS] = {
    [ASK_ADDRESS] = "SELECT DISTINCT p.subject FROM fact_person_addresses a JOIN fact_person p ON p.n = a.n WHERE "
                    "a.value = ?1 COLLATE NOCASE AND (?2 = 0 OR p.state = 'active') LIMIT 2",
    [ASK_NAME] = "SELECT subject FROM fact_person WHERE lower(name) = lower(?1) AND (?2 = 0 OR state = 'active') "
                 "LIMIT 2",
    [ASK_PERSON] = "SELECT subject FROM fact_person WHERE subject = ?1 AND (?2 = 0 OR state = 'active')",
    [ASK_GROUP_NAME] = "SELECT subject FROM fact_group WHERE lower(name) = lower(?1) AND state = 'active' LIMIT 2",
    [ASK_GROUP] = "SELECT subject FROM fact_group WHERE subject = ?1",
    [ASK_ITEM] = "SELECT subject FROM fact_record WHERE kind = ?2 AND number = CAST(?1 AS INTEGER) LIMIT 2",
    [ASK_TITLE] = "SELECT subject FROM fact_record WHERE kind = ?2 AND lower(title) = lower(?1) LIMIT 2",
    [ASK_REPO] = "SELECT subject FROM fact_repository WHERE name = ?1 LIMIT 2",
    [ASK_PROJECT] = "SELECT subject FROM fact_project WHERE name = ?1 OR title = ?1 LIMIT 2",
};

/* ?1 the subject: what it is called, and whether nothing else is called so. */
static const char *const tells[TELLS] = {
    [TELL_PERSON] = "SELECT coalesce((SELECT a.value FROM fact_person_addresses a WHERE a.n = p.n ORDER BY a.seq LIMIT "
                    "1), ''), 1 FROM fact_person p WHERE p.subject = ?1",
    [TELL_GROUP] = "SELECT name, (SELECT count(*) FROM fact_group o WHERE lower(o.name) = lower(g.name) AND o.state = "
                   "'active') = 1 AND state = 'active' FROM fact_group g WHERE subject = ?1",
    [TELL_ITEM] = "SELECT CAST(number AS TEXT), 1 FROM fact_record WHERE subject = ?1",
    [TELL_REPO] = "SELECT name, (SELECT count(*) FROM fact_repository o WHERE o.name = r.name) = 1 FROM "
                  "fact_repository r WHERE subject = ?1",
    [TELL_PROJECT] = "SELECT name, (SELECT count(*) FROM fact_project o WHERE o.name = p.name OR o.title = p.name) = "
                     "1 FROM fact_project p WHERE subject = ?1",
};

static const char memo_schema[] =
    "CREATE TABLE memo (ask INTEGER NOT NULL, text TEXT NOT NULL, more TEXT NOT NULL, found TEXT NOT NULL, "
    "rows INTEGER NOT NULL, PRIMARY KEY (ask, text, more)) STRICT, WITHOUT ROWID";
#define MOST_KEPT 100000 /* answers */

struct names {
    sqlite3 *ledger, *memo;
    const struct catalog *c;
    sqlite3_stmt *asks[ASKS], *tells[TELLS], *get, *put;
    size_t kept;
};

enum rc names_open(struct ctx *cx, sqlite3 *ledger, const struct catalog *c, struct names **out)
{
    struct names *n = *out = calloc(1, sizeof *n);
    if (!n) return fail(cx, E_IO, "out of memory");
    n->ledger = ledger;
    n->c = c;
    enum rc rc = store_open_temporary(cx, memo_schema, &n->memo);
    if (rc == OK)
        rc = store_prepare(cx, n->memo, STR("SELECT found, rows FROM memo WHERE ask = ?1 AND text = ?2 AND more = ?3"),
                           &n->get);
    if (rc == OK) rc = store_prepare(cx, n->memo, STR("INSERT INTO memo VALUES (?1, ?2, ?3, ?4, ?5)"), &n->put);
    if (rc == OK) return OK;
    names_close(n);
    *out = NULL;
    return rc;
}

void names_close(struct names *n)
{
    if (!n) return;
    for (int i = 0; i < ASKS; i++) store_finalize(&n->asks[i]);
    for (int i = 0; i < TELLS; i++) store_finalize(&n->tells[i]);
    store_finalize(&n->get);
    store_finalize(&n->put);
    if (n->memo) store_close(n->memo);
    free(n);
}

/* --- what something is called → what it is */

static enum rc recall(struct ctx *cx, struct names *n, enum ask ask, struct str text, struct str more, bool *known,
                      struct str *found, int *rows)
{
    store_bind_int(n->get, 1, ask);
    store_bind_str(n->get, 2, text);
    store_bind_str(n->get, 3, more);
    TRY(store_step(cx, n->get, known));
    if (*known) {
        *found = arena_str(&cx->arena, store_column_str(n->get, 0));
        *rows = sqlite3_column_int(n->get, 1);
    }
    sqlite3_reset(n->get);
    return OK;
}

static enum rc note(struct ctx *cx, struct names *n, enum ask ask, struct str text, struct str more, struct str found,
                    int rows)
{
    if (n->kept == MOST_KEPT) return OK;
    n->kept++;
    store_bind_int(n->put, 1, ask);
    store_bind_str(n->put, 2, text);
    store_bind_str(n->put, 3, more);
    store_bind_str(n->put, 4, found);
    store_bind_int(n->put, 5, rows);
    return store_run(cx, n->put);
}

/* *rows: 0, 1, or 2 for more than one. `more` is "0", "1" or a kind. */
static enum rc find(struct ctx *cx, struct names *n, enum ask ask, struct str text, struct str more, struct str *found,
                    int *rows)
{
    bool row;
    int64_t flag;
    TRY(recall(cx, n, ask, text, more, &row, found, rows));
    if (row) return OK;
    if (!n->asks[ask]) TRY(store_prepare(cx, n->ledger, str_from(asks[ask]), &n->asks[ask]));
    sqlite3_stmt *st = n->asks[ask];
    store_bind_str(st, 1, text);
    if (sqlite3_bind_parameter_count(st) > 1) {
        if (str_to_i64(more, 0, 1, &flag))
            store_bind_int(st, 2, flag);
        else
            store_bind_str(st, 2, more);
    }
    *found = STR("");
    for (*rows = 0; *rows < 2; ++*rows) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        *found = arena_str(&cx->arena, store_column_str(st, 0));
    }
    sqlite3_reset(st);
    return note(cx, n, ask, text, more, *found, *rows);
}

/* The one that is found, or what is wrong. */
static enum rc one(struct ctx *cx, struct names *n, enum ask ask, struct str text, const char *more,
                   const char *if_none, const char *if_many, struct str *subject, const char **wrong)
{
    int rows = 0;
    struct str found;
    TRY(find(cx, n, ask, text, str_from(more), &found, &rows));
    *wrong = rows == 0 ? if_none : rows > 1 ? if_many : NULL;
    *subject = *wrong ? STR("") : found;
    return OK;
}

enum rc names_person(struct ctx *cx, struct names *n, struct str text, bool active, struct str *subject,
                     const char **wrong)
{
    const char *flag = active ? "1" : "0";
    if (str_starts(text, STR("person:")))
        return one(cx, n, ASK_PERSON, text, flag, "is nobody who works here", "", subject, wrong);
    if (text.n && memchr(text.p, '@', text.n))
        return one(cx, n, ASK_ADDRESS, text, flag, "is nobody's address here",
                   "is the address of several people: write person:ID", subject, wrong);
    return one(cx, n, ASK_NAME, text, flag, "is nobody's name here: write an address",
               "is the name of several people: write an address", subject, wrong);
}

enum rc names_group(struct ctx *cx, struct names *n, struct str text, struct str *subject, const char **wrong)
{
    if (str_starts(text, STR("group:"))) return one(cx, n, ASK_GROUP, text, "", "is no group", "", subject, wrong);
    return one(cx, n, ASK_GROUP_NAME, text, "", "is the name of no group",
               "is the name of several groups: write "
               "group:ID",
               subject, wrong);
}

static bool leads_to(const struct record_field *f, struct str what)
{
    for (size_t i = 0; i < f->n_to; i++)
        if (str_eq(f->to[i], what)) return true;
    return false;
}

/* GUI-12: the kind among those that the field leads to. */
static const struct record_kind *kind_of(const struct names *n, const struct record_field *f, struct str text,
                                         struct str *number)
{
    struct str prefix;
    int64_t value;
    *number = text;
    if (!str_cut(number, '-', &prefix) || !number->p || !str_to_i64(*number, 1, INT64_MAX, &value)) return NULL;
    for (size_t i = 0; i < f->n_to; i++) {
        const struct record_kind *k = catalog_find_record(n->c, f->to[i]);
        if (k && str_eq_nocase(k->prefix, prefix)) return k;
    }
    return NULL;
}

/* An item by its title, among all kinds that the field leads to. */
static enum rc by_title(struct ctx *cx, struct names *n, const struct record_field *f, struct str text,
                        struct str *subject, int *items)
{
    *items = 0;
    for (size_t i = 0; i < f->n_to; i++) {
        struct str found;
        int rows;
        if (!catalog_find_record(n->c, f->to[i])) continue;
        TRY(find(cx, n, ASK_TITLE, text, f->to[i], &found, &rows));
        if (rows) *subject = found;
        *items += rows;
    }
    return OK;
}

enum rc names_link(struct ctx *cx, struct names *n, const struct record_field *f, struct str text, struct str *subject,
                   const char **wrong)
{
    struct str number;
    const struct record_kind *k = kind_of(n, f, text, &number);
    int items;
    *wrong = NULL;
    if (k)
        return one(cx, n, ASK_ITEM, number, arena_cstr(&cx->arena, k->key), "is no item that is there",
                   "is several items", subject, wrong);
    TRY(by_title(cx, n, f, text, subject, &items));
    if (items == 1) return OK;
    if (items > 1) {
        *subject = STR("");
        *wrong = "is the title of several items: write a number like SER-1";
        return OK;
    }
    *subject = text; /* the engine judges it */
    if (text.n && memchr(text.p, ':', text.n)) return OK;
    if (leads_to(f, STR("repo")))
        return one(cx, n, ASK_REPO, text, "", "is the name of no repository",
                   "is the name of several repositories: write repo:ID", subject, wrong);
    if (leads_to(f, STR("project")))
        return one(cx, n, ASK_PROJECT, text, "", "is the name of no project",
                   "is the name of several projects: write project:ID", subject, wrong);
    if (leads_to(f, STR("task")) && catalog_find_task(n->c, text)) {
        *subject = arena_printf(&cx->arena, "task:" STR_FMT, STR_ARG(text));
        return OK;
    }
    *subject = STR("");
    *wrong = "is nothing that this field may lead to: write a number like SER-1, or a name";
    return OK;
}

/* --- what it is → what it is called */

static enum rc tell(struct ctx *cx, struct names *n, enum tell t, struct str subject, struct str *out)
{
    bool row;
    if (!n->tells[t]) TRY(store_prepare(cx, n->ledger, str_from(tells[t]), &n->tells[t]));
    sqlite3_stmt *st = n->tells[t];
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    if (row && sqlite3_column_int(st, 1) && store_column_str(st, 0).n) {
        struct str name = arena_str(&cx->arena, store_column_str(st, 0));
        if (!memchr(name.p, ':', name.n)) *out = name;
    }
    sqlite3_reset(st);
    return OK;
}

static enum rc tell_item(struct ctx *cx, struct names *n, struct str subject, struct str *out)
{
    struct str rest = str_slice(subject, sizeof "record:" - 1, subject.n), key, number = subject;
    if (!str_cut(&rest, '/', &key)) return OK;
    const struct record_kind *k = catalog_find_record(n->c, key);
    if (!k) return OK;
    TRY(tell(cx, n, TELL_ITEM, subject, &number));
    if (!str_eq(number, subject))
        *out = arena_printf(&cx->arena, STR_FMT "-" STR_FMT, STR_ARG(k->prefix), STR_ARG(number));
    return OK;
}

enum rc names_tell(struct ctx *cx, struct names *n, struct str subject, struct str *out)
{
    *out = arena_str(&cx->arena, subject);
    if (str_starts(subject, STR("person:"))) return tell(cx, n, TELL_PERSON, subject, out);
    if (str_starts(subject, STR("group:"))) return tell(cx, n, TELL_GROUP, subject, out);
    if (str_starts(subject, STR("repo:"))) return tell(cx, n, TELL_REPO, subject, out);
    if (str_starts(subject, STR("project:"))) return tell(cx, n, TELL_PROJECT, subject, out);
    if (str_starts(subject, STR("record:"))) return tell_item(cx, n, subject, out);
    return OK;
}
