#include "base/limits.h"
#include "fixture.h"

static void test_git_log__order_merges_and_roots(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && echo 1 >a && git add a && git commit -qm root && git checkout -qb side &&"
           " echo 2 >b && git add b && git commit -qm side && git checkout -q main && rm a && git commit -qam gone &&"
           " git merge -q -m merge side && git checkout -q --orphan other && git commit -q --allow-empty -m other &&"
           " git checkout -q main && git merge -q --allow-unrelated-histories -m octopus other");
    struct git *g = open_good(f, "repo");
    struct seen s;
    assert_int_equal(see_log(f, g, "HEAD", &s), 0);
    assert_seen(&s, "octopus 2:\nother 0: A b\nmerge 2:\nside 1: A b\ngone 1: D a\nroot 0: A a\n");
    git_close(g);
}

static void test_git_log__since_and_exclude(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q repo && cd repo && for i in 1 2 3 4 5; do GIT_COMMITTER_DATE=\"$((1700000000 + i * 1000)) +0000\""
        " git commit -q --allow-empty -m c$i; done; GIT_COMMITTER_DATE='4000000000 +0000' git commit -q --allow-empty "
        "-m future");
    struct git *g = open_good(f, "repo");
    struct seen s;
    int64_t missing;
    struct git_log_options o = {.head = resolve(f, g, "HEAD"), .since = 1700003500};
    seen_init(&s);
    assert_int_equal(git_log(&f->cx, g, &o, see_commit, &s, &missing), OK);
    assert_seen(&s, "future 1:\nc5 1:\nc4 1:\n");
    o.since = INT64_MIN;
    o.exclude = resolve(f, g, "HEAD~2");
    seen_init(&s);
    assert_int_equal(git_log(&f->cx, g, &o, see_commit, &s, &missing), OK);
    assert_seen(&s, "future 1:\nc5 1:\n");
    o.head = STR("--all");
    assert_int_equal(git_log(&f->cx, g, &o, see_commit, &s, &missing), E_INVALID);
    int64_t n;
    assert_int_equal(git_count(&f->cx, g, resolve(f, g, "HEAD"), &n), OK);
    assert_int_equal(n, 6);
    git_close(g);
}

static enum rc keep_message(void *arg, const struct git_commit *c)
{
    struct buf *b = arg;
    buf_str(b, c->message);
    buf_char(b, '|');
    buf_str(b, c->author_name);
    buf_printf(b, "|%lld|%s\n", (long long)c->author_time, c->signature ? c->signature : "-");
    return OK;
}

static void test_git_log__odd_commits(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q repo && cd repo && t=$(git mktree </dev/null) &&"
        " a=$(printf 'tree %s\\nauthor A\\033[1m <a> 99999999999999999999 +0000\\ncommitter C <c> 1700000000 +0000\\n"
        "encoding latin1\\ngpgsig -----BEGIN SSH SIGNATURE-----\\n x\\n\\nnul\\0after\\377\\n' $t | git hash-object -t "
        "commit -w --stdin --literally) &&"
        " b=$(printf 'tree %s\\nparent %s\\nauthor <> x\\ncommitter C <c> 1700000000 +0000\\n\\n' $t $a |"
        " git hash-object -t commit -w --stdin --literally) && git update-ref refs/heads/main $b");
    struct git *g = open_good(f, "repo");
    struct git_log_options o = {.head = resolve(f, g, "HEAD"), .since = INT64_MIN, .changes = true};
    int64_t missing;
    scoped_buf b;
    buf_init(&b, 0);
    assert_int_equal(git_log(&f->cx, g, &o, keep_message, &b, &missing), OK);
    static const char expected[] = "||0|-\nnul\0after\377\n|A\033[1m|253402300799|ssh\n";
    assert_int_equal(b.n, sizeof expected - 1);
    assert_memory_equal(b.p, expected, b.n);
    assert_int_equal(missing, 0);
    git_close(g);
}

static enum rc message_size(void *arg, const struct git_commit *c)
{
    *(size_t *)arg += c->message.n;
    return OK;
}

static void test_git_log__huge_message(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q repo && cd repo && head -c 20000000 /dev/zero | tr '\\0' x | git commit -q --allow-empty -F - &&"
        " git commit -q --allow-empty -m small");
    struct git *g = open_good(f, "repo");
    struct git_log_options o = {.head = resolve(f, g, "HEAD"), .since = INT64_MIN};
    int64_t missing;
    size_t n = 0;
    assert_int_equal(git_log(&f->cx, g, &o, message_size, &n, &missing), OK);
    assert_int_equal(n, LIMIT_COMMIT_MESSAGE + sizeof "small\n" - 1);
    git_close(g);
}

static void test_git_log__odd_paths(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && echo 1 >\"$(printf 'new\\nline')\" && echo 2 >\"$(printf '\\377')\" && echo "
           "3 >' \"q\" :' &&"
           " git add . && git commit -qm one && git mv ' \"q\" :' ':100644' && git commit -qm two");
    struct git *g = open_good(f, "repo");
    struct seen s;
    assert_int_equal(see_log(f, g, "HEAD", &s), 0);
    assert_seen(&s, "two 1: D  \"q\" : A :100644\none 0: A  \"q\" : A new line A \\xff\n");
    git_close(g);
}

static enum rc stop_at_second(void *arg, const struct git_commit *c)
{
    (void)c;
    return ++*(int *)arg == 2 ? E_LIMIT : OK;
}

static void test_git_log__stops_when_told(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && for i in 1 2 3; do git commit -q --allow-empty -m $i; done");
    struct git *g = open_good(f, "repo");
    struct git_log_options o = {.head = resolve(f, g, "HEAD"), .since = INT64_MIN, .changes = true};
    int64_t missing;
    int n = 0;
    assert_int_equal(git_log(&f->cx, g, &o, stop_at_second, &n, &missing), E_LIMIT);
    assert_int_equal(n, 2);
    git_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_log__order_merges_and_roots),
        GIT_TEST(test_git_log__since_and_exclude),
        GIT_TEST(test_git_log__odd_commits),
        GIT_TEST(test_git_log__huge_message),
        GIT_TEST(test_git_log__odd_paths),
        GIT_TEST(test_git_log__stops_when_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
