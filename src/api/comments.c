/* Comments on tasks: facts of the kind note. A text calls people as @person:ID, so that no name stands in it. */
#include "api/show.h"
#include "api/task.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "store/store.h"

#define CALLS "@person:"
#define MENTIONS 50

struct mentions {
    struct str people[MENTIONS];
    size_t n;
};

static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!((s.p[i] >= 'a' && s.p[i] <= 'z') || (s.p[i] >= '2' && s.p[i] <= '7'))) return false;
    return s.n == SUBJECT_ID;
}

static void add_mention(struct mentions *m, struct str person)
{
    for (size_t i = 0; i < m->n; i++)
        if (str_eq(m->people[i], person)) return;
    if (m->n < MENTIONS) m->people[m->n++] = person;
}

/* Everybody the text calls, once. */
static void find_mentions(struct str text, struct mentions *m)
{
    struct str rest = text;
    m->n = 0;
    for (const char *at; (at = str_find(rest, STR(CALLS))) != NULL;) {
        size_t from = (size_t)(at - text.p) + 1;
        struct str person = str_slice(text, from, from + sizeof CALLS - 2 + SUBJECT_ID);
        if (is_id(str_slice(person, sizeof CALLS - 2, person.n))) add_mention(m, person);
        rest = str_slice(text, from, text.n);
    }
}

static enum rc check_mentions(struct ctx *cx, struct api_call *call, const struct mentions *m)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR("SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'"), &st));
    for (size_t i = 0; i < m->n; i++) {
        store_bind_str(st, 1, m->people[i]);
        TRY(store_step(cx, st, &row));
        if (!row) api_fault(call, "text", "calls somebody who is not there", "kutsuu henkilöä, jota ei ole");
        sqlite3_reset(st);
    }
    return api_faults(cx, call);
}

static const char select_comments[] =
    "SELECT c.n, c.at, c.actor, p.name, c.text, (SELECT json_group_array(json_object('id', m.value, 'name', q.name))"
    " FROM fact_note_mentions m LEFT JOIN fact_person q ON q.subject = m.value WHERE m.n = c.n)"
    " FROM fact_note c LEFT JOIN fact_person p ON p.subject = c.actor"
    " WHERE c.subject = 'task:' || ?1 AND c.n = ?2";

static void put_comment(struct json *j, sqlite3_stmt *st)
{
    json_begin(j, '{');
    show_column_int(j, "n", st, 0);
    show_column_time(j, "at", st, 1);
    show_column_person(j, "by", st, 2);
    show_column_text(j, "text", st, 4);
    json_key(j, "mentions");
    json_raw(j, store_column_str(st, 5));
    json_end(j, '}');
}

API_OPERATION(task_comments_create)
{
    struct str task = api_value(call, "task"), text = api_field(call->body, "text");
    struct mentions m;
    struct facts_answer done;
    struct json j;
    scoped_buf payload;
    scoped_stmt *st = NULL;
    bool row;
    TRY(task_find(cx, call, task, NULL));
    TRY(api_scope_one(cx, call));
    if (!str_trim(text).n) api_fault(call, "text", "is empty", "on tyhjä");
    TRY(api_faults(cx, call));
    find_mentions(text, &m);
    TRY(check_mentions(cx, call, &m));
    buf_init(&payload, LIMIT_BODY);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_str(&j, "text", text);
    if (!str_eq(call->scope, STR("org"))) json_put_str(&j, "project", call->scope);
    json_key(&j, "mentions");
    json_begin(&j, '[');
    for (size_t i = 0; i < m.n; i++) json_str(&j, m.people[i]);
    json_end(&j, ']');
    json_end(&j, '}');
    TRY(buf_ok(&payload));
    struct body fact = {.kind = STR("note"),
                        .subject = arena_printf(&cx->arena, "task:" STR_FMT, STR_ARG(task)),
                        .payload = buf_view(&payload)};
    TRY(api_append(cx, call, &fact, 1, &done));
    TRY(store_prepare(cx, call->ledger, STR(select_comments), &st));
    store_bind_str(st, 1, task);
    store_bind_int(st, 2, (int64_t)done.n);
    TRY(store_step(cx, st, &row));
    if (row) put_comment(&call->out, st);
    return row ? OK : fail(cx, E_INTERNAL, "a comment that was just recorded is not there");
}
