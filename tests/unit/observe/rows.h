/* For the tests of what files say: gives files to the readers and looks at the tables. */
#ifndef TESTS_OBSERVE_ROWS_H
#define TESTS_OBSERVE_ROWS_H

#include "observe/classify.h"
#include "observe/content.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

extern const char observe_schema_sql[];

static struct ctx cx;
static sqlite3 *db;
static struct people *people;
static struct arena files;

static int rows_setup(void **state)
{
    static const uint8_t key[16] = {7};
    (void)state;
    ctx_init(&cx);
    arena_init(&files);
    people = people_new(key);
    assert_int_equal(store_open_memory(&cx, observe_schema_sql, &db), OK);
    return people == NULL;
}

static int rows_teardown(void **state)
{
    (void)state;
    store_close(db);
    people_free(people);
    arena_release(&files);
    ctx_release(&cx);
    return 0;
}

/* Takes a file in as the sweep over the tree does. */
static inline void take_bytes(const char *path, struct str bytes)
{
    struct classification k = classify(str_from(path), 0100644, str_slice(bytes, 0, 8192));
    sqlite3_stmt *st;
    assert_int_equal(
        store_prepare(
            &cx, db, STR("INSERT OR REPLACE INTO d_file (path, oid, mode, size, class) VALUES (?1, 'x', 33188, 0, ?2)"),
            &st),
        OK);
    store_bind_str(st, 1, str_from(path));
    store_bind_str(st, 2, str_from(k.class));
    assert_int_equal(store_run(&cx, st), OK);
    store_finalize(&st);
    if (!content_wanted(str_from(path), k.class)) return;
    struct content *c = content_read(&files, str_from(path), k.class, bytes);
    if (!c) return;
    content_mention(c, people);
    assert_int_equal(content_store(&cx, db, people, c), OK);
}

static inline void take(const char *path, const char *text)
{
    take_bytes(path, str_from(text));
}

static inline void finish(void)
{
    assert_int_equal(content_finish(&cx, db), OK);
}

/* The rows of a query: columns parted by "|", rows by a space; NULL is "-". */
static inline void expect(const char *sql, const char *want)
{
    sqlite3_stmt *st;
    scoped_buf b;
    buf_init(&b, 0);
    assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &st, NULL), SQLITE_OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        if (b.n) buf_char(&b, ' ');
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            const char *v = (const char *)sqlite3_column_text(st, i);
            if (i) buf_char(&b, '|');
            buf_cstr(&b, v ? v : "-");
        }
    }
    sqlite3_finalize(st);
    buf_char(&b, 0);
    assert_string_equal(b.p, want);
}

#define ROWS_TEST(name) cmocka_unit_test_setup_teardown(name, rows_setup, rows_teardown)

#endif
