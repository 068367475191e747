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

/* "id TAB ref" lines into ids, a line each; a ref of the first that is unknown here in *stranger. */
static enum rc find_stranger(struct ctx *cx, const struct git *g, struct str listed, struct str *stranger)
{
    static const char *const check[] = {"cat-file", "--batch-check=%(objectname)", NULL};
    scoped_buf ids, said;
    struct str rest = listed, line, known, answer, id;
    int code;
    *stranger = STR_NONE;
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
    TRY(hosted_run(cx, g, check, buf_view(&ids), &said, &code, NULL));
    rest = listed;
    known = buf_view(&said);
    while (str_cut(&rest, '\n', &line)) {
        if (!line.n) continue;
        if (!str_cut(&known, '\n', &answer)) return fail(cx, E_IO, "git does not say which objects are here");
        id = str_slice(line, 0, HEX);
        if (!str_eq(answer, id)) {
            *stranger = arena_str(&cx->arena, str_slice(line, HEX + 1, line.n));
            return OK;
        }
    }
    return OK;
}

static enum rc look(struct ctx *cx, struct elsewhere *r, const struct gate_place *place)
{
    const char *const list[] = {
        "ls-remote", "--quiet", "--heads", "--tags", "--refs", "--end-of-options", arena_cstr(&cx->arena, r->location),
        NULL};
    struct git *g;
    struct str stranger;
    scoped_buf out;
    buf_init(&out, LIMIT_GIT_REFS_FILE);
    ctx_progress(cx, "looking at the mirror", 0, 0);
    TRY(elsewhere_git(cx, r, place->path, list, &out, "read"));
    TRY(hosted_open(cx, place->path, NULL, &g));
    enum rc rc = find_stranger(cx, g, buf_view(&out), &stranger);
    git_close(g);
    if (rc == OK && stranger.p)
        rc = fail(cx, E_CONFLICT,
                  "%s holds %s, which is not from here: it is left as it is. Somebody else writes there, or it is no "
                  "mirror: take it away there, or name an empty repository",
                  str_visible(cx, r->location), str_visible(cx, stranger));
    return rc;
}

static enum rc push(struct ctx *cx, const char *dir, const struct gate_place *place, struct str url)
{
    struct elsewhere r;
    TRY(elsewhere_open(cx, dir, place->id, url, &r));
    TRY(look(cx, &r, place));
    const char *const push[] = {"push",
                                "--quiet",
                                "--prune",
                                "--no-verify",
                                "--no-follow-tags",
                                "--end-of-options",
                                arena_cstr(&cx->arena, url),
                                "+refs/heads/*:refs/heads/*",
                                "+refs/tags/*:refs/tags/*",
                                NULL};
    ctx_progress(cx, "pushing", 0, 0);
    return elsewhere_git(cx, &r, place->path, push, NULL, "pushed to");
}

enum rc mirror_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject)
{
    struct log_reader *reader;
    struct gate_place place;
    struct str url;
    char folder[PATH_MAX];
    (void)c;
    if (!str_starts(subject, STR("repo:"))) return fail(cx, E_INVALID, "a repository is expected: repo:ID");
    if (!realpath(dir, folder)) return fail(cx, E_IO, "the data folder is not there");
    TRY(log_reader_open(cx, folder, &reader));
    enum rc rc = find(cx, log_reader_db(reader), folder, subject, &place, &url);
    if (rc == OK) rc = push(cx, folder, &place, url);
    log_reader_close(reader);
    return rc;
}
