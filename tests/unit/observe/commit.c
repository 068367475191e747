#include "unit.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "observe/commit.h"

static struct arena arena;

static struct commit_facts read_with(const char *message, size_t parents)
{
    struct commit_facts f;
    commit_read(&arena, str_from(message), parents, &f);
    return f;
}

static struct commit_facts read(const char *message)
{
    return read_with(message, 1);
}

#define assert_str(s, literal)                                                                                         \
    do {                                                                                                               \
        struct str s_ = (s);                                                                                           \
        if (!str_eq(s_, STR(literal))) fail_msg("'" STR_FMT "' is not '%s'", STR_ARG(s_), literal);                    \
    } while (0)

static void test_observe_commit__subject(void **state)
{
    (void)state;
    assert_str(read("\n\n  Add a thing  \nmore\n").subject, "Add a thing");
    assert_str(read("").subject, "");
    assert_str(read("a\x1b[31mb").subject, "a\\x1b[31mb");
    assert_str(read("caf\xe9").subject, "caf\\xe9");
    assert_str(read("x \xe2\x80\xae y").subject, "x \\u202e y");
    char longer[1000];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = 0;
    assert_int_equal(read(longer).subject.n, 200);
    for (size_t i = 0; i + 1 < sizeof longer - 1; i += 2) memcpy(longer + i, "\xc3\xa4", 2);
    struct str s = read(longer).subject;
    assert_int_equal(s.n, 400);
    assert_true(str_is_utf8(s));
}

static void test_observe_commit__conventional(void **state)
{
    (void)state;
    static const struct {
        const char *message, *type;
        bool breaking;
    } cases[] = {
        {"feat: add", "feat", false},
        {"FIX(parser): x", "fix", false},
        {"feat(api)!: drop", "feat", true},
        {"chore!: drop", "chore", true},
        {"docs : x", NULL, false},
        {"feature: x", NULL, false},
        {"fix:x", NULL, false},
        {"fix(): x", NULL, false},
        {"fix: ", NULL, false},
        {"core!: x", NULL, false},
        {"fix: x\n\nBREAKING CHANGE: y", "fix", true},
        {"x\n\nBREAKING-CHANGE: y", NULL, true},
        {"x\n\nthis is no BREAKING CHANGE: y", NULL, false},
        {"x\n\nbreaking change: y", NULL, false},
        {"ci(a)(b): x", NULL, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct commit_facts f = read(cases[i].message);
        if (cases[i].type)
            assert_string_equal(f.conventional, cases[i].type);
        else
            assert_null(f.conventional);
        if (f.is_breaking != cases[i].breaking) fail_msg("%s", cases[i].message);
    }
}

static void test_observe_commit__revert(void **state)
{
    (void)state;
    assert_true(read("Revert \"Add a thing\"").is_revert);
    assert_true(read("x\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.").is_revert);
    assert_true(read("revert: let us not").is_revert);
    assert_false(read("Revert to the old way").is_revert);
    assert_false(read("x\n\nThis reverts commit above.").is_revert);
}

static void test_observe_commit__change_number(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        size_t parents;
        int64_t number;
        const char *kind;
    } cases[] = {
        {"Merge pull request #12 from a/b", 2, 12, "merge"},
        {"Add a thing (#345)", 1, 345, "squash"},
        {"Revert \"Add (#1)\" (#22)", 1, 22, "squash"},
        {"Revert \"Add (#1)\"", 1, 0, NULL},
        {"Merge branch 'x' into 'main'\n\nText\n\nSee merge request group/sub/proj!77", 2, 77, "merge"},
        {"Add\n\nSee merge request !78", 1, 78, "squash"},
        {"Add\n\nChange-Id: I0123\nReviewed-on: https://review.example.org/c/proj/+/9123\nReviewed-by: A B "
         "<a@b.example>",
         1, 9123, "squash"},
        {"Merged in feature (pull request #8)", 2, 8, "merge"},
        {"Merged PR 1234: Title", 1, 1234, "squash"},
        {"Pull request 2747: ABC-4357-upd-names", 1, 2747, "squash"},
        {"Pull request #31: Feature/x", 2, 31, "merge"},
        {"Pull request: ABC-4357-upd-names", 1, 0, NULL},
        {"Pull request 2 reviewers for it", 1, 0, NULL},
        {"Auto merge of #555 - a:b, r=c", 2, 555, "merge"},
        {"Merge pull request 'x' (#9) from a/b into main", 2, 9, "merge"},
        {"Add\n\nPR-URL: https://github.com/a/b/pull/4321\nReviewed-By: A B <a@b.example>", 1, 4321, "squash"},
        {"Add\n\nDifferential Revision: https://reviews.example.org/D99", 1, 0, NULL},
        {"Add\n\nPart-of: <https://gitlab.example.org/a/b/-/merge_requests/31>", 1, 31, "squash"},
        {"Merge branch 'x'", 2, 0, NULL},
        {"Add (#0)", 1, 0, NULL},
        {"Add (#99999999999)", 1, 0, NULL},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct commit_facts f = read_with(cases[i].message, cases[i].parents);
        if (f.change_number != cases[i].number) fail_msg("%s: %d", cases[i].message, (int)f.change_number);
        if (cases[i].kind)
            assert_string_equal(f.change_kind, cases[i].kind);
        else
            assert_null(f.change_kind);
    }
}

static void test_observe_commit__issues(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        int64_t refs;
    } cases[] = {
        {"Fix a thing #123", 1},
        {"Fix #12, #13 and #12 again", 2},
        {"Add (#345)", 0},
        {"Add (#345)\n\nCloses #12", 1},
        {"x\n\nFixes #7", 1},
        {"x\n\nworkaround #1 did not do", 0},
        {"x\n\nstep #12", 0},
        {"see owner/repo#12", 1},
        {"C#7 syntax", 0},
        {"GH-123", 1},
        {"gh-98765: say so", 1},
        {"bpo-40334: x", 1},
        {"ABC-123: fix", 1},
        {"[PROJ-9] fix", 1},
        {"PROJ-9 fix", 1},
        {"fix (KAFKA-12345)", 1},
        {"Pull request: AGDNS-3863-gopacket-vol.35", 1},
        {"see RFC-2616-bis and ISO-8859-x and ABC-12-3", 0},
        {"Handle CVE-2024-1234", 0},
        {"Use UTF-8 and SHA-256, ISO-8859-1, RFC-2616, X86-64, PEP-8", 0},
        {"See RFC-7230 and ISO-27001", 0},
        {"x\n\nBug: 4567", 1},
        {"x\n\nBug: chromium:4567", 1},
        {"x\n\nBug: b/4567", 1},
        {"Bug 1234567 - title r=me", 1},
        {"x\n\nFixes: https://example.org/a/b/issues/77", 1},
        {"x\n\nhttps://jira.example.org/browse/ABC-12", 1},
        {"x\n\nFixes: 1234567 (\"subject\")", 0},
        {"x\n\nFixes: 0123456789ab (\"subject\")", 0},
        {"x\n\nhttps://bugzilla.example.org/show_bug.cgi?id=99", 1},
        {"color #333333", 0},
        {"&#123;", 0},
        {"anchor page#12", 0},
        {"x\n\nhttps://github.com/a/b/pull/12#issuecomment-5", 0},
        {"merge A1-B2", 0},
        {"x\n\nRefs: #44", 1},
        {"x\n\nCloses: #44\nCloses: #45", 2},
        {"issue 2.5", 0},
        {"bug 12", 1},
        {"", 0},
        {"x\n\nResolves PROJ-77", 1},
        {"uses F-16 and B-52 and COVID-19", 0},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t n = read(cases[i].message).issue_refs;
        if (n != cases[i].refs) fail_msg("%s: %d instead of %d", cases[i].message, (int)n, (int)cases[i].refs);
    }
    assert_int_equal(read_with("Merge pull request #12 from a/ABC-1-b\n\nFixes #12", 2).issue_refs, 0);
}

static void test_observe_commit__trailers(void **state)
{
    (void)state;
    struct commit_facts f = read("Add\n\nText.\n\nReviewed-by: Ann Bee <ann@example.net>\nChange-Id: "
                                 "Iabc\nsigned-off-by: Cee Dee\n <cee@example.net>\n");
    assert_int_equal(f.n_trailers, 3);
    assert_str(f.trailers[0].key, "reviewed-by");
    assert_true(f.trailers[0].is_person);
    assert_str(f.trailers[0].name, "Ann Bee");
    assert_str(f.trailers[0].email, "ann@example.net");
    assert_str(f.trailers[1].key, "change-id");
    assert_str(f.trailers[1].value, "Iabc");
    assert_false(f.trailers[1].is_person);
    assert_str(f.trailers[2].email, "cee@example.net");
}

static void test_observe_commit__trailers_git_rules(void **state)
{
    (void)state;
    assert_int_equal(read("Reviewed-by: A B <a@b.example>").n_trailers, 0); /* the title is none */
    assert_int_equal(read("Add\nReviewed-by: A B <a@b.example>").n_trailers, 0);
    assert_int_equal(read("Add\n\nText: yes\nmore text").n_trailers, 0);
    assert_int_equal(read("Add\n\nKey: v\nOther: w").n_trailers, 2);
    assert_int_equal(read("Add\n\none\ntwo\nthree\nSigned-off-by: A B <a@b.example>").n_trailers, 1); /* a quarter */
    assert_int_equal(read("Add\n\none\ntwo\nthree\nfour\nSigned-off-by: A B <a@b.example>").n_trailers, 0);
    assert_int_equal(read("Add\n\nhttps://example.org").n_trailers, 0);
    assert_int_equal(read("Add\n\nReviewed-by: A B <a@b.example>\n\n\n").n_trailers, 1);
    assert_int_equal(read("Add\n\nReviewed-by: A B <a@b.example>\n\nText").n_trailers, 0);
}

static void test_observe_commit__trailers_wider(void **state)
{
    (void)state;
    assert_int_equal(read("Add\n\nReviewed-by: A B\nFixes #12\nCloses #13").n_trailers, 1);
    struct commit_facts f = read("Add\n\nReviewed-by: A B <a@b.example>\n\nCloses #13");
    assert_int_equal(f.n_trailers, 1);
    f = read("Add\n\nText\n\nReviewed-by: A B <a@b.example>, C D <c@d.example>\n\nChange-Id: I1");
    assert_int_equal(f.n_trailers, 3);
    assert_str(f.trailers[1].name, "C D");
    f = read(
        "Add\n\nReviewed-by: @login\nAcked-by: a@b.example\nGenerated-by: a tool\nReviewed-by: https://example.org/1");
    assert_int_equal(f.n_trailers, 4);
    assert_str(f.trailers[0].name, "@login");
    assert_str(f.trailers[1].email, "a@b.example");
    assert_false(f.trailers[2].is_person);
    assert_false(f.trailers[3].is_person);
}

static void test_observe_commit__trailers_ceiling(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    buf_cstr(&b, "Add\n\n");
    for (int i = 0; i < 1000; i++) buf_printf(&b, "Reviewed-by: P%d Q <p%d@example.net>\n", i, i);
    struct commit_facts f;
    commit_read(&arena, buf_view(&b), 1, &f);
    assert_int_equal(f.n_trailers, 256);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

#define T(name) cmocka_unit_test_setup_teardown(test_observe_commit__##name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(subject),  T(conventional),       T(revert),         T(change_number),    T(issues),
        T(trailers), T(trailers_git_rules), T(trailers_wider), T(trailers_ceiling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
