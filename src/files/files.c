#include "files/files.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DAY 86400
#define SLACK 3600 /* between the last moment an item may name an upload and the first it may be swept */

extern const char files_state_001_sql[];
static const char *const steps[] = {files_state_001_sql};
const struct state_room files_state = {"files", steps, sizeof steps / sizeof *steps};

/* DIR/files/ab/abcdef… */
static const char *path_of(struct ctx *cx, const char *dir, struct str digest)
{
    return arena_printf(&cx->arena, "%s/files/" STR_FMT "/" STR_FMT, dir, STR_ARG(str_slice(digest, 0, 2)),
                        STR_ARG(digest))
        .p;
}

static enum rc failed(struct ctx *cx, const char *path)
{
    return fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(path)), strerror(errno));
}

static bool is_digest(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!memchr("0123456789abcdef", s.p[i], 16)) return false;
    return s.n == 64;
}

static bool make_folder(const char *path)
{
    return mkdir(path, 0700) == 0 || errno == EEXIST;
}

static bool sync_folder(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    return good;
}

/* On the disk before anything names it. */
static enum rc put_there(struct ctx *cx, const char *dir, const char *from, struct str digest)
{
    const char *to = path_of(cx, dir, digest);
    const char *all = arena_printf(&cx->arena, "%s/files", dir).p;
    const char *folder = arena_printf(&cx->arena, "%s/" STR_FMT, all, STR_ARG(str_slice(digest, 0, 2))).p;
    if (access(to, F_OK) == 0) return OK; /* the same content */
    int fd = open(from, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
    bool good = fd >= 0 && fchmod(fd, 0400) == 0 && fsync(fd) == 0;
    if (fd >= 0) close(fd);
    if (!good) return failed(cx, from);
    if (!make_folder(all) || !make_folder(folder) || rename(from, to) != 0 || !sync_folder(folder) || !sync_folder(all))
        return failed(cx, to);
    return OK;
}

static enum rc note(struct ctx *cx, sqlite3 *state, const struct files_upload *u)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, state,
                      STR("INSERT OR REPLACE INTO upload(digest, person, name, type, size, at) VALUES (?1, ?2, ?3, "
                          "?4, ?5, ?6)"),
                      &st));
    store_bind_str(st, 1, u->digest);
    store_bind_str(st, 2, u->person);
    store_bind_str(st, 3, u->name);
    store_bind_str(st, 4, u->type);
    store_bind_int(st, 5, u->size);
    store_bind_int(st, 6, u->at);
    return store_run(cx, st);
}

enum rc files_add(struct ctx *cx, sqlite3 *state, const char *dir, const char *path, const struct files_upload *u)
{
    if (!is_digest(u->digest)) return fail(cx, E_INTERNAL, "no digest");
    TRY(store_begin_write(cx, state));
    enum rc rc = note(cx, state, u);
    if (rc == OK) rc = put_there(cx, dir, path, u->digest);
    if (rc == OK) rc = store_commit(cx, state);
    if (rc != OK && store_in_transaction(state)) store_rollback(state);
    return rc;
}

enum rc files_find(struct ctx *cx, sqlite3 *state, struct str digest, struct str person, int64_t now,
                   struct files_upload *out, bool *found)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(
        cx, state, STR("SELECT name, type, size, at FROM upload WHERE digest = ?1 AND person = ?2 AND at > ?3"), &st));
    store_bind_str(st, 1, digest);
    store_bind_str(st, 2, person);
    store_bind_int(st, 3, now - DAY);
    TRY(store_step(cx, st, found));
    if (!*found) return OK;
    *out = (struct files_upload){.digest = arena_str(&cx->arena, digest),
                                 .person = arena_str(&cx->arena, person),
                                 .name = arena_str(&cx->arena, store_column_str(st, 0)),
                                 .type = arena_str(&cx->arena, store_column_str(st, 1)),
                                 .size = sqlite3_column_int64(st, 2),
                                 .at = sqlite3_column_int64(st, 3)};
    return OK;
}

enum rc files_open(struct ctx *cx, const char *dir, struct str digest, int *fd)
{
    *fd = -1;
    if (!is_digest(digest)) return fail(cx, E_NOTFOUND, "there is no such file");
    const char *path = path_of(cx, dir, digest);
    *fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (*fd >= 0) return OK;
    return errno == ENOENT ? fail(cx, E_NOTFOUND, "there is no such file") : failed(cx, path);
}

enum rc files_check(struct ctx *cx, const char *dir, struct str digest)
{
    int fd;
    struct digest d;
    uint8_t sum[32];
    char hex[65], part[64 * KIB];
    ssize_t n;
    TRY(files_open(cx, dir, digest, &fd));
    digest_init(&d);
    while ((n = read(fd, part, sizeof part)) > 0) digest_add(&d, (struct str){part, (size_t)n});
    enum rc rc = n < 0 ? failed(cx, path_of(cx, dir, digest)) : OK;
    close(fd);
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, hex);
    if (rc == OK && !str_eq(digest, str_from(hex)))
        rc = fail(cx, E_CORRUPT, "%s: its content is not what was handed in", path_of(cx, dir, digest));
    return rc;
}

enum rc files_restore(struct ctx *cx, const char *dir, struct str digest, struct str content)
{
    struct digest d;
    uint8_t sum[32];
    char hex[65];
    const char *all = arena_printf(&cx->arena, "%s/files", dir).p;
    const char *beside = arena_printf(&cx->arena, "%s/.restoring-%ld", all, (long)getpid()).p;
    digest_init(&d);
    digest_add(&d, content);
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, hex);
    if (!str_eq(digest, str_from(hex))) return fail(cx, E_CORRUPT, "a file is not of its digest");
    if (!make_folder(all)) return failed(cx, all);
    TRY(file_replace_parts(cx, beside, 0600, &content, 1));
    enum rc rc = put_there(cx, dir, beside, digest);
    (void)unlink(beside);
    return rc;
}

/* --- the sweep */

static enum rc sweep_one(struct ctx *cx, sqlite3 *state, const char *dir, struct str digest, files_named *named,
                         void *arg, size_t *deleted)
{
    scoped_stmt *st = NULL;
    bool again, is_named;
    TRY(store_prepare(cx, state, STR("SELECT 1 FROM upload WHERE digest = ?1"), &st));
    store_bind_str(st, 1, digest);
    TRY(store_step(cx, st, &again));
    if (again) return OK;
    TRY(named(cx, arg, digest, &is_named));
    if (is_named) return OK;
    const char *path = path_of(cx, dir, digest);
    if (unlink(path) == 0)
        ++*deleted;
    else if (errno != ENOENT)
        return failed(cx, path);
    return OK;
}

static enum rc take_old(struct ctx *cx, sqlite3 *state, int64_t before, struct str *digest, bool *more)
{
    scoped_stmt *st = NULL, *forget = NULL;
    TRY(store_prepare(cx, state, STR("SELECT digest FROM upload WHERE at < ?1 ORDER BY at LIMIT 1"), &st));
    store_bind_int(st, 1, before);
    TRY(store_step(cx, st, more));
    if (!*more) return OK;
    *digest = arena_str(&cx->arena, store_column_str(st, 0));
    TRY(store_prepare(cx, state, STR("DELETE FROM upload WHERE digest = ?1 AND at < ?2"), &forget));
    store_bind_str(forget, 1, *digest);
    store_bind_int(forget, 2, before);
    return store_run(cx, forget);
}

enum rc files_sweep(struct ctx *cx, sqlite3 *state, const char *dir, int64_t now, files_named *named, void *arg,
                    size_t *deleted)
{
    bool more = true;
    *deleted = 0;
    while (more) { /* a transaction each: nobody waits long */
        struct str digest;
        TRY(store_begin_write(cx, state));
        enum rc rc = take_old(cx, state, now - DAY - SLACK, &digest, &more);
        if (rc == OK && more) rc = sweep_one(cx, state, dir, digest, named, arg, deleted);
        if (rc == OK) rc = store_commit(cx, state);
        if (rc != OK) {
            if (store_in_transaction(state)) store_rollback(state);
            return rc;
        }
    }
    return OK;
}
