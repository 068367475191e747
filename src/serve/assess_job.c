#include "serve/assess_job.h"

#include "assess/assess.h"
#include "assess/record.h"
#include "base/limits.h"
#include "base/time.h"
#include "git/location.h"
#include "ledger/log_reader.h"
#include "reports/reports.h"
#include "serve/fetch.h"
#include "store/store.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#define PERIOD (365 * DAY_SECONDS)

struct repository {
    struct str subject, id, name, main, location;
};

static enum rc find(struct ctx *cx, sqlite3 *db, struct str subject, struct repository *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT name, main, location, state FROM fact_repository WHERE subject = ?1"), &st));
    store_bind_str(st, 1, subject);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no such repository");
    *out = (struct repository){.subject = subject,
                               .id = str_slice(subject, sizeof "repo:" - 1, subject.n),
                               .name = arena_str(&cx->arena, store_column_str(st, 0)),
                               .main = arena_str(&cx->arena, store_column_str(st, 1)),
                               .location = arena_str(&cx->arena, store_column_str(st, 2))};
    if (!str_eq(store_column_str(st, 3), STR("active"))) return fail(cx, E_CONFLICT, "the repository is closed");
    if (!out->location.n) return fail(cx, E_INVALID, "the repository has no location: register its path or address");
    return OK;
}

static enum rc bring(struct ctx *cx, const char *dir, const struct repository *r, const char **path)
{
    *path = arena_cstr(&cx->arena, r->location);
    if (location_is_elsewhere(r->location)) {
        ctx_progress(cx, "fetching", 0, 0);
        return fetch_mirror(cx, dir, r->id, r->location, path);
    }
    if (r->location.p[0] != '/') return fail(cx, E_INVALID, "the location is no absolute path, and no address");
    return OK;
}

static enum rc record(struct ctx *cx, const char *dir, const struct catalog *c, struct git *g, sqlite3 *db,
                      const struct repository *r, const struct assessment *a)
{
    struct facts *facts;
    struct recorded done;
    scoped_buf json;
    buf_init(&json, LIMIT_BUF);
    TRY(report_write(cx, a, REPORT_JSON, NULL, &json));
    TRY(facts_open(cx, dir, c, &(const struct facts_options){0}, &facts));
    const struct recorder by = {facts, db, STR("system"), STR(""), STR("probe"), dir};
    enum rc rc = record_assessment(cx, &by, g, r->name, r->subject, a, buf_view(&json), &done);
    facts_close(facts);
    return rc;
}

static enum rc assess(struct ctx *cx, const char *dir, const struct catalog *c, sqlite3 *db, const struct repository *r)
{
    struct own *own;
    struct git *g = NULL;
    struct assessment a;
    const char *path, *cache = arena_printf(&cx->arena, "%s/cache", dir).p;
    TRY(bring(cx, dir, r, &path));
    if (mkdir(cache, 0700) != 0 && errno != EEXIST) return fail(cx, E_IO, "%s: %s", cache, strerror(errno));
    int64_t now = time_now();
    TRY(rules_own_read(cx, db, now, r->subject, &own));
    const struct assess_options o = {.catalog = c,
                                     .path = r->location,
                                     .rev = r->main,
                                     .now = now,
                                     .since = now - PERIOD,
                                     .own = own,
                                     .facts = db,
                                     .repository = r->subject,
                                     .cache = arena_printf(&cx->arena, "%s/" STR_FMT, cache, STR_ARG(r->id)).p,
                                     .texts = true};
    TRY(git_open(cx, path, &g));
    enum rc rc = assess_repository(cx, g, &o, &a);
    if (rc == OK) {
        ctx_progress(cx, "recording", 0, 0);
        rc = record(cx, dir, c, g, db, r, &a);
    }
    git_close(g);
    return rc;
}

enum rc assess_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject)
{
    struct log_reader *reader;
    struct repository r;
    if (!str_starts(subject, STR("repo:"))) return fail(cx, E_INVALID, "a repository is expected: repo:ID");
    TRY(log_reader_open(cx, dir, &reader));
    enum rc rc = find(cx, log_reader_db(reader), subject, &r);
    if (rc == OK) rc = assess(cx, dir, c, log_reader_db(reader), &r);
    log_reader_close(reader);
    return rc;
}
