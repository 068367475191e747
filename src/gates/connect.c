#include "gates/connect.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "gates/connect_hooks.h"
#include "git/hosted.h"
#include "git/refname.h"
#include "records/append.h"
#include "store/store.h"

/* --- the repository */

static enum rc look(struct ctx *cx, const struct connect_wish *w, struct hook_place *out, struct str *main)
{
    struct git *g;
    TRY(git_open(cx, w->path, &g));
    const struct git_facts *f = git_facts(g);
    enum rc rc = OK;
    if (!f->bare)
        rc = fail(cx, E_INVALID, "it has a work tree: the gate stands in a bare repository, where people push to");
    else if (!str_eq(f->object_format, STR("sha1")))
        rc = fail(cx, E_INVALID, "a repository of SHA-256 ids cannot be connected yet");
    else if (f->hooks_elsewhere.p)
        rc = fail(cx, E_DENIED, "its core.hooksPath is %s: the hooks here would not be asked",
                  str_visible(cx, f->hooks_elsewhere));
    *main = w->main.n ? w->main : f->head_ref.p ? arena_str(&cx->arena, f->head_ref) : STR("refs/heads/main");
    if (rc == OK && (!refname_is_valid(*main) || !str_starts(*main, STR("refs/heads/"))))
        rc = fail(cx, E_INVALID, "\"%s\" is no branch", str_visible(cx, *main));
    out->hooks = arena_cstr(&cx->arena, f->hooks);
    git_close(g);
    return rc;
}

/* What git needs to know for changes to be proposed there, and for what comes to be checked. */
static enum rc configure(struct ctx *cx, const char *path, bool on)
{
    static const char *const set[][6] = {
        {"config", "--local", "--replace-all", "receive.procReceiveRefs", "refs/for", "^refs/for$"},
        {"config", "--local", "receive.advertisePushOptions", "true"},
        {"config", "--local", "receive.fsckObjects", "true"}};
    static const char *const unset[] = {"config",     "--local", "--unset-all", "receive.procReceiveRefs",
                                        "^refs/for$", NULL};
    struct git *g;
    enum rc rc = hosted_open(cx, path, NULL, &g);
    for (size_t i = 0; rc == OK && i < (on ? sizeof set / sizeof *set : 1); i++) {
        scoped_buf said;
        const char *argv[7] = {NULL}, *why;
        int code;
        for (size_t k = 0; on && k < 6 && set[i][k]; k++) argv[k] = set[i][k];
        buf_init(&said, 4096);
        rc = hosted_run(cx, g, on ? argv : unset, STR_NONE, &said, &code, &why);
        if (rc == OK && on && code != 0) rc = fail(cx, E_IO, "git cannot be told about refs/for: %s", why);
    }
    git_close(g);
    return rc;
}

/* --- the fact */

struct connecting {
    const struct identity_actor *by;
    const struct connect_wish *w; /* NULL: it ends */
    struct str subject, location, main;
};

static enum rc read_old(struct append *a, struct connecting *m, struct connect_wish *now, int64_t *schedule)
{
    scoped_stmt *st = NULL;
    bool row;
    *schedule = 24;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT subject, name, project, main, schedule, hosted FROM fact_repository WHERE state = "
                          "'active' AND (subject = ?1 OR location = ?2) ORDER BY gate IS NULL LIMIT 1"),
                      &st));
    store_bind_str(st, 1, m->subject);
    store_bind_str(st, 2, m->location);
    TRY(store_step(a->cx, st, &row));
    if (!row) return OK;
    if (sqlite3_column_int(st, 5)) return fail(a->cx, E_CONFLICT, "this is a hosted repository, and has its gate");
    m->subject = arena_str(&a->cx->arena, store_column_str(st, 0));
    if (!now->name.n) now->name = arena_str(&a->cx->arena, store_column_str(st, 1));
    if (!now->project.n) now->project = arena_str(&a->cx->arena, store_column_str(st, 2));
    if (!now->main.n) now->main = arena_str(&a->cx->arena, store_column_str(st, 3));
    *schedule = sqlite3_column_int64(st, 4);
    return OK;
}

static enum rc check(struct append *a, const struct connecting *m, const struct connect_wish *now)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT (SELECT count(*) FROM fact_repository WHERE state = 'active' AND name = ?1 COLLATE "
                          "NOCASE AND subject <> ?3), ?2 = '' OR EXISTS (SELECT 1 FROM fact_project WHERE subject = ?2 "
                          "AND state = 'active')"),
                      &st));
    store_bind_str(st, 1, now->name);
    store_bind_str(st, 2, now->project);
    store_bind_str(st, 3, m->subject);
    TRY(store_step(a->cx, st, &row));
    if (sqlite3_column_int(st, 0)) return fail(a->cx, E_CONFLICT, "another repository has this name");
    return sqlite3_column_int(st, 1) ? OK : fail(a->cx, E_NOTFOUND, "there is no such project");
}

static enum rc build(struct append *a, void *arg)
{
    struct connecting *m = arg;
    struct connect_wish now = m->w ? *m->w : (struct connect_wish){0};
    int64_t schedule;
    scoped_buf b;
    struct json j;
    TRY(read_old(a, m, &now, &schedule));
    if (!now.main.n) now.main = m->main;
    TRY(check(a, m, &now));
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "name", now.name);
    json_put_str(&j, "project", now.project.p ? now.project : STR(""));
    json_put_str(&j, "main", now.main);
    json_put_cstr(&j, "state", "active");
    json_put_str(&j, "location", m->location);
    json_put_int(&j, "schedule", schedule);
    if (m->w) json_put_cstr(&j, "gate", gate_host_name(now.host));
    if (m->w) json_put_str(&j, "accounts", now.accounts);
    json_end(&j, '}');
    const struct body fact = append_body(m->by, "repository", m->subject, buf_view(&b));
    return append_add(a, &fact, NULL);
}

/* What the fact would say is there already: nothing to append. */
static enum rc is_told(struct ctx *cx, sqlite3 *db, const struct connect_wish *w, struct str location,
                       struct str *subject)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(
        cx, db,
        STR("SELECT subject FROM fact_repository WHERE state = 'active' AND location = ?1 AND gate = ?2 AND "
            "accounts = ?3 AND name = ?4 AND (?5 = '' OR main = ?5) AND (?6 = '' OR project = ?6)"),
        &st));
    const struct str values[] = {location, str_from(gate_host_name(w->host)), w->accounts,
                                 w->name,  w->main.p ? w->main : STR(""),     w->project.p ? w->project : STR("")};
    for (int i = 0; i < 6; i++) store_bind_str(st, i + 1, values[i]);
    TRY(store_step(cx, st, &row));
    *subject = row ? arena_str(&cx->arena, store_column_str(st, 0)) : STR_NONE;
    return OK;
}

/* What stands registered at the place, if anything does; *gated: with its gate. */
static enum rc find_there(struct ctx *cx, sqlite3 *db, struct str location, struct str *subject, bool *gated)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT subject, gate IS NOT NULL FROM fact_repository WHERE state = 'active' AND location = "
                          "?1 ORDER BY gate IS NULL LIMIT 1"),
                      &st));
    store_bind_str(st, 1, location);
    TRY(store_step(cx, st, &row));
    *subject = row ? arena_str(&cx->arena, store_column_str(st, 0)) : STR_NONE;
    *gated = row && sqlite3_column_int(st, 1);
    return OK;
}

/* --- hooks and fact: the log never says of a repository without hooks that it has its gate */

static enum rc put_there(struct ctx *cx, const struct hook_place *at, const char *dir, struct str subject)
{
    TRY(connect_hooks_write(cx, at, dir, subject));
    return gate_host_takes_changes(at->host) ? configure(cx, at->path, true) : OK;
}

static enum rc take_away(struct ctx *cx, const struct hook_place *at)
{
    if (access(at->path, F_OK) == 0 && gate_host_takes_changes(at->host)) TRY(configure(cx, at->path, false));
    return connect_hooks_remove(cx, at);
}

/* Hooks first: until the fact is there they let nobody in. */
static enum rc put_both(struct ctx *cx, struct facts *f, const struct hook_place *at, const char *dir,
                        struct connecting *m, bool gated)
{
    struct str subject = m->subject;
    enum rc rc = put_there(cx, at, dir, subject);
    if (rc == OK) rc = append_run(cx, f, facts_now(f), build, m);
    if (rc == OK && !str_eq(m->subject, subject)) rc = put_there(cx, at, dir, m->subject); /* registered meanwhile */
    if (rc == OK || gated) return rc;
    const char *why = arena_cstr(&cx->arena, str_from(cx->message));
    return take_away(cx, at) == OK ? fail(cx, rc, "%s", why)
                                   : fail(cx, rc, "%s; and the hooks are there still: %s", why,
                                          arena_cstr(&cx->arena, str_from(cx->message)));
}

enum rc connect_repository(struct ctx *cx, struct facts *f, sqlite3 *db, const char *dir,
                           const struct identity_actor *by, const struct connect_wish *wish, struct str *subject)
{
    char id[SUBJECT_ID + 1], folder[PATH_MAX], path[PATH_MAX];
    struct connect_wish w = *wish;
    struct hook_place place;
    struct str main;
    bool gated;
    if (!realpath(dir, folder)) return fail(cx, E_NOTFOUND, "the data folder is not there: %s", strerror(errno));
    TRY(gate_place_check_name(cx, w.name));
    TRY(look(cx, &w, &place, &main));
    if (!realpath(w.path, path)) return fail(cx, E_NOTFOUND, "the repository is not there: %s", strerror(errno));
    if (!w.accounts.n) w.accounts = str_from(gate_host_name(w.host));
    place.host = w.host;
    place.path = path;
    TRY(connect_hooks_check(cx, &place));
    TRY(is_told(cx, db, &w, str_from(path), subject));
    if (subject->p) return put_there(cx, &place, folder, *subject);
    TRY(find_there(cx, db, str_from(path), subject, &gated));
    subject_new_id(id);
    struct connecting m = {.by = by,
                           .w = &w,
                           .subject = subject->p ? *subject : arena_printf(&cx->arena, "repo:%s", id),
                           .location = arena_str(&cx->arena, str_from(path)),
                           .main = main};
    TRY(put_both(cx, f, &place, folder, &m, gated));
    *subject = m.subject;
    return OK;
}

/* A crash between the fact and the hooks has left them: they let nobody in, and are to go. */
static enum rc finish(struct ctx *cx, sqlite3 *db, struct str name)
{
    static const enum gate_host hosts[] = {GATE_BARE, GATE_GITEA, GATE_GITLAB};
    scoped_stmt *st = NULL;
    bool row;
    const char *why = arena_cstr(&cx->arena, str_from(cx->message));
    TRY(store_prepare(cx, db,
                      STR("SELECT subject, location FROM fact_repository WHERE state = 'active' AND hosted IS NULL AND "
                          "gate IS NULL AND substr(location, 1, 1) = '/' AND (subject = ?1 OR name = ?1)"),
                      &st));
    store_bind_str(st, 1, name);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "%s", why);
    struct str subject = arena_str(&cx->arena, store_column_str(st, 0));
    const char *path = arena_cstr(&cx->arena, store_column_str(st, 1));
    for (size_t i = 0; i < sizeof hosts / sizeof *hosts; i++) {
        const struct hook_place at = {
            .path = path, .host = hosts[i], .hooks = arena_printf(&cx->arena, "%s/hooks", path).p};
        if (connect_hooks_stand(cx, &at, subject)) return take_away(cx, &at);
    }
    return fail(cx, E_NOTFOUND, "%s", why);
}

enum rc connect_end(struct ctx *cx, struct facts *f, sqlite3 *db, const char *dir, const struct identity_actor *by,
                    struct str name)
{
    struct gate_place place;
    enum rc rc = gate_place_find(cx, db, dir, name, &place);
    if (rc == E_NOTFOUND) return finish(cx, db, name);
    TRY(rc);
    struct connecting m = {.by = by, .subject = place.subject, .location = str_from(place.path)};
    const struct hook_place at = {
        .path = place.path, .host = place.host, .hooks = arena_printf(&cx->arena, "%s/hooks", place.path).p};
    if (place.host == GATE_HOSTED) return fail(cx, E_INVALID, "a hosted repository keeps its gate");
    TRY(append_run(cx, f, facts_now(f), build, &m));
    return take_away(cx, &at);
}
