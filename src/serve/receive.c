#include "serve/receive.h"

#include "base/digest.h"
#include "base/file.h"
#include "base/limits.h"
#include "serve/blocks.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOOK_BYTES (8 * MIB) /* between two looks at the room that is left */

struct taking {
    void *what; /* NULL: free */
    int pipe;
    char who[65];
    uint64_t most, looked;
    struct blocks blocks;
    struct digest digest;
    struct http_file file;
};

struct receive {
    char *folder;
    receive_done *done;
    void *arg;
    pthread_mutex_t lock; /* of the places; what a used one holds is the thread's */
    struct taking taking[LIMIT_SERVE_FILES];
    bool ending;
    int wake; /* eventfd */
    pthread_t thread;
    char bytes[HTTP_FEED_BLOCK];
};

/* --- files */

static enum rc sweep(struct ctx *cx, const char *folder)
{
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        return fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(folder)), strerror(errno));
    DIR *d = opendir(folder);
    if (!d) return fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(folder)), strerror(errno));
    for (const struct dirent *e; (e = readdir(d));)
        if (e->d_name[0] != '.') (void)unlinkat(dirfd(d), e->d_name, 0);
    closedir(d);
    return OK;
}

static bool has_room(int fd)
{
    struct statvfs s;
    return fstatvfs(fd, &s) != 0 || (uint64_t)s.f_bavail * s.f_frsize > LIMIT_SERVE_SPARE;
}

static bool open_file(const struct receive *r, struct http_file *f)
{
    uint8_t name[16];
    char hex[33], *path;
    randombytes_buf(name, sizeof name);
    digest_hex(name, sizeof name, hex);
    if (asprintf(&path, "%s/%s", r->folder, hex) < 0) return false;
    *f = (struct http_file){.path = path, .fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600)};
    if (f->fd >= 0 && has_room(f->fd)) return true;
    receive_drop(f);
    return false;
}

void receive_drop(struct http_file *f)
{
    if (f->fd >= 0) close(f->fd);
    if (f->path) (void)unlink(f->path);
    free((char *)(uintptr_t)f->path);
    *f = (struct http_file){.fd = -1, .end = HTTP_FILE_BROKEN};
}

/* --- what comes */

static enum http_file_end keep(struct taking *t, struct str bytes)
{
    if (bytes.n > t->most - t->file.size) return HTTP_FILE_LONG;
    t->file.size += bytes.n;
    digest_add(&t->digest, bytes);
    if (!file_write_all(t->file.fd, bytes)) return HTTP_FILE_NO_ROOM;
    if (t->file.size - t->looked < LOOK_BYTES) return HTTP_FILE_WHOLE;
    t->looked = t->file.size;
    return has_room(t->file.fd) ? HTTP_FILE_WHOLE : HTTP_FILE_NO_ROOM;
}

/* HTTP_FILE_WHOLE: as far as it goes; *end: and that was all. */
static enum http_file_end take(struct taking *t, struct str rest, bool *end)
{
    enum http_file_end so_far = HTTP_FILE_WHOLE;
    while (rest.n && so_far == HTTP_FILE_WHOLE) {
        struct str part;
        if (!blocks_next(&t->blocks, &rest, &part, end)) return HTTP_FILE_BROKEN;
        so_far = keep(t, part);
    }
    return so_far;
}

/* The place is free afterwards. */
static void finish(struct receive *r, struct taking *t, enum http_file_end end)
{
    struct http_file file = t->file;
    void *what = t->what;
    close(t->pipe);
    if (end == HTTP_FILE_WHOLE) digest_final(&t->digest, file.sha256);
    if (end != HTTP_FILE_WHOLE) receive_drop(&file);
    file.end = end;
    pthread_mutex_lock(&r->lock);
    t->what = NULL;
    pthread_mutex_unlock(&r->lock);
    r->done(r->arg, what, &file);
}

static void turn(struct receive *r, struct taking *t)
{
    ssize_t n = read(t->pipe, r->bytes, sizeof r->bytes);
    bool end = false;
    if (n < 0 && (errno == EINTR || errno == EAGAIN)) return;
    if (n <= 0) {
        finish(r, t, HTTP_FILE_BROKEN);
        return;
    }
    enum http_file_end so_far = take(t, (struct str){r->bytes, (size_t)n}, &end);
    if (end || so_far != HTTP_FILE_WHOLE) finish(r, t, so_far);
}

static void *run(void *arg)
{
    struct receive *r = arg;
    for (bool ending = false; !ending;) {
        struct pollfd fds[LIMIT_SERVE_FILES + 1] = {{.fd = r->wake, .events = POLLIN}};
        pthread_mutex_lock(&r->lock);
        ending = r->ending;
        for (size_t i = 0; i < LIMIT_SERVE_FILES; i++)
            fds[i + 1] = (struct pollfd){.fd = r->taking[i].what ? r->taking[i].pipe : -1, .events = POLLIN};
        pthread_mutex_unlock(&r->lock);
        uint64_t woken;
        if (ending || poll(fds, LIMIT_SERVE_FILES + 1, -1) < 0) continue;
        if (fds[0].revents) (void)!read(r->wake, &woken, sizeof woken);
        for (size_t i = 0; i < LIMIT_SERVE_FILES; i++)
            if (fds[i + 1].revents) turn(r, &r->taking[i]);
    }
    for (size_t i = 0; i < LIMIT_SERVE_FILES; i++)
        if (r->taking[i].what) finish(r, &r->taking[i], HTTP_FILE_BROKEN);
    return NULL;
}

/* --- begin and end */

static void wake(struct receive *r)
{
    uint64_t one = 1;
    (void)!write(r->wake, &one, sizeof one);
}

enum rc receive_start(struct ctx *cx, const char *dir, receive_done *done, void *arg, struct receive **out)
{
    sigset_t all, before;
    char *folder;
    *out = NULL;
    if (asprintf(&folder, "%s/incoming", dir) < 0) return fail(cx, E_IO, "out of memory");
    enum rc rc = sweep(cx, folder);
    struct receive *r = rc == OK ? calloc(1, sizeof *r) : NULL;
    if (!r) {
        free(folder);
        return rc == OK ? fail(cx, E_IO, "out of memory") : rc;
    }
    r->folder = folder;
    r->done = done;
    r->arg = arg;
    pthread_mutex_init(&r->lock, NULL);
    r->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    bool started = r->wake >= 0 && pthread_create(&r->thread, NULL, run, r) == 0;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (started) {
        *out = r;
        return OK;
    }
    rc = fail(cx, E_IO, "cannot receive files: %s", strerror(errno));
    if (r->wake >= 0) close(r->wake);
    free(folder);
    free(r);
    return rc;
}

void receive_stop(struct receive *r)
{
    if (!r) return;
    pthread_mutex_lock(&r->lock);
    r->ending = true;
    pthread_mutex_unlock(&r->lock);
    wake(r);
    pthread_join(r->thread, NULL);
    close(r->wake);
    pthread_mutex_destroy(&r->lock);
    free(r->folder);
    free(r);
}

/* With the lock held: a free place; NULL when there are as many as may be. */
static struct taking *find_place(struct receive *r, const char *who)
{
    struct taking *found = NULL;
    size_t of_one = 0;
    for (size_t i = 0; i < LIMIT_SERVE_FILES; i++) {
        if (!r->taking[i].what) found = found ? found : &r->taking[i];
        if (r->taking[i].what && !strcmp(r->taking[i].who, who)) of_one++;
    }
    return of_one < LIMIT_SERVE_FILES_OF_ONE && !r->ending ? found : NULL;
}

enum http_file_end receive_put(struct receive *r, void *what, int fd, uint64_t most, const char *who)
{
    struct http_file file = {.fd = -1};
    struct stat st;
    bool is_pipe = fstat(fd, &st) == 0 && S_ISFIFO(st.st_mode) && fcntl(fd, F_SETFL, O_NONBLOCK) == 0;
    enum http_file_end end = !is_pipe ? HTTP_FILE_BROKEN : open_file(r, &file) ? HTTP_FILE_WHOLE : HTTP_FILE_NO_ROOM;
    pthread_mutex_lock(&r->lock);
    struct taking *t = end == HTTP_FILE_WHOLE ? find_place(r, who) : NULL;
    if (end == HTTP_FILE_WHOLE && !t) end = HTTP_FILE_TOO_MANY;
    if (t) {
        *t = (struct taking){.what = what, .pipe = fd, .most = most, .file = file};
        snprintf(t->who, sizeof t->who, "%s", who);
        digest_init(&t->digest);
    }
    pthread_mutex_unlock(&r->lock);
    if (t) {
        wake(r);
        return HTTP_FILE_WHOLE;
    }
    close(fd);
    if (file.path) receive_drop(&file);
    return end;
}
