/* What a call carries from `store` upward: where memory comes from and where the first error text goes.
 * One per request or job, one thread at a time. */
#ifndef SINETTI_BASE_CTX_H
#define SINETTI_BASE_CTX_H

#include "base/arena.h"
#include "base/rc.h"
#include "base/str.h"

struct ctx {
    struct arena arena;
    enum rc error;                                                                   /* of the last fail() */
    char message[1024];                                                              /* its text, safe to show */
    void (*progress)(struct ctx *cx, const char *what, int64_t done, int64_t total); /* may be NULL; total 0: unknown */
    void *progress_arg;
};

void ctx_init(struct ctx *cx);
void ctx_release(struct ctx *cx);

/* Records the error once, where it is first known, and returns rc: `return fail(cx, E_NOTFOUND, "…");`.
 * Texts from outside must have gone through buf_visible() or str_visible(). */
enum rc fail(struct ctx *cx, enum rc rc, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
#ifdef __clang_analyzer__ /* which would not know otherwise that it returns rc, so never OK */
#define fail(cx, rc, ...) ((void)(fail)(cx, rc, __VA_ARGS__), (rc))
#endif

/* A visible copy of s in the arena, cut at 200 bytes, for use in error texts. */
const char *str_visible(struct ctx *cx, struct str s);

void ctx_progress(struct ctx *cx, const char *what, int64_t done, int64_t total);

#define TRY(expr)                                                                                                      \
    do {                                                                                                               \
        enum rc try_rc_ = (expr);                                                                                      \
        if (try_rc_ != OK) return try_rc_;                                                                             \
    } while (0)

#endif
