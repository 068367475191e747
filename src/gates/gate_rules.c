#include "gates/gate_rules.h"

#include "base/limits.h"
#include "catalog/views.h"
#include "gates/tell.h"
#include "rules/rules.h"
#include "store/store.h"

struct running {
    struct ctx *cx;
    const struct push *push;
    struct gate_verdict *list;
    size_t n;
    const struct catalog_task *task;
    const struct catalog_obligation *obligation;
    enum gate_mode mode;
};

/* What a rule reads of pushes is the one that is asked for alone: these stand before it (WITH), so that its text is the
 * same each time. */
static const char *const asked[] = {
    "fact_push",        "fact_push_refs",   "fact_push_hits",  "fact_push_signatures", "fact_push_critical",
    "fact_push_owners", "fact_push_checks", "fact_push_times", "fact_push_personal",   "fact_push_unread"};

/* Behind white space and comments. */
static struct str first_word(struct str sql)
{
    for (;;) {
        sql = str_trim(sql);
        const char *end = str_starts(sql, STR("--"))   ? str_find(sql, STR("\n"))
                          : str_starts(sql, STR("/*")) ? str_find(sql, STR("*/"))
                                                       : NULL;
        if (!end) return sql;
        sql = str_slice(sql, (size_t)(end - sql.p) + (*end == '*' ? 2 : 1), sql.n);
    }
}

static struct str narrow(struct ctx *cx, struct str sql)
{
    static const struct str with = STR("WITH"), recursive = STR("RECURSIVE");
    scoped_buf b;
    struct str rest = first_word(sql);
    bool has_with = str_starts_nocase(rest, with), is_recursive = false, any = false;
    if (has_with) rest = first_word(str_slice(rest, with.n, rest.n));
    is_recursive = has_with && str_starts_nocase(rest, recursive);
    if (is_recursive) rest = str_slice(rest, recursive.n, rest.n);
    buf_init(&b, LIMIT_CATALOG_FILE * 2);
    buf_printf(&b, "WITH %s", is_recursive ? "RECURSIVE " : "");
    for (size_t i = 0; i < sizeof asked / sizeof *asked; i++) {
        if (!str_has(sql, str_from(asked[i]))) continue;
        buf_printf(&b, "%s%s AS NOT MATERIALIZED (SELECT * FROM main.%s WHERE n = :push)", any ? ", " : "", asked[i],
                   asked[i]);
        any = true;
    }
    if (!any) return sql;
    buf_cstr(&b, has_with ? ", " : " ");
    buf_str(&b, rest);
    return arena_str(&cx->arena, buf_view(&b));
}

enum rc gate_mode_of(struct ctx *cx, sqlite3 *db, const struct catalog_obligation *o, struct str project, int64_t now,
                     enum gate_mode *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = MODE_OBSERVE;
    TRY(store_prepare(
        cx, db,
        STR("SELECT mode FROM fact_policy WHERE subject = ?1 AND effective_at <= ?3 AND (coalesce(project, "
            "'') = '' OR project = ?2) ORDER BY coalesce(project, '') DESC LIMIT 1"),
        &st));
    struct str subject = arena_printf(&cx->arena, "obligation:" STR_FMT "/" STR_FMT, STR_ARG(o->task), STR_ARG(o->key));
    store_bind_str(st, 1, subject);
    store_bind_str(st, 2, project);
    store_bind_int(st, 3, now);
    TRY(store_step(cx, st, &row));
    for (int i = 0; row && i < MODE_COUNT; i++)
        if (str_eq(store_column_str(st, 0), str_from(gate_mode_name((enum gate_mode)i)))) *out = (enum gate_mode)i;
    return OK;
}

static enum rc take_row(void *arg, const struct rule_row *row)
{
    struct running *r = arg;
    struct ctx *cx = r->cx;
    enum lang lang = r->push->caller->lang;
    /* nothing to judge by; or a register's, which the same query reads besides: a request is of refs alone */
    if (row->ok < 0 || !str_starts(row->subject, STR("ref:"))) return OK;
    if (r->n == VERDICTS_MOST) return fail(cx, E_LIMIT, "more verdicts than a decision holds");
    struct gate_verdict *v = &r->list[r->n++];
    *v = (struct gate_verdict){.task = r->task,
                               .obligation = r->obligation,
                               .subject = arena_str(&cx->arena, row->subject),
                               .ok = row->ok == 1,
                               .mode = r->mode};
    if (v->ok) return OK;
    v->message = tell_fill(&cx->arena, r->obligation->org.message[lang], row->names, row->values, row->n);
    v->fix = tell_fill(&cx->arena, r->obligation->org.fix[lang], row->names, row->values, row->n);
    return OK;
}

/* A rule that asks of what the request has none of, as critical code or checks, has nothing to say of it, and is spared
 * the registers it reads besides. */
static bool is_asked(struct str sql, const struct push *p)
{
    const struct {
        const char *view;
        bool some;
    } parts[] = {{"fact_push_refs", true},
                 {"fact_push_hits", p->n_hits > 0},
                 {"fact_push_signatures", true},
                 {"fact_push_critical", p->n_needs > 0},
                 {"fact_push_owners", p->n_needs > 0},
                 {"fact_push_checks", p->n_checks > 0},
                 {"fact_push_times", p->n_times > 0},
                 {"fact_push_personal", p->n_personal > 0},
                 {"fact_push_unread", p->n_unread > 0}};
    bool named = false;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (!str_has(sql, str_from(parts[i].view))) continue;
        if (parts[i].some) return true;
        named = true;
    }
    return !named;
}

static enum rc run_all(struct running *r, sqlite3 *db, const struct catalog *c, int64_t now, uint64_t push)
{
    const struct rules_options o = {.now = now, .since = 0, .push = (int64_t)push};
    for (size_t t = 0; t < c->n_tasks; t++)
        for (size_t i = 0; i < c->tasks[t].n_obligations; i++) {
            r->task = &c->tasks[t];
            r->obligation = &c->tasks[t].obligations[i];
            struct str sql = r->obligation->org.sql;
            if (!str_eq(r->obligation->org.gate, STR("push")) || !is_asked(sql, r->push)) continue;
            if (str_has(sql, STR("item_"))) TRY(views_named_in(r->cx, db, c, sql));
            TRY(gate_mode_of(r->cx, db, r->obligation, r->push->place->project, now, &r->mode));
            enum rc rc = rules_rows(r->cx, db, narrow(r->cx, sql), &o, take_row, r);
            if (rc != OK)
                return fail(r->cx, E_INTERNAL, "the rule %s/%s cannot be asked, so nothing is let in: %s",
                            arena_cstr(&r->cx->arena, r->obligation->task),
                            arena_cstr(&r->cx->arena, r->obligation->key),
                            arena_cstr(&r->cx->arena, str_from(r->cx->message)));
        }
    return OK;
}

enum rc gate_rules_run(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct push *p, int64_t now,
                       uint64_t push, struct gate_verdicts *out)
{
    struct running r = {.cx = cx, .push = p, .list = arena_array(&cx->arena, struct gate_verdict, VERDICTS_MOST)};
    TRY(views_of_records(cx, db));
    enum rc rc = run_all(&r, db, c, now, push);
    *out = (struct gate_verdicts){r.list, r.n};
    return rc;
}
