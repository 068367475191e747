#include "api/attention.h"

#include "api/approval.h"
#include "api/show.h"
#include "base/time.h"
#include "store/store.h"

#define SHOWN 10

struct item {
    const char *what;
    struct str subject, title;
    int64_t due, count;
};
struct bucket {
    struct item items[SHOWN];
    int64_t total;
};
struct looking {
    struct ctx *cx;
    struct api_call *call;
    const struct task_row *rows;
    size_t n;
};

static void add(struct bucket *b, const char *what, struct str subject, struct str title, int64_t due, int64_t count)
{
    if (count == 0) return;
    if (b->total < SHOWN) b->items[b->total] = (struct item){what, subject, title, due, count};
    b->total++;
}

static void put(struct json *j, const char *key, const struct bucket *b)
{
    json_key(j, key);
    json_begin(j, '{');
    json_key(j, "items");
    json_begin(j, '[');
    for (int64_t i = 0; i < b->total && i < SHOWN; i++) {
        json_begin(j, '{');
        json_put_cstr(j, "what", b->items[i].what);
        show_text(j, "subject", b->items[i].subject);
        show_text(j, "title", b->items[i].title);
        api_put_time(j, "due", b->items[i].due);
        json_put_int(j, "count", b->items[i].count);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_put_int(j, "total", b->total);
    json_end(j, '}');
}

/* Rows of (what, subject, title or NULL, due, count). ?1: the time. Titles of tasks and points are the catalog's. */
static enum rc add_rows(struct looking *l, struct bucket *b, const char *sql)
{
    static const char *const words[] = {"approval_waiting", "solo_review",    "repository_unassessed",
                                        "repository_stale", "report_missing", "waiver_ending",
                                        "link_by_maker"};
    scoped_stmt *st = NULL;
    TRY(store_prepare(l->cx, l->call->ledger, str_from(sql), &st));
    store_bind_int(st, 1, l->call->now);
    api_bind_scope(l->call, st);
    for (bool row;;) {
        const char *what = NULL;
        TRY(store_step(l->cx, st, &row));
        if (!row) return OK;
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            if (str_eq(store_column_str(st, 0), str_from(words[i]))) what = words[i];
        struct str subject = arena_str(&l->cx->arena, store_column_str(st, 1));
        struct str title = arena_str(&l->cx->arena, store_column_str(st, 2));
        struct str known = show_subject(l->call->catalog, l->call->lang, title);
        if (what)
            add(b, what, subject, known.n ? known : title, sqlite3_column_int64(st, 3), sqlite3_column_int64(st, 4));
    }
}

static struct str task_subject(const struct looking *l, const struct task_row *r)
{
    return arena_printf(&l->cx->arena, "task:" STR_FMT, STR_ARG(r->def->key));
}

/* What waits for somebody's approval, and repositories: for who may see them. */
static enum rc look_for_waiting(struct looking *l, struct bucket *b)
{
    if (api_may(l->call, "approvals.read", l->call->scope))
        TRY(add_rows(l, b,
                     "SELECT CASE WHEN d.n IS NULL THEN 'approval_waiting' ELSE 'solo_review' END, 'fact:' || r.n,"
                     " coalesce((SELECT name FROM fact_repository WHERE subject = r.subject), r.subject),"
                     " CASE WHEN d.n IS NULL THEN r.until END, 1 FROM fact_request r LEFT JOIN fact_approval d ON "
                     "d.request = r.n"
                     " WHERE ?9 = 'org' AND r.n IN (" APPROVALS_OPEN("?1") ") ORDER BY r.n LIMIT 1000"));
    if (!api_may(l->call, "repositories.read", l->call->scope)) return OK;
    return add_rows(l, b,
                    "SELECT CASE WHEN verdicts IS NULL THEN 'repository_unassessed' WHEN stale THEN 'repository_stale'"
                    " ELSE 'report_missing' END, repository, name, ?1 * 0, 1 FROM derived.repository"
                    " WHERE (verdicts IS NULL OR stale OR has_report = 0) AND (?9 = 'org' OR project = ?9)"
                    " ORDER BY name LIMIT 1000");
}

static enum rc look_for_blocks(struct looking *l, struct bucket *b, int64_t witnesses)
{
    int64_t without = 0;
    TRY(look_for_waiting(l, b));
    for (size_t i = 0; i < l->n; i++) without += !l->rows[i].owner.n && l->rows[i].status != STATUS_NOT_RELEVANT;
    add(b, "owner_missing", STR_NONE, STR_NONE, 0, without);
    add(b, "no_witness", STR_NONE, STR_NONE, 0, witnesses == 0);
    return OK;
}

/* A one-time link lets in whoever holds it. That its maker held it is for those who could do something about it. */
static enum rc look_for_links(struct looking *l, struct bucket *b)
{
    if (!api_may(l->call, "people.secure", STR_NONE)) return OK;
    return add_rows(l, b,
                    "SELECT 'link_by_maker', c.subject, p.name, 0, 1 FROM fact_credential c LEFT JOIN fact_person p ON"
                    " p.subject = c.subject WHERE c.what = 'link' AND c.change = 'used' AND c.makers_browser = 1"
                    " AND c.at > ?1 - 2592000 AND ?9 = 'org' ORDER BY c.at DESC, c.n DESC LIMIT 1000");
}

static void look_for_late_tasks(const struct looking *l, struct bucket *b)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct task_row *r = &l->rows[i];
        if (!r->overdue) continue;
        bool review = r->review_due && r->review_due < l->call->now;
        add(b, review ? "review_overdue" : "task_overdue", task_subject(l, r), r->def->title[l->call->lang],
            review ? r->review_due : r->due, 1);
    }
}

/* Points that count, of one verdict, those of the most urgent tasks first. */
static enum rc look_for_points(struct looking *l, struct bucket *b, const char *verdict, const char *what)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        l->cx, l->call->ledger,
        STR("SELECT task, point, failing, due FROM derived.point WHERE scope = ?9 AND day = 'now' AND must"
            " AND verdict = ?1 ORDER BY seq"),
        &st));
    for (int p = 0; p < PRIORITY_COUNT; p++) {
        store_bind_str(st, 1, str_from(verdict));
        api_bind_scope(l->call, st);
        for (;;) {
            TRY(store_step(l->cx, st, &row));
            if (!row) break;
            const struct task_row *r = task_rows_find(l->rows, l->n, store_column_str(st, 0));
            if (!r || (int)r->priority != p) continue;
            int64_t failing = sqlite3_column_int64(st, 2);
            struct str subject = arena_printf(&l->cx->arena, "obligation:" STR_FMT, STR_ARG(store_column_str(st, 1)));
            add(b, what, subject, show_subject(l->call->catalog, l->call->lang, subject), sqlite3_column_int64(st, 3),
                failing > 0 ? failing : 1);
        }
        sqlite3_reset(st);
    }
    return OK;
}

static void look_for_weak_tasks(const struct looking *l, struct bucket *b)
{
    for (size_t i = 0; i < l->n; i++) {
        const struct task_row *r = &l->rows[i];
        bool is_done = r->status == STATUS_FULLY_DONE || r->status == STATUS_MOSTLY_DONE;
        if (is_done && r->assurance <= ASSURANCE_WEAK)
            add(b, "assurance_low", task_subject(l, r), r->def->title[l->call->lang], 0, 1);
    }
}

enum rc attention_put(struct ctx *cx, struct api_call *call, const struct task_row *rows, size_t n, int64_t witnesses)
{
    struct looking l = {cx, call, rows, n};
    struct bucket *b = arena_array(&cx->arena, struct bucket, 3);
    TRY(look_for_blocks(&l, &b[0], witnesses));
    TRY(look_for_links(&l, &b[0]));
    look_for_late_tasks(&l, &b[1]);
    TRY(look_for_points(&l, &b[1], "violated", "point_violated"));
    TRY(add_rows(&l, &b[1],
                 "SELECT 'waiver_ending', subject, subject, until, 1 FROM fact_waiver WHERE coalesce(withdrawn, 0) = 0"
                 " AND until > ?1 AND until < ?1 + 2592000 AND ?9 = 'org' ORDER BY until LIMIT 1000"));
    TRY(look_for_points(&l, &b[2], "at_risk", "at_risk"));
    TRY(look_for_points(&l, &b[2], "no_evidence", "no_evidence"));
    look_for_weak_tasks(&l, &b[2]);
    put(&call->out, "unblock", &b[0]);
    put(&call->out, "progress", &b[1]);
    put(&call->out, "improve", &b[2]);
    return OK;
}
