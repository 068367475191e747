/* The board: where the organization stands and what needs attention, in one call. */
#include "api/attention.h"
#include "api/first_things.h"
#include "api/grid.h"
#include "api/head.h"
#include "api/organization.h"
#include "api/show.h"
#include "api/task_rows.h"
#include "store/store.h"

#define DAYS 92 /* of the trend */

struct board {
    struct api_call *call;
    struct task_row *rows;
    size_t n;
    struct head_shown head;
};

static void put_status(const struct board *b)
{
    struct json *j = &b->call->out;
    int64_t status[STATUS_COUNT] = {0}, assurance[ASSURANCE_COUNT] = {0}, exceptions = 0;
    for (size_t i = 0; i < b->n; i++) {
        status[b->rows[i].status]++;
        assurance[b->rows[i].assurance]++;
        exceptions += b->rows[i].exceptions && b->rows[i].status == STATUS_FULLY_DONE;
    }
    json_put_int(j, "tasks", (int64_t)b->n);
    task_rows_put_counts(b->call, "status", status);
    json_put_int(j, "exceptions", exceptions);
    json_key(j, "assurance");
    json_begin(j, '{');
    for (int i = 0; i < ASSURANCE_COUNT; i++) json_put_int(j, assurance_name((enum assurance)i), assurance[i]);
    json_end(j, '}');
}

static bool is_first_of_theme(const struct board *b, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (str_eq(b->rows[i].def->theme, b->rows[at].def->theme)) return false;
    return true;
}

static void put_themes(const struct board *b)
{
    struct json *j = &b->call->out;
    json_key(j, "themes");
    json_begin(j, '[');
    for (size_t i = 0; i < b->n; i++) {
        int64_t status[STATUS_COUNT] = {0};
        if (!is_first_of_theme(b, i)) continue;
        for (size_t k = i; k < b->n; k++)
            if (str_eq(b->rows[k].def->theme, b->rows[i].def->theme)) status[b->rows[k].status]++;
        json_begin(j, '{');
        json_put_str(j, "theme", b->rows[i].def->theme);
        json_put_str(j, "title", b->rows[i].def->theme_title[b->call->lang]);
        task_rows_put_counts(b->call, "status", status);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static enum rc put_trend(struct ctx *cx, const struct board *b)
{
    struct json *j = &b->call->out;
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, b->call->ledger,
        STR("SELECT * FROM (SELECT day, fully_done, mostly_done, partly_done, not_done, not_relevant, violated,"
            " no_evidence, findings FROM derived.day WHERE scope = ?9 ORDER BY day DESC LIMIT ?1) ORDER BY 1"),
        &st));
    store_bind_int(st, 1, DAYS);
    api_bind_scope(b->call, st);
    json_key(j, "trend");
    json_begin(j, '[');
    for (bool row;;) {
        int64_t status[STATUS_COUNT];
        TRY(store_step(cx, st, &row));
        if (!row) break;
        for (int i = 0; i < STATUS_COUNT; i++) status[i] = sqlite3_column_int64(st, i + 1);
        json_begin(j, '{');
        show_column_text(j, "day", st, 0);
        task_rows_put_counts(b->call, "status", status);
        show_column_int(j, "violated", st, 6);
        show_column_int(j, "no_evidence", st, 7);
        show_column_int(j, "findings", st, 8);
        json_end(j, '}');
    }
    json_end(j, ']');
    return OK;
}

static enum rc put_repositories(struct ctx *cx, const struct board *b)
{
    struct json *j = &b->call->out;
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        cx, b->call->ledger,
        STR("SELECT repositories, assessed, stale, findings FROM derived.day WHERE scope = ?9 AND day = 'now'"), &st));
    api_bind_scope(b->call, st);
    TRY(store_step(cx, st, &row));
    static const char *const names[] = {"repositories", "assessed", "stale", "findings"};
    for (int i = 0; i < 4; i++) json_put_int(j, names[i], row ? sqlite3_column_int64(st, i) : 0);
    return OK;
}

static enum rc put_frameworks(struct ctx *cx, const struct board *b)
{
    struct grid g;
    TRY(grid_read(cx, b->call, STR("now"), &g));
    json_key(&b->call->out, "frameworks");
    json_begin(&b->call->out, '[');
    for (size_t i = 0; i < b->call->catalog->n_frameworks; i++)
        grid_put_framework(b->call, &g, &b->call->catalog->frameworks[i]);
    json_end(&b->call->out, ']');
    return OK;
}

API_OPERATION(dashboard_get)
{
    struct json *j = &call->out;
    struct board b = {.call = call};
    struct organization o;
    int64_t at;
    TRY(api_scope(cx, call));
    TRY(task_rows_read(cx, call, &b.rows, &b.n));
    TRY(organization_read(cx, call->ledger, &o));
    TRY(head_look(cx, call, &b.head));
    TRY(store_get_int(cx, call->ledger, "SELECT coalesce(max(at), 0) FROM derived.refreshed", &at));
    json_begin(j, '{');
    show_text(j, "organization", o.name);
    api_put_time(j, "at", at);
    put_status(&b);
    put_themes(&b);
    TRY(put_trend(cx, &b));
    TRY(first_things_put(cx, call, b.rows, b.n));
    TRY(attention_put(cx, call, b.rows, b.n, b.head.witnesses));
    TRY(put_repositories(cx, &b));
    TRY(put_frameworks(cx, &b));
    json_put_int(j, "log_size", b.head.log_size);
    json_put_int(j, "signed_size", b.head.signed_size);
    json_put_int(j, "witnesses", b.head.witnesses);
    json_end(j, '}');
    return OK;
}
