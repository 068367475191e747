#include "git/object.h"

#include "fixture.h"

#define TREE "4b825dc642cb6eb9a060e54bf8d69288fbee4904"

static void test_git_object__ident(void **state)
{
    (void)state;
    struct ident id = ident_parse(STR("Ann Example <ann@example.org> 1700000000 +0200"));
    assert_str(id.name, "Ann Example");
    assert_str(id.email, "ann@example.org");
    assert_int_equal(id.at, 1700000000);
    id = ident_parse(STR(" <> -5 +0000"));
    assert_str(id.name, "");
    assert_str(id.email, "");
    assert_int_equal(id.at, -5);
    id = ident_parse(STR("A <a<b>c> 7 +0000"));
    assert_str(id.email, "a<b");
    assert_int_equal(id.at, 7);
    id = ident_parse(STR("A <a 7"));
    assert_str(id.email, "a 7");
    assert_int_equal(id.at, 0);
    assert_str(ident_parse(STR("nobody")).name, "nobody");
    assert_int_equal(ident_parse(STR("")).at, 0);
}

static void test_git_object__times_are_clamped(void **state)
{
    (void)state;
    assert_int_equal(ident_parse(STR("A <a> 99999999999999999999999 +0000")).at, 253402300799LL);
    assert_int_equal(ident_parse(STR("A <a> -99999999999999999999999 +0000")).at, -62135596800LL);
    assert_int_equal(ident_parse(STR("A <a> x")).at, 0);
}

static void test_git_object__commit(void **state)
{
    (void)state;
    struct commit_object c;
    assert_true(commit_parse(
        STR("tree " TREE "\nparent " TREE "\nparent " TREE "\nauthor " PERSON "\ncommitter " PERSON
            "\nmergetag object x\n gpgsig -----BEGIN PGP SIGNATURE-----\ngpgsig -----BEGIN SSH SIGNATURE-----\n x\n"
            " -----END SSH SIGNATURE-----\n\nsubject\n\nbody\0more\n"),
        40, &c));
    assert_int_equal(c.n_parents, 2);
    assert_str(commit_parent(&c, 1), TREE);
    assert_string_equal(c.signature, "ssh");
    assert_int_equal(c.message.n, sizeof "subject\n\nbody\0more\n" - 1);
    assert_int_equal(c.committer.at, 1700000000);
}

static void test_git_object__commit_refused(void **state)
{
    (void)state;
    struct commit_object c;
    assert_false(commit_parse(STR(""), 40, &c));
    assert_false(commit_parse(STR("tree " TREE), 40, &c));
    assert_false(commit_parse(STR("tree " TREE "\n"), 40, &c));
    assert_false(commit_parse(STR("tree " TREE "\nparent 12\ncommitter " PERSON "\n\n"), 40, &c));
    assert_false(commit_parse(STR("tree " TREE "\ncommitter " PERSON "\n\n"), 64, &c));
    assert_true(commit_parse(STR("tree " TREE "\ncommitter " PERSON "\n"), 40, &c)); /* no message at all */
    assert_null(c.message.p);
}

static void test_git_object__signatures(void **state)
{
    (void)state;
    static const struct {
        const char *line, *kind;
    } all[] = {{"gpgsig -----BEGIN PGP SIGNATURE-----", "openpgp"},
               {"gpgsig-sha256 -----BEGIN SIGNED MESSAGE-----", "x509"},
               {"gpgsig -----BEGIN SSH SIGNATURE-----", "ssh"},
               {"gpgsig anything", NULL},
               {"x-gpgsig -----BEGIN PGP SIGNATURE-----", NULL}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        char raw[512];
        struct commit_object c;
        (void)snprintf(raw, sizeof raw,
                       "tree " TREE "\ncommitter " PERSON "\n%s\n\ngpgsig -----BEGIN PGP SIGNATURE-----\n",
                       all[i].line);
        assert_true(commit_parse(str_from(raw), 40, &c));
        if (all[i].kind)
            assert_string_equal(c.signature, all[i].kind);
        else
            assert_null(c.signature);
    }
}

static void test_git_object__tag(void **state)
{
    (void)state;
    struct tag_object t;
    assert_true(tag_parse(
        STR("object " TREE "\ntype commit\ntag v1\ntagger " PERSON "\n\nmessage\n-----BEGIN PGP SIGNATURE-----\nx\n"),
        40, &t));
    assert_str(t.object, TREE);
    assert_str(t.type, "commit");
    assert_str(t.tagger.email, "ann@example.org");
    assert_string_equal(t.signature, "openpgp");
    assert_true(tag_parse(STR("object " TREE "\ntype commit\ntag old\n\nno tagger\n"), 40, &t));
    assert_str(t.tagger.name, "");
    assert_null(t.signature);
    assert_false(tag_parse(STR("object x\ntype commit\n"), 40, &t));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_git_object__ident),      cmocka_unit_test(test_git_object__times_are_clamped),
        cmocka_unit_test(test_git_object__commit),     cmocka_unit_test(test_git_object__commit_refused),
        cmocka_unit_test(test_git_object__signatures), cmocka_unit_test(test_git_object__tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
