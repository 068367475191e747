#include "fixture.h"

#define REPO                                                                                                           \
    "git init -q repo && cd repo && echo 1 >a && echo 1 >b && git add . && git commit -qm one && echo 2 >b && git rm " \
    "-q --cached a &&"                                                                                                 \
    " git add b && echo 3 >\"$(printf 'n\\nl')\" && git add . ; git rm -q --cached a; "

static void assert_staged(struct fixture *f, struct git *g, const char *expected)
{
    struct seen s;
    seen_init(&s);
    if (git_staged(&f->cx, g, see_change, &s) != OK) fail_msg("git_staged: %s", f->cx.message);
    assert_seen(&s, expected);
}

static void test_git_diff__staged(void **state)
{
    struct fixture *f = *state;
    run(f, REPO "true");
    struct git *g = open_good(f, "repo");
    assert_staged(f, g, "D a\nM b\nA n l\n");
    git_close(g);
}

static void test_git_diff__staged_split_index(void **state)
{
    struct fixture *f = *state;
    run(f, REPO "git update-index --split-index && echo 4 >c && git add c");
    struct git *g = open_good(f, "repo");
    assert_staged(f, g, "D a\nM b\nA c\nA n l\n");
    assert_staged(f, g, "D a\nM b\nA c\nA n l\n");
    git_close(g);
}

static void test_git_diff__staged_sparse_index(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && mkdir in out && echo 1 >in/a && echo 1 >out/b && git add . && git commit "
           "-qm one &&"
           " git sparse-checkout set --cone --sparse-index in 2>/dev/null && echo 2 >in/a && git add in/a");
    struct git *g = open_good(f, "repo");
    assert_staged(f, g, "M in/a\n");
    git_close(g);
}

static void test_git_diff__staged_unborn_and_other_index(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && echo 1 >a && git add a && GIT_INDEX_FILE=.git/next git update-index --add "
           "--cacheinfo 100755,$(git hash-object a),b");
    struct git *g = open_good(f, "repo");
    assert_staged(f, g, "A a\n");
    char path[128];
    (void)snprintf(path, sizeof path, "%s/repo/.git/next", f->dir);
    assert_int_equal(git_use_index(&f->cx, g, path), OK);
    assert_staged(f, g, "A b\n");
    assert_int_equal(git_use_index(&f->cx, g, "/nowhere"), E_NOTFOUND);
    git_close(g);
}

static void test_git_diff__damaged_index(void **state)
{
    struct fixture *f = *state;
    run(f, REPO "echo garbage >.git/index");
    struct git *g = open_good(f, "repo");
    struct seen s;
    seen_init(&s);
    assert_int_equal(git_staged(&f->cx, g, see_change, &s), E_CORRUPT);
    assert_has(f->cx.message, "index");
    git_close(g);
    run(f, "cd repo && rm .git/index && ln -s /etc/passwd .git/index");
    g = open_good(f, "repo");
    assert_int_equal(git_staged(&f->cx, g, see_change, &s), E_IO);
    git_close(g);
}

static void test_git_diff__commits(void **state)
{
    struct fixture *f = *state;
    run(f, REPO "git commit -qm two");
    struct git *g = open_good(f, "repo");
    struct seen s;
    seen_init(&s);
    assert_int_equal(git_diff(&f->cx, g, resolve(f, g, "HEAD~1"), resolve(f, g, "HEAD"), see_change, &s), OK);
    assert_seen(&s, "D a\nM b\nA n l\n");
    assert_int_equal(git_diff(&f->cx, g, STR("--output=x"), resolve(f, g, "HEAD"), see_change, &s), E_INVALID);
    git_close(g);
}

struct told {
    size_t n, refused, longest;
};

static enum rc count_change(void *arg, const struct git_change *c)
{
    struct told *t = arg;
    t->n++;
    t->refused += c->refused;
    if (c->path.n > t->longest) t->longest = c->path.n;
    assert_int_equal(c->new_oid.n, 40);
    return OK;
}

static enum rc count_entry(void *arg, const struct git_entry *e)
{
    struct told *t = arg;
    t->n++;
    t->refused += e->refused;
    if (e->path.n > t->longest) t->longest = e->path.n;
    assert_int_equal(e->size, -1);
    return OK;
}

/* What git would not check out is told, for who must not miss it: a name of .git's, and one that is too long. */
static void test_git_diff__names_that_are_refused(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && echo 1 >a && git add . && git commit -qm one && o=$(git hash-object a) && "
           "long=$(head -c 5000 /dev/zero | tr '\\0' n) && sub=$(printf '100644 blob %s\\tb\\n' $o | git mktree) && "
           "tree=$(printf '100644 blob %s\\t.git\\n100644 blob %s\\t%s\\n040000 tree %s\\t:dir\\n' $o $o $long $sub | "
           "git mktree) && git update-ref HEAD $(git commit-tree -p HEAD -m two $tree)");
    struct git *g = open_good(f, "repo");
    struct told t = {0};
    struct str head = resolve(f, g, "HEAD");
    assert_int_equal(git_diff(&f->cx, g, resolve(f, g, "HEAD~1"), head, count_change, &t), OK);
    assert_int_equal(t.n, 4);
    assert_int_equal(t.refused, 2);
    assert_int_equal(t.longest, 4096);
    t = (struct told){0};
    assert_int_equal(git_tree_below(&f->cx, g, head, NULL, 0, count_entry, &t), OK);
    assert_int_equal(t.n, 3);
    assert_int_equal(t.refused, 2);
    t = (struct told){0};
    const struct str folder = STR(":dir/");
    assert_int_equal(git_tree_below(&f->cx, g, head, &folder, 1, count_entry, &t), OK);
    assert_int_equal(t.n, 1);
    assert_int_equal(t.longest, 6);
    git_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_diff__staged),
        GIT_TEST(test_git_diff__staged_split_index),
        GIT_TEST(test_git_diff__staged_sparse_index),
        GIT_TEST(test_git_diff__staged_unborn_and_other_index),
        GIT_TEST(test_git_diff__damaged_index),
        GIT_TEST(test_git_diff__commits),
        GIT_TEST(test_git_diff__names_that_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
