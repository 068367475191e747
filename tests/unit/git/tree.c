#include "fixture.h"

static enum rc see(void *arg, const struct git_entry *e)
{
    struct seen *s = arg;
    s->n++;
    if (e->refused) buf_printf(&s->text, "refused %zu: ", e->path.n);
    buf_visible(&s->text, e->path);
    buf_printf(&s->text, " %o %lld\n", e->mode, (long long)e->size);
    return OK;
}

static void test_git_tree__entries(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && mkdir -p d/e && echo 12 >d/e/x && chmod +x d/e/x && ln -s /etc/passwd link "
           "&& printf '' >empty &&"
           " echo 1 >\"$(printf 'n\\nl\\tt')\" && echo 1 >\"$(printf '\\377')\" && git add . &&"
           " git update-index --add --cacheinfo 160000,1111111111111111111111111111111111111111,sub && git commit -qm "
           "one");
    struct git *g = open_good(f, "repo");
    struct seen s;
    seen_init(&s);
    assert_int_equal(git_tree(&f->cx, g, resolve(f, g, "HEAD"), see, &s), OK);
    assert_seen(&s, "d/e/x 100755 3\nempty 100644 0\nlink 120000 11\nn l t 100644 2\nsub 160000 -1\n\\xff 100644 2\n");
    assert_int_equal(git_tree(&f->cx, g, STR("HEAD"), see, &s), E_INVALID);
    git_close(g);
}

static void test_git_tree__paths_git_would_not_check_out(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q repo && cd repo && b=$(echo 1 | git hash-object -w --stdin) && l=$(head -c 100000 /dev/zero | tr "
        "'\\0' x) && d=$(printf '100644 blob %s\\tin\\n' $b | git mktree) &&"
        " printf '040000 tree %s\\t..\\n100644 blob %s\\ta\\n100644 blob %s\\t%s\\n100644 blob %s\\tz\\n' $d $b $b $l "
        "$b |"
        " git mktree >../t &&"
        " git update-ref refs/heads/main $(git commit-tree -m one $(cat ../t))");
    struct git *g = open_good(f, "repo");
    struct seen s;
    seen_init(&s);
    assert_int_equal(git_tree(&f->cx, g, resolve(f, g, "HEAD"), see, &s), OK);
    assert_true(str_starts(buf_view(&s.text), STR("refused 5: ../in 100644 2\na 100644 2\nrefused 4096: xx")));
    assert_int_equal(s.n, 4);
    buf_release(&s.text);
    assert_int_equal(see_log(f, g, "HEAD", &s), 0);
    assert_seen(&s, "one 0: A a A z\n");
    git_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_tree__entries),
        GIT_TEST(test_git_tree__paths_git_would_not_check_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
