/* Nothing of a repository is executed and its configuration has no effect: each test plants programs that would leave a
 * canary file, runs every operation, and looks for it. */

#include "fixture.h"
#include "git/child.h"

static enum rc see_ref(void *arg, const struct git_ref *r)
{
    (void)r;
    ++*(int64_t *)arg;
    return OK;
}

static enum rc see_entry(void *arg, const struct git_entry *e)
{
    (void)e;
    ++*(int64_t *)arg;
    return OK;
}

static enum rc see_blob(void *arg, size_t i, struct str content, bool missing)
{
    (void)i;
    (void)content;
    (void)missing;
    ++*(int64_t *)arg;
    return OK;
}

static void ignore(enum rc rc)
{
    (void)rc;
}

/* Everything the room can do; outcomes do not matter here. */
static void do_everything(struct fixture *f, const char *path)
{
    struct git *g = open_good(f, path);
    struct str head = resolve(f, g, "HEAD"), oid;
    struct seen s;
    int64_t n = 0;
    (void)see_log(f, g, "HEAD", &s);
    ignore(git_diff(&f->cx, g, head, head, see_change, &s));
    ignore(git_staged(&f->cx, g, see_change, &s));
    buf_release(&s.text);
    ignore(git_refs(&f->cx, g, see_ref, &n));
    ignore(git_tree(&f->cx, g, head, see_entry, &n));
    ignore(git_count(&f->cx, g, head, &n));
    ignore(git_upstream(&f->cx, g, &oid));
    ignore(git_merge_base(&f->cx, g, head, head, &oid));
    struct git_blobs *b = NULL;
    struct str gone = STR("1111111111111111111111111111111111111111");
    assert_int_equal(git_blobs_open(&f->cx, g, &b), OK);
    ignore(git_blobs_read(&f->cx, b, &gone, 1, 1000, see_blob, &n));
    git_blobs_close(b);
    git_close(g);
}

static void test_git_hostile__nothing_runs(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q repo && cd repo && echo '* filter=evil diff=evil' >.gitattributes && echo 1 >a && git add . && "
        "git commit -qm one &&"
        " printf '#!/bin/sh\\ntouch %s/canary\\n' $HOME >../evil && chmod +x ../evil && e=$HOME/evil &&"
        " for k in core.fsmonitor core.sshCommand core.pager core.editor core.gitProxy core.askPass "
        "core.alternateRefsCommand credential.helper gpg.program"
        " diff.external diff.evil.command diff.evil.textconv filter.evil.clean filter.evil.smudge filter.evil.process "
        "pager.log pager.cat-file"
        " uploadpack.packObjectsHook; do git config --file .git/config $k $e; done;"
        " git config --file .git/config alias.cat-file \"!$e\"; git config --file .git/config alias.rev-list \"!$e\";"
        " git config --file ../evil.config core.editor $e; git config --file ../evil.config alias.log \"!$e\";"
        " git config --file .git/config include.path $HOME/evil.config; git config --file .git/config core.hooksPath "
        "$HOME/hooks;"
        " git config --file .git/config log.showSignature true; git config --file .git/config core.attributesFile "
        "$HOME/evil;"
        " git config --file .git/config extensions.partialClone evil; git config --file .git/config "
        "core.repositoryformatversion 1;"
        " git config --file .git/config remote.evil.url \"ext::$e\"; git config --file .git/config "
        "remote.evil.promisor true;"
        " git config --file .git/config protocol.ext.allow always;"
        " mkdir ../hooks; for h in post-index-change fsmonitor-watchman reference-transaction pre-commit "
        "post-checkout; do cp ../evil .git/hooks/$h; cp ../evil ../hooks/$h; done");
    run(f, "cd repo && cp .git/config ../config && rm -f .git/objects/$(printf '1\\n' | git hash-object --stdin "
           "--no-filters | cut -c1-2)/* ; cp ../config .git/config;"
           " rm -f ../canary");
    do_everything(f, "repo");
    assert_false(is_there(f, "canary"));
}

static void test_git_hostile__replace_and_grafts(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && git commit -q --allow-empty -m one && git commit -q --allow-empty -m two &&"
           " x=$(git commit-tree -m replaced HEAD^{tree}) && git replace HEAD $x && mkdir -p .git/info && git "
           "rev-parse HEAD >.git/info/grafts");
    struct git *g = open_good(f, "repo");
    struct seen s;
    assert_int_equal(see_log(f, g, "HEAD", &s), 0);
    assert_seen(&s, "two 1:\none 0:\n");
    git_close(g);
}

static void test_git_hostile__nothing_is_written(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && echo 1 >a && git add a && git commit -qm one && echo 2 >a && git add a && "
           "sleep 0.01;"
           " find . -printf '%p %T@ %s\\n' | sort >../before");
    do_everything(f, "repo");
    run(f, "cd repo && find . -printf '%p %T@ %s\\n' | sort | cmp - ../before");
}

/* Where the kernel has Landlock, a child of ours can start nothing and write nowhere but in the private folder. */
static void test_git_hostile__children_are_confined(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && git commit -q --allow-empty -m one");
    struct git *g = open_good(f, "repo");
    if (g->confine_fd < 0) {
        git_close(g);
        skip();
    }
    char alias[256], output[256];
    (void)snprintf(alias, sizeof alias, "alias.x=!touch %s/canary", f->dir);
    (void)snprintf(output, sizeof output, "--output=%s/canary", f->dir);
    const char *const by_shell[] = {"-c", alias, "x", NULL}, *const by_git[] = {"log", output, NULL};
    const char *const *const tries[] = {by_shell, by_git};
    for (size_t i = 0; i < 2; i++) {
        struct child c;
        int code;
        assert_int_equal(child_start(&f->cx, g, tries[i], CHILD_NO_INPUT, &c), OK);
        assert_false(child_finish(&c, &code));
        child_close_errors(&c);
        assert_false(is_there(f, "canary"));
    }
    git_close(g);
}

static void test_git_hostile__open_descriptors_stay_here(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && git commit -q --allow-empty -m one");
    int fds[2];
    assert_int_equal(pipe(fds), 0); /* inheritable */
    struct git *g = open_good(f, "repo");
    struct child c;
    const char *const argv[] = {"cat-file", "--batch", NULL};
    assert_int_equal(child_start(&f->cx, g, argv, CHILD_FEED, &c), OK);
    (void)close(fds[1]);
    char byte;
    assert_int_equal(read(fds[0], &byte, 1), 0); /* nobody else holds the writing end */
    (void)close(fds[0]);
    child_kill(&c);
    git_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_hostile__nothing_runs),
        GIT_TEST(test_git_hostile__replace_and_grafts),
        GIT_TEST(test_git_hostile__nothing_is_written),
        GIT_TEST(test_git_hostile__children_are_confined),
        GIT_TEST(test_git_hostile__open_descriptors_stay_here),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
