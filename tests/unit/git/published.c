/* git_published(): where the commits begin that no remote has. */
#include "fixture.h"

static void assert_published(struct fixture *f, const char *head, const char *expected)
{
    struct git *g = open_good(f, "repo");
    struct str oid;
    assert_int_equal(git_published(&f->cx, g, resolve(f, g, head), &oid), OK);
    if (expected)
        assert_true(str_eq(oid, resolve(f, g, expected)));
    else
        assert_null(oid.p);
    git_close(g);
}

static void test_git_published__nothing_and_everything(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && git commit -q --allow-empty -m one && git commit -q --allow-empty -m two");
    assert_published(f, "HEAD", NULL);
    run(f, "cd repo && git update-ref refs/remotes/origin/main HEAD~1");
    assert_published(f, "HEAD", "HEAD~1");
    assert_published(f, "HEAD~1", "HEAD~1");
    run(f, "cd repo && git update-ref refs/remotes/other/x HEAD && git update-ref refs/remotes/other/y HEAD");
    assert_published(f, "HEAD", "HEAD");
    run(f, "cd repo && git checkout -q --orphan alone && git commit -q --allow-empty -m three");
    assert_published(f, "HEAD", NULL);
}

static void test_git_published__branch_that_others_were_merged_into(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && git commit -q --allow-empty -m one && git checkout -qb side &&"
           " git commit -q --allow-empty -m mine");
    for (int i = 0; i < 3; i++)
        run(f, "cd repo && git checkout -q main && git commit -q --allow-empty -m theirs && git checkout -q side &&"
               " git merge -q --no-edit main");
    run(f, "cd repo && git update-ref refs/remotes/origin/main main");
    assert_published(f, "side", "main");
}

static void test_git_published__remote_branch_whose_commit_is_missing(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && git commit -q --allow-empty -m one && git commit -q --allow-empty -m two &&"
           " git update-ref refs/remotes/origin/main HEAD~1 &&"
           " echo 1234567890123456789012345678901234567890 >.git/refs/remotes/origin/gone");
    assert_published(f, "HEAD", "HEAD~1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_published__nothing_and_everything),
        GIT_TEST(test_git_published__branch_that_others_were_merged_into),
        GIT_TEST(test_git_published__remote_branch_whose_commit_is_missing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
