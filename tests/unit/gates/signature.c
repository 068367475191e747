/* gates/signature: what is taken out of an object is what git takes out of it. */
#include "gates/signature.h"

#include "unit.h"

struct split {
    struct buf payload, armored;
    struct str email;
    bool one;
};

static struct split split(struct str object, bool tag)
{
    struct split s;
    buf_init(&s.payload, 0);
    buf_init(&s.armored, 0);
    s.one = signature_split(object, tag, &s.payload, &s.armored, &s.email);
    return s;
}

static void release(struct split *s)
{
    buf_release(&s->payload);
    buf_release(&s->armored);
}

#define HEAD "tree 1\nauthor A <a@example.org> 1 +0000\ncommitter B <b@example.org> 2 +0000\n"
#define SIGNED "gpgsig -----BEGIN SSH SIGNATURE-----\n AAAA\n \n -----END SSH SIGNATURE-----\n"

static void test_gates_signature__of_a_commit(void **state)
{
    (void)state;
    struct split s = split(STR(HEAD SIGNED "encoding x\n\nmessage\n\ngpgsig no header\n"), false);
    assert_true(s.one);
    assert_true(str_eq(s.email, STR("b@example.org")));
    assert_true(
        str_eq(buf_view(&s.armored), STR("-----BEGIN SSH SIGNATURE-----\nAAAA\n\n-----END SSH SIGNATURE-----\n")));
    assert_true(str_eq(buf_view(&s.payload), STR(HEAD "encoding x\n\nmessage\n\ngpgsig no header\n")));
    release(&s);
    s = split(STR(HEAD "\nunsigned"), false);
    assert_true(s.one && s.armored.n == 0);
    assert_true(str_eq(buf_view(&s.payload), STR(HEAD "\nunsigned")));
    release(&s);
}

/* A signature within a merged tag's header is that tag's; one of SHA-256 is no part of what is signed. */
static void test_gates_signature__of_others(void **state)
{
    (void)state;
    struct split s = split(STR(HEAD "mergetag object 1\n gpgsig -----BEGIN\n\nm"), false);
    assert_true(s.one && s.armored.n == 0);
    release(&s);
    s = split(STR(HEAD "gpgsig-sha256 x\n y\n" SIGNED "\nm"), false);
    assert_true(s.one && s.armored.n > 0);
    assert_true(str_eq(buf_view(&s.payload), STR(HEAD "\nm")));
    release(&s);
    s = split(STR(HEAD SIGNED SIGNED "\nm"), false);
    assert_false(s.one);
    release(&s);
}

/* The first counts, as git shows it; bytes behind a NUL are signed like any others. */
static void test_gates_signature__tricks(void **state)
{
    (void)state;
    struct split s = split(STR(HEAD "committer C <c@example.org> 2 +0000\n" SIGNED "\nm"), false);
    assert_true(str_eq(s.email, STR("b@example.org")));
    release(&s);
    s = split(STR("committer V <v@example.org> <me@example.org> 2 +0000\n\nm"), false);
    assert_true(str_eq(s.email, STR("v@example.org")));
    release(&s);
    s = split(STR("committer B <b@example.org> 2\0hidden\n\nm\0n"), false);
    assert_true(str_eq(buf_view(&s.payload), STR("committer B <b@example.org> 2\0hidden\n\nm\0n")));
    release(&s);
    s = split(STR("committer none\n\nm"), false);
    assert_int_equal(s.email.n, 0);
    release(&s);
}

static void test_gates_signature__of_a_tag(void **state)
{
    (void)state;
    struct split s = split(STR("object 1\ntagger T <t@example.org> 1 +0000\n\n-----BEGIN SSH SIGNATURE-----\nquoted\n\n"
                               "-----BEGIN SSH SIGNATURE-----\nAAAA\n-----END SSH SIGNATURE-----\n"),
                           true);
    assert_true(s.one);
    assert_true(str_eq(s.email, STR("t@example.org")));
    assert_true(str_starts(buf_view(&s.armored), STR("-----BEGIN SSH SIGNATURE-----\nAAAA")));
    assert_true(str_ends(buf_view(&s.payload), STR("quoted\n\n")));
    release(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_gates_signature__of_a_commit),
        cmocka_unit_test(test_gates_signature__of_others),
        cmocka_unit_test(test_gates_signature__tricks),
        cmocka_unit_test(test_gates_signature__of_a_tag),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
