/* base/yaml: what the tree holds, what is refused, and that strangers cannot make it large. */
#include "base/yaml.h"

#include "base/limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "unit.h"

static struct ctx cx;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    ctx_release(&cx);
    return 0;
}

static enum rc read(const char *text, enum yaml_mode mode, struct yaml *y)
{
    return yaml_read(&cx, str_from(text), mode, y);
}

static const struct yaml_node *tree(const char *text, enum yaml_mode mode)
{
    struct yaml y;
    assert_int_equal(read(text, mode, &y), OK);
    assert_int_equal(y.n, 1);
    return y.documents[0];
}

static void assert_str(struct str s, const char *expected)
{
    assert_string_equal(arena_cstr(&cx.arena, s), expected);
}

static void test_base_yaml__gives_lines_and_styles(void **state)
{
    (void)state;
    const struct yaml_node *t =
        tree("# c\na: 1\nb: 'x'\nc: |\n  one\n  two\nd: >-\n  f\n  g\ne:\nf: [p, q]\n", YAML_STRICT);
    assert_int_equal(t->kind, YAML_MAPPING);
    assert_int_equal(t->n, 6);
    assert_int_equal(t->pairs[0].line, 2);
    assert_int_equal(yaml_get(t, STR("a"))->style, YAML_PLAIN);
    assert_int_equal(yaml_get(t, STR("b"))->style, YAML_QUOTED);
    const struct yaml_node *c = yaml_get(t, STR("c"));
    assert_int_equal(c->style, YAML_BLOCK);
    assert_int_equal(c->line, 5);
    assert_str(c->text, "one\ntwo\n");
    assert_str(yaml_text(yaml_get(t, STR("d"))), "f g");
    assert_true(yaml_is_null(yaml_get(t, STR("e"))));
    assert_int_equal(yaml_get(t, STR("e"))->line, 10);
    const struct yaml_node *f = yaml_get(t, STR("f"));
    assert_int_equal(f->kind, YAML_SEQUENCE);
    assert_int_equal(f->n, 2);
    assert_int_equal(f->size, 3);
    assert_null(yaml_get(t, STR("g")));
    assert_null(yaml_get(NULL, STR("g")));
    assert_null(yaml_text(f).p);
}

static void test_base_yaml__empty_text_has_no_documents(void **state)
{
    (void)state;
    struct yaml y;
    assert_int_equal(read("", YAML_STRICT, &y), OK);
    assert_int_equal(y.n, 0);
    assert_int_equal(read("# only words\n", YAML_STRICT, &y), OK);
    assert_int_equal(y.n, 0);
}

static void test_base_yaml__booleans_and_nulls_are_plain_words(void **state)
{
    (void)state;
    const struct yaml_node *t = tree("a: true\nb: \"true\"\nc: FALSE\nd: yes\ne: ~\nf: \"\"\n", YAML_STRICT);
    assert_true(yaml_bool(yaml_get(t, STR("a")), false));
    assert_false(yaml_bool(yaml_get(t, STR("b")), false));
    assert_false(yaml_bool(yaml_get(t, STR("c")), true));
    assert_true(yaml_bool(yaml_get(t, STR("d")), true));
    assert_true(yaml_is_null(yaml_get(t, STR("e"))));
    assert_false(yaml_is_null(yaml_get(t, STR("f"))));
    assert_true(yaml_is_null(NULL));
}

static void test_base_yaml__strict_notes_every_indirection(void **state)
{
    (void)state;
    struct yaml y;
    assert_int_equal(read("a: &x {k: 1}\nb: *x\nc:\n  <<: *x\nd: !t e\nd: f\n", YAML_STRICT, &y), OK);
    static const struct {
        int line;
        const char *text;
    } expected[] = {{1, "an anchor \"x\""}, {2, "an alias \"x\""}, {4, "a merge key (<<)"},
                    {4, "an alias \"x\""},  {5, "a tag \"!t\""},   {6, "duplicate key \"d\""}};
    assert_int_equal(y.n_faults, 6);
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(y.faults[i].line, expected[i].line);
        assert_str(y.faults[i].text, expected[i].text);
        assert_true(y.faults[i].remedy.n > 0);
    }
}

static void test_base_yaml__strict_refuses_a_second_document(void **state)
{
    (void)state;
    struct yaml y;
    assert_int_equal(read("a: 1\n---\nb: 2\n", YAML_STRICT, &y), E_INVALID);
    assert_int_equal(read("a: 1\n---\nb: 2\n", YAML_LENIENT, &y), OK);
    assert_int_equal(y.n, 2);
}

static void test_base_yaml__lenient_shares_anchored_nodes(void **state)
{
    (void)state;
    struct yaml y;
    assert_int_equal(
        read(".b: &b {x: 1, y: 2}\n.c: &c {z: 3}\nj:\n  <<: [*b, *c]\n  y: own\nk: *b\n", YAML_LENIENT, &y), OK);
    assert_int_equal(y.n_faults, 0);
    const struct yaml_node *t = y.documents[0], *j = yaml_get(t, STR("j"));
    assert_ptr_equal(yaml_get(t, STR("k")), yaml_get(t, STR(".b")));
    assert_null(yaml_get(j, STR("x")));
    assert_str(yaml_text(yaml_find(j, STR("x"))), "1");
    assert_str(yaml_text(yaml_find(j, STR("y"))), "own");
    assert_str(yaml_text(yaml_find(j, STR("z"))), "3");
    assert_null(yaml_find(j, STR("w")));
}

static void test_base_yaml__lenient_keeps_tags_and_first_of_duplicates(void **state)
{
    (void)state;
    struct yaml y;
    assert_int_equal(read("a: !reference [b, c]\nd: 1\nd: 2\n? [x]\n: 3\n", YAML_LENIENT, &y), OK);
    assert_str(yaml_get(y.documents[0], STR("a"))->tag, "!reference");
    assert_str(yaml_text(yaml_get(y.documents[0], STR("d"))), "1");
    assert_int_equal(y.documents[0]->n, 2);
    assert_int_equal(y.n_faults, 2);
    assert_int_equal(y.faults[0].line, 3);
    assert_int_equal(y.faults[1].line, 4);
}

static void test_base_yaml__an_alias_within_its_own_anchor_is_refused(void **state)
{
    (void)state;
    struct yaml y;
    assert_int_equal(read("a: &a [*a]\n", YAML_LENIENT, &y), E_INVALID);
    assert_int_equal(read("a: &a\n  b: {c: *a}\n", YAML_LENIENT, &y), E_INVALID);
    assert_int_equal(y.faults[y.n_faults - 1].line, 2);
    assert_int_equal(read("a: *nobody\n", YAML_LENIENT, &y), E_INVALID);
    assert_int_equal(read("a: &a 1\n---\nb: *a\n", YAML_LENIENT, &y), E_INVALID); /* anchors end with their document */
}

static void test_base_yaml__a_redefined_anchor_counts_from_there(void **state)
{
    (void)state;
    const struct yaml_node *t = tree("a: &x 1\nb: *x\nc: &x 2\nd: *x\n", YAML_LENIENT);
    assert_str(yaml_text(yaml_get(t, STR("b"))), "1");
    assert_str(yaml_text(yaml_get(t, STR("d"))), "2");
}

static void test_base_yaml__aliases_cannot_multiply_without_bound(void **state)
{
    (void)state;
    scoped_buf b;
    struct yaml y;
    buf_init(&b, 0);
    buf_cstr(&b, "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n");
    for (int i = 1; i < 10; i++)
        buf_printf(&b, "a%d: &a%d [*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d,*a%d]\n", i, i, i - 1, i - 1, i - 1,
                   i - 1, i - 1, i - 1, i - 1, i - 1, i - 1, i - 1);
    assert_int_equal(yaml_read(&cx, buf_view(&b), YAML_LENIENT, &y), E_LIMIT);
}

static void test_base_yaml__aliases_cannot_nest_without_bound(void **state)
{
    (void)state;
    scoped_buf b;
    struct yaml y;
    buf_init(&b, 0);
    buf_cstr(&b, "a0: &a0 [x]\n");
    for (int i = 1; i < 100; i++) buf_printf(&b, "a%d: &a%d [*a%d]\n", i, i, i - 1);
    assert_int_equal(yaml_read(&cx, buf_view(&b), YAML_LENIENT, &y), E_LIMIT);
}

static enum rc repeated(const char *part, size_t n)
{
    scoped_buf b;
    struct yaml y;
    buf_init(&b, 0);
    for (size_t i = 0; i < n; i++) buf_cstr(&b, part);
    enum rc rc = yaml_read(&cx, buf_view(&b), YAML_LENIENT, &y);
    assert_true(rc == OK || y.n_faults > 0);
    return rc;
}

static void test_base_yaml__has_ceilings(void **state)
{
    (void)state;
    assert_int_equal(repeated("[", 1000), E_LIMIT);
    assert_int_equal(repeated("- ", 1000), E_LIMIT);
    assert_int_equal(repeated("? ", 1000), E_LIMIT);
    assert_int_equal(repeated("- x\n", LIMIT_YAML_NODES + 10), E_LIMIT);
    assert_int_equal(repeated("# long\n", LIMIT_YAML_FILE / 7 + 10), E_LIMIT);
    assert_int_equal(repeated("\n", LIMIT_YAML_RUN + 1), E_LIMIT);
    assert_int_equal(repeated("!%41", LIMIT_YAML_RUN), E_LIMIT);
    assert_int_equal(repeated("%11", LIMIT_YAML_RUN), E_LIMIT);
    assert_int_equal(repeated("word", LIMIT_YAML_RUN), OK);
    assert_int_equal(repeated("- x\n", 1000), OK);
}

static void test_base_yaml__deepest_allowed_nesting_is_read(void **state)
{
    (void)state;
    char text[LIMIT_YAML_DEPTH * 2 + 3] = "";
    for (int i = 0; i < LIMIT_YAML_DEPTH - 1; i++) strcat(text, "[");
    strcat(text, "x");
    for (int i = 0; i < LIMIT_YAML_DEPTH - 1; i++) strcat(text, "]");
    assert_int_equal(tree(text, YAML_LENIENT)->height, LIMIT_YAML_DEPTH);
}

static void test_base_yaml__refuses_what_is_no_text(void **state)
{
    (void)state;
    struct yaml y;
    assert_int_equal(read("a: 1\nb: \xff\n", YAML_LENIENT, &y), E_INVALID);
    assert_int_equal(y.faults[0].line, 2);
    assert_int_equal(read("a: \x1b[1m\n", YAML_LENIENT, &y), E_INVALID);
    assert_int_equal(yaml_read(&cx, STR("a: \0b\n"), YAML_LENIENT, &y), E_INVALID);
}

static void test_base_yaml__says_where_it_does_not_parse(void **state)
{
    (void)state;
    struct yaml y;
    assert_int_equal(read("ok: 1\n---\na: b\nc: [1, 2\nd: e\n", YAML_LENIENT, &y), E_INVALID);
    assert_int_equal(y.n, 1); /* what stood before */
    assert_true(y.faults[0].line >= 4);
    assert_true(y.faults[0].text.n > 0);
    assert_non_null(strstr(cx.message, "line "));
}

/* libfyaml's own answer for this text holds bytes it never wrote. */
static void test_base_yaml__block_at_the_top_of_a_document(void **state)
{
    (void)state;
    struct str text = yaml_text(tree("--- |\n:\n   -", YAML_LENIENT));
    assert_str(str_trim(text), ":\n   -");
}

/* libfyaml would free an object twice. */
static void test_base_yaml__tab_behind_an_explicit_key(void **state)
{
    (void)state;
    struct yaml y;
    assert_int_equal(read("x: 1\n? r:\t|", YAML_LENIENT, &y), E_INVALID);
    assert_int_equal(y.faults[0].line, 2);
    assert_int_equal(read("? r:\t- x", YAML_LENIENT, &y), E_INVALID);
    assert_int_equal(read("? r:\t", YAML_LENIENT, &y), E_INVALID);
    assert_int_equal(read("? r:\tx\n", YAML_LENIENT, &y), OK);
    assert_int_equal(read("r:\t|\n  is it? yes\n", YAML_LENIENT, &y), OK);
}

static void test_base_yaml__many_keys_are_read_quickly(void **state)
{
    (void)state;
    scoped_buf b;
    struct yaml y;
    buf_init(&b, 0);
    for (int i = 0; i < 40000; i++) buf_printf(&b, "k%d: v\n", i);
    assert_int_equal(yaml_read(&cx, buf_view(&b), YAML_STRICT, &y), OK);
    assert_int_equal(y.documents[0]->n, 40000);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(test_base_yaml__##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(gives_lines_and_styles),
        T(empty_text_has_no_documents),
        T(booleans_and_nulls_are_plain_words),
        T(strict_notes_every_indirection),
        T(strict_refuses_a_second_document),
        T(lenient_shares_anchored_nodes),
        T(lenient_keeps_tags_and_first_of_duplicates),
        T(an_alias_within_its_own_anchor_is_refused),
        T(a_redefined_anchor_counts_from_there),
        T(aliases_cannot_multiply_without_bound),
        T(aliases_cannot_nest_without_bound),
        T(has_ceilings),
        T(deepest_allowed_nesting_is_read),
        T(refuses_what_is_no_text),
        T(says_where_it_does_not_parse),
        T(block_at_the_top_of_a_document),
        T(tab_behind_an_explicit_key),
        T(many_keys_are_read_quickly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
