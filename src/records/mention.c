#include "records/mention.h"

#include "facts/subject.h"
#include "store/store.h"

#define CALLS "@person:"

static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '2' && s.p[i] <= '7'))) return false;
    return s.n == SUBJECT_ID;
}

static void add(struct mentions *m, struct str person)
{
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(m->people[i], person)) return;
    if (m->n < MENTIONS_MOST) m->people[m->n++] = person;
}

void mentions_find(struct str text, struct mentions *out)
{
    struct str rest = text;
    out->n = 0;
    for (const char *at; (at = str_find(rest, STR(CALLS))) != NULL;) {
        size_t from = (size_t)(at - text.p) + 1;
        struct str person = str_slice(text, from, from + sizeof CALLS - 2 + SUBJECT_ID);
        if (is_id(str_slice(person, sizeof CALLS - 2, person.n))) add(out, person);
        rest = str_slice(text, from, text.n);
    }
}

enum rc mentions_check(struct ctx *cx, sqlite3 *db, const struct mentions *m, bool *good)
{
    scoped_stmt *st = NULL;
    *good = true;
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'"), &st));
    for (size_t i = 0; *good && i < m->n; i++) {
        store_bind_str(st, 1, m->people[i]);
        TRY(store_step(cx, st, good));
        sqlite3_reset(st);
    }
    return OK;
}

void mentions_put(struct json *j, const struct mentions *m)
{
    json_key(j, "mentions");
    json_begin(j, '[');
    for (size_t i = 0; i < m->n; i++) json_str(j, m->people[i]);
    json_end(j, ']');
}
