#include "serve/schedule.h"

#include "gates/expunge.h"
#include "gates/mirror.h"
#include "store/store.h"

#include <unistd.h>

enum rc schedule_due(struct ctx *cx, sqlite3 *ledger, sqlite3 *state, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, ledger,
        STR("SELECT r.subject, r.schedule, (SELECT coalesce(max(a.at), 0) FROM fact_assessment a WHERE "
            "a.subject = r.subject) FROM fact_repository r WHERE r.state = 'active' AND r.schedule > 0 AND "
            "r.location <> '' ORDER BY r.subject"),
        &st));
    for (;;) {
        bool row;
        int64_t asked;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        struct str subject = store_column_str(st, 0), id;
        int64_t seconds = sqlite3_column_int64(st, 1) * 3600, last = sqlite3_column_int64(st, 2);
        TRY(jobs_last(cx, state, "assess", subject, &asked));
        if (asked > last) last = asked; /* one that failed is tried again at its time, not at once */
        if (now - last >= seconds) TRY(jobs_add(cx, state, "assess", subject, STR("system"), now, &id));
    }
}

/* Of several servers on one log one keeps a hosted repository's git data. */
static bool is_here(struct ctx *cx, const char *dir, struct str repository)
{
    struct str id = str_slice(repository, sizeof "repo:" - 1, repository.n);
    return access(arena_printf(&cx->arena, "%s/hosted/" STR_FMT ".git", dir, STR_ARG(id)).p, F_OK) == 0;
}

enum rc schedule_mirrors(struct ctx *cx, const char *dir, sqlite3 *ledger, sqlite3 *state, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, ledger,
                      STR("SELECT m.subject FROM fact_mirror m JOIN fact_repository r ON r.subject = m.subject WHERE "
                          "m.state = 'active' AND r.state = 'active' AND r.hosted ORDER BY m.subject"),
                      &st));
    for (;;) {
        bool row;
        struct mirror m;
        struct str id;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (!is_here(cx, dir, store_column_str(st, 0))) continue;
        TRY(mirror_read(cx, ledger, state, arena_str(&cx->arena, store_column_str(st, 0)), &m));
        if (mirror_is_due(&m, now)) TRY(jobs_add(cx, state, MIRROR_JOB, m.subject, STR("system"), now, &id));
    }
}

#define EXPUNGE_AGAIN 3600

enum rc schedule_expunges(struct ctx *cx, const char *dir, sqlite3 *ledger, sqlite3 *state, int64_t now)
{
    struct str *due, id;
    size_t n;
    TRY(expunge_due(cx, ledger, &due, &n));
    for (size_t i = 0; i < n; i++) {
        struct job last;
        bool found;
        int64_t failed;
        if (!is_here(cx, dir, due[i])) continue;
        TRY(jobs_newest(cx, state, EXPUNGE_JOB, due[i], &last, &found, &failed));
        if (found && (!job_has_ended(last.state) || (failed && now - last.ended < EXPUNGE_AGAIN))) continue;
        TRY(jobs_add(cx, state, EXPUNGE_JOB, due[i], STR("system"), now, &id));
    }
    return OK;
}
