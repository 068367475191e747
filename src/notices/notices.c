#include "notices/notices.h"

#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"
#include "identity/rights.h"
#include "ledger/canonical.h"
#include "records/records.h"

#include <stdio.h>
#include <stdlib.h>

extern const char notices_due_sql[], notices_due_tasks_sql[], notices_due_items_sql[], notices_due_moves_sql[],
    notices_due_reading_sql[], notices_failing_sql[], notices_due_candidates_sql[];

#define ITEM_SOON (14 * DAY_SECONDS)

static const struct {
    const char *word;
    enum notice_group group;
    bool late;
} whats[NOTICE_WHATS] = {
    [NOTICE_TASK_OVERDUE] = {"task_overdue", NOTICE_WORK, true},
    [NOTICE_TASK_DUE] = {"task_due", NOTICE_WORK, false},
    [NOTICE_REVIEW_OVERDUE] = {"review_overdue", NOTICE_WORK, true},
    [NOTICE_REVIEW_DUE] = {"review_due", NOTICE_WORK, false},
    [NOTICE_ITEM_REVIEW_OVERDUE] = {"item_review_overdue", NOTICE_WORK, true},
    [NOTICE_ITEM_REVIEW_DUE] = {"item_review_due", NOTICE_WORK, false},
    [NOTICE_ITEM_OVERDUE] = {"item_overdue", NOTICE_WORK, true},
    [NOTICE_ITEM_DUE] = {"item_due", NOTICE_WORK, false},
    [NOTICE_JOB_FAILING] = {"job_failing", NOTICE_WORK, true},
    [NOTICE_CRITICAL_CANDIDATE] = {"critical_candidate", NOTICE_APPROVALS, false},
    [NOTICE_READING] = {"reading", NOTICE_APPROVALS, false},
    [NOTICE_APPROVAL] = {"approval", NOTICE_APPROVALS, false},
    [NOTICE_SOLO_REVIEW] = {"solo_review", NOTICE_APPROVALS, false},
    [NOTICE_ITEM_MOVE] = {"item_move", NOTICE_APPROVALS, false},
    [NOTICE_DECIDED] = {"decided", NOTICE_APPROVALS, false},
    [NOTICE_MENTION] = {"mention", NOTICE_MENTIONS, false},
    [NOTICE_WAIVER_ENDING] = {"waiver_ending", NOTICE_EXCEPTIONS, false},
    [NOTICE_WAIVER_ENDED] = {"waiver_ended", NOTICE_EXCEPTIONS, true},
    [NOTICE_ROLE_ENDING] = {"role_ending", NOTICE_EXCEPTIONS, false},
};
static const char *const groups[NOTICE_GROUPS] = {"work", "approvals", "mentions", "exceptions"};

const char *notice_word(enum notice_what w)
{
    return w < NOTICE_WHATS ? whats[w].word : "";
}

enum notice_group notice_group_of(enum notice_what w)
{
    return w < NOTICE_WHATS ? whats[w].group : NOTICE_WORK;
}

const char *notice_group_word(enum notice_group g)
{
    return g < NOTICE_GROUPS ? groups[g] : "";
}

bool notice_is_late(enum notice_what w)
{
    return w < NOTICE_WHATS && whats[w].late;
}

/* --- gathering */

struct reading {
    struct ctx *cx;
    const struct notices_options *o;
    const struct identity_who *who;
    struct notice *out;
    size_t n;
};

/* In the organization, or in some project. */
static bool may(const struct reading *r, const char *permission)
{
    if (identity_may(r->who, permission, STR_NONE)) return true;
    for (size_t i = 0; i < r->who->n_grants; i++)
        if (identity_may(r->who, permission, r->who->grants[i].scope)) return true;
    return false;
}

static void add(struct reading *r, struct notice n)
{
    if (r->n < LIMIT_NOTICES) r->out[r->n++] = n;
}

static struct str column(struct reading *r, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    return s.p ? arena_str(&r->cx->arena, s) : STR("");
}

static enum rc prepare(struct reading *r, const char *sql, sqlite3_stmt **st)
{
    TRY(store_prepare(r->cx, r->o->ledger, str_from(sql), st));
    int person = sqlite3_bind_parameter_index(*st, ":person"), now = sqlite3_bind_parameter_index(*st, ":now");
    if (person) store_bind_str(*st, person, r->who->person);
    int ahead = sqlite3_bind_parameter_index(*st, ":ahead");
    if (now) store_bind_int(*st, now, r->o->now);
    if (ahead) store_bind_int(*st, ahead, r->o->ahead);
    return OK;
}

static bool find_what(struct str word, enum notice_what *out)
{
    for (int i = 0; i < NOTICE_WHATS; i++)
        if (str_eq(word, str_from(whats[i].word))) {
            *out = (enum notice_what)i;
            return true;
        }
    return false;
}

/* What a comment or a request is about may be more than the person may see. */
static bool may_see(const struct reading *r, struct str subject, struct str project)
{
    if (str_starts(subject, STR("change:"))) return identity_may(r->who, "code.read", project);
    if (str_starts(subject, STR("task:")) || str_starts(subject, STR("obligation:"))) return may(r, "tasks.read");
    if (str_starts(subject, STR("record:"))) return may(r, "registers.read");
    if (str_starts(subject, STR("repo:"))) return may(r, "repositories.read");
    return may(r, "events.read");
}

static enum rc add_rows(struct reading *r, sqlite3_stmt *st)
{
    for (bool row;;) {
        struct notice n;
        TRY(store_step(r->cx, st, &row));
        if (!row) return OK;
        if (!find_what(store_column_str(st, 0), &n.what)) continue;
        n.subject = column(r, st, 1);
        n.title = column(r, st, 2);
        n.detail = column(r, st, 3);
        n.moment = sqlite3_column_int64(st, 4);
        n.due = sqlite3_column_int64(st, 5);
        if (n.what != NOTICE_MENTION || may_see(r, n.subject, n.detail)) add(r, n);
    }
}

static void bind_flag(sqlite3_stmt *st, const char *name, bool v)
{
    int i = sqlite3_bind_parameter_index(st, name);
    if (i) store_bind_int(st, i, v);
}

static enum rc read_general(struct reading *r)
{
    scoped_stmt *st = NULL, *tasks = NULL;
    bool officer = r->who->roles >> ROLE_SECURITY_OFFICER & 1;
    TRY(prepare(r, notices_due_sql, &st));
    bind_flag(st, ":decide", may(r, "approvals.decide"));
    bind_flag(st, ":tasks", may(r, "tasks.read"));
    bind_flag(st, ":officer", officer);
    TRY(add_rows(r, st));
    if (!r->o->derived || !may(r, "tasks.read")) return OK;
    TRY(prepare(r, notices_due_tasks_sql, &tasks));
    return add_rows(r, tasks);
}

/* --- items of one's own */

static bool is_due_in(const struct record_field *f, struct str state)
{
    for (size_t i = 0; i < f->n_due; i++)
        if (str_eq(f->due[i], state)) return true;
    return false;
}

static void add_dates(struct reading *r, const struct record_kind *k, struct str subject, struct str title,
                      struct str state, struct str content)
{
    for (size_t i = 0; i < k->n_fields; i++) {
        struct str text;
        int64_t day;
        if (!is_due_in(&k->fields[i], state)) continue;
        struct str value = canonical_find(content, arena_cstr(&r->cx->arena, k->fields[i].key));
        if (!value.p || !canonical_str(&r->cx->arena, value, &text) || time_parse(text, &day) != OK) continue;
        day += DAY_SECONDS; /* the whole day is good */
        if (day >= r->o->now + ITEM_SOON + r->o->ahead) continue;
        add(r, (struct notice){.what = day <= r->o->now ? NOTICE_ITEM_OVERDUE : NOTICE_ITEM_DUE,
                               .subject = subject,
                               .title = title,
                               .detail = k->fields[i].key,
                               .moment = day,
                               .due = day});
    }
}

static enum rc read_items(struct reading *r)
{
    scoped_stmt *st = NULL;
    if (!may(r, "registers.read")) return OK;
    TRY(prepare(r, notices_due_items_sql, &st));
    for (bool row;;) {
        TRY(store_step(r->cx, st, &row));
        if (!row) return OK;
        const struct record_kind *k = catalog_find_record(r->o->catalog, store_column_str(st, 1));
        int64_t review = sqlite3_column_int64(st, 5);
        struct str subject = column(r, st, 0), title = column(r, st, 2), state = column(r, st, 3);
        if (review && review < r->o->now + ITEM_SOON + r->o->ahead)
            add(r, (struct notice){.what = review <= r->o->now ? NOTICE_ITEM_REVIEW_OVERDUE : NOTICE_ITEM_REVIEW_DUE,
                                   .subject = subject,
                                   .title = title,
                                   .moment = review,
                                   .due = review});
        if (k) add_dates(r, k, subject, title, state, store_column_str(st, 4));
    }
}

/* --- moves that wait for others than the writers */

static bool waits_for_others(const struct record_move *m)
{
    return m->approves || m->n_other_than > 0;
}

static void put_states(const struct catalog *c, struct buf *out)
{
    struct json j;
    json_init(&j, out, false);
    json_begin(&j, '[');
    for (size_t i = 0; i < c->n_records; i++) {
        const struct record_kind *k = &c->records[i];
        for (size_t s = 1; s < k->n_states; s++) { /* the first is where writing begins */
            bool waits = false;
            char name[100];
            for (size_t m = 0; m < k->n_moves; m++)
                waits = waits || (waits_for_others(&k->moves[m]) && k->moves[m].from >> s & 1);
            int n = snprintf(name, sizeof name, STR_FMT "/" STR_FMT, STR_ARG(k->key), STR_ARG(k->states[s].key));
            if (waits && n > 0 && n < (int)sizeof name) json_str(&j, (struct str){name, (size_t)n});
        }
    }
    json_end(&j, ']');
}

static enum rc has_consented(struct reading *r, const struct records_item *item, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(r->cx, r->o->ledger,
                      STR("SELECT 1 FROM fact_step WHERE subject = ?1 AND n > ?2 AND step = 'consent' AND actor = ?3"),
                      &st));
    store_bind_str(st, 1, item->subject);
    store_bind_int(st, 2, item->since);
    store_bind_str(st, 3, r->who->person);
    return store_step(r->cx, st, out);
}

static enum rc add_move(struct reading *r, struct ctx *scratch, struct str subject)
{
    struct records_item item;
    bool done;
    const struct records_by by = {.actor = {.person = r->who->person}, .roles = r->who->roles};
    TRY(records_get(r->cx, r->o->ledger, r->o->catalog, subject, &item));
    for (size_t i = 0; i < item.kind->n_moves; i++) {
        const struct record_move *m = &item.kind->moves[i];
        enum records_bar bar;
        int missing;
        if (!waits_for_others(m)) continue;
        if (records_may(scratch, r->o->ledger, &item, m, &by, r->o->now, NULL, NULL, &bar, &missing) != OK) continue;
        TRY(has_consented(r, &item, &done));
        if (!done)
            add(r, (struct notice){.what = NOTICE_ITEM_MOVE,
                                   .subject = item.subject,
                                   .title = item.title,
                                   .detail = m->key,
                                   .moment = item.since > item.n ? item.since : item.n});
        return OK;
    }
    return OK;
}

static enum rc read_moves(struct reading *r)
{
    scoped_stmt *st = NULL;
    scoped_buf states;
    if (!may(r, "registers.read")) return OK;
    buf_init(&states, LIMIT_BUF);
    put_states(r->o->catalog, &states);
    TRY(buf_ok(&states));
    TRY(store_prepare(r->cx, r->o->ledger, str_from(notices_due_moves_sql), &st));
    store_bind_str(st, 1, buf_view(&states));
    for (bool row;;) {
        struct ctx scratch; /* why not is nobody's error */
        TRY(store_step(r->cx, st, &row));
        if (!row) return OK;
        ctx_init(&scratch);
        enum rc rc = add_move(r, &scratch, arena_str(&r->cx->arena, store_column_str(st, 0)));
        ctx_release(&scratch);
        TRY(rc);
    }
}

/* --- the Guidebook */

static bool reads(const struct reading *r, const struct record_kind *k)
{
    for (size_t i = 0; i < k->n_accept; i++) {
        enum identity_role role;
        if (!identity_role_find(k->accept[i], &role)) continue;
        for (size_t g = 0; g < r->who->n_grants; g++)
            if (r->who->grants[g].role == role) return true;
    }
    return false;
}

static enum rc read_reading(struct reading *r)
{
    for (size_t i = 0; i < r->o->catalog->n_records; i++) {
        const struct record_kind *k = &r->o->catalog->records[i];
        scoped_stmt *st = NULL;
        if (!reads(r, k)) continue;
        TRY(prepare(r, notices_due_reading_sql, &st));
        store_bind_str(st, sqlite3_bind_parameter_index(st, ":kind"), k->key);
        for (bool row;;) {
            TRY(store_step(r->cx, st, &row));
            if (!row) break;
            add(r, (struct notice){.what = NOTICE_READING,
                                   .subject = column(r, st, 0),
                                   .title = column(r, st, 1),
                                   .detail = k->key,
                                   .moment = sqlite3_column_int64(st, 2)});
        }
    }
    return OK;
}

/* --- what the server does not get done */

/* Of a repository whose gate the person keeps. */
static enum rc keeps(struct reading *r, struct str repository, struct str job, int64_t asked, struct str *name,
                     bool *out)
{
    scoped_stmt *st = NULL;
    *out = false;
    TRY(store_prepare(r->cx, r->o->ledger,
                      STR("SELECT r.name, r.project FROM fact_repository r WHERE r.subject = ?1 AND r.state = 'active' "
                          "AND (?2 <> 'mirror' OR EXISTS (SELECT 1 FROM fact_mirror m WHERE m.subject = ?1 AND m.state "
                          "= 'active' AND m.at <= ?3))"),
                      &st));
    store_bind_str(st, 1, repository);
    store_bind_str(st, 2, job);
    store_bind_int(st, 3, asked);
    TRY(store_step(r->cx, st, out));
    if (!*out) return OK;
    *name = column(r, st, 0);
    *out = identity_may(r->who, "code.protect", column(r, st, 1));
    return OK;
}

static enum rc read_failing(struct reading *r)
{
    scoped_stmt *st = NULL;
    if (!r->o->state || !may(r, "code.protect")) return OK;
    TRY(store_prepare(r->cx, r->o->state, str_from(notices_failing_sql), &st));
    for (bool row;;) {
        bool mine;
        TRY(store_step(r->cx, st, &row));
        if (!row) return OK;
        struct notice n = {.what = NOTICE_JOB_FAILING,
                           .subject = column(r, st, 0),
                           .detail = column(r, st, 1),
                           .moment = sqlite3_column_int64(st, 2)};
        TRY(keeps(r, n.subject, n.detail, sqlite3_column_int64(st, 3), &n.title, &mine));
        if (mine) add(r, n);
    }
}

/* --- new code that looks critical */

/* Whoever may approve what says which code is critical. */
static bool defines(const struct reading *r)
{
    const struct record_kind *k = catalog_find_record(r->o->catalog, STR("critical_code"));
    for (size_t i = 0; k && i < k->n_moves; i++)
        for (size_t w = 0; k->moves[i].approves && w < k->moves[i].n_who; w++) {
            enum identity_role role;
            if (identity_role_find(k->moves[i].who[w], &role) && r->who->roles >> role & 1) return true;
        }
    return false;
}

static enum rc read_candidates(struct reading *r)
{
    scoped_stmt *st = NULL;
    bool may_define = defines(r);
    TRY(prepare(r, notices_due_candidates_sql, &st));
    for (bool row;;) {
        TRY(store_step(r->cx, st, &row));
        if (!row) return OK;
        struct str project = store_column_str(st, 2);
        bool mine = sqlite3_column_int(st, 6), answered = sqlite3_column_int(st, 7), open = sqlite3_column_int(st, 8);
        int64_t more = sqlite3_column_int64(st, 4) - 1;
        if (!(mine || (!answered && may_define)) || !identity_may(r->who, "changes.read", project)) continue;
        struct str path = str_from(str_visible(r->cx, store_column_str(st, 3)));
        add(r, (struct notice){
                   .what = NOTICE_CRITICAL_CANDIDATE,
                   .subject = column(r, st, open ? 0 : 9),
                   .title = column(r, st, 1),
                   .detail =
                       more ? arena_printf(&r->cx->arena, STR_FMT " (+ %lld)", STR_ARG(path), (long long)more) : path,
                   .moment = sqlite3_column_int64(st, 5)});
    }
}

static int by_urgency(const void *a, const void *b)
{
    const struct notice *x = a, *y = b;
    if (x->what != y->what) return x->what < y->what ? -1 : 1;
    if (x->due != y->due) return x->due < y->due ? -1 : 1;
    if (x->moment != y->moment) return x->moment < y->moment ? -1 : 1;
    return str_cmp(x->subject, y->subject);
}

enum rc notices_read(struct ctx *cx, const struct notices_options *o, const struct identity_who *who,
                     struct notice **out, size_t *n)
{
    struct reading r = {.cx = cx, .o = o, .who = who, .out = arena_array(&cx->arena, struct notice, LIMIT_NOTICES)};
    TRY(read_general(&r));
    TRY(read_items(&r));
    TRY(read_moves(&r));
    TRY(read_reading(&r));
    TRY(read_failing(&r));
    TRY(read_candidates(&r));
    if (r.n) qsort(r.out, r.n, sizeof *r.out, by_urgency);
    *out = r.out;
    *n = r.n;
    return OK;
}
