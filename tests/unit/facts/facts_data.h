/* A data folder of the test's own, with the built-in catalog or kinds of the test's. */
#ifndef SINETTI_TESTS_UNIT_FACTS_FACTS_DATA_H
#define SINETTI_TESTS_UNIT_FACTS_FACTS_DATA_H

#include "../ledger/files.h"
#include "../store/folder.h"

#include <stdatomic.h>

#include "facts/facts.h"
#include "ledger/log_check.h"
#include "ledger/log_reader.h"
#include "store/store.h"

#define ANN "person:abcdefghij234567klmn"
#define BEN "person:bbcdefghij234567klmn"
#define REPO "repo:abcdefghij234567klmn"
#define DAY (86400 * INT64_C(1000000))
#define PERSON(name)                                                                                                   \
    "{\"name\":\"" name "\",\"addresses\":[\"" name "@example.org\"],\"accounts\":[],\"state\":\"active\"}"

static struct ctx cx;
static char folder[256];
static struct catalog *catalog;
static _Atomic int64_t test_time;
static struct machine_start test_start;

static int64_t test_clock(void)
{
    return atomic_fetch_add(&test_time, 10);
}

static bool test_machine_start(struct machine_start *out)
{
    *out = test_start;
    return test_start.id[0];
}

static inline int facts_setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    atomic_store(&test_time, 1767225600000000);
    test_start = (struct machine_start){"first", 100};
    return !folder_make(folder) || catalog_builtin(&cx, &catalog) != OK ||
           log_create(&cx, folder, STR("sinetti.example/acme")) != OK;
}

static inline int facts_teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static inline enum rc try_open(const struct catalog *c, struct facts **out)
{
    struct facts_options o = {.now = test_clock, .start = test_machine_start};
    return facts_open(&cx, folder, c, &o, out);
}

static inline struct facts *open_facts(const struct catalog *c)
{
    struct facts *f = NULL;
    if (try_open(c, &f) != OK) failed("%s", cx.message);
    return f;
}

static inline struct body make_body(const char *kind, const char *subject, const char *payload)
{
    return (struct body){.actor = STR("unknown"),
                         .credential = STR(""),
                         .kind = str_from(kind),
                         .subject = str_from(subject),
                         .via = STR("operator"),
                         .payload = str_from(payload)};
}

static inline enum rc try_add(struct facts *f, const char *kind, const char *subject, const char *payload,
                              const char *key, struct facts_answer *out)
{
    struct body b = make_body(kind, subject, payload);
    struct facts_request r = {.facts = &b, .n = 1, .key = key ? str_from(key) : STR("")};
    return facts_append(&cx, f, &r, out);
}

static inline uint64_t add(struct facts *f, const char *kind, const char *subject, const char *payload)
{
    struct facts_answer a;
    if (try_add(f, kind, subject, payload, NULL, &a) != OK) failed("%s", cx.message);
    return a.n;
}

static inline void refused(struct facts *f, const char *kind, const char *subject, const char *payload, enum rc rc,
                           const char *text)
{
    struct facts_answer a;
    enum rc got = try_add(f, kind, subject, payload, NULL, &a);
    if (got != rc || !strstr(cx.message, text)) failed("%s %s %s: %d %s", kind, subject, payload, got, cx.message);
}

/* Rows of a query on a database file, as text: columns by '|', rows by '\n'. */
static inline const char *rows_of(const char *path, const char *sql)
{
    sqlite3 *db;
    scoped_buf out;
    buf_init(&out, 0);
    if (store_open_file(&cx, path, STORE_READ, &db) != OK) failed("%s", cx.message);
    sqlite3_stmt *st = NULL;
    bool row;
    if (store_prepare(&cx, db, str_from(sql), &st) != OK) failed("%s: %s", sql, cx.message);
    while (store_step(&cx, st, &row) == OK && row) {
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            if (i) buf_char(&out, '|');
            buf_str(&out, store_column_str(st, i));
        }
        buf_char(&out, '\n');
    }
    store_finalize(&st);
    store_close(db);
    return arena_cstr(&cx.arena, buf_view(&out));
}

static inline const char *path_of(const char *name)
{
    return arena_printf(&cx.arena, "%s/%s", folder, name).p;
}

static inline const char *rows(const char *sql)
{
    return rows_of(path_of("ledger.db"), sql);
}

static inline void print_problem(void *arg, const char *what)
{
    (void)arg;
    print_error("fsck: %s\n", what);
}

/* The whole log is checked; returns its size. */
static inline uint64_t sound_log(void)
{
    struct log_reader *r = NULL;
    struct log_check c = {.found = print_problem};
    if (log_reader_open(&cx, folder, &r) != OK || log_check(&cx, r, &c) != OK) failed("%s", cx.message);
    assert_int_equal(c.problems, 0);
    log_reader_close(r);
    return c.entries;
}

/* Every projected table of a database as text, in the order of its keys. */
static inline const char *all_tables(const char *path)
{
    scoped_buf out;
    buf_init(&out, 0);
    for (size_t i = 0; i < catalog->n_kinds; i++)
        for (size_t k = 0; k < catalog->kinds[i].n_tables; k++) {
            const char *name = arena_cstr(&cx.arena, catalog->kinds[i].tables[k]);
            buf_printf(&out, "%s\n%s", name, rows_of(path, arena_printf(&cx.arena, "SELECT * FROM %s", name).p));
        }
    buf_cstr(&out, rows_of(path, "SELECT * FROM facts ORDER BY n"));
    return arena_cstr(&cx.arena, buf_view(&out));
}

#endif
