/* rules/row: a row's place in the order, its identity, and its text. */
#include "rules/row.h" /* before cmocka, whose fail is a macro */

#include "base/limits.h"

#include <stdio.h>

#include "unit.h"

#define NULL_CELL                                                                                                      \
    {                                                                                                                  \
        .kind = CELL_NULL                                                                                              \
    }
#define INT(v)                                                                                                         \
    {                                                                                                                  \
        .kind = CELL_INT, .i = (v)                                                                                     \
    }
#define TEXT(s)                                                                                                        \
    {                                                                                                                  \
        .kind = CELL_TEXT, .text = STR(s)                                                                              \
    }

static struct columns columns_of(const char *names)
{
    struct columns c = {.n = 0};
    struct str rest = str_from(names), name;
    while (str_cut(&rest, ' ', &name)) c.names[c.n++] = name;
    columns_find(&c);
    return c;
}

static void test_rules_row__columns(void **state)
{
    (void)state;
    struct columns c = columns_of("ok due subject commit_oid Path line path fingerprint at at");
    assert_int_equal(c.ok, 0);
    assert_int_equal(c.due, 1);
    assert_int_equal(c.subject, 2);
    assert_int_equal(c.commit, 3);
    assert_int_equal(c.line, 5);
    assert_int_equal(c.path, 6);
    assert_int_equal(c.fingerprint, 7);
    assert_int_equal(c.at, 8);
    assert_int_equal(c.approved, -1);
    assert_int_equal(c.reviewed_at, -1);
    const struct cell cells[10] = {INT(1), INT(7), TEXT("s"), NULL_CELL, NULL_CELL, TEXT("12")};
    struct row r = {.cells = cells};
    assert_true(str_eq(row_text(&r, c.subject), STR("s")));
    assert_null(row_text(&r, c.due).p);    /* a number is no text */
    assert_null(row_text(&r, c.commit).p); /* NULL */
    assert_null(row_text(&r, -1).p);
    assert_int_equal(row_int(&r, c.due, 5), 7);
    assert_int_equal(row_int(&r, c.line, 5), 5); /* a text is no number */
    assert_int_equal(row_int(&r, -1, 5), 5);
}

static void test_rules_row__order(void **state)
{
    (void)state;
    struct columns c = columns_of("subject ok at path line fingerprint note");
    /* in the order they must have: path, line, newest, subject, fingerprint, the rest */
    static const struct cell sorted[][7] = {
        {TEXT("z"), INT(0), NULL_CELL, NULL_CELL, NULL_CELL, NULL_CELL, NULL_CELL}, /* without a path first */
        {TEXT("a"), INT(0), INT(5), TEXT("a.c"), NULL_CELL, NULL_CELL, NULL_CELL},  /* without a line: line 0 */
        {TEXT("a"), INT(0), INT(5), TEXT("a.c"), INT(2), NULL_CELL, NULL_CELL},
        {TEXT("b"), INT(0), INT(9), TEXT("a.c"), INT(10), NULL_CELL, NULL_CELL}, /* newest first */
        {TEXT("a"), INT(0), INT(8), TEXT("a.c"), INT(10), NULL_CELL, NULL_CELL},
        {TEXT("b"), INT(0), INT(8), TEXT("a.c"), INT(10), NULL_CELL, NULL_CELL},
        {TEXT("b"), INT(0), INT(8), TEXT("a.c"), INT(10), TEXT("f"), NULL_CELL},
        {TEXT("b"), INT(0), INT(8), TEXT("a.c"), INT(10), TEXT("f"), INT(3)},
        {TEXT("b"), INT(0), INT(8), TEXT("a.c"), INT(10), TEXT("f"), INT(4)},
        {TEXT("b"), INT(0), INT(8), TEXT("a.c"), INT(10), TEXT("f"), TEXT("x")},
        {TEXT("a"), INT(0), NULL_CELL, TEXT("a.c"), INT(10), NULL_CELL, NULL_CELL}, /* never last */
        {TEXT("a"), INT(0), INT(5), TEXT("b.c"), INT(1), NULL_CELL, NULL_CELL},
    };
    size_t n = sizeof sorted / sizeof *sorted;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < n; k++) {
            struct row a = {.cells = sorted[i]}, b = {.cells = sorted[k]};
            int d = row_compare(&c, &a, &b);
            if ((i < k && d >= 0) || (i > k && d <= 0) || (i == k && d != 0)) fail_msg("rows %zu and %zu: %d", i, k, d);
        }
}

static const struct catalog_obligation point = {.task = STR("task"), .key = STR("point")};

static bool same_identity(struct columns *c, const struct cell *x, const struct cell *y)
{
    struct row a = {.cells = x}, b = {.cells = y};
    row_identify(&point, c, &a);
    row_identify(&point, c, &b);
    return memcmp(a.base, b.base, sizeof a.base) == 0;
}

static void test_rules_row__identity_leaves_out_what_moves(void **state)
{
    (void)state;
    struct columns c = columns_of("subject ok at due path line count note note_en note_fi");
    const struct cell base[] = {TEXT("file:self/a.c"),
                                INT(0),
                                INT(100),
                                NULL_CELL,
                                TEXT("a.c"),
                                INT(7),
                                INT(3),
                                TEXT("x"),
                                TEXT("12 of 30 lines"),
                                TEXT("12 riviä 30:stä")};
    struct cell other[10];
#define WITH(column, ...) (memcpy(other, base, sizeof base), other[column] = (struct cell)__VA_ARGS__, other)
    assert_true(same_identity(&c, base, base));
    assert_true(same_identity(&c, base, WITH(2, INT(200))));                 /* time */
    assert_true(same_identity(&c, base, WITH(3, INT(200))));                 /* due */
    assert_true(same_identity(&c, base, WITH(5, INT(8))));                   /* line */
    assert_true(same_identity(&c, base, WITH(6, INT(4))));                   /* numbers */
    assert_true(same_identity(&c, base, WITH(9, TEXT("toinen sanamuoto")))); /* the Finnish words */
    assert_true(same_identity(&c, base, WITH(8, TEXT("13 of 31 lines"))));   /* digits in the English ones */
    assert_false(same_identity(&c, base, WITH(8, TEXT("12 of 30 rows"))));
    assert_false(same_identity(&c, base, WITH(0, TEXT("file:self/b.c"))));
    assert_false(same_identity(&c, base, WITH(4, TEXT("b.c"))));
    assert_false(same_identity(&c, base, WITH(7, TEXT("y"))));
    assert_false(same_identity(&c, base, WITH(7, NULL_CELL)));
    assert_false(same_identity(&c, base, WITH(7, TEXT("x1")))); /* digits elsewhere count */

    struct row a = {.cells = base}, b = {.cells = base};
    static const struct catalog_obligation other_point = {.task = STR("task"), .key = STR("points")},
                                           shifted = {.task = STR("taskp"), .key = STR("oint")};
    row_identify(&point, &c, &a);
    row_identify(&other_point, &c, &b);
    assert_memory_not_equal(a.base, b.base, sizeof a.base);
    row_identify(&shifted, &c, &b);
    assert_memory_not_equal(a.base, b.base, sizeof a.base);
}

/* A fingerprint is stable by itself, so that nothing else is asked: a hit keeps its id when its wording changes. */
static void test_rules_row__identity_by_fingerprint(void **state)
{
    (void)state;
    struct columns c = columns_of("subject ok path line fingerprint what");
    const struct cell base[] = {TEXT("file:self/a.c"), INT(0), TEXT("a.c"), INT(7), TEXT("f00d"), TEXT("a key")};
    struct cell other[10];
    assert_true(same_identity(&c, base, WITH(5, TEXT("a token"))));
    assert_true(same_identity(&c, base, WITH(3, INT(9))));
    assert_false(same_identity(&c, base, WITH(4, TEXT("f00e"))));
    assert_false(same_identity(&c, base, WITH(0, TEXT("file:self/b.c"))));
    assert_false(same_identity(&c, base, WITH(4, TEXT("")))); /* an empty one is none */
    assert_false(same_identity(&c, WITH(4, TEXT("")), base));
    /* moving a text from one column to its neighbour is a difference */
    struct columns d = columns_of("subject ok a b");
    const struct cell left[] = {TEXT("s"), INT(0), TEXT("x"), NULL_CELL},
                      right[] = {TEXT("s"), INT(0), NULL_CELL, TEXT("x")};
    assert_false(same_identity(&d, left, right));
}

static void test_rules_row__ids(void **state)
{
    (void)state;
    uint8_t base[IDENTITY_BYTES] = {1};
    char first[33], second[33], far[33];
    row_id(base, 0, first);
    row_id(base, 1, second);
    row_id(base, 256, far);
    assert_int_equal(strlen(first), 32);
    assert_int_equal(strspn(first, "0123456789abcdef"), 32);
    assert_string_not_equal(first, second);
    assert_string_not_equal(second, far);
    base[15] = 1;
    row_id(base, 0, second);
    assert_string_not_equal(first, second);
    /* Baselines and SARIF readers hold ids: they may never change. */
    static const struct cell cells[] = {TEXT("repo:self"), INT(0), TEXT("12 of 30")};
    struct columns c = columns_of("subject ok note_en");
    struct row r = {.cells = cells};
    row_identify(&point, &c, &r);
    row_id(r.base, 0, first);
    assert_string_equal(first, "c6f5b144a8ecd5dc01eef04454007f69");
}

static void renders(const char *names, const struct cell *cells, struct str text, const char *expected)
{
    struct columns c = columns_of(names);
    struct row r = {.cells = cells};
    scoped_buf b;
    buf_init(&b, 0);
    row_render(&b, text, &c, &r);
    if (!str_eq(buf_view(&b), str_from(expected)))
        fail_msg("\"" STR_FMT "\" becomes \"" STR_FMT "\"", STR_ARG(text), STR_ARG(buf_view(&b)));
}

static void test_rules_row__holes(void **state)
{
    (void)state;
    static const char names[] = "subject ok at due changed_at commit_oid oid n who none";
    static const struct cell cells[] = {
        TEXT("s"),   INT(0),   INT(1795514400), INT(0),   INT(-1), TEXT("0123456789abcdef0123456789abcdef01234567"),
        TEXT("abc"), INT(-42), TEXT("Ann"),     NULL_CELL};
    renders(names, cells, STR("plain"), "plain");
    renders(names, cells, STR(""), "");
    renders(names, cells, STR("{who} has {n}, {who}"), "Ann has -42, Ann");
    renders(names, cells, STR("{at} {due} {changed_at}"), "2026-11-24 1970-01-01 1969-12-31");
    renders(names, cells, STR("{commit_oid} {oid}"), "0123456789ab abc");
    renders(names, cells, STR("{none} {unknown} {}"), "– – –");
    renders(names, cells, STR("a { b"), "a { b");
    renders(names, cells, STR("a } b {who}"), "a } b Ann");
    renders(names, cells, STR("{{who}}"), "–}"); /* the first bracket opens */
    renders(names, cells, STR("{who"), "{who");
}

static void test_rules_row__hostile_values(void **state)
{
    (void)state;
    static const struct cell cells[] = {TEXT("\x1b[2J\xe2\x80\xae\xff\n{n}"), INT(1)};
    renders("v n", cells, STR("<{v}>"), "<\\x1b[2J\\u202e\\xff {n}>"); /* what a value says is not filled again */
    static const struct cell oid[] = {TEXT("\x1b[31m0123456789")};
    renders("oid", oid, STR("{oid}"), "\\x1b[31m0123456");
}

static void test_rules_row__long_values_are_cut(void **state)
{
    (void)state;
    static char text[4 * LIMIT_MESSAGE], expected[8 * LIMIT_MESSAGE];
    memset(text, 'x', sizeof text);
    struct cell cells[] = {{.kind = CELL_TEXT, .text = {text, LIMIT_COLUMN}}, TEXT("end")};
    sprintf(expected, "%.*s.", LIMIT_COLUMN, text);
    renders("v w", cells, STR("{v}."), expected);
    cells[0].text.n++;
    sprintf(expected, "%.*s….", LIMIT_COLUMN, text);
    renders("v w", cells, STR("{v}."), expected);
    cells[0].text.n = LIMIT_COLUMN_PATH + 1;
    sprintf(expected, "%.*s….", LIMIT_COLUMN_PATH, text);
    renders("path w", cells, STR("{path}."), expected);
    renders("old_path w", cells, STR("{old_path}."), expected);
    sprintf(expected, "%.*s.", LIMIT_COLUMN_PATH + 1, text);
    renders("what_fi w", cells, STR("{what_fi}."), expected); /* a rule's own sentences are whole */
    cells[0].text.n = LIMIT_COLUMN_WORDS + 1;
    sprintf(expected, "%.*s….", LIMIT_COLUMN_WORDS, text);
    renders("how_en w", cells, STR("{how_en}."), expected);

    /* by characters, not in the middle of one */
    for (size_t i = 0; i + 2 < sizeof text; i += 3) memcpy(text + i, "€", 3);
    cells[0].text = (struct str){text, 3 * (LIMIT_COLUMN + 1)};
    sprintf(expected, "%.*s….", 3 * LIMIT_COLUMN, text);
    renders("v w", cells, STR("{v}."), expected);
}

/* At LIMIT_MESSAGE a message ends, on the edge of a character and never within an escape. */
static void test_rules_row__long_messages_are_cut(void **state)
{
    (void)state;
    static char text[3 * LIMIT_MESSAGE];
    struct columns c = columns_of("v");
    const char *const values[] = {"x", "€", "\x1b", "\xff", "\xf0\x9f\x98\x80"};
    for (size_t v = 0; v < sizeof values / sizeof *values; v++)
        for (size_t lead = LIMIT_MESSAGE - 10; lead <= LIMIT_MESSAGE + 1; lead++) {
            struct cell cell = {.kind = CELL_TEXT, .text = str_from(values[v])};
            struct row r = {.cells = &cell};
            scoped_buf b;
            memset(text, '.', lead);
            memcpy(text + lead, "{v}{v}{v}{v}", 12);
            buf_init(&b, 0);
            row_render(&b, (struct str){text, lead + 12}, &c, &r);
            assert_true(b.n <= LIMIT_MESSAGE + strlen("…"));
            assert_true(str_is_utf8(buf_view(&b)));
            scoped_buf one;
            buf_init(&one, 0);
            buf_visible(&one, str_from(values[v]));
            struct str s = buf_view(&b);
            if (4 * one.n + lead <= LIMIT_MESSAGE) {
                assert_int_equal(s.n, lead + 4 * one.n);
                continue;
            }
            assert_true(str_ends(s, STR("…")));
            assert_int_equal((s.n - strlen("…") - (s.n > lead ? lead : 0)) % (s.n > lead ? one.n : 1), 0);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_row__columns),
        cmocka_unit_test(test_rules_row__order),
        cmocka_unit_test(test_rules_row__identity_leaves_out_what_moves),
        cmocka_unit_test(test_rules_row__identity_by_fingerprint),
        cmocka_unit_test(test_rules_row__ids),
        cmocka_unit_test(test_rules_row__holes),
        cmocka_unit_test(test_rules_row__hostile_values),
        cmocka_unit_test(test_rules_row__long_values_are_cut),
        cmocka_unit_test(test_rules_row__long_messages_are_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
