/* For the tests that look at whole repositories: makes them by scripts, looks at the tables. */
#ifndef TESTS_OBSERVE_LOOK_H
#define TESTS_OBSERVE_LOOK_H

#include "observe/observe.h" /* before cmocka, whose fail is a macro */

#include "git/fixture.h"

#define T0 1700000000 /* when the fixture's commits are made */
#define YEAR (365 * 86400LL)

struct look {
    struct observe_outcome seen;
    struct observe_options o;
};

/* Before a script: at SECONDS, by NAME ADDRESS, committer NAME ADDRESS say when and by whom the next commits are. */
#define SHELL                                                                                                          \
    "at() { export GIT_COMMITTER_DATE=\"$1 +0000\" GIT_AUTHOR_DATE=\"$1 +0000\"; }\n"                                  \
    "by() { export GIT_AUTHOR_NAME=\"$1\" GIT_AUTHOR_EMAIL=\"$2\"; }\n"                                                \
    "committer() { export GIT_COMMITTER_NAME=\"$1\" GIT_COMMITTER_EMAIL=\"$2\"; }\n"                                   \
    "empty() { git commit -q --allow-empty -m \"$1\"; }\n"                                                             \
    "all() { git add -A; git commit -q -m \"$1\"; }\n"

/* HEAD of the repository r, over the year before T0 + 1000. */
static inline struct look look_at(struct fixture *f, const char *rev)
{
    struct look l = {.o = {.rev = str_from(rev), .since = T0 - YEAR, .now = T0 + 1000, .threads = 2}};
    struct git *g = open_good(f, "r");
    l.o.head = resolve(f, g, rev);
    l.o.head = arena_str(&f->cx.arena, l.o.head);
    git_close(g);
    return l;
}

static inline void look_run(struct fixture *f, struct look *l)
{
    struct git *g = open_good(f, "r");
    if (observe_repository(&f->cx, g, &l->o, &l->seen) != OK) fail_msg("observe: %s", f->cx.message);
    git_close(g);
}

static inline struct look look(struct fixture *f)
{
    struct look l = look_at(f, "HEAD");
    look_run(f, &l);
    return l;
}

static inline void look_end(struct look *l)
{
    store_close(l->seen.db);
    l->seen.db = NULL;
}

/* The rows of a query: columns parted by "|", rows by a space; NULL is "-". */
static inline void expect(struct look *l, const char *sql, const char *want)
{
    sqlite3_stmt *st = NULL;
    scoped_buf b;
    buf_init(&b, 0);
    if (sqlite3_prepare_v2(l->seen.db, sql, -1, &st, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(l->seen.db));
    while (sqlite3_step(st) == SQLITE_ROW) {
        if (b.n) buf_char(&b, ' ');
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            if (i) buf_char(&b, '|');
            if (sqlite3_column_type(st, i) == SQLITE_NULL)
                buf_char(&b, '-');
            else
                buf_visible(&b, store_column_str(st, i));
        }
    }
    sqlite3_finalize(st);
    if (!str_eq(buf_view(&b), str_from(want)))
        fail_msg("%s\nis   " STR_FMT "\nnot  %s", sql, STR_ARG(buf_view(&b)), want);
}

#endif
