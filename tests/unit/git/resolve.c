#include "fixture.h"

#define REPO                                                                                                           \
    "git init -q repo && cd repo && git commit -q --allow-empty -m one && git commit -q --allow-empty -m two && "

static void test_git_resolve__names(void **state)
{
    struct fixture *f = *state;
    run(f, REPO
        "git tag -am x v1 && git tag v0.1 HEAD~1 && git branch odd@name && git update-ref refs/remotes/origin/x HEAD");
    struct git *g = open_good(f, "repo");
    struct str head = resolve(f, g, "HEAD"), first = resolve(f, g, "HEAD~1");
    static const char *const same[] = {"main",  "@",           "refs/heads/main", "heads/main", "v1",
                                       "v1^{}", "v1^{commit}", "origin/x",        "odd@name",   "main^0"};
    for (size_t i = 0; i < sizeof same / sizeof *same; i++) assert_true(str_eq(resolve(f, g, same[i]), head));
    static const char *const parent[] = {"HEAD^", "v0.1", "main~", "v1~1", "@^", "@~1"};
    for (size_t i = 0; i < sizeof parent / sizeof *parent; i++) assert_true(str_eq(resolve(f, g, parent[i]), first));
    char shorter[11];
    (void)snprintf(shorter, sizeof shorter, "%.10s", head.p);
    assert_true(str_eq(resolve(f, g, shorter), head));
    assert_true(str_eq(resolve(f, g, arena_cstr(&f->cx.arena, head)), head));
    git_close(g);
}

static void test_git_resolve__refused(void **state)
{
    struct fixture *f = *state;
    run(f, REPO "echo x >a && git add a && git commit -qm three && git tag blob HEAD:a");
    struct git *g = open_good(f, "repo");
    static const struct {
        struct str rev;
        enum rc rc;
    } all[] = {{{"", 0}, E_INVALID},         {{"--all", 5}, E_INVALID},
               {{"-1", 2}, E_INVALID},       {{"main..HEAD", 10}, E_INVALID},
               {{"HEAD:a", 6}, E_INVALID},   {{":/two", 5}, E_INVALID},
               {{"a\nb", 3}, E_INVALID},     {{"a\0b", 3}, E_INVALID},
               {{"nothing", 7}, E_NOTFOUND}, {{"HEAD~99", 7}, E_NOTFOUND},
               {{"@{1}", 4}, E_NOTFOUND},    {{"main@{u}", 8}, E_NOTFOUND},
               {{"blob", 4}, E_CORRUPT},     {{"4b825dc642cb6eb9a060e54bf8d69288fbee4905", 40}, E_CORRUPT}};
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct str oid;
        enum rc rc = git_resolve(&f->cx, g, all[i].rev, &oid);
        if (rc != all[i].rc) fail_msg("%s: %s", all[i].rev.p, rc_name(rc));
        assert_null(oid.p);
    }
    git_close(g);
}

static void test_git_resolve__merge_base(void **state)
{
    struct fixture *f = *state;
    run(f, REPO "git checkout -qb side HEAD~1 && git commit -q --allow-empty -m three && git checkout -q --orphan "
                "alone && git commit -q --allow-empty -m four");
    struct git *g = open_good(f, "repo");
    struct str oid;
    assert_int_equal(git_merge_base(&f->cx, g, resolve(f, g, "main"), resolve(f, g, "side"), &oid), OK);
    assert_true(str_eq(oid, resolve(f, g, "main~1")));
    assert_int_equal(git_merge_base(&f->cx, g, resolve(f, g, "main"), resolve(f, g, "alone"), &oid), E_NOTFOUND);
    assert_has(f->cx.message, "in common");
    assert_int_equal(git_merge_base(&f->cx, g, STR("--all"), STR("x"), &oid), E_INVALID);
    git_close(g);
}

static void assert_upstream(struct fixture *f, const char *rev)
{
    struct git *g = open_good(f, "repo");
    struct str oid;
    enum rc rc = git_upstream(&f->cx, g, &oid);
    if (!rev)
        assert_int_equal(rc, E_NOTFOUND);
    else if (rc != OK)
        fail_msg("git_upstream: %s", f->cx.message);
    else
        assert_true(str_eq(oid, resolve(f, g, rev)));
    git_close(g);
}

static void test_git_resolve__upstream(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q -b work repo && cd repo && git commit -q --allow-empty -m one");
    assert_upstream(f, NULL);
    run(f, "cd repo && git branch main && git commit -q --allow-empty -m two");
    assert_upstream(f, "main");
    run(f, "cd repo && git update-ref refs/remotes/origin/trunk HEAD && git symbolic-ref refs/remotes/origin/HEAD "
           "refs/remotes/origin/trunk");
    assert_upstream(f, "origin/trunk");
    run(f, "cd repo && git commit -q --allow-empty -m three && git update-ref refs/remotes/far/topic/x HEAD && git "
           "remote add far /nowhere &&"
           " git config branch.work.remote far && git config branch.work.merge refs/heads/topic/x");
    assert_upstream(f, "far/topic/x");
    run(f, "cd repo && git config branch.work.remote . && git config branch.work.merge refs/heads/main");
    assert_upstream(f, "main");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_resolve__names),
        GIT_TEST(test_git_resolve__refused),
        GIT_TEST(test_git_resolve__merge_base),
        GIT_TEST(test_git_resolve__upstream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
