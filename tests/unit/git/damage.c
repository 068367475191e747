/* Shallow, partial and corrupt repositories: what is here is given, what is not is counted, nothing is fetched. */
#include "fixture.h"

#define THREE                                                                                                          \
    "git init -q repo && cd repo && mkdir d && echo 1 >d/x && echo 1 >y && git add . && git commit -qm one &&"         \
    " echo 2 >y && git commit -qam two && echo 3 >y && git commit -qam three && "                                      \
    "loose() { o=$(git rev-parse $1); echo .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-); } && "

static void test_git_damage__shallow(void **state)
{
    struct fixture *f = *state;
    run(f, THREE "cd .. && git clone -q --depth 2 file://$PWD/repo shallow");
    struct git *g = open_good(f, "shallow");
    assert_true(git_facts(g)->shallow);
    struct seen s;
    assert_int_equal(see_log(f, g, "HEAD", &s), 1);
    assert_seen(&s, "three 1: M y\ntwo 1:\n"); /* not as if it had made every file */
    int64_t n;
    assert_int_equal(git_count(&f->cx, g, resolve(f, g, "HEAD"), &n), OK);
    assert_int_equal(n, 2);
    git_close(g);
}

static enum rc sizes(void *arg, const struct git_entry *e)
{
    struct seen *s = arg;
    s->n++;
    buf_visible(&s->text, e->path);
    buf_printf(&s->text, " %o %lld\n", e->mode, (long long)e->size);
    return OK;
}

static void test_git_damage__partial_fetches_nothing(void **state)
{
    struct fixture *f = *state;
    run(f, THREE "git config uploadpack.allowFilter true && cd .. && git clone -q --no-checkout --filter=blob:none "
                 "file://$PWD/repo partial &&"
                 " find partial/.git/objects -type f | sort >before");
    struct git *g = open_good(f, "partial");
    assert_true(git_facts(g)->partial);
    struct seen s;
    assert_int_equal(see_log(f, g, "HEAD", &s), 0);
    assert_seen(&s, "three 1: M y\ntwo 1: M y\none 0: A d/x A y\n");
    seen_init(&s);
    assert_int_equal(git_tree(&f->cx, g, resolve(f, g, "HEAD"), sizes, &s), OK);
    assert_seen(&s, "d/x 100644 -1\ny 100644 -1\n");
    git_close(g);
    run(f, "find partial/.git/objects -type f | sort | cmp - before");
}

static void test_git_damage__treeless(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q repo && cd repo && for i in $(seq 60); do echo $i >a && git add a && git commit -qm c$i; done &&"
        " git config uploadpack.allowFilter true && cd .. && git clone -q --no-checkout --filter=tree:0 "
        "file://$PWD/repo partial");
    struct git *g = open_good(f, "partial");
    struct seen s;
    assert_int_equal(see_log(f, g, "HEAD", &s), 60);
    assert_int_equal(s.n, 60);
    buf_release(&s.text);
    assert_int_equal(git_tree(&f->cx, g, resolve(f, g, "HEAD"), sizes, &s), E_CORRUPT);
    git_close(g);
}

static void test_git_damage__missing_tree(void **state)
{
    struct fixture *f = *state;
    run(f, THREE "rm -f $(loose HEAD~1^{tree})");
    struct git *g = open_good(f, "repo");
    struct seen s;
    assert_int_equal(see_log(f, g, "HEAD", &s), 2);
    assert_seen(&s, "three 1:\ntwo 1:\none 0: A d/x A y\n");
    git_close(g);
}

static void test_git_damage__missing_subtree_of_a_tree(void **state)
{
    struct fixture *f = *state;
    run(f, THREE "rm -f $(loose HEAD:d)");
    struct git *g = open_good(f, "repo");
    struct seen s;
    seen_init(&s);
    assert_int_equal(git_tree(&f->cx, g, resolve(f, g, "HEAD"), sizes, &s), E_CORRUPT);
    assert_has(f->cx.message, "cannot be read whole");
    buf_release(&s.text);
    git_close(g);
}

static void test_git_damage__missing_commit(void **state)
{
    struct fixture *f = *state;
    run(f, THREE "git branch side HEAD~2 && rm -f $(loose HEAD~1) && git checkout -q --orphan x && c=$(git commit-tree "
                 "-m both -p main -p side main^{tree}) &&"
                 " git update-ref refs/heads/both $c");
    struct git *g = open_good(f, "repo");
    struct seen s;
    struct str oid;
    assert_int_equal(see_log(f, g, "both", &s), 1);
    assert_seen(&s, "both 2:\none 0: A d/x A y\nthree 1:\n"); /* the way past the damage is still found */
    int64_t n;
    assert_int_equal(git_count(&f->cx, g, resolve(f, g, "both"), &n), OK);
    assert_int_equal(n, 3);
    assert_int_equal(git_resolve(&f->cx, g, STR("main~1"), &oid), E_NOTFOUND);
    git_close(g);
}

static void test_git_damage__corrupt_objects(void **state)
{
    struct fixture *f = *state;
    run(f, THREE "for o in HEAD~1:y HEAD; do p=$(loose $o); chmod u+w $p; echo garbage >$p; done");
    struct git *g = open_good(f, "repo");
    struct str oid;
    assert_int_equal(git_resolve(&f->cx, g, STR("HEAD"), &oid), E_CORRUPT);
    assert_has(f->cx.message, "HEAD points to");
    git_close(g);
    run(f, "cd repo && git update-ref refs/heads/old $(cut -d' ' -f1 .git/logs/HEAD | sed -n 3p)");
    g = open_good(f, "repo");
    struct seen s;
    assert_int_equal(see_log(f, g, "old", &s), 0);
    assert_seen(&s, "two 1: M y\none 0: A d/x A y\n");
    git_close(g);
}

static enum rc contents(void *arg, size_t i, struct str content, bool missing)
{
    struct seen *s = arg;
    s->n++;
    buf_printf(&s->text, "%zu %s ", i, missing ? "missing" : content.p ? "read" : "skipped");
    if (content.n < 100) buf_str(&s->text, content);
    buf_char(&s->text, '\n');
    return OK;
}

/* git dies when an object turns out damaged after its header was read. */
static void test_git_damage__deadly_blobs(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && for i in 1 2 3 4 5; do echo $i >f$i; done; head -c 300000 /dev/urandom >bad "
           "&& cp bad bad2 && echo x >>bad2 &&"
           " git add . && git commit -qm one && for b in bad bad2; do o=$(git rev-parse HEAD:$b); "
           "p=.git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-);"
           " chmod u+w $p; dd if=/dev/zero of=$p bs=1 seek=100000 count=1000 conv=notrunc 2>/dev/null; done");
    struct git *g = open_good(f, "repo");
    struct git_blobs *b;
    struct str oids[7];
    static const char *const names[] = {"f1", "bad", "f2", "bad2", "f3", "f4", "f5"};
    for (size_t i = 0; i < 7; i++) {
        char script[64];
        (void)snprintf(script, sizeof script, "git -C repo rev-parse HEAD:%s", names[i]);
        oids[i] = arena_str(&f->cx.arena, str_from(run(f, script)));
    }
    struct seen s;
    seen_init(&s);
    assert_int_equal(git_blobs_open(&f->cx, g, &b), OK);
    assert_int_equal(git_blobs_read(&f->cx, b, oids, 7, 1 << 20, contents, &s), OK);
    assert_seen(&s, "0 read 1\n\n1 missing \n2 read 2\n\n3 missing \n4 read 3\n\n5 read 4\n\n6 read 5\n\n");
    git_blobs_close(b);
    git_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_damage__shallow),
        GIT_TEST(test_git_damage__partial_fetches_nothing),
        GIT_TEST(test_git_damage__treeless),
        GIT_TEST(test_git_damage__missing_tree),
        GIT_TEST(test_git_damage__missing_subtree_of_a_tree),
        GIT_TEST(test_git_damage__missing_commit),
        GIT_TEST(test_git_damage__corrupt_objects),
        GIT_TEST(test_git_damage__deadly_blobs),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
