#include "observe/sweep.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"

#define BATCH_BLOBS 128
#define BATCH_BYTES (2 * MIB)
#define BATCHES_WAITING 8
#define THREADS_MAX 32
#define HEAD_BYTES 8000 /* what is judged by its first bytes, as git looks for a NUL */

/* Different contents: the first file of each, others with the same object behind it. */
struct blob {
    size_t file;
    int64_t next; /* index into `same`, -1 none */
};

struct same {
    size_t file;
    int64_t next;
};

struct batch {
    struct batch *next;
    struct arena arena;
    struct sweep_result *results;
    size_t n, cap;
    enum rc rc;
    char message[256];
};

struct sweep {
    struct git *git;
    const struct sweep_file *files;
    struct arena arena;
    struct blob *blobs;
    struct same *same;
    size_t n_blobs, next_blob;
    uint8_t key[16];
    pthread_mutex_t lock;
    pthread_cond_t filled, emptied;
    struct batch *first, **last;
    int waiting; /* batches in the queue */
    int running; /* threads that have not ended */
    bool stop;
    pthread_t threads[THREADS_MAX];
    int n_threads;
};

struct worker {
    struct sweep *x;
    struct scanner *scanner;
    struct git_blobs *blobs;
    struct ctx cx;
    struct batch *batch;
    const struct blob *from; /* first blob of the batch */
};

static int64_t count_lines(struct str s)
{
    int64_t n = 0;
    const char *p = s.p, *end = s.p + s.n;
    while (p < end) {
        const char *nl = memchr(p, '\n', (size_t)(end - p));
        n++;
        if (!nl) break;
        p = nl + 1;
    }
    return n;
}

static bool is_text_class(const char *class)
{
    return strcmp(class, "binary") != 0 && strcmp(class, "symlink") != 0 && strcmp(class, "submodule") != 0;
}

/* again: how many paths had the same content before. */
static void judge(struct worker *w, const struct sweep_file *f, struct str content, bool missing, size_t again)
{
    struct batch *b = w->batch;
    if (b->n == b->cap) {
        size_t cap = b->cap ? b->cap * 2 : BATCH_BLOBS;
        struct sweep_result *more = arena_array(&b->arena, struct sweep_result, cap);
        if (b->n) memcpy(more, b->results, b->n * sizeof *more);
        b->results = more;
        b->cap = cap;
    }
    struct sweep_result *r = &b->results[b->n++];
    *r = (struct sweep_result){.file = f,
                               .is = classify(f->path, f->mode, str_slice(content, 0, HEAD_BYTES)),
                               .lines = -1,
                               .size = missing     ? -1
                                       : content.p ? (int64_t)content.n
                                                   : f->size,
                               .missing = missing,
                               .too_large = !missing && !content.p};
    if (missing || !content.p) return;
    if (again >= LIMIT_SAME_CONTENT && content.n > LIMIT_SAME_BYTES) { /* a tree of a million names for one blob */
        r->partly = true;
        return;
    }
    if (is_text_class(r->is.class)) r->lines = count_lines(content);
    if (str_eq(f->path, STR(".mailmap")) && content.n <= LIMIT_MAILMAP) r->mailmap = arena_str(&b->arena, content);

    const struct scan_hit *hits;
    size_t n = 0;
    struct scan_input in = {f->path, content, r->is.class, r->is.language, SCAN_ALL};
    enum rc rc = scan_bytes(w->scanner, &in, &hits, &n);
    r->partly = rc != OK;
    if (n) {
        struct scan_hit *kept = arena_array(&b->arena, struct scan_hit, n);
        memcpy(kept, hits, n * sizeof *kept);
        r->hits = kept;
        r->n_hits = n;
    }
    if (content_wanted(f->path, r->is.class)) r->content = content_read(&b->arena, f->path, r->is.class, content);
}

static enum rc each_blob(void *arg, size_t i, struct str content, bool missing)
{
    struct worker *w = arg;
    const struct blob *b = &w->from[i];
    size_t again = 0;
    if (!missing && !content.p && w->x->files[b->file].size == 0) content = STR("");
    judge(w, &w->x->files[b->file], content, missing, again++);
    for (int64_t k = b->next; k >= 0; k = w->x->same[k].next)
        judge(w, &w->x->files[w->x->same[k].file], content, missing, again++);
    return OK;
}

/* The next blobs to read; 0 when there are no more. */
static size_t take_blobs(struct sweep *x, const struct blob **from)
{
    pthread_mutex_lock(&x->lock);
    while (!x->stop && x->waiting >= BATCHES_WAITING) pthread_cond_wait(&x->emptied, &x->lock);
    *from = &x->blobs[x->next_blob];
    size_t n = 0;
    uint64_t bytes = 0;
    while (!x->stop && x->next_blob < x->n_blobs && n < BATCH_BLOBS && bytes < BATCH_BYTES) {
        int64_t size = x->files[x->blobs[x->next_blob].file].size;
        if (size > 0 && size <= (int64_t)LIMIT_BLOB_SCAN) bytes += (uint64_t)size;
        n++;
        x->next_blob++;
    }
    pthread_mutex_unlock(&x->lock);
    return n;
}

static void hand_over(struct sweep *x, struct batch *b)
{
    pthread_mutex_lock(&x->lock);
    b->next = NULL;
    *x->last = b;
    x->last = &b->next;
    x->waiting++;
    pthread_cond_signal(&x->filled);
    pthread_mutex_unlock(&x->lock);
}

static struct batch *batch_new(void)
{
    struct batch *b = calloc(1, sizeof *b);
    if (!b) abort(); /* as the arena does */
    arena_init(&b->arena);
    return b;
}

static void batch_free(struct batch *b)
{
    arena_release(&b->arena);
    free(b);
}

static void work(struct worker *w)
{
    struct sweep *x = w->x;
    enum rc rc = w->scanner ? OK : fail(&w->cx, E_IO, "out of memory for a scanner");
    size_t n;
    if (rc == OK) rc = git_blobs_open(&w->cx, x->git, &w->blobs);
    while ((n = take_blobs(x, &w->from)) > 0) {
        struct str oids[BATCH_BLOBS];
        for (size_t i = 0; i < n; i++) oids[i] = x->files[w->from[i].file].oid;
        w->batch = batch_new();
        if (rc == OK) rc = git_blobs_read(&w->cx, w->blobs, oids, n, LIMIT_BLOB_SCAN, each_blob, w);
        w->batch->rc = rc;
        (void)snprintf(w->batch->message, sizeof w->batch->message, "%.250s", w->cx.message);
        hand_over(x, w->batch);
        if (rc != OK) break;
    }
}

static void *thread_main(void *arg)
{
    struct sweep *x = arg;
    struct worker w = {.x = x, .scanner = scanner_new(x->key)};
    ctx_init(&w.cx);
    work(&w);
    if (w.blobs) git_blobs_close(w.blobs);
    if (w.scanner) scanner_free(w.scanner);
    ctx_release(&w.cx);
    pthread_mutex_lock(&x->lock);
    x->running--;
    pthread_cond_signal(&x->filled);
    pthread_mutex_unlock(&x->lock);
    return NULL;
}

/* One entry for each object, in the order of first appearance. */
static void find_same(struct sweep *x, size_t n)
{
    struct arena scratch;
    arena_init(&scratch);
    size_t mask = 1023;
    while (mask < n * 2) mask = mask * 2 + 1;
    int64_t *slots = arena_array(&scratch, int64_t, mask + 1); /* index + 1 */
    x->blobs = arena_array(&x->arena, struct blob, n + 1);
    x->same = arena_array(&x->arena, struct same, n + 1);
    size_t n_same = 0;
    for (size_t i = 0; i < n; i++) {
        struct str oid = x->files[i].oid;
        uint64_t h = 0;
        for (size_t k = 0; k < oid.n && k < 16; k++) h = h * 31 + (unsigned char)oid.p[k];
        size_t at = (size_t)(h ^ h >> 31) & mask;
        while (slots[at] && !str_eq(x->files[x->blobs[slots[at] - 1].file].oid, oid)) at = (at + 1) & mask;
        if (!slots[at]) {
            x->blobs[x->n_blobs] = (struct blob){i, -1};
            slots[at] = (int64_t)++x->n_blobs;
            continue;
        }
        struct blob *b = &x->blobs[slots[at] - 1];
        x->same[n_same] = (struct same){i, b->next};
        b->next = (int64_t)n_same++;
    }
    arena_release(&scratch);
}

enum rc sweep_start(struct ctx *cx, struct git *g, const struct sweep_file *files, size_t n, int threads,
                    const uint8_t key[16], struct sweep **out)
{
    struct sweep *x = calloc(1, sizeof *x);
    *out = x;
    if (!x) return fail(cx, E_IO, "out of memory");
    *x = (struct sweep){.git = g, .files = files};
    memcpy(x->key, key, sizeof x->key);
    x->last = &x->first;
    arena_init(&x->arena);
    pthread_mutex_init(&x->lock, NULL);
    pthread_cond_init(&x->filled, NULL);
    pthread_cond_init(&x->emptied, NULL);
    find_same(x, n);
    long cores = threads > 0 ? threads : sysconf(_SC_NPROCESSORS_ONLN);
    size_t useful = x->n_blobs / 8 + (x->n_blobs > 0); /* a thread costs a process and compiled patterns */
    if (cores < 1) cores = 1;
    if (cores > THREADS_MAX) cores = THREADS_MAX;
    if ((size_t)cores > useful) cores = (long)useful;
    for (long i = 0; i < cores; i++) {
        pthread_mutex_lock(&x->lock);
        x->running++;
        pthread_mutex_unlock(&x->lock);
        if (pthread_create(&x->threads[i], NULL, thread_main, x) == 0) {
            x->n_threads++;
            continue;
        }
        pthread_mutex_lock(&x->lock);
        x->running--;
        pthread_mutex_unlock(&x->lock);
        break;
    }
    return x->n_threads || !x->n_blobs ? OK : fail(cx, E_IO, "cannot start a thread");
}

static struct batch *next_batch(struct sweep *x, bool wait, bool *done)
{
    pthread_mutex_lock(&x->lock);
    while (wait && !x->first && x->running) pthread_cond_wait(&x->filled, &x->lock);
    struct batch *b = x->first;
    if (b) {
        x->first = b->next;
        if (!x->first) x->last = &x->first;
        x->waiting--;
        pthread_cond_broadcast(&x->emptied);
    }
    *done = !b && !x->running;
    pthread_mutex_unlock(&x->lock);
    return b;
}

enum rc sweep_take(struct ctx *cx, struct sweep *x, bool wait, enum rc (*take)(void *arg, const struct sweep_result *r),
                   void *arg, bool *done)
{
    enum rc rc = OK;
    for (struct batch *b; rc == OK && (b = next_batch(x, wait, done));) {
        for (size_t i = 0; rc == OK && i < b->n; i++) rc = take(arg, &b->results[i]);
        if (rc == OK && b->rc != OK) rc = fail(cx, b->rc, "%s", b->message);
        batch_free(b);
    }
    return rc;
}

void sweep_stop(struct sweep *x)
{
    if (!x) return;
    pthread_mutex_lock(&x->lock);
    x->stop = true;
    pthread_cond_broadcast(&x->emptied);
    pthread_mutex_unlock(&x->lock);
    for (int i = 0; i < x->n_threads; i++) pthread_join(x->threads[i], NULL);
    while (x->first) {
        struct batch *b = x->first;
        x->first = b->next;
        batch_free(b);
    }
    pthread_mutex_destroy(&x->lock);
    pthread_cond_destroy(&x->filled);
    pthread_cond_destroy(&x->emptied);
    arena_release(&x->arena);
    free(x);
}
