/* base/csv: rows as RFC 4180 has them, from any program's files; what is refused, with its line; and cells that no
 * spreadsheet takes for formulas and that come back as they were. */
#include "base/csv.h"
#include "base/limits.h"

#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* All rows, cells in brackets, each row behind its line; or the error behind them. */
static void read_all(struct str text, struct buf *out)
{
    struct ctx cx;
    struct csv *c;
    struct csv_row row;
    FILE *file = tmpfile();
    ctx_init(&cx);
    assert_non_null(file);
    assert_int_equal(fwrite(text.p, 1, text.n, file), text.n);
    rewind(file);
    assert_int_equal(csv_open(&cx, fileno(file), &c), OK);
    for (;;) {
        enum rc rc = csv_next(&cx, c, &row);
        if (rc != OK) {
            buf_printf(out, "%lld! %s\n", (long long)row.line, cx.message);
            assert_int_equal(csv_next(&cx, c, &row), OK); /* its end */
            assert_int_equal(row.n, 0);
            break;
        }
        if (!row.n) break;
        buf_printf(out, "%lld:", (long long)row.line);
        for (size_t i = 0; i < row.n; i++) buf_printf(out, "[" STR_FMT "]", STR_ARG(row.cells[i]));
        buf_char(out, '\n');
    }
    csv_close(c);
    (void)fclose(file);
    ctx_release(&cx);
}

#define assert_rows(text, expected)                                                                                    \
    do {                                                                                                               \
        scoped_buf got_;                                                                                               \
        buf_init(&got_, 0);                                                                                            \
        read_all(STR(text), &got_);                                                                                    \
        buf_char(&got_, 0);                                                                                            \
        assert_string_equal(got_.p, expected);                                                                         \
    } while (0)

static void test_base_csv__rows(void **state)
{
    (void)state;
    assert_rows("a,b\n1,2\n", "1:[a][b]\n2:[1][2]\n");
    assert_rows("a,b\r\n1,2", "1:[a][b]\n2:[1][2]\n");
    assert_rows("\xef\xbb\xbf"
                "a;b\n1,5;2\n",
                "1:[a][b]\n2:[1,5][2]\n");
    assert_rows("a\tb\n,\t;\n", "1:[a][b]\n2:[,][;]\n");
    assert_rows("a,\"b;c\"\n\n\r\n\"x\n\"\"y\"\"\",\n\"\",z", "1:[a][b;c]\n4:[x\n\"y\"][]\n6:[][z]\n");
    assert_rows("a,b\n1,x\ry\n", "1:[a][b]\n2:[1][x\ry]\n");
    assert_rows("", "");
    assert_rows("\n\n", "");
    assert_rows("a", "1:[a]\n");
}

static void test_base_csv__refuses(void **state)
{
    (void)state;
    assert_rows("a,b\n\"x\ny,2\n", "1:[a][b]\n2! a quote (\") that begins a cell is never closed\n");
    assert_rows("a,b\n1,\"x\"y\n", "1:[a][b]\n2! something stands behind the quote that ends a cell\n");
    assert_rows("a\n\"x\"\ry\n", "1:[a]\n2! something stands behind the quote that ends a cell\n");
    assert_rows("a\nx\"y\n", "1:[a]\n2! a quote (\") stands within a cell that does not begin with one\n");
    assert_rows("a\n\n\xe4\n", "1:[a]\n3! the row is not UTF-8: save the file as CSV in UTF-8\n");
    assert_rows("a,b\n\xc3,\xa4\n", "1:[a][b]\n2! the row is not UTF-8: save the file as CSV in UTF-8\n");
    assert_rows("a\nx\0y\n", "1:[a]\n2! the row has a NUL character\n");
    assert_rows("\xff\xfe"
                "a",
                "1! the file is UTF-16: save it as CSV in UTF-8\n");
    assert_rows("PK\3\4", "1! the file is a workbook or an archive: save it as CSV in UTF-8\n");
}

static void test_base_csv__limits(void **state)
{
    (void)state;
    scoped_buf text, got;
    buf_init(&text, 0);
    buf_init(&got, 0);
    for (int i = 0; i < LIMIT_CSV_COLUMNS; i++) buf_cstr(&text, ",");
    read_all(buf_view(&text), &got);
    assert_true(str_has(buf_view(&got), STR("1! a row has more than")));
    buf_clear(&text);
    buf_clear(&got);
    for (size_t i = 0; i <= LIMIT_CSV_ROW; i++) buf_char(&text, 'x');
    read_all(buf_view(&text), &got);
    assert_true(str_has(buf_view(&got), STR("1! a row is longer than")));
    buf_clear(&text);
    buf_clear(&got);
    buf_char(&text, '"');
    for (size_t i = 0; i <= LIMIT_CSV_ROW; i++) buf_char(&text, '\n');
    read_all(buf_view(&text), &got);
    assert_true(str_has(buf_view(&got), STR("1! a row is longer than")));
}

static void test_base_csv__cells(void **state)
{
    (void)state;
    static const struct {
        const char *cell, *written;
    } all[] = {{"", ""},
               {"plain", "plain"},
               {"a,b", "\"a,b\""},
               {"say \"x\"", "\"say \"\"x\"\"\""},
               {"=1+1", "\"'=1+1\""},
               {"'=1+1", "\"''=1+1\""},
               {"''@x", "\"'''@x\""},
               {"'quoted'", "'quoted'"},
               {"\ttab", "\"'\ttab\""},
               {"-", "\"'-\""},
               {"l1\nl2", "\"l1\nl2\""}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        scoped_buf out, text, got, expected;
        struct str cell = str_from(all[i].cell);
        buf_init(&out, 0);
        buf_init(&text, 0);
        buf_init(&got, 0);
        buf_init(&expected, 0);
        csv_put_cell(&out, cell);
        assert_true(str_eq(buf_view(&out), str_from(all[i].written)));
        /* back again */
        buf_printf(&text, "h,i\n" STR_FMT ",z\n", STR_ARG(buf_view(&out)));
        read_all(buf_view(&text), &got);
        struct str row = str_slice(buf_view(&got), sizeof "1:[h][i]\n2:[" - 1, got.n - (sizeof "][z]\n" - 1));
        assert_true(str_eq(csv_plain(row), cell));
    }
}

/* A file longer than what is read at once, with a cell over its edge. */
static void test_base_csv__chunks(void **state)
{
    (void)state;
    struct ctx cx;
    struct csv *c;
    struct csv_row row;
    FILE *file = tmpfile();
    ctx_init(&cx);
    assert_non_null(file);
    (void)fputs("n,text\n", file);
    for (int i = 0; i < 20000; i++) (void)fprintf(file, "%d,\"line %d \"\"x\"\"\n\"\r\n", i, i);
    rewind(file);
    assert_int_equal(csv_open(&cx, fileno(file), &c), OK);
    assert_int_equal(csv_next(&cx, c, &row), OK);
    for (int i = 0; i < 20000; i++) {
        char n[16], text[64];
        (void)snprintf(n, sizeof n, "%d", i);
        (void)snprintf(text, sizeof text, "line %d \"x\"\n", i);
        assert_int_equal(csv_next(&cx, c, &row), OK);
        assert_int_equal(row.line, 2 + 2 * i);
        assert_true(row.n == 2 && str_eq(row.cells[0], str_from(n)) && str_eq(row.cells[1], str_from(text)));
    }
    assert_int_equal(csv_next(&cx, c, &row), OK);
    assert_int_equal(row.n, 0);
    assert_int_equal(csv_bytes(c), lseek(fileno(file), 0, SEEK_CUR));
    csv_close(c);
    (void)fclose(file);
    ctx_release(&cx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_base_csv__rows),   cmocka_unit_test(test_base_csv__refuses),
        cmocka_unit_test(test_base_csv__limits), cmocka_unit_test(test_base_csv__cells),
        cmocka_unit_test(test_base_csv__chunks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
