#include "jobs/jobs.h"

#include "base/limits.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

extern const char jobs_state_001_sql[];
static const char *const steps[] = {jobs_state_001_sql};
const struct state_room jobs_state = {"jobs", steps, sizeof steps / sizeof *steps};

static const char *const names[JOB_STATES] = {"queued", "running", "done", "failed", "cancelled"};

const char *job_state_name(enum job_state s)
{
    return names[s];
}

bool job_has_ended(enum job_state s)
{
    return s != JOB_QUEUED && s != JOB_RUNNING;
}

int64_t job_percent(const struct job *j)
{
    if (j->state == JOB_DONE || (j->total > 0 && j->done >= j->total)) return 100;
    return j->total > 0 && j->done >= 0 ? j->done * 100 / j->total : -1;
}

void job_put_event(struct json *j, const struct job *job)
{
    json_begin(j, '{');
    json_put_cstr(j, "state", names[job->state]);
    json_key(j, "share");
    int64_t percent = job_percent(job);
    char share[8];
    snprintf(share, sizeof share, "%d.%02d", (int)(percent / 100), (int)(percent % 100));
    if (percent < 0)
        json_nil(j);
    else
        json_raw(j, str_from(share));
    json_put_str(j, "what", job->step);
    json_put_str(j, "message", job->message);
    json_end(j, '}');
}

/* --- reading */

#define COLUMNS                                                                                                        \
    "id, what, subject, person, step, message, state, done, total, created, coalesce(started, 0), "                    \
    "coalesce(ended, 0), tries, number, cancel"

static void read_row(struct ctx *cx, sqlite3_stmt *st, struct job *out)
{
    struct str *texts[] = {&out->id, &out->what, &out->subject, &out->person, &out->step, &out->message};
    *out = (struct job){.state = JOB_QUEUED};
    for (int i = 0; i < 6; i++) *texts[i] = arena_str(&cx->arena, store_column_str(st, i));
    for (int i = 0; i < JOB_STATES; i++)
        if (str_eq(store_column_str(st, 6), str_from(names[i]))) out->state = (enum job_state)i;
    out->done = sqlite3_column_int64(st, 7);
    out->total = sqlite3_column_int64(st, 8);
    out->created = sqlite3_column_int64(st, 9);
    out->started = sqlite3_column_int64(st, 10);
    out->ended = sqlite3_column_int64(st, 11);
    out->tries = sqlite3_column_int64(st, 12);
    out->number = sqlite3_column_int64(st, 13);
    out->cancel = sqlite3_column_int64(st, 14) != 0;
}

enum rc jobs_get(struct ctx *cx, sqlite3 *db, struct str id, struct job *out)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT " COLUMNS " FROM job WHERE id = ?1"), &st));
    store_bind_str(st, 1, id);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no job of this id");
    read_row(cx, st, out);
    return OK;
}

#define WANTED "(?1 IS NULL OR subject = ?1) AND (?2 IS NULL OR state = ?2)"

enum rc jobs_list(struct ctx *cx, sqlite3 *db, struct str subject, enum job_state state, int64_t before, size_t n,
                  struct job *out, size_t *found, int64_t *total)
{
    scoped_stmt *st = NULL, *count = NULL;
    struct str name = state == JOB_STATES ? STR_NONE : str_from(names[state]);
    bool row;
    *found = 0;
    TRY(store_prepare(cx, db, STR("SELECT count(*) FROM job WHERE " WANTED), &count));
    TRY(store_prepare(cx, db,
                      STR("SELECT " COLUMNS " FROM job WHERE " WANTED " AND number < ?3 ORDER BY number DESC LIMIT ?4"),
                      &st));
    store_bind_str(count, 1, subject);
    store_bind_str(count, 2, name);
    TRY(store_step(cx, count, &row));
    *total = sqlite3_column_int64(count, 0);
    store_bind_str(st, 1, subject);
    store_bind_str(st, 2, name);
    store_bind_int(st, 3, before);
    store_bind_int(st, 4, (int64_t)n);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row || *found == n) return OK;
        read_row(cx, st, &out[(*found)++]);
    }
}

enum rc jobs_last(struct ctx *cx, sqlite3 *db, const char *what, struct str subject, int64_t *at)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT coalesce(max(created), 0) FROM job WHERE subject = ?1 AND what = ?2"), &st));
    store_bind_str(st, 1, subject);
    store_bind_str(st, 2, str_from(what));
    TRY(store_step(cx, st, &row));
    *at = sqlite3_column_int64(st, 0);
    return OK;
}

enum rc jobs_newest(struct ctx *cx, sqlite3 *db, const char *what, struct str subject, struct job *out, bool *found,
                    int64_t *failed)
{
    scoped_stmt *st = NULL, *count = NULL;
    bool row;
    *failed = 0;
    TRY(store_prepare(
        cx, db, STR("SELECT " COLUMNS " FROM job WHERE subject = ?1 AND what = ?2 ORDER BY number DESC LIMIT 1"), &st));
    store_bind_str(st, 1, subject);
    store_bind_str(st, 2, str_from(what));
    TRY(store_step(cx, st, found));
    if (!*found) return OK;
    read_row(cx, st, out);
    TRY(store_prepare(cx, db,
                      STR("SELECT count(*) FROM job WHERE subject = ?1 AND what = ?2 AND state = 'failed' AND number > "
                          "(SELECT coalesce(max(number), 0) FROM job WHERE subject = ?1 AND what = ?2 AND state = "
                          "'done')"),
                      &count));
    store_bind_str(count, 1, subject);
    store_bind_str(count, 2, str_from(what));
    TRY(store_step(cx, count, &row));
    *failed = sqlite3_column_int64(count, 0);
    return OK;
}

/* --- changing */

static enum rc finish(struct ctx *cx, sqlite3 *db, enum rc rc)
{
    if (rc == OK) return store_commit(cx, db);
    store_rollback(db);
    return rc;
}

static struct str new_id(struct ctx *cx)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567";
    uint8_t random[26];
    randombytes_buf(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++) random[i] = (uint8_t)alphabet[random[i] & 31];
    return arena_str(&cx->arena, (struct str){(const char *)random, sizeof random});
}

static enum rc find_same(struct ctx *cx, sqlite3 *db, const char *what, struct str subject, struct str *id)
{
    scoped_stmt *st = NULL;
    bool row;
    *id = STR_NONE;
    TRY(store_prepare(cx, db,
                      STR("SELECT id FROM job WHERE state IN ('queued', 'running') AND what = ?1 AND subject = ?2 AND "
                          "cancel = 0"),
                      &st));
    store_bind_str(st, 1, str_from(what));
    store_bind_str(st, 2, subject);
    TRY(store_step(cx, st, &row));
    if (row) *id = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

static enum rc add(struct ctx *cx, sqlite3 *db, const char *what, struct str subject, struct str person, int64_t now,
                   struct str *id)
{
    scoped_stmt *st = NULL;
    int64_t waiting;
    TRY(find_same(cx, db, what, subject, id));
    if (id->p) return OK;
    TRY(store_get_int(cx, db, "SELECT count(*) FROM job WHERE state = 'queued'", &waiting));
    if (waiting >= LIMIT_JOBS_WAITING) return fail(cx, E_LIMIT, "too many jobs wait; try again when some have ended");
    *id = new_id(cx);
    TRY(store_prepare(
        cx, db,
        STR("INSERT INTO job(id, what, subject, person, state, step, done, total, message, created, tries, "
            "cancel, number) SELECT ?1, ?2, ?3, ?4, 'queued', '', 0, 0, '', ?5, 0, 0, "
            "coalesce(max(number), 0) + 1 FROM job"),
        &st));
    store_bind_str(st, 1, *id);
    store_bind_str(st, 2, str_from(what));
    store_bind_str(st, 3, subject);
    store_bind_str(st, 4, person);
    store_bind_int(st, 5, now);
    return store_run(cx, st);
}

enum rc jobs_add(struct ctx *cx, sqlite3 *db, const char *what, struct str subject, struct str person, int64_t now,
                 struct str *id)
{
    TRY(store_begin_write(cx, db));
    return finish(cx, db, add(cx, db, what, subject, person, now, id));
}

static enum rc cancel(struct ctx *cx, sqlite3 *db, struct str id, int64_t now)
{
    scoped_stmt *st = NULL;
    struct job j;
    TRY(jobs_get(cx, db, id, &j));
    if (job_has_ended(j.state)) return fail(cx, E_CONFLICT, "the job has ended already");
    TRY(store_prepare(cx, db,
                      j.state == JOB_QUEUED
                          ? STR("UPDATE job SET cancel = 1, state = 'cancelled', ended = ?2 WHERE id = ?1 AND ?2 > 0")
                          : STR("UPDATE job SET cancel = 1 WHERE id = ?1 AND ?2 > 0"),
                      &st));
    store_bind_str(st, 1, id);
    store_bind_int(st, 2, now);
    return store_run(cx, st);
}

enum rc jobs_cancel(struct ctx *cx, sqlite3 *db, struct str id, int64_t now)
{
    TRY(store_begin_write(cx, db));
    return finish(cx, db, cancel(cx, db, id, now));
}

static enum rc run_at(struct ctx *cx, sqlite3 *db, const char *sql, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_int(st, 1, now);
    store_bind_int(st, 2, LIMIT_JOB_TRIES);
    return store_run(cx, st);
}

static enum rc recover(struct ctx *cx, sqlite3 *db, int64_t now)
{
    TRY(run_at(cx, db,
               "UPDATE job SET state = 'cancelled', ended = ?1 WHERE state = 'running' AND cancel = 1 AND ?2 > 0",
               now));
    TRY(run_at(
        cx, db,
        "UPDATE job SET state = 'failed', ended = ?1, message = 'it ended without a word each time it was begun' "
        "WHERE state = 'running' AND tries >= ?2",
        now));
    return run_at(cx, db,
                  "UPDATE job SET state = 'queued', step = '', done = 0, total = 0 WHERE state = 'running' AND ?1 > 0 "
                  "AND ?2 > 0",
                  now);
}

enum rc jobs_recover(struct ctx *cx, sqlite3 *db, int64_t now)
{
    TRY(store_begin_write(cx, db));
    return finish(cx, db, recover(cx, db, now));
}

static enum rc take(struct ctx *cx, sqlite3 *db, int64_t now, struct job *out, bool *found)
{
    scoped_stmt *st = NULL, *change = NULL;
    *found = false;
    TRY(store_prepare(cx, db, STR("SELECT " COLUMNS " FROM job WHERE state = 'queued' ORDER BY state, number LIMIT 1"),
                      &st));
    TRY(store_step(cx, st, found));
    if (!*found) return OK;
    read_row(cx, st, out);
    TRY(store_prepare(cx, db, STR("UPDATE job SET state = 'running', started = ?2, tries = tries + 1 WHERE id = ?1"),
                      &change));
    store_bind_str(change, 1, out->id);
    store_bind_int(change, 2, now);
    out->state = JOB_RUNNING;
    out->started = now;
    out->tries++;
    return store_run(cx, change);
}

enum rc jobs_take(struct ctx *cx, sqlite3 *db, int64_t now, struct job *out, bool *found)
{
    TRY(store_begin_write(cx, db));
    return finish(cx, db, take(cx, db, now, out, found));
}

enum rc jobs_step(struct ctx *cx, sqlite3 *db, struct str id, struct str step, int64_t done, int64_t total)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("UPDATE job SET step = ?2, done = ?3, total = ?4 WHERE id = ?1 AND state = 'running'"), &st));
    store_bind_str(st, 1, id);
    store_bind_str(st, 2, str_slice(step, 0, LIMIT_JOB_TEXT));
    store_bind_int(st, 3, done);
    store_bind_int(st, 4, total);
    return store_run(cx, st);
}

enum rc jobs_end(struct ctx *cx, sqlite3 *db, struct str id, enum job_state state, struct str message, int64_t now)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("UPDATE job SET state = ?2, message = ?3, ended = ?4 WHERE id = ?1"), &st));
    store_bind_str(st, 1, id);
    store_bind_str(st, 2, str_from(names[state]));
    store_bind_str(st, 3, str_slice(message, 0, LIMIT_JOB_TEXT));
    store_bind_int(st, 4, now);
    return store_run(cx, st);
}

enum rc jobs_put_back(struct ctx *cx, sqlite3 *db, struct str id)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, db,
        STR("UPDATE job SET state = 'queued', step = '', done = 0, total = 0, tries = tries - 1 WHERE id = "
            "?1 AND state = 'running' AND cancel = 0"),
        &st));
    store_bind_str(st, 1, id);
    return store_run(cx, st);
}

enum rc jobs_sweep(struct ctx *cx, sqlite3 *db)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("DELETE FROM job WHERE state NOT IN ('queued', 'running') AND number <= (SELECT number FROM "
                          "job ORDER BY number DESC LIMIT 1 OFFSET ?1)"),
                      &st));
    store_bind_int(st, 1, LIMIT_JOBS_KEPT);
    return store_run(cx, st);
}
