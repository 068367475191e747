/* observe/change: a change from both its sides: what it touches is read there, all else is known by name. */
#include "look.h"

#define BAD "requests.get(u, verify=False)\\n"

/* HEAD~1..HEAD, or the staged change. */
static struct look side_of(struct fixture *f, enum change_side side, bool staged)
{
    struct look l = {.o = {.rev = STR("HEAD"), .since = T0 + 500, .now = T0 + 1000, .threads = 2}};
    struct git *g = open_good(f, "r");
    struct str base = STR_NONE;
    if (git_resolve(&f->cx, g, STR("HEAD"), &l.o.head) == OK && !staged) base = resolve(f, g, "HEAD~1");
    if (staged) base = l.o.head;
    if (observe_change(&f->cx, g, &l.o, base, staged, side, &l.seen) != OK) fail_msg("%s", f->cx.message);
    git_close(g);
    return l;
}

static void test_observe_change__both_sides(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q r; cd r; printf '" BAD "' > changed.py; printf '" BAD
        "' > same.py; printf 'x\\n' > gone.c; printf 'm\\n' > moved.c;"
        "printf '* ann@site.fi\\n' > CODEOWNERS; git add .; git commit -q -m one;"
        "printf 'x = 1\\n" BAD BAD "' > changed.py; git rm -q gone.c; git mv moved.c there.c; printf 'new\\n' > new.c;"
        "chmod +x same.py; git add .; git commit -q -m two; git tag v1.0.0");
    static const char changed[] = "changed.py|M|0 gone.c|D|0 moved.c|D|0 new.c|A|0 same.py|M|0 there.c|A|1";
    struct look after = side_of(f, CHANGE_AFTER, false);
    expect(&after, "SELECT path, status, moved FROM temp.changed ORDER BY path", changed);
    expect(&after, "SELECT path, lines, class FROM d_file ORDER BY path",
           "CODEOWNERS|1|config changed.py|3|code new.c|1|code same.py|1|code there.c|1|code");
    expect(&after, "SELECT path, line FROM d_hit ORDER BY path, line", "changed.py|2 changed.py|3 same.py|1");
    expect(&after, "SELECT subject_line, paths FROM d_commit", "two|6"); /* the period has no say */
    expect(&after, "SELECT count(*) FROM d_owner_rule", "1");
    expect(&after, "SELECT (SELECT count(*) FROM d_ref), (SELECT count(*) FROM d_tag)", "0|0");
    expect(&after, "SELECT count(*) FROM d_repository WHERE head = (SELECT oid FROM d_commit)", "1");
    assert_str(after.seen.cache, "none");
    look_end(&after);
    struct look before = side_of(f, CHANGE_BEFORE, false);
    expect(&before, "SELECT path, status, moved FROM temp.changed ORDER BY path", changed);
    expect(&before, "SELECT path, lines FROM d_file ORDER BY path",
           "CODEOWNERS|1 changed.py|1 gone.c|1 moved.c|1 same.py|1");
    expect(&before, "SELECT path, line FROM d_hit ORDER BY path, line", "changed.py|1 same.py|1");
    expect(&before, "SELECT count(*) FROM d_commit", "0");
    look_end(&before);
}

/* Of what is not touched nothing is read, so that a check takes no longer in a large repository. */
static void test_observe_change__untouched_by_name(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q r; cd r; printf '" BAD
           "' > old.py; printf 'a\\n' > a.c; mkdir docs; printf '* @x\\n' > docs/CODEOWNERS; git add .;"
           "git commit -q -m one; printf 'b\\n' > a.c; git commit -q -a -m two");
    struct look l = side_of(f, CHANGE_AFTER, false);
    expect(&l, "SELECT path, lines, class, language FROM d_file ORDER BY path",
           "a.c|1|code|c docs/CODEOWNERS|1|config|- old.py|-|code|python");
    expect(&l, "SELECT count(*) FROM d_hit", "0");
    look_end(&l);
}

static void test_observe_change__staged(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q r; cd r; printf '" BAD "' > a.py; printf 'x\\n' > gone.c; cp a.py mended.py; printf 'y\\n' > "
           "kept.c; printf 'm\\n' > moved.c; git add .;"
           "git commit -q -m one; printf '" BAD BAD "' > a.py; printf 'n\\n' > new.c; printf 'x = 1\\n' > mended.py; "
           "git rm -q gone.c; git mv moved.c there.c; ln -s x link; git add .;"
           "printf 'later\\n' > a.py; printf 'untracked\\n' > u.c");
    struct look l = side_of(f, CHANGE_AFTER, true);
    expect(&l, "SELECT path, status, moved FROM temp.changed ORDER BY path",
           "a.py|M|0 gone.c|D|0 link|A|0 mended.py|M|0 moved.c|D|0 new.c|A|0 there.c|A|1");
    expect(&l, "SELECT path, lines, class FROM d_file ORDER BY path",
           "a.py|2|code kept.c|-|code link|-|symlink mended.py|1|code new.c|1|code there.c|1|code");
    expect(&l, "SELECT path, line FROM d_hit ORDER BY 1, 2", "a.py|1 a.py|2");
    expect(&l, "SELECT count(*) FROM d_commit", "0");
    look_end(&l);
    l = side_of(f, CHANGE_BEFORE, true);
    expect(&l, "SELECT path, lines FROM d_file ORDER BY path", "a.py|1 gone.c|1 kept.c|- mended.py|1 moved.c|1");
    expect(&l, "SELECT path, line FROM d_hit ORDER BY 1", "a.py|1 mended.py|1");
    look_end(&l);
}

static void test_observe_change__unborn(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q r; cd r; printf '" BAD "' > a.py; git add .");
    struct look l = side_of(f, CHANGE_AFTER, true);
    expect(&l, "SELECT path, status, moved FROM temp.changed", "a.py|A|0");
    expect(&l, "SELECT path, lines FROM d_file", "a.py|1");
    expect(&l, "SELECT head, commits FROM d_repository", "|0");
    look_end(&l);
}

/* A file that becomes a link, and a link that becomes a file. */
static void test_observe_change__kinds(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q r; cd r; printf '" BAD "' > a.py; ln -s /etc/passwd b.py; git add .; git commit -q -m one;"
        "rm a.py b.py; ln -s b.py a.py; printf '" BAD "' > b.py; git add .;"
        "git update-index --add --cacheinfo 160000,0123456789012345678901234567890123456789,sub; git commit -q -m two");
    struct look l = side_of(f, CHANGE_AFTER, false);
    expect(&l, "SELECT path, status FROM temp.changed ORDER BY path", "a.py|T b.py|T sub|A");
    expect(&l, "SELECT path, class, lines FROM d_file ORDER BY path", "a.py|symlink|- b.py|code|1 sub|submodule|-");
    expect(&l, "SELECT path FROM d_hit", "b.py");
    assert_int_equal(l.seen.n_notices, 0);
    look_end(&l);
    l = side_of(f, CHANGE_BEFORE, false);
    expect(&l, "SELECT path, class FROM d_file ORDER BY path", "a.py|code b.py|symlink");
    expect(&l, "SELECT path FROM d_hit", "a.py");
    look_end(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_observe_change__both_sides), GIT_TEST(test_observe_change__untouched_by_name),
        GIT_TEST(test_observe_change__staged),     GIT_TEST(test_observe_change__unborn),
        GIT_TEST(test_observe_change__kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
