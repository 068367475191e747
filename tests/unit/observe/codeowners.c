/* observe/codeowners: both dialects, faulty lines, which line decides, and that large files stay quick. */
#include "observe/codeowners.h"

#include "rows.h"

static bool matches(const char *pattern, const char *path, enum owners_dialect dialect)
{
    int64_t work = 1000000;
    bool alone = owners_pattern_matches(str_from(pattern), str_from(path), dialect, &work);
    return alone;
}

static bool hub(const char *pattern, const char *path)
{
    return matches(pattern, path, OWNERS_GITHUB);
}

static bool lab(const char *pattern, const char *path)
{
    return matches(pattern, path, OWNERS_GITLAB);
}

static void test_observe_codeowners__github_patterns(void **state)
{
    (void)state;
    assert_true(hub("*", "a/b/c"));
    assert_true(hub("*.js", "a/b/x.js"));
    assert_false(hub("*.js", "a/b/x.jsx"));
    assert_true(hub("/build/logs/", "build/logs/a/b"));
    assert_false(hub("/build/logs/", "x/build/logs/a"));
    assert_true(hub("docs/*", "docs/getting-started.md"));
    assert_false(hub("docs/*", "docs/build-app/troubleshooting.md"));
    assert_true(hub("apps/", "x/apps/y"));
    assert_true(hub("/docs/", "docs/x"));
    assert_false(hub("apps/", "x/apps"));
    assert_true(hub("/apps/github", "apps/github/x"));
    assert_true(hub("**/logs", "build/logs/x"));
    assert_true(hub("**/logs", "logs/x"));
    assert_true(hub("/a/**/z", "a/z"));
    assert_true(hub("/a/**/z", "a/b/c/z"));
    assert_false(hub("/a/**/z", "b/a/z"));
    assert_true(hub("a/**", "a/b/c"));
    assert_false(hub("a/**", "x/a/b"));
    assert_true(hub("foo.txt", "a/foo.txt"));
    assert_true(hub("a/b", "a/b/c"));
    assert_false(hub("a/b", "x/a/b"));
    assert_true(hub("/x?.c", "xy.c"));
    assert_false(hub("/x?.c", "x/.c"));
    assert_false(hub("/", "a"));
    assert_true(hub("a\\ b", "a b"));
    assert_true(hub("/**/x/**/y", "1/x/2/3/y"));
    assert_true(hub("foo/*/", "foo/x/y/z"));
}

static void test_observe_codeowners__gitlab_patterns(void **state)
{
    (void)state;
    assert_true(lab("*", "a/b"));
    assert_true(lab("*.rb", "a/b.rb"));
    assert_true(lab("docs/", "x/docs/y/z"));
    assert_true(lab("/docs/", "docs/y/z"));
    assert_false(lab("/docs/", "x/docs/y"));
    assert_false(lab("/docs", "docs/y"));
    assert_true(lab("internal/README.md", "a/internal/README.md"));
    assert_false(lab("/docs/*.md", "docs/a/x.md"));
    assert_true(lab("/docs/**/*.md", "docs/a/x.md"));
    assert_true(lab("[ab].c", "x/a.c"));
    assert_false(lab("[!ab].c", "a.c"));
    assert_true(lab("/", "a/b"));
}

static void count(void *arg, int32_t rule, int32_t section)
{
    (void)rule;
    (void)section;
    ++*(int *)arg;
}

/* The index and the plain matcher agree. */
static void test_observe_codeowners__index_agrees(void **state)
{
    (void)state;
    static const char *const patterns[] = {
        "*",       "*.js",   "/build/logs/", "docs/*", "apps/",         "/apps/github", "**/logs",
        "/a/**/z", "a/**",   "foo.txt",      "a/b",    "/x?.c",         "x/",           "/a",
        "*a*b*",   "/a/b/c", "b/c",          "*.c",    "/docs/**/*.md", "docs/",        "foo/*/",
        "/",       "c",      "**",           "/**",    "a/b/"};
    static const char *const paths[] = {
        "a",          "a/b",     "a/b/c",     "x/a/b", "docs/x.md", "docs/a/x.md", "build/logs/q", "apps/github/f",
        "x/apps/y",   "foo.txt", "q/foo.txt", "xy.c",  "a/z",       "a/q/z",       "logs/l",       "foo/x/y",
        "q/b/c/d.js", "c"};
    for (int d = OWNERS_GITHUB; d <= OWNERS_GITLAB; d++)
        for (size_t p = 0; p < sizeof patterns / sizeof *patterns; p++)
            for (size_t f = 0; f < sizeof paths / sizeof *paths; f++) {
                struct arena a;
                arena_init(&a);
                struct owners_index *x = owners_index_new(&a, (enum owners_dialect)d, 1000000);
                owners_index_add(x, str_from(patterns[p]), 0, 0, false);
                int n = 0;
                assert_true(owners_index_find(x, str_from(paths[f]), count, &n));
                bool plain = matches(patterns[p], paths[f], (enum owners_dialect)d);
                if ((n > 0) != plain)
                    fail_msg("dialect %d, %s on %s: index %d, plain %d", d, patterns[p], paths[f], n, plain);
                arena_release(&a);
            }
}

static void test_observe_codeowners__github_file(void **state)
{
    (void)state;
    take("src/a.c", "");
    take("src/b.js", "");
    take("docs/x.md", "");
    take("free/y", "");
    take(".github/CODEOWNERS", "# comment\n* @all\n*.js @js-team/x dev@example.org # tail @not\n\n/free/\n!/src/ "
                               "@x\n\\#a @x\n[ab].c @x\n/docs/ docs\n");
    finish();
    expect("SELECT line, dialect, pattern, owners, ifnull(error, 'ok'), matches FROM d_owner_rule",
           "2|github|*|1|ok|3 3|github|*.js|2|ok|1 5|github|/free/|0|ok|1 6|github|!/src/|0|unsupported_negation|0 "
           "7|github|\\#a|0|escaped_hash|0 "
           "8|github|[ab].c|0|character_class|0 9|github|/docs/|0|invalid_owner|0");
    expect("SELECT path, rule_line, owners FROM d_file_owner",
           ".github/CODEOWNERS|2|1 docs/x.md|2|1 free/y|5|0 src/a.c|2|1 src/b.js|3|2");
    expect("SELECT rule_line, kind FROM d_owner", "2|user 3|team 3|email");
}

static void test_observe_codeowners__order_of_places(void **state)
{
    (void)state;
    take("CODEOWNERS", "* @root\n");
    take("docs/CODEOWNERS", "* @docs\n");
    finish();
    expect("SELECT DISTINCT path FROM d_owner_rule", "CODEOWNERS");
    take(".github/CODEOWNERS", "* @github\n");
    finish();
    expect("SELECT DISTINCT path FROM d_owner_rule", ".github/CODEOWNERS");
}

static void test_observe_codeowners__gitlab_sections(void **state)
{
    (void)state;
    take(".gitlab-ci.yml", "test: {script: make test}\n");
    take("src/a.rb", "");
    take("db/x.sql", "");
    take("CODEOWNERS",
         "* @lead\n[Database][2] @dba\n/db/\n^[Docs]\n*.md @writer\n[database]\n!/db/skip.sql\n/src/ # @hidden\n");
    finish();
    expect("SELECT line, dialect, section, required, owners, ifnull(error, 'ok') FROM d_owner_rule",
           "1|gitlab|-|1|1|ok 3|gitlab|Database|2|1|ok 5|gitlab|Docs|0|1|ok 7|gitlab|database|1|0|ok "
           "8|gitlab|database|1|1|ok");
    expect("SELECT path, rule_line FROM d_file_owner WHERE path LIKE 'db/%'", "db/x.sql|3");
}

static void test_observe_codeowners__too_large(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    while (b.n <= 3 * 1024 * 1024) buf_cstr(&b, "/some/path/or/other @owner\n");
    take_bytes("CODEOWNERS", buf_view(&b));
    finish();
    expect("SELECT line, error FROM d_owner_rule", "1|file_too_large");
}

static void test_observe_codeowners__hundred_thousand_lines(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    for (int i = 0; i < 100001; i++) buf_printf(&b, i % 3 ? "/d%d/ @o\n" : "*x%d* @o\n", i);
    take_bytes("CODEOWNERS", buf_view(&b));
    for (int i = 0; i < 200; i++) {
        char path[32];
        snprintf(path, sizeof path, "d%d/file", i * 3 + 1);
        take(path, "");
    }
    finish(); /* ends, whether or not all files could be decided */
    expect("SELECT count(*) FROM d_owner_rule", "100001");
    expect(
        "SELECT error, line FROM d_owner_rule WHERE error IN ('too_many_lines', 'too_complex') ORDER BY 2 DESC LIMIT 1",
        "too_many_lines|100001");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_observe_codeowners__github_patterns),
        cmocka_unit_test(test_observe_codeowners__gitlab_patterns),
        cmocka_unit_test(test_observe_codeowners__index_agrees),
        ROWS_TEST(test_observe_codeowners__github_file),
        ROWS_TEST(test_observe_codeowners__order_of_places),
        ROWS_TEST(test_observe_codeowners__gitlab_sections),
        ROWS_TEST(test_observe_codeowners__too_large),
        ROWS_TEST(test_observe_codeowners__hundred_thousand_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
