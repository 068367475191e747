/* Comments on tasks: facts of the kind note. A text calls people as @person:ID, so that no name stands in it. */
#include "api/show.h"
#include "api/task.h"
#include "base/limits.h"
#include "records/mention.h"
#include "store/store.h"

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
    bool row, good;
    TRY(task_find(cx, call, task, NULL));
    TRY(api_scope_one(cx, call));
    if (!str_trim(text).n) api_fault(call, "text", "is empty", "on tyhjä");
    TRY(api_faults(cx, call));
    mentions_find(text, &m);
    TRY(mentions_check(cx, call->ledger, &m, &good));
    if (!good) api_fault(call, "text", "calls somebody who is not there", "kutsuu henkilöä, jota ei ole");
    TRY(api_faults(cx, call));
    buf_init(&payload, LIMIT_BODY);
    json_init(&j, &payload, false);
    json_begin(&j, '{');
    json_put_str(&j, "text", text);
    if (!str_eq(call->scope, STR("org"))) json_put_str(&j, "project", call->scope);
    mentions_put(&j, &m);
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
