#include "gates/host.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "git/hosted.h"
#include "git/oid.h"
#include "git/refname.h"
#include "records/append.h"
#include "store/store.h"

/* --- hooks */

static enum rc put_link(struct ctx *cx, const char *target, const char *path)
{
    char now[PATH_MAX];
    ssize_t n = readlink(path, now, sizeof now - 1);
    if (n > 0 && (size_t)n == strlen(target) && !memcmp(now, target, (size_t)n)) return OK;
    const char *fresh = arena_printf(&cx->arena, "%s.%d.%d", path, (int)getpid(), (int)gettid()).p;
    if (symlink(target, fresh) == 0 && rename(fresh, path) == 0) return OK;
    int error = errno;
    (void)unlink(fresh);
    return fail(cx, E_IO, "%s cannot be made: %s", str_visible(cx, str_from(path)), strerror(error));
}

static enum rc make_folder(struct ctx *cx, const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST
               ? OK
               : fail(cx, E_IO, "%s cannot be made: %s", str_visible(cx, str_from(path)), strerror(errno));
}

static enum rc put_hooks(struct ctx *cx, const char *dir)
{
    static const char *const names[] = {"pre-receive", "proc-receive"};
    char own[PATH_MAX];
    ssize_t n = readlink("/proc/self/exe", own, sizeof own - 1);
    if (n <= 0) return fail(cx, E_IO, "cannot tell where this program lies: %s", strerror(errno));
    own[n] = '\0';
    char *slash = strrchr(own, '/');
    *slash = '\0';
    const char *program = arena_printf(&cx->arena, "%s/sinetti-hook", own).p;
    if (access(program, X_OK) < 0)
        return fail(cx, E_NOTFOUND, "%s is missing, without which nothing can be let in",
                    str_visible(cx, str_from(program)));
    TRY(make_folder(cx, arena_printf(&cx->arena, "%s/hooks", dir).p));
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        TRY(put_link(cx, program, arena_printf(&cx->arena, "%s/hooks/%s", dir, names[i]).p));
    return OK;
}

enum rc host_ready(struct ctx *cx, const char *dir, const struct gate_place *place)
{
    if (place->host != GATE_HOSTED) return OK; /* not ours to tidy */
    hosted_sweep(cx, place->path);
    return put_hooks(cx, dir);
}

/* --- taking over a history */

struct refs {
    struct ctx *cx;
    struct buf tips;
    struct ref_update *list;
    size_t n, cap;
};

static enum rc take_ref(void *arg, const struct git_ref *r)
{
    struct refs *a = arg;
    if (!str_starts(r->name, STR("refs/heads/")) && !str_starts(r->name, STR("refs/tags/"))) return OK;
    if (a->n == a->cap) {
        size_t cap = a->cap ? 2 * a->cap : 256;
        struct ref_update *more = arena_array(&a->cx->arena, struct ref_update, cap);
        if (a->n) memcpy(more, a->list, a->n * sizeof *more);
        a->list = more;
        a->cap = cap;
    }
    struct str oid = arena_str(&a->cx->arena, r->oid);
    a->list[a->n++] =
        (struct ref_update){arena_str(&a->cx->arena, r->name), STR("0000000000000000000000000000000000000000"), oid};
    buf_printf(&a->tips, STR_FMT "\n", STR_ARG(oid));
    return OK;
}

/* Theirs packs, ours takes in; both confined. */
static enum rc copy_objects(struct ctx *cx, struct git *from, const struct git *to, struct str tips)
{
    static const char *const pack[] = {"pack-objects", "--revs", "--stdout", "--delta-base-offset", "-q", NULL};
    static const char *const index[] = {"index-pack", "--stdin", "--fsck-objects", NULL};
    struct child a, b;
    int in = child_input(tips), code_a, code_b;
    if (in < 0) return fail(cx, E_IO, "no memory for the list of refs");
    enum rc rc = child_start(cx, from, pack, in, &a);
    (void)close(in);
    TRY(rc);
    rc = child_start(cx, to, index, a.out, &b);
    if (rc != OK) {
        child_kill(&a);
        return rc;
    }
    (void)close(a.out);
    a.out = -1;
    char block[4096];
    while (read(b.out, block, sizeof block) > 0) continue;
    bool good = child_finish(&b, &code_b);
    good = child_finish(&a, &code_a) && good;
    const char *why = child_complaint(cx, code_a ? &a : &b);
    child_close_errors(&a);
    child_close_errors(&b);
    return good ? OK : fail(cx, E_INVALID, "its history cannot be taken over: %s", why);
}

static enum rc import(struct ctx *cx, const char *path, const char *own)
{
    struct git *from = NULL, *to = NULL;
    struct refs refs = {.cx = cx};
    struct ref_moves m = REF_MOVES_NONE;
    buf_init(&refs.tips, 64U << 20);
    enum rc rc = git_open(cx, path, &from);
    if (rc == OK) rc = hosted_open(cx, own, NULL, &to);
    if (rc == OK && git_facts(from)->object_format.n && !str_eq(git_facts(from)->object_format, STR("sha1")))
        rc = fail(cx, E_INVALID, "a repository of SHA-256 ids cannot be hosted yet");
    if (rc == OK) rc = git_refs(cx, from, take_ref, &refs);
    if (rc == OK) rc = buf_ok(&refs.tips) == OK ? OK : fail(cx, E_LIMIT, "it has too many refs");
    if (rc == OK && refs.n) rc = copy_objects(cx, from, to, buf_view(&refs.tips));
    if (rc == OK && refs.n) rc = ref_moves_prepare(cx, to, refs.list, refs.n, false, &m);
    if (rc == OK && refs.n) rc = ref_moves_commit(cx, &m);
    buf_release(&refs.tips);
    git_close(from);
    git_close(to);
    return rc;
}

struct branches {
    struct str main;
    bool is_there, any;
};

static enum rc look_at_ref(void *arg, const struct git_ref *r)
{
    struct branches *a = arg;
    a->any = a->any || str_starts(r->name, STR("refs/heads/"));
    a->is_there = a->is_there || str_eq(r->name, a->main);
    return OK;
}

/* The main branch is the one that is wished, else the one that the repository's HEAD names. One that is not there would
 * be protected in place of the one that is. */
static enum rc find_main(struct ctx *cx, const struct host_wish *w, struct str *out)
{
    struct git *from = NULL;
    struct branches b = {.main = w->main.n ? w->main : STR("refs/heads/main")};
    if (w->import && strstr(w->import, "://"))
        return fail(cx, E_INVALID, "what is imported lies on this machine: `git clone --mirror` it, and import that");
    if (w->import) TRY(git_open(cx, w->import, &from));
    if (from && !w->main.n && git_facts(from)->head_ref.n) b.main = arena_str(&cx->arena, git_facts(from)->head_ref);
    enum rc rc = from ? git_refs(cx, from, look_at_ref, &b) : OK;
    git_close(from);
    *out = b.main;
    if (rc == OK && !(str_starts(b.main, STR("refs/heads/")) && refname_is_valid(b.main)))
        return fail(cx, E_INVALID, "\"%s\" is no branch", str_visible(cx, b.main));
    return rc != OK || b.is_there || !b.any
               ? rc
               : fail(cx, E_INVALID, "%s has no branch %s: say by --main which is its main one",
                      str_visible(cx, str_from(w->import)), str_visible(cx, b.main));
}

/* --- making one */

struct making {
    const struct identity_actor *by;
    const struct host_wish *w;
    struct str subject, location, main;
};

static enum rc build(struct append *a, void *arg)
{
    const struct making *m = arg;
    scoped_stmt *st = NULL;
    scoped_buf b;
    struct json j;
    bool row;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT (SELECT count(*) FROM fact_repository WHERE state = 'active' AND name = ?1 COLLATE "
                          "NOCASE), ?2 = '' OR EXISTS (SELECT 1 FROM fact_project WHERE subject = ?2 AND state = "
                          "'active')"),
                      &st));
    store_bind_str(st, 1, m->w->name);
    store_bind_str(st, 2, m->w->project);
    TRY(store_step(a->cx, st, &row));
    if (sqlite3_column_int(st, 0)) return fail(a->cx, E_CONFLICT, "another repository has this name");
    if (!sqlite3_column_int(st, 1)) return fail(a->cx, E_NOTFOUND, "there is no such project");
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "name", m->w->name);
    json_put_str(&j, "project", m->w->project);
    json_put_str(&j, "main", m->main);
    json_put_cstr(&j, "state", "active");
    json_put_str(&j, "location", m->location);
    json_put_int(&j, "schedule", 24);
    json_put_bool(&j, "hosted", true);
    json_end(&j, '}');
    const struct body fact = append_body(m->by, "repository", m->subject, buf_view(&b));
    return append_add(a, &fact, NULL);
}

enum rc host_create(struct ctx *cx, struct facts *f, const char *dir, const struct identity_actor *by,
                    const struct host_wish *w, struct str *subject)
{
    char id[SUBJECT_ID + 1], folder[PATH_MAX];
    struct str main;
    TRY(gate_place_check_name(cx, w->name));
    TRY(find_main(cx, w, &main));
    if (!realpath(dir, folder)) return fail(cx, E_NOTFOUND, "the data folder is not there: %s", strerror(errno));
    TRY(put_hooks(cx, folder));
    TRY(make_folder(cx, arena_printf(&cx->arena, "%s/hosted", folder).p));
    subject_new_id(id);
    const char *path = arena_printf(&cx->arena, "%s/hosted/%s.git", folder, id).p;
    struct making m = {by, w, arena_printf(&cx->arena, "repo:%s", id), str_from(path), main};
    enum rc rc = hosted_create(cx, path, main);
    if (rc == OK && w->import) rc = import(cx, w->import, path);
    if (rc == OK) rc = append_run(cx, f, facts_now(f), build, &m);
    if (rc != OK) file_remove_folder(path); /* no fact speaks of it */
    *subject = m.subject;
    return rc;
}

/* --- protecting */

enum rc host_protection_payload(struct ctx *cx, const struct host_protection *p, struct str *out)
{
    scoped_buf b;
    struct json j;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "pattern", p->pattern);
    json_put_int(&j, "reviewers", p->reviewers);
    json_put_str(&j, "method", p->method);
    json_key(&j, "publishers");
    json_begin(&j, '[');
    for (size_t i = 0; i < p->n_publishers; i++) json_str(&j, p->publishers[i]);
    json_end(&j, ']');
    if (p->resolved) json_put_bool(&j, "resolved", true);
    json_put_cstr(&j, "state", p->active ? "active" : "removed");
    if (p->signatures) json_put_bool(&j, "signatures", true);
    json_put_str(&j, "reason", p->reason);
    json_end(&j, '}');
    TRY(buf_ok(&b));
    *out = arena_str(&cx->arena, buf_view(&b));
    return OK;
}

enum rc host_protect(struct ctx *cx, struct facts *f, const struct identity_actor *by, const struct gate_place *place,
                     const struct host_protection *p)
{
    struct str payload;
    struct facts_answer answer;
    TRY(host_protection_payload(cx, p, &payload));
    const struct body fact = append_body(by, "protection", place->subject, payload);
    const struct facts_request r = {.facts = &fact, .n = 1};
    return facts_append(cx, f, &r, &answer);
}
