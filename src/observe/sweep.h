/* Private to observe: reads blobs on several threads and judges them (classes, lines, the scan, documents); what was
 * found comes back to the thread that owns the tables. At most a bounded number of finished batches wait. */
#ifndef SINETTI_OBSERVE_SWEEP_H
#define SINETTI_OBSERVE_SWEEP_H

#include "observe/classify.h"
#include "observe/content.h"
#include "observe/run.h"
#include "scan/scan.h"

struct sweep_file {
    struct str path, oid; /* must outlive the sweep */
    uint32_t mode;
    int64_t size;
};

struct sweep_result {
    const struct sweep_file *file;
    struct classification is;
    int64_t lines;                   /* -1 when not text */
    int64_t size;                    /* of the content; -1 missing */
    bool missing, too_large, partly; /* partly: a limit of the scan was reached */
    const struct scan_hit *hits;
    size_t n_hits;
    struct content *content; /* NULL nothing to tell */
    struct str mailmap;      /* the content, when the path is .mailmap at the top */
};

struct sweep;

/* files: in the tree's order; those with the same oid are read once. `key` is the scanner's. */
enum rc sweep_start(struct ctx *cx, struct git *g, const struct sweep_file *files, size_t n, int threads,
                    const uint8_t key[16], struct sweep **out) MUST_CHECK;
/* Gives finished results to `take`; waits for all of them, or only takes what is there. *done: nothing will come. */
enum rc sweep_take(struct ctx *cx, struct sweep *x, bool wait, enum rc (*take)(void *arg, const struct sweep_result *r),
                   void *arg, bool *done) MUST_CHECK;
/* Stops the threads; always called. */
void sweep_stop(struct sweep *x);

#endif
