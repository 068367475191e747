#include "serve/mirror_job.h"

#include "base/limits.h"
#include "git/hosted.h"
#include "git/oid.h"
#include "ledger/log_reader.h"
#include "serve/elsewhere.h"
#include "store/store.h"

#include <limits.h>
#include <stdlib.h>

#define HEX 40

static enum rc find(struct ctx *cx, sqlite3 *db, const char *dir, struct str subject, struct gate_place *place,
                    struct str *url)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(gate_place_find(cx, db, dir, subject, place));
    TRY(store_prepare(cx, db, STR("SELECT url FROM fact_mirror WHERE subject = ?1 AND state = 'active'"), &st));
    store_bind_str(st, 1, place->subject);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "this repository has no mirror");
    *url = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

struct mirroring {
    const struct gate_place *place;
    sqlite3 *db;
    struct elsewhere r;
    struct git *git;
    struct str stranger; /* a ref over there that is not from here; STR_NONE: none is */
    size_t taken_out;    /* refs over there that lead to what has been taken out here */
};

/* Of a ref over there whose object is not here: what was taken out of the history stood there by the log. */
static enum rc judge_unknown(struct ctx *cx, struct mirroring *m, struct str ref, struct str id)
{
    bool had;
    TRY(mirror_had(cx, m->db, m->place, ref, id, &had));
    if (had)
        m->taken_out++;
    else if (!m->stranger.p)
        m->stranger = arena_str(&cx->arena, ref);
    return OK;
}

/* "id TAB ref" lines: what of them is unknown here. */
static enum rc find_unknown(struct ctx *cx, struct mirroring *m, struct str listed)
{
    static const char *const check[] = {"cat-file", "--batch-check=%(objectname)", NULL};
    scoped_buf ids, said;
    struct str rest = listed, line, known, answer, id;
    int code;
    m->stranger = STR_NONE;
    m->taken_out = 0;
    buf_init(&ids, LIMIT_GIT_REFS_FILE);
    buf_init(&said, LIMIT_GIT_REFS_FILE);
    while (str_cut(&rest, '\n', &line)) {
        if (!line.n) continue;
        if (line.n <= HEX || line.p[HEX] != '\t' || !oid_is(str_slice(line, 0, HEX), HEX))
            return fail(cx, E_INVALID, "the mirror says refs that are none");
        buf_add(&ids, line.p, HEX);
        buf_char(&ids, '\n');
    }
    TRY(buf_ok(&ids));
    if (!ids.n) return OK;
    TRY(hosted_run(cx, m->git, check, buf_view(&ids), &said, &code, NULL));
    rest = listed;
    known = buf_view(&said);
    while (str_cut(&rest, '\n', &line)) {
        if (!line.n) continue;
        if (!str_cut(&known, '\n', &answer)) return fail(cx, E_IO, "git does not say which objects are here");
        id = str_slice(line, 0, HEX);
        if (!str_eq(answer, id)) TRY(judge_unknown(cx, m, str_slice(line, HEX + 1, line.n), id));
    }
    return OK;
}

static enum rc look(struct ctx *cx, struct mirroring *m)
{
    const char *const list[] = {"ls-remote",
                                "--quiet",
                                "--heads",
                                "--tags",
                                "--refs",
                                "--end-of-options",
                                arena_cstr(&cx->arena, m->r.location),
                                NULL};
    scoped_buf out;
    buf_init(&out, LIMIT_GIT_REFS_FILE);
    ctx_progress(cx, "looking at the mirror", 0, 0);
    TRY(elsewhere_git(cx, &m->r, m->place->path, list, &out, "read"));
    TRY(find_unknown(cx, m, buf_view(&out)));
    return m->stranger.p
               ? fail(cx, E_CONFLICT,
                      "%s holds %s, which is not from here: it is left as it is. Somebody else writes there, or it is "
                      "no mirror: take it away there, or name an empty repository",
                      str_visible(cx, m->r.location), str_visible(cx, m->stranger))
               : OK;
}

/* What leads there to what was taken out is overwritten, or taken away with its ref. */
static enum rc push(struct ctx *cx, struct mirroring *m)
{
    const char *const push[] = {"push",
                                "--quiet",
                                "--prune",
                                "--no-verify",
                                "--no-follow-tags",
                                "--end-of-options",
                                arena_cstr(&cx->arena, m->r.location),
                                "+refs/heads/*:refs/heads/*",
                                "+refs/tags/*:refs/tags/*",
                                NULL};
    ctx_progress(cx, "pushing", 0, 0);
    return elsewhere_git(cx, &m->r, m->place->path, push, NULL, "pushed to");
}

/* Whether no ref over there leads to it any more is not what git says of its push, but what is there. */
static enum rc push_and_look(struct ctx *cx, struct mirroring *m, bool *refused)
{
    *refused = true;
    TRY(push(cx, m));
    TRY(look(cx, m));
    *refused = m->taken_out > 0;
    return *refused ? fail(cx, E_CONFLICT, "%s still has %zu refs that lead to what was taken out",
                           str_visible(cx, m->r.location), m->taken_out)
                    : OK;
}

static enum rc clear(struct ctx *cx, struct facts *f, struct mirroring *m, const struct mirror_clearing *c)
{
    bool refused = false;
    enum rc rc = look(cx, m);
    size_t refs = m->taken_out;
    if (rc == OK)
        rc = push_and_look(cx, m, &refused);
    else
        refused = m->stranger.p != NULL; /* else it could not be reached: another time */
    if (rc == OK) return mirror_put_cleared(cx, f, m->place, c, refs, STR_NONE);
    struct str why = arena_str(&cx->arena, str_from(cx->message));
    if (refused && !c->refused) TRY(mirror_put_cleared(cx, f, m->place, c, refs, why));
    return fail(cx, rc, STR_FMT, STR_ARG(why));
}

static enum rc run(struct ctx *cx, const char *dir, const struct catalog *c, struct mirroring *m)
{
    struct mirror_clearing clearing;
    struct facts *facts;
    TRY(mirror_clearing(cx, m->db, m->place->subject, &clearing));
    if (!clearing.expunged) {
        TRY(look(cx, m));
        return push(cx, m);
    }
    TRY(facts_open(cx, dir, c, &(const struct facts_options){0}, &facts));
    enum rc rc = clear(cx, facts, m, &clearing);
    facts_close(facts);
    return rc;
}

enum rc mirror_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject)
{
    struct log_reader *reader;
    struct gate_place place;
    struct mirroring m = {.place = &place};
    struct str url;
    char folder[PATH_MAX];
    if (!str_starts(subject, STR("repo:"))) return fail(cx, E_INVALID, "a repository is expected: repo:ID");
    if (!realpath(dir, folder)) return fail(cx, E_IO, "the data folder is not there");
    TRY(log_reader_open(cx, folder, &reader));
    m.db = log_reader_db(reader);
    enum rc rc = find(cx, m.db, folder, subject, &place, &url);
    if (rc == OK) rc = elsewhere_open(cx, folder, place.id, url, &m.r);
    if (rc == OK) rc = hosted_open(cx, place.path, NULL, &m.git);
    if (rc == OK) rc = run(cx, folder, c, &m);
    git_close(m.git);
    log_reader_close(reader);
    return rc;
}
