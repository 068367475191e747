#include "git/view.h"

#include "fixture.h"

#define COMMIT "git init -q repo && cd repo && echo 1 >a && git add a && git commit -qm one && "

/* The script with $1. */
static void run_on(struct fixture *f, const char *script, const char *what)
{
    run(f, arena_printf(&f->cx.arena, "set -- '%s' && %s", what, script).p);
}

static void assert_open(struct fixture *f, const char *path, enum rc expected)
{
    struct git *g;
    enum rc rc = open_at(f, path, &g);
    if (rc != expected) fail_msg("%s: %s", rc_name(rc), f->cx.message);
    if (rc == OK) git_close(g);
}

static void test_git_open__work_tree(void **state)
{
    struct fixture *f = *state;
    run(f, COMMIT "mkdir -p sub/deep");
    static const char *const paths[] = {"repo", "repo/", "repo/sub/deep", "repo/.git", "repo/sub/../.git/objects/.."};
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        struct git *g = open_good(f, paths[i]);
        const struct git_facts *x = git_facts(g);
        assert_str(x->object_format, "sha1");
        assert_str(x->head_ref, "refs/heads/main");
        assert_true(str_ends(x->work_tree, STR("/repo")));
        assert_false(x->bare || x->shallow || x->partial);
        assert_int_equal(resolve(f, g, "HEAD").n, 40);
        git_close(g);
    }
}

static void test_git_open__bare(void **state)
{
    struct fixture *f = *state;
    run(f, COMMIT "git clone -q --bare . ../bare.git");
    struct git *g = open_good(f, "bare.git");
    assert_true(git_facts(g)->bare);
    assert_null(git_facts(g)->work_tree.p);
    assert_int_equal(resolve(f, g, "main").n, 40);
    git_close(g);
}

static void test_git_open__linked_worktree(void **state)
{
    struct fixture *f = *state;
    run(f, COMMIT "git worktree add -q -b other ../linked && cd ../linked && echo 2 >a && git commit -qam two && git "
                  "-C ../repo pack-refs --all");
    struct git *g = open_good(f, "linked"), *h = open_good(f, "repo/.git/worktrees/linked");
    for (struct git *x = g; x; x = x == g ? h : NULL) {
        assert_str(git_facts(x)->head_ref, "refs/heads/other");
        assert_false(git_facts(x)->bare);
        assert_true(str_ends(git_facts(x)->work_tree, STR("/linked")));
        assert_false(str_eq(resolve(f, x, "HEAD"), resolve(f, x, "main")));
    }
    git_close(g);
    git_close(h);
}

static void test_git_open__submodule(void **state)
{
    struct fixture *f = *state;
    run(f, COMMIT "cd .. && git init -q top && cd top && git -c protocol.file.allow=always submodule --quiet add "
                  "../repo sub && git commit -qm top");
    struct git *g = open_good(f, "top/sub");
    assert_true(str_ends(git_facts(g)->work_tree, STR("/top/sub")));
    struct str oid = resolve(f, g, "HEAD");
    assert_str(oid, run(f, "git -C repo rev-parse HEAD"));
    git_close(g);
}

static void test_git_open__empty_and_unborn(void **state)
{
    struct fixture *f = *state;
    struct str oid;
    run(f, "git init -q repo");
    struct git *g = open_good(f, "repo");
    assert_int_equal(git_resolve(&f->cx, g, STR("HEAD"), &oid), E_NOTFOUND);
    assert_has(f->cx.message, "refs/heads/main has no commit yet");
    struct seen s;
    seen_init(&s);
    assert_int_equal(git_staged(&f->cx, g, see_change, &s), OK);
    assert_seen(&s, "");
    git_close(g);
}

static void test_git_open__detached(void **state)
{
    struct fixture *f = *state;
    run(f, COMMIT "git checkout -q --detach");
    struct git *g = open_good(f, "repo");
    assert_null(git_facts(g)->head_ref.p);
    assert_str(resolve(f, g, "HEAD"), run(f, "git -C repo rev-parse main"));
    git_close(g);
}

static void test_git_open__sha256(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q --object-format=sha256 repo && cd repo && echo 1 >a && git add a");
    struct git *g = open_good(f, "repo");
    struct seen s;
    seen_init(&s);
    assert_int_equal(git_staged(&f->cx, g, see_change, &s), OK);
    assert_seen(&s, "A a\n");
    git_close(g);
    run(f, "cd repo && git commit -qm one && git tag -am t v1");
    g = open_good(f, "repo");
    assert_str(git_facts(g)->object_format, "sha256");
    assert_int_equal(resolve(f, g, "v1").n, 64);
    assert_int_equal(see_log(f, g, "HEAD", &s), 0);
    assert_seen(&s, "one 0: A a\n");
    git_close(g);
}

static void test_git_open__odd_paths(void **state)
{
    struct fixture *f = *state;
    run(f, COMMIT "cd .. && for n in 'with space' 'quo\"te' 'back\\slash' '#hash' '\"lead' 'tab\there'; do cp -r repo "
                  "\"$n\"; done;"
                  " cp -r repo \"$(printf 'new\\nline')\"; cp -r repo \"$(printf '\\377\\376')\"; cp -r repo 'a:b'");
    static const char *const names[] = {"with space", "quo\"te",   "back\\slash", "#hash",
                                        "\"lead",     "new\nline", "\377\376",    "a:b"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct git *g = open_good(f, names[i]);
        assert_int_equal(resolve(f, g, "HEAD").n, 40);
        git_close(g);
    }
}

static void test_git_open__no_repository(void **state)
{
    struct fixture *f = *state;
    struct git *g;
    run(f, "mkdir -p plain/sub && echo x >file && mkdir -p fake/.git && mkfifo plain/.git && mkdir broken && echo "
           "'gitdir: ../gone' >broken/.git");
    assert_int_equal(open_at(f, "absent", &g), E_NOTFOUND);
    assert_has(f->cx.message, "does not exist");
    assert_int_equal(open_at(f, "file", &g), E_NOTFOUND);
    assert_has(f->cx.message, "is a file");
    assert_int_equal(open_at(f, "fake", &g), E_NOTFOUND);
    assert_has(f->cx.message, "not a git repository");
    assert_int_equal(open_at(f, "plain/sub", &g), E_CORRUPT); /* .git is a FIFO */
    assert_int_equal(open_at(f, "broken", &g), E_CORRUPT);
    assert_has(f->cx.message, "gone");
    assert_null(g);
}

static void test_git_open__unknown_formats(void **state)
{
    struct fixture *f = *state;
    struct git *g;
    run(f, COMMIT
        "cd .. && for n in 1 2 3 4 5; do cp -r repo r$n; done;"
        " git -C r1 config core.repositoryformatversion 7;"
        " git -C r2 config core.repositoryformatversion 1; git -C r2 config extensions.refStorage reftable || true;"
        " printf '[core]\\n\\trepositoryformatversion = 1\\n[extensions]\\n\\tsurprise = 1\\n' >r3/.git/config;"
        " printf '[core\\n' >r4/.git/config; echo garbage >r5/.git/HEAD");
    run(f, "printf '[core]\\n\\trepositoryformatversion = 1\\n[extensions]\\n\\trefStorage = reftable\\n' "
           ">r2/.git/config");
    assert_int_equal(open_at(f, "r1", &g), E_INVALID);
    assert_has(f->cx.message, "version 7");
    assert_int_equal(open_at(f, "r2", &g), E_INVALID);
    assert_has(f->cx.message, "reftable");
    assert_int_equal(open_at(f, "r3", &g), E_INVALID);
    assert_has(f->cx.message, "surprise");
    assert_int_equal(open_at(f, "r4", &g), E_INVALID);
    assert_has(f->cx.message, "bad config");
    assert_int_equal(open_at(f, "r5", &g), E_CORRUPT);
    assert_has(f->cx.message, "garbage");
}

static void test_git_open__removes_its_folder(void **state)
{
    struct fixture *f = *state;
    run(f, COMMIT "git config core.splitIndex true && git update-index --split-index");
    struct git *g = open_good(f, "repo");
    struct seen s;
    seen_init(&s);
    assert_int_equal(git_staged(&f->cx, g, see_change, &s), OK);
    assert_seen(&s, "");
    char dir[256];
    (void)snprintf(dir, sizeof dir, "%s", g->dir);
    assert_int_equal(access(dir, F_OK), 0);
    git_close(g);
    assert_int_equal(access(dir, F_OK), -1);
}

static void test_git_open__other_owner(void **state)
{
    struct fixture *f = *state;
    if (getuid() != 0) skip();
    run(f, COMMIT "cd .. && chown -R 65534:65534 repo");
    struct git *g = open_good(f, "repo");
    struct seen s;
    assert_int_equal(see_log(f, g, "HEAD", &s), 0);
    assert_seen(&s, "one 0: A a\n");
    git_close(g);
}

static void test_git_open__root_owned_read_by_nobody(void **state)
{
    struct fixture *f = *state;
    if (getuid() != 0) skip();
    run(f, COMMIT "chmod -R a+rX .. && chmod 755 ../");
    pid_t pid = fork();
    if (pid == 0) {
        struct git *g;
        int bad = setgid(65534) != 0 || setuid(65534) != 0 || unsetenv("TMPDIR") != 0 || open_at(f, "repo", &g) != OK;
        if (!bad) {
            struct seen s;
            bad = see_log(f, g, "HEAD", &s) != 0 || s.n != 1;
            buf_release(&s.text);
            git_close(g);
        }
        _exit(bad);
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
}

/* A folder or file that one may not read is said; passed over, another repository or none of its branches would be
 * judged.
 */
static void test_git_open__unreadable_parts(void **state)
{
    struct fixture *f = *state;
    static const char *const parts[] = {".git",      ".git/HEAD",       ".git/config",         ".git/objects",
                                        ".git/refs", ".git/refs/heads", ".git/refs/heads/main"};
    if (getuid() != 0) skip();
    run(f, "git init -q . && cd . && git commit -q --allow-empty -m outer && " COMMIT
           "chmod -R a+rX ../.git . && chmod 755 ..");
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        run_on(f, "chmod 0 \"repo/$1\"", parts[i]);
        pid_t pid = fork();
        if (pid == 0) {
            struct git *g;
            int bad = setgid(65534) != 0 || setuid(65534) != 0 || unsetenv("TMPDIR") != 0 ||
                      open_at(f, "repo", &g) != E_IO || !strstr(f->cx.message, "cannot be read");
            _exit(bad);
        }
        int status;
        assert_int_equal(waitpid(pid, &status, 0), pid);
        if (status != 0) fail_msg("%s", parts[i]);
        run_on(f, "chmod 755 \"repo/$1\"", parts[i]);
    }
}

/* Each would keep git waiting for ever. */
static void test_git_open__pipes_among_the_objects(void **state)
{
    struct fixture *f = *state;
    static const char *const places[] = {
        "objects/info/alternates", "objects/pack/pack-1.idx", "objects/ab", "objects/ab/cd", "lent/ab/cd",
        "le\"nt/pack/x.pack"};
    run(f, COMMIT "true");
    for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
        run(f, "cd repo/.git && mkdir -p 'lent/ab' 'le\"nt/pack' objects/info && rm -rf objects/ab &&"
               " printf '# a word\\n../lent\\n\"../le\\\\\"\\\\156t\"\\n/nowhere\\n' >objects/info/alternates");
        assert_open(f, "repo", OK);
        run_on(f, "cd repo/.git && mkdir -p \"$(dirname \"$1\")\" && rm -f \"$1\" && mkfifo \"$1\"", places[i]);
        assert_open(f, "repo", E_INVALID);
        run_on(f, "rm \"repo/.git/$1\"", places[i]);
    }
    run(f, "cd repo/.git && mkfifo ../pipe && ln -s ../../../pipe objects/pack/p");
    assert_open(f, "repo", E_INVALID);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_open__work_tree),
        GIT_TEST(test_git_open__bare),
        GIT_TEST(test_git_open__linked_worktree),
        GIT_TEST(test_git_open__submodule),
        GIT_TEST(test_git_open__empty_and_unborn),
        GIT_TEST(test_git_open__detached),
        GIT_TEST(test_git_open__sha256),
        GIT_TEST(test_git_open__odd_paths),
        GIT_TEST(test_git_open__no_repository),
        GIT_TEST(test_git_open__unknown_formats),
        GIT_TEST(test_git_open__removes_its_folder),
        GIT_TEST(test_git_open__other_owner),
        GIT_TEST(test_git_open__root_owned_read_by_nobody),
        GIT_TEST(test_git_open__unreadable_parts),
        GIT_TEST(test_git_open__pipes_among_the_objects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
