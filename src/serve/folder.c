#include "serve/folder.h"

#include "api/api.h"
#include "exchange/imports.h"
#include "files/files.h"
#include "hooks/hooks.h"
#include "jobs/jobs.h"
#include "mail/mail.h"
#include "metrics/recount.h"
#include "notices/notices.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

const struct state_room *const folder_rooms[] = {&identity_state, &api_state,      &jobs_state,
                                                 &files_state,    &exchange_state, &mail_state,
                                                 &hooks_state,    &notices_state,  &metrics_state};
const size_t folder_rooms_n = sizeof folder_rooms / sizeof *folder_rooms;

enum rc folder_lock(struct ctx *cx, const char *dir, int *fd)
{
    char pid[32] = "";
    const char *path = arena_printf(&cx->arena, "%s/serve.lock", dir).p;
    *fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (*fd < 0) return fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(path)), strerror(errno));
    if (flock(*fd, LOCK_EX | LOCK_NB) == 0) {
        int n = snprintf(pid, sizeof pid, "%d\n", (int)getpid());
        if (ftruncate(*fd, 0) == 0) (void)!pwrite(*fd, pid, (size_t)n, 0);
        return OK;
    }
    ssize_t n = pread(*fd, pid, sizeof pid - 1, 0);
    close(*fd);
    *fd = -1;
    return fail(cx, E_BUSY, "%s: another process serves this folder or works on it alone%s%s",
                str_visible(cx, str_from(dir)), n > 0 ? ": " : "",
                n > 0 ? str_visible(cx, str_trim(str_from(pid))) : "");
}

enum rc folder_migrate(struct ctx *cx, const char *dir)
{
    sqlite3 *db;
    TRY(state_open(cx, dir, STORE_WRITE, &db));
    enum rc rc = OK;
    for (size_t i = 0; i < folder_rooms_n && rc == OK; i++) rc = state_migrate(cx, db, folder_rooms[i]);
    store_close(db);
    return rc;
}

enum rc folder_check(struct ctx *cx, const char *dir)
{
    sqlite3 *db;
    enum rc rc = state_open(cx, dir, STORE_READ, &db);
    if (rc != OK) return rc;
    for (size_t i = 0; i < folder_rooms_n && rc == OK; i++) rc = state_check(cx, db, folder_rooms[i]);
    store_close(db);
    return rc;
}

static enum rc copy_pages(struct ctx *cx, sqlite3 *from, sqlite3 *to)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    int code = b ? sqlite3_backup_step(b, -1) : SQLITE_ERROR;
    (void)sqlite3_backup_finish(b);
    return code == SQLITE_DONE ? OK : fail(cx, E_IO, "state.db cannot be copied: %s", sqlite3_errmsg(to));
}

enum rc folder_copy_state(struct ctx *cx, const char *dir, const char *file)
{
    sqlite3 *from, *to;
    TRY(state_open(cx, dir, STORE_READ, &from));
    enum rc rc = store_open_file(cx, file, STORE_CREATE, &to);
    if (rc == OK) {
        rc = copy_pages(cx, from, to);
        store_close(to);
        if (rc != OK) unlink(file);
    }
    store_close(from);
    return rc;
}
