/* observe: what a whole repository becomes in the tables: history, people, tree, refs. */
#include "look.h"

static void test_observe_observe__history(void **state)
{
    struct fixture *f = *state;
    run(f, SHELL "git init -q r; cd r\n"
                 "at 1600000000; echo 1 > old.c; all ancient\n"
                 "at 1699000000; echo 1 > a.c; mkdir tests docs; echo 1 > tests/test_a.c; echo 1 > docs/a.md\n"
                 "all 'feat: add a\n\nFixes: #12\nReviewed-by: Bea Oy <bea@site.fi>\nChange-Id: Iabc'\n"
                 "at 1699000100; git rm -q old.c; echo 2 > a.c; all 'Remove old (#34)'\n"
                 "git checkout -q -b side; at 1699000200; by 'dependabot[bot]' support@github.com; echo 1 > side.c; "
                 "all 'chore!: side'\n"
                 "git checkout -q main; at 1699000300; by Ann ann@example.org; empty 'Revert \"x\"'\n"
                 "at 1699000400; committer GitHub noreply@github.com\n"
                 "git merge -q --no-ff -m 'Merge pull request #56 from x/side' side\n"
                 "at 1800000000; committer Ann ann@example.org; empty future\n");
    struct look l = look(f);
    expect(&l,
           "SELECT position, subject_line, at, parents, first_parent, in_future, empty_tree_change FROM d_commit ORDER "
           "BY position",
           "0|future|1800000000|1|1|1|1 1|Merge pull request #56 from x/side|1699000400|2|1|0|0 2|chore!: "
           "side|1699000200|1|0|0|0 "
           "3|Revert \"x\"|1699000300|1|1|0|1 4|Remove old (#34)|1699000100|1|1|0|0 5|feat: add a|1699000000|1|1|0|0");
    expect(&l,
           "SELECT a.subject_line, b.subject_line FROM d_commit a JOIN d_commit b ON b.oid = a.landed_by WHERE a.oid "
           "<> b.oid",
           "chore!: side|Merge pull request #56 from x/side");
    expect(&l,
           "SELECT position, conventional, breaking, is_revert, change_number, change_kind, issue_refs FROM d_commit"
           " WHERE position > 0 ORDER BY position",
           "1|-|0|0|56|merge|0 2|chore|1|0|-|-|0 3|-|0|1|-|-|0 4|-|0|0|34|squash|0 5|feat|0|0|-|-|1");
    expect(&l,
           "SELECT position, author_bot, committer_host FROM d_commit WHERE author_bot OR committer_host ORDER BY 1",
           "1|0|1 2|1|0");
    expect(&l,
           "SELECT position, paths, code_paths, test_paths, doc_paths, vendored_paths FROM d_commit WHERE paths ORDER "
           "BY 1",
           "2|1|1|0|0|0 4|2|2|0|0|0 5|3|1|1|1|0");
    expect(&l,
           "SELECT c.position, x.path, x.status, x.class FROM d_change x JOIN d_commit c ON c.oid = x.commit_oid ORDER "
           "BY 1, 2",
           "2|side.c|A|code 4|a.c|M|code 4|old.c|D|code 5|a.c|A|code 5|docs/a.md|A|doc 5|tests/test_a.c|A|test");
    expect(&l, "SELECT key, person IS NOT NULL FROM d_trailer ORDER BY seq", "fixes|0 reviewed-by|1 change-id|0");
    expect(&l,
           "SELECT branch, rev, object_format, commits, period_commits, files, missing, shallow, first_at, last_at "
           "FROM d_repository",
           "refs/heads/main|HEAD|sha1|7|5|4|0|0|1699000000|1800000000");
    expect(&l, "SELECT count(*) FROM d_repository WHERE head = (SELECT oid FROM d_commit WHERE position = 0)", "1");
    assert_int_equal(l.seen.n_notices, 1);
    assert_true(str_has(l.seen.notices[0], STR("future")));
    look_end(&l);
}

static void test_observe_observe__period(void **state)
{
    struct fixture *f = *state;
    run(f, SHELL "git init -q r; cd r; at 1600000000; echo 1 > a; all one; at 1600000100; empty two\n");
    struct look l = look(f);
    expect(&l, "SELECT commits, period_commits, files, first_at FROM d_repository", "2|0|1|-");
    expect(&l, "SELECT count(*) FROM d_commit", "0");
    assert_int_equal(l.seen.n_notices, 1); /* nothing in the period: that is said */
    look_end(&l);
    l = look_at(f, "main~1");
    l.o.since = 1600000000; /* the second itself is in it */
    look_run(f, &l);
    expect(&l, "SELECT rev, branch, commits, period_commits FROM d_repository", "main~1|-|1|1");
    look_end(&l);
    l = look_at(f, "main");
    l.o.since = 1600000001;
    look_run(f, &l);
    expect(&l, "SELECT rev, branch, period_commits FROM d_repository", "main|refs/heads/main|1");
    look_end(&l);
}

/* One person by address, name, .mailmap, in history, trailers, tags and files. */
static void test_observe_observe__people(void **state)
{
    struct fixture *f = *state;
    run(f, SHELL "git init -q r; cd r; by 'Ann Lee' ann@site.fi; committer ann ann@home.fi\n"
                 "echo '* ann@site.fi' > CODEOWNERS; echo 'Ann Lee <ann@old.fi> - releases' > MAINTAINERS\n"
                 "printf 'Ann Lee <ann@site.fi> <ann@home.fi>\\n<bea@site.fi> <bea@old.fi>\\n' > .mailmap\n"
                 "all 'one\n\nReviewed-by: Bea Oy <bea@site.fi>\nTested-by: B <bea@old.fi>\nAcked-by: Ann Lee "
                 "<x@y.fi>\nAcked-by: Cid <cid@site.fi>'\n"
                 "committer annie ann@site.fi; git tag -a -m x v1.0.0\n");
    struct look l = look(f);
    expect(&l,
           "SELECT count(DISTINCT person) FROM (SELECT author AS person FROM d_commit UNION ALL SELECT committer FROM "
           "d_commit"
           " UNION ALL SELECT tagger FROM d_tag UNION ALL SELECT person FROM d_publisher"
           " UNION ALL SELECT owner FROM d_owner_name UNION ALL SELECT person FROM d_trailer WHERE seq = 2)",
           "1");
    expect(&l, "SELECT count(*), count(DISTINCT person) FROM d_trailer WHERE seq < 2", "2|1");
    expect(&l, "SELECT count(DISTINCT person) FROM d_trailer", "3");
    expect(&l, "SELECT length(author), author GLOB '*[^0-9a-f]*' FROM d_commit", "32|0"); /* a hash, no name */
    look_end(&l);
    /* without the .mailmap the addresses part them, as far as no name joins them */
    run(f, SHELL "cd r; by 'Ann Lee' ann@site.fi; committer ann ann@home.fi; git rm -q .mailmap; all two");
    l = look(f);
    expect(&l, "SELECT author = committer FROM d_commit", "0 0");
    expect(&l, "SELECT count(DISTINCT person) FROM d_trailer WHERE seq < 2", "2");
    look_end(&l);
}

static void test_observe_observe__tree(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q r; cd r; printf 'int a;\\nint b;\\n' > a.c; printf '#!/bin/sh\\n' > run.sh; chmod +x run.sh; ln "
        "-s /etc/passwd link;"
        "mkdir vendor; printf 'x\\n' > vendor/v.c; printf 'a\\0b' > bin.dat; head -c 4194305 /dev/zero | tr '\\0' x > "
        "large.txt;"
        "printf 'x' > \"$(printf 'new\\nline\\377')\"; : > empty; git add .;"
        "git update-index --add --cacheinfo 160000,0123456789012345678901234567890123456789,sub; git commit -q -m one");
    struct look l = look(f);
    expect(&l, "SELECT path, printf('%o', mode), size, class, language, lines FROM d_file ORDER BY path",
           "a.c|100644|14|code|c|2 bin.dat|100644|3|binary|-|- empty|100644|0|other|-|0 "
           "large.txt|100644|4194305|doc|-|- "
           "link|120000|11|symlink|-|- new line\\xff|100644|1|other|-|1 run.sh|100755|10|code|shell|1 "
           "sub|160000|-|submodule|-|- "
           "vendor/v.c|100644|2|vendored|c|1");
    expect(&l, "SELECT * FROM d_unread", "large.txt|too_large");
    expect(&l, "SELECT files FROM d_repository", "9");
    assert_int_equal(l.seen.n_notices, 2); /* the large file and the submodule */
    look_end(&l);
}

/* A blob that is gone: the rest is read, and it is said. */
static void test_observe_observe__missing_blob(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q r; cd r; printf 'lost\\n' > lost.c; printf 'here\\n' > here.c; git add .; git commit -q -m one;"
           "o=$(git rev-parse HEAD:lost.c); rm -f .git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)");
    struct look l = look(f);
    expect(&l, "SELECT path, size, lines FROM d_file ORDER BY path", "here.c|5|1 lost.c|-|-");
    expect(&l, "SELECT * FROM d_unread", "lost.c|missing");
    expect(&l, "SELECT missing, partial FROM d_repository", "1|0");
    assert_int_equal(l.seen.n_notices, 1);
    assert_true(str_has(l.seen.notices[0], STR("lost.c")));
    look_end(&l);
}

static void test_observe_observe__refs(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q r; cd r; git commit -q --allow-empty -m one; git tag v1.0.0; git tag -a -m x api/v0.9.0;"
           "git commit -q --allow-empty -m two; git tag v1.1.0-rc.1; git tag -a -m x v1.1.0; git tag nightly; git tag "
           "api-1.0;"
           "git checkout -q -b side; git commit -q --allow-empty -m side; git tag v2.0.0; git checkout -q main;"
           "git update-ref refs/remotes/origin/main HEAD; git update-ref refs/notes/commits HEAD; git update-ref "
           "refs/odd/x HEAD");
    struct look l = look(f);
    expect(&l, "SELECT kind, name FROM d_ref WHERE kind <> 'tag' ORDER BY 2",
           "branch|refs/heads/main branch|refs/heads/side note|refs/notes/commits other|refs/odd/x "
           "remote|refs/remotes/origin/main");
    expect(&l,
           "SELECT substr(name, 11), annotated, version, line, substr(previous, 11), reachable FROM d_tag ORDER BY 1",
           "api-1.0|0|1.0|api|api/v0.9.0|1 api/v0.9.0|1|0.9.0|api|-|1 nightly|0|-|-|-|1 v1.0.0|0|1.0.0||-|1 "
           "v1.1.0|1|1.1.0||v1.0.0|1 v1.1.0-rc.1|0|1.1.0-rc.1||v1.0.0|1 v2.0.0|0|2.0.0||v1.1.0|-");
    expect(&l, "SELECT substr(name, 11), major, minor, patch, prerelease FROM d_tag WHERE prerelease IS NOT NULL",
           "v1.1.0-rc.1|1|1|0|rc.1");
    expect(&l, "SELECT count(*) FROM d_tag WHERE annotated = 1 AND oid <> target AND tagger IS NOT NULL", "2");
    expect(&l, "SELECT count(*) FROM d_tag WHERE annotated = 0 AND oid = target AND tagger IS NULL", "5");
    expect(&l, "SELECT count(*) FROM d_tag t JOIN d_commit c ON c.oid = t.target WHERE t.reachable = 1", "6");
    assert_int_equal(l.seen.n_notices, 0);
    look_end(&l);
    run(f, "cd r; git replace HEAD HEAD~1 || true");
    l = look(f);
    assert_int_equal(l.seen.n_notices, 1); /* passed over, and said */
    expect(&l, "SELECT commits FROM d_repository", "2");
    look_end(&l);
}

/* History that ends early: what could have come in below the cut has come in by nobody known, and it is said. */
static void test_observe_observe__shallow(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q full; cd full; for i in 1 2 3 4; do git commit -q --allow-empty -m $i; done; cd ..;"
           "git clone -q --depth 2 file://$PWD/full r");
    struct look l = look(f);
    expect(&l, "SELECT shallow, commits, period_commits FROM d_repository", "1|2|2");
    /* what the lowest commit changed is not known */
    expect(&l, "SELECT subject_line, first_parent, parents, paths, empty_tree_change FROM d_commit ORDER BY position",
           "4|1|1|0|1 3|1|1|0|0");
    assert_int_equal(l.seen.n_notices, 1);
    look_end(&l);
    /* y stands on the line, below the cut: it is not the merge that brought it in */
    run(f, SHELL "rm -rf r full; git init -q full; cd full\n"
                 "at 1699000000; empty root; at 1699000060; empty y; git branch side\n"
                 "at 1699000065; empty a; at 1699000070; empty b\n"
                 "git checkout -q side; at 1699000080; empty x; git checkout -q main\n"
                 "at 1699000090; git merge -q --no-ff -m m side; cd ..; git clone -q --depth 3 file://$PWD/full r");
    l = look(f);
    expect(&l,
           "SELECT c.subject_line, c.first_parent, b.subject_line FROM d_commit c LEFT JOIN d_commit b ON b.oid = "
           "c.landed_by"
           " ORDER BY c.at DESC",
           "m|1|m x|0|m b|1|b a|1|a y|0|-");
    look_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_observe_observe__history),      GIT_TEST(test_observe_observe__period),
        GIT_TEST(test_observe_observe__people),       GIT_TEST(test_observe_observe__tree),
        GIT_TEST(test_observe_observe__missing_blob), GIT_TEST(test_observe_observe__refs),
        GIT_TEST(test_observe_observe__shallow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
