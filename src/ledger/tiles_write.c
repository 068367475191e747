#include "ledger/tiles_write.h"

#include "ledger/checkpoint.h"
#include "ledger/note.h"
#include "ledger/reader.h"
#include "store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct writer {
    struct ctx *cx;
    struct log_reader *log;
    int dir;
    uint64_t size;
    uint64_t old; /* size of the head that is there: what it covers was synced before it was written */
    struct buf bytes;
};

static enum rc cannot(struct ctx *cx, const char *path)
{
    return fail(cx, E_IO, "%s: cannot write: %s", path, strerror(errno));
}

/* The folders of a path of ours. */
static enum rc make_folders(struct ctx *cx, int dir, const char *path)
{
    char part[128];
    for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
        size_t n = (size_t)(slash - path);
        if (n >= sizeof part) return fail(cx, E_INTERNAL, "a path too long");
        memcpy(part, path, n);
        part[n] = 0;
        if (mkdirat(dir, part, 0777) != 0 && errno != EEXIST) return cannot(cx, part);
    }
    return OK;
}

/* Whole or not at all, as long as the machine runs; syncing is the caller's. */
static enum rc put_file(struct ctx *cx, int dir, const char *path, struct str bytes)
{
    char beside[160];
    TRY(make_folders(cx, dir, path));
    (void)snprintf(beside, sizeof beside, "%s.%ld.new", path, (long)getpid());
    int fd = openat(dir, beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0666);
    if (fd < 0) return cannot(cx, path);
    bool good = true;
    for (size_t done = 0; good && done < bytes.n;) {
        ssize_t n = write(fd, bytes.p + done, bytes.n - done);
        if (n > 0)
            done += (size_t)n;
        else if (errno != EINTR)
            good = false;
    }
    int failure = errno;
    if (close(fd) != 0 && good) {
        good = false;
        failure = errno;
    }
    if (good && renameat(dir, beside, dir, path) == 0) return OK;
    if (good) failure = errno;
    unlinkat(dir, beside, 0);
    errno = failure;
    return cannot(cx, path);
}

/* Whether the file of a tile is there and was finished. */
static bool is_done(const struct writer *w, const char *path, struct tile t)
{
    struct stat st;
    bool covered = tile_width(t.level, t.index, w->old) == t.width;
    return covered && fstatat(w->dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode);
}

static void tile_name(char out[96], struct tile t)
{
    struct buf path = {.p = out, .cap = 96, .max = 95};
    tile_path_put(&path, t);
}

static enum rc put_hashes(struct writer *w, int level, uint64_t index)
{
    char path[96];
    struct hash hashes[TILE_WIDTH];
    unsigned width = tile_width(level, index, w->size), whole;
    struct tile t = {level, index, width};
    tile_name(path, t);
    if (is_done(w, path, t)) return OK;
    TRY(log_reader_tile(w->cx, w->log, level, index, hashes, &whole));
    return put_file(w->cx, w->dir, path, (struct str){(const char *)hashes, width * sizeof *hashes});
}

static enum rc put_entries(struct writer *w, uint64_t index)
{
    char path[96];
    unsigned width = tile_width(TILE_ENTRIES, index, w->size);
    struct tile t = {TILE_ENTRIES, index, width};
    tile_name(path, t);
    if (is_done(w, path, t)) return OK;
    buf_clear(&w->bytes);
    for (unsigned i = 0; i < width; i++) {
        struct str leaf;
        TRY(log_reader_entry(w->cx, w->log, index * TILE_WIDTH + i, &leaf));
        entry_put(&w->bytes, leaf);
    }
    return put_file(w->cx, w->dir, path, buf_view(&w->bytes));
}

/* A bundle of bodies may be as long as 256 of the longest. Erasing makes it shorter. */
static enum rc put_bodies(struct writer *w, uint64_t index)
{
    char path[96];
    unsigned width = tile_width(TILE_BODIES, index, w->size);
    struct tile t = {TILE_BODIES, index, width};
    struct stat st;
    tile_name(path, t);
    buf_clear(&w->bytes);
    for (unsigned i = 0; i < width; i++) {
        const uint8_t *salt = NULL;
        struct str body = STR_NONE;
        enum rc rc = log_reader_body(w->cx, w->log, index * TILE_WIDTH + i, &salt, &body);
        if (rc != OK && rc != E_NOTFOUND) return rc;
        body_record_put(&w->bytes, salt, rc == OK ? body : STR_NONE);
    }
    if (w->bytes.failed) return fail(w->cx, E_LIMIT, "%s: too long", path);
    bool same =
        is_done(w, path, t) && fstatat(w->dir, path, &st, AT_SYMLINK_NOFOLLOW) == 0 && st.st_size == (off_t)w->bytes.n;
    return same ? OK : put_file(w->cx, w->dir, path, buf_view(&w->bytes));
}

static enum rc put_handovers(struct writer *w)
{
    bool row = true;
    scoped_stmt *st = NULL;
    TRY(store_prepare(w->cx, log_reader_db(w->log),
                      STR("SELECT size, note FROM checkpoints WHERE handover = 1 AND size <= ?1 ORDER BY size"), &st));
    store_bind_int(st, 1, (int64_t)w->size);
    for (;;) {
        TRY(store_step(w->cx, st, &row));
        if (!row) return OK;
        char path[64];
        (void)snprintf(path, sizeof path, "handover/%lld", (long long)sqlite3_column_int64(st, 0));
        TRY(put_file(w->cx, w->dir, path, store_column_str(st, 1)));
    }
}

static enum rc put_all(struct writer *w)
{
    uint64_t bundles = tile_count(0, w->size);
    for (uint64_t i = 0; i < bundles; i++) {
        TRY(put_entries(w, i));
        TRY(put_bodies(w, i));
        ctx_progress(w->cx, "writing tiles", (int64_t)i, (int64_t)bundles);
    }
    for (int level = 0; level < TILE_LEVELS; level++)
        for (uint64_t i = 0; i < tile_count(level, w->size); i++) TRY(put_hashes(w, level, i));
    return put_handovers(w);
}

/* The size a note speaks of, if it is a head of this log's own entries. */
static enum rc size_of(struct writer *w, struct str note, const char *what, uint64_t *out)
{
    struct note n;
    struct checkpoint head;
    struct hash root;
    TRY(note_read(w->cx, note, &n));
    TRY(checkpoint_read(w->cx, n.text, &head));
    struct merkle_nodes nodes = log_reader_nodes(w->log);
    if (head.size > log_reader_size(w->log) || merkle_root_of(&nodes, head.size, &root) != OK ||
        !hash_eq(&root, &head.root))
        return fail(w->cx, E_CONFLICT, "%s, of %" PRIu64 " facts, is not of this log", what, head.size);
    *out = head.size;
    return OK;
}

/* What an earlier run wrote. A folder of another ledger is not written to. */
static enum rc look_around(struct writer *w, const char *dir)
{
    struct reader_folder folder;
    scoped_buf note;
    buf_init(&note, LIMIT_NOTE);
    TRY(reader_folder_open(w->cx, dir, &folder));
    struct reader r = reader_of_folder(&folder);
    enum rc rc = reader_whole(w->cx, &r, STR("checkpoint"), &note);
    reader_folder_close(&folder);
    if (rc == E_NOTFOUND) return OK;
    TRY(rc);
    TRY(size_of(w, buf_view(&note), "the head that is in the folder", &w->old));
    if (w->old > w->size) return fail(w->cx, E_CONFLICT, "the folder holds a newer head, of %" PRIu64 " facts", w->old);
    return OK;
}

enum rc tiles_write(struct ctx *cx, struct log_reader *r, struct str note, const char *dir)
{
    struct writer w = {.cx = cx, .log = r, .dir = -1};
    const char *shown = str_visible(cx, str_from(dir));
    TRY(size_of(&w, note, "the signed head", &w.size));
    if (mkdir(dir, 0777) != 0 && errno != EEXIST) return cannot(cx, shown);
    w.dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (w.dir < 0) return cannot(cx, shown);
    enum rc rc = look_around(&w, dir);
    buf_init(&w.bytes, TILE_WIDTH * (4 + SALT_SIZE + LIMIT_BODY));
    if (rc == OK) rc = put_all(&w);
    if (rc == OK && syncfs(w.dir) != 0) rc = cannot(cx, shown);
    if (rc == OK) rc = put_file(cx, w.dir, "checkpoint", note);
    buf_release(&w.bytes);
    close(w.dir);
    return rc;
}
