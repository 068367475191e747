/* rules/kept: the first rows are those that a plain sort of all has; rules/marks: counts for many keys. */
#include "rules/kept.h" /* before cmocka, whose fail is a macro */
#include "rules/marks.h"

#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

enum { COLUMNS = 4 };

static struct columns columns = {.n = COLUMNS, .names = {STR("subject"), STR("at"), STR("path"), STR("line")}};

struct made {
    struct cell cells[COLUMNS];
    char path[16];
};

static uint32_t next_random(uint32_t *r)
{
    return (*r = *r * 1664525 + 1013904223) >> 12;
}

/* Few different values, so that many rows are equal in all that comes first. */
static void make(struct made *m, uint32_t *random)
{
    int n = snprintf(m->path, sizeof m->path, "%u.c", next_random(random) % 12);
    m->cells[0] = (struct cell){.kind = CELL_TEXT, .text = STR("repo:self")};
    m->cells[1] = (struct cell){.kind = CELL_INT, .i = next_random(random) % 5};
    m->cells[2] = (struct cell){.kind = CELL_TEXT, .text = {m->path, (size_t)n}};
    m->cells[3] = (struct cell){.kind = CELL_INT, .i = next_random(random) % 100};
    if (next_random(random) % 7 == 0) m->cells[2] = (struct cell){.kind = CELL_NULL};
}

/* The cells of a row that may have been moved. */
static const struct cell *cells_of(struct made *m)
{
    if (m->cells[2].text.p) m->cells[2].text.p = m->path;
    return m->cells;
}

static int by_order(const void *a, const void *b)
{
    struct made left = *(const struct made *)a, right = *(const struct made *)b;
    struct row x = {.cells = cells_of(&left)}, y = {.cells = cells_of(&right)};
    return row_compare(&columns, &x, &y);
}

static void check(size_t n, size_t max, uint32_t random)
{
    static struct kept k;
    struct made *all = calloc(n + 1, sizeof *all);
    assert_non_null(all);
    kept_init(&k, &columns, max);
    for (size_t i = 0; i < n; i++) {
        struct made scratch; /* overwritten by the next row, as SQLite does: what is kept must be copies */
        make(&all[i], &random);
        scratch = all[i];
        struct row r = {.cells = cells_of(&scratch), .base = {(uint8_t)i}};
        assert_int_equal(kept_add(&k, &r), OK);
        memset(&scratch, '?', sizeof scratch);
    }
    assert_int_equal(k.n, n < max ? n : max);
    qsort(all, n, sizeof *all, by_order);
    kept_sort(&k);
    for (size_t i = 0; i < k.n; i++) {
        struct row expected = {.cells = cells_of(&all[i])};
        if (row_compare(&columns, k.rows[i], &expected) != 0) fail_msg("row %zu of %zu, %zu kept", i, n, max);
    }
    kept_release(&k);
    assert_int_equal(k.n, 0);
    free(all);
}

static void test_rules_kept__as_a_sort_has_them(void **state)
{
    (void)state;
    columns_find(&columns);
    static const size_t numbers[] = {0, 1, 2, 3, 7, 31, 100, 500}, most[] = {1, 2, 3, 8, 100, LIMIT_FINDINGS};
    for (size_t n = 0; n < sizeof numbers / sizeof *numbers; n++)
        for (size_t m = 0; m < sizeof most / sizeof *most; m++)
            for (uint32_t seed = 1; seed < 6; seed++) check(numbers[n], most[m], seed * 7919);
    check(3 * LIMIT_FINDINGS, LIMIT_FINDINGS, 1);
}

static void test_rules_kept__in_any_order(void **state)
{
    (void)state;
    columns_find(&columns);
    for (int up = 0; up < 2; up++) {
        static struct kept k;
        kept_init(&k, &columns, 10);
        for (int i = 0; i < 1000; i++) {
            struct cell cells[COLUMNS] = {{.kind = CELL_TEXT, .text = STR("s")},
                                          {.kind = CELL_NULL},
                                          {.kind = CELL_NULL},
                                          {.kind = CELL_INT, .i = up ? i : 999 - i}};
            struct row r = {.cells = cells, .base = {(uint8_t)(up ? i : 999 - i)}};
            assert_int_equal(kept_add(&k, &r), OK);
        }
        kept_sort(&k);
        for (int i = 0; i < 10; i++) {
            assert_int_equal(row_int(k.rows[i], columns.line, -1), i);
            assert_int_equal(k.rows[i]->base[0], i);
        }
        kept_release(&k);
    }
}

static void key_of(uint32_t n, uint8_t key[MARK_KEY])
{
    memset(key, 0, MARK_KEY);
    memcpy(key + (n % 3 ? 0 : 8), &n, sizeof n); /* a third of them start alike: they meet in one slot */
}

static void test_rules_marks__count(void **state)
{
    (void)state;
    enum { KEYS = 3000 };
    struct marks m;
    uint8_t key[MARK_KEY];
    marks_init(&m, KEYS);
    for (int round = 0; round < 3; round++)
        for (uint32_t i = 1; i <= KEYS; i++) {
            key_of(i, key);
            uint32_t *v = marks_at(&m, key);
            assert_non_null(v);
            assert_int_equal(*v, round ? i + (uint32_t)round - 1 : 0);
            *v = round ? *v + 1 : i;
        }
    assert_int_equal(m.n, KEYS);
    /* no more than it may hold, but what it holds is still found */
    key_of(KEYS + 1, key);
    assert_null(marks_at(&m, key));
    key_of(7, key);
    assert_int_equal(*marks_at(&m, key), 9);
    marks_clear(&m);
    assert_int_equal(m.n, 0);
    assert_int_equal(*marks_at(&m, key), 0);
    marks_release(&m);
    assert_null(m.slots);
}

static void test_rules_marks__keys_of_all_bytes(void **state)
{
    (void)state;
    struct marks m;
    uint8_t key[MARK_KEY] = {0}; /* a key of zeros is one like any other */
    marks_init(&m, 100);
    *marks_at(&m, key) = 1;
    for (int i = 0; i < MARK_KEY; i++) {
        key[i] = 0x80;
        uint32_t *v = marks_at(&m, key);
        assert_int_equal(*v, 0);
        *v = (uint32_t)i + 2;
        key[i] = 0;
    }
    assert_int_equal(*marks_at(&m, key), 1);
    assert_int_equal(m.n, MARK_KEY + 1);
    marks_clear(&m);
    marks_release(&m);
    marks_init(&m, 1);
    marks_clear(&m); /* with nothing in it */
    marks_release(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_kept__as_a_sort_has_them),
        cmocka_unit_test(test_rules_kept__in_any_order),
        cmocka_unit_test(test_rules_marks__count),
        cmocka_unit_test(test_rules_marks__keys_of_all_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
