/* Bytes as pieces of text. */
#include "scan/pieces.h"

#include <stdlib.h>

#include "base/limits.h"
#include "unit.h"

struct seen {
    size_t n, own, longest;
    int64_t lines, marks;
    bool binary;
};

static enum rc take(void *arg, const struct piece *p)
{
    struct seen *s = arg;
    struct str mark = STR("the mark\n");
    size_t behind = p->more ? p->own : p->text.n;
    if (s->n && p->line != s->lines + 1) return E_INTERNAL;
    for (const char *at = p->text.p; (at = memmem(at, (size_t)(p->text.p + p->text.n - at), mark.p, mark.n)); at++)
        s->marks += (size_t)(at - p->text.p) < behind;
    for (size_t i = 0; i < p->own; i++) s->lines += p->text.p[i] == '\n';
    s->n++;
    s->own += p->own;
    s->binary = p->binary;
    if (p->text.n > s->longest) s->longest = p->text.n;
    return memchr(p->text.p, 0, p->text.n) ? E_INTERNAL : OK;
}

static struct seen look(struct str bytes)
{
    struct seen s = {0};
    assert_int_equal(pieces_of(bytes, take, &s), OK);
    return s;
}

/* Each byte is in one piece of its own, wherever it stands, and whole with what is around it in one of them. */
static void test_scan_pieces__overlap(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 64 * MIB);
    for (int i = 0; i < 300000; i++)
        buf_cstr(&b, i % 1000 ? "some line of a file of a certain length\n" : "the mark\n");
    struct seen s = look(buf_view(&b));
    assert_int_equal(s.own, b.n);
    assert_int_equal(s.lines, 300000);
    assert_int_equal(s.marks, 300);
    assert_true(s.n >= 3 && s.longest <= LIMIT_BLOB_SCAN + PIECES_OVERLAP);
    buf_clear(&b);
    for (int i = 0; i < 12000000; i++) buf_char(&b, 'a'); /* one line */
    s = look(buf_view(&b));
    assert_int_equal(s.own, b.n);
    assert_true(s.n >= 3 && s.n <= 4);
    buf_release(&b);
}

/* In portions of any size it is the same. */
static void test_scan_pieces__portions(void **state)
{
    (void)state;
    struct buf b;
    buf_init(&b, 64 * MIB);
    buf_add(&b, "\xff\xfe", 2);
    for (int i = 0; i < 3000000; i++) buf_add(&b, i % 60 ? "x" : "\n", 2);
    struct seen whole = look(buf_view(&b));
    for (size_t step = 8191; step < 3 * MIB; step = 3 * step + 1) {
        struct seen s = {0};
        struct pieces p;
        pieces_begin(&p, take, &s);
        for (size_t at = 0; at < b.n; at += step)
            assert_int_equal(pieces_add(&p, str_slice(buf_view(&b), at, at + step)), OK);
        assert_int_equal(pieces_end(&p), OK);
        pieces_release(&p);
        assert_int_equal(s.own, whole.own);
        assert_int_equal(s.lines, 50000);
    }
    buf_release(&b);
}

static void test_scan_pieces__forms(void **state)
{
    (void)state;
    static const struct {
        const char *p;
        size_t n;
        enum piece_form form;
    } cases[] = {
        {"", 0, PIECE_TEXT},
        {"plain", 5, PIECE_TEXT},
        {"\xff\xfe"
         "a\0",
         4, PIECE_UTF16_LE},
        {"\xfe\xff\0a", 4, PIECE_UTF16_BE},
        {"a\0b\0c\0\n\0", 8, PIECE_UTF16_LE},
        {"\0a\0b\0c\0\n", 8, PIECE_UTF16_BE},
        {"a NUL\0 in a text", 16, PIECE_TEXT},
        {"\x7f"
         "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0>\0\1\0\0\0",
         24, PIECE_BINARY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (piece_form_of((struct str){cases[i].p, cases[i].n}) != cases[i].form) fail_msg("case %zu", i);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan_pieces__overlap),
        cmocka_unit_test(test_scan_pieces__portions),
        cmocka_unit_test(test_scan_pieces__forms),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
