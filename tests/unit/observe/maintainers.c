/* observe/maintainers: who files name as maintainers or owners, in their many forms. Somebody who is overlooked would
 * be told to have published without leave. */
#include "rows.h"

/* The file's people: "line name <address> role", parted by "; ". */
static void people_of(const char *path, const char *text, const char *expected)
{
    void *state = NULL;
    scoped_buf got;
    sqlite3_stmt *st;
    rows_setup(&state);
    people_keep_apart(people);
    take(path, text);
    buf_init(&got, 0);
    assert_int_equal(
        store_prepare(&cx, db, STR("SELECT line, role FROM d_publisher WHERE person = ? ORDER BY line"), &st), OK);
    for (int i = 0; i < people_count(people); i++) { /* in the order in which they were met */
        struct str name, email;
        people_get(people, i, &name, &email);
        store_bind_str(st, 1, people_hash(people, i));
        while (sqlite3_step(st) == SQLITE_ROW)
            buf_printf(&got, "%s%d " STR_FMT " <" STR_FMT "> %s", got.n ? "; " : "", sqlite3_column_int(st, 0),
                       STR_ARG(name), STR_ARG(email), sqlite3_column_text(st, 1));
        sqlite3_reset(st);
    }
    store_finalize(&st);
    if (!str_eq(buf_view(&got), str_from(expected)))
        fail_msg("%s\n%s\nis  " STR_FMT "\nnot %s", path, text, STR_ARG(buf_view(&got)), expected);
    rows_teardown(&state);
}

static void test_observe_maintainers__lists(void **state)
{
    (void)state;
    people_of("MAINTAINERS", "Ann Lee <ann@site.fi>\nBea Oy <bea@site.fi> (releases)\n",
              "1 Ann Lee <ann@site.fi> maintainer; 2 Bea Oy <bea@site.fi> maintainer");
    people_of("MAINTAINERS.md",
              "# Maintainers\n\n- Ann Lee <ann@site.fi>\n* [Bea Oy](https://github.com/BeaOy)\n- @cid-1\n",
              "3 Ann Lee <ann@site.fi> maintainer; 4 Bea Oy <beaoy@users.noreply.github.com> maintainer; "
              "5  <cid-1@users.noreply.github.com> maintainer");
    people_of(
        "MAINTAINERS.md",
        "| Name | GitHub | |\n|---|---|---|\n| Ann Lee | [@ann](https://github.com/ann) | x |\n| Bea | @bea | y |\n",
        "3  <ann@users.noreply.github.com> maintainer; 4  <bea@users.noreply.github.com> maintainer");
    people_of("docs/MAINTAINERS.txt", "- \"Ann Lee\" <mailto:ann@site.fi>\n", "1 Ann Lee <ann@site.fi> maintainer");
    /* the kernel's form: others than M: are none */
    people_of(
        "MAINTAINERS",
        "NETWORK\nM:\tAnn Lee <ann@site.fi>\nR:\tBea Oy <bea@site.fi>\nL:\tlist@site.fi\nW:\thttp://x\nF:\tnet/\n",
        "2 Ann Lee <ann@site.fi> maintainer");
    /* those who were */
    people_of("MAINTAINERS.md", "# Maintainers\n- @ann\n\n## Emeritus\n- @bea\n\n## Release managers\n- @cid\n",
              "2  <ann@users.noreply.github.com> maintainer; 8  <cid@users.noreply.github.com> maintainer");
    people_of("MAINTAINERS", "Current:\nAnn Lee <ann@site.fi>\n\nFormer maintainers:\nBea Oy <bea@site.fi>\n",
              "2 Ann Lee <ann@site.fi> maintainer");
    /* teams, packages, prose, addresses that are none */
    people_of("MAINTAINERS.md",
              "- @org/team\n- @scope/package\n- see <https://example.org>\n- Ann <not an address>\nWrite to "
              "ann@site.fi when @bea is away\n",
              "");
    people_of("src/deep/down/MAINTAINERS", "Ann Lee <ann@site.fi>\n", "");
    people_of("tests/MAINTAINERS", "Ann Lee <ann@site.fi>\n", "");
}

static void test_observe_maintainers__owners(void **state)
{
    (void)state;
    people_of(
        "OWNERS",
        "# See the docs\napprovers:\n  - Ann\n  - bea@site.fi # releases\n  - \"cid\"\n  - "
        "sig-net-approvers\nreviewers:\n  - dee\n",
        "3  <ann@users.noreply.github.com> owner; 4  <bea@site.fi> owner; 5  <cid@users.noreply.github.com> owner");
    people_of("pkg/net/OWNERS", "reviewers:\n- dee\napprovers:\n- ann\nlabels:\n- sig/net\n",
              "4  <ann@users.noreply.github.com> owner");
    people_of("OWNERS", "approvers: [ann, \"bea\"]\nreviewers: [cid]\n",
              "1  <ann@users.noreply.github.com> owner; 1  <bea@users.noreply.github.com> owner");
    people_of("OWNERS", "filters:\n  \".*\":\n    approvers:\n    - ann\n  \"docs\":\n    reviewers:\n    - bea\n",
              "4  <ann@users.noreply.github.com> owner");
    people_of("OWNERS_ALIASES", "aliases:\n  sig-net-approvers:\n  - ann\n", "");
}

static void test_observe_maintainers__metadata(void **state)
{
    (void)state;
    people_of("pyproject.toml",
              "[project]\nname = \"tool\"\nauthors = [{name = \"Zoe\", email = \"zoe@site.fi\"}]\n"
              "maintainers = [\n  {name = \"Ann Lee\", email = \"ann@site.fi\"},\n  {email = \"bea@site.fi\"},\n]\n",
              "5 Ann Lee <ann@site.fi> maintainer; 6  <bea@site.fi> maintainer");
    /* all of a line */
    people_of(
        "pyproject.toml",
        "maintainers = [{name = \"Ann Lee\", email = \"ann@site.fi\"}, {name = \"Bea Oy\", email = \"bea@site.fi\"}]\n",
        "1 Ann Lee <ann@site.fi> maintainer; 1 Bea Oy <bea@site.fi> maintainer");
    people_of("pyproject.toml", "maintainers = [\"Ann Lee <ann@site.fi>\", \"Bea Oy <bea@site.fi>\"]\n",
              "1 Ann Lee <ann@site.fi> maintainer; 1 Bea Oy <bea@site.fi> maintainer");
    people_of("setup.cfg", "[metadata]\nmaintainer = Ann Lee\nmaintainer_email = ann@site.fi\n",
              "3 Ann Lee <ann@site.fi> maintainer");
    people_of("setup.cfg", "[metadata]\nmaintainer=Ann Lee, Bea Oy\nmaintainer_email=ann@site.fi, bea@site.fi\n",
              "3 Ann Lee <ann@site.fi> maintainer; 3 Bea Oy <bea@site.fi> maintainer");
    people_of("pyproject.toml", "[project]\nname = \"tool\"\n", "");
    people_of("sub/pyproject.toml", "maintainers = [{name = \"Ann Lee\", email = \"ann@site.fi\"}]\n", "");
}

static void test_observe_maintainers__hostile(void **state)
{
    (void)state;
    people_of("MAINTAINERS", "<<<<>>>>\n<@>\n- @\n- [x](https://github.com/\n|||@|\n", "");
    people_of("pyproject.toml", "maintainers = [{name = \"never closed\nname\n\"\n]\n", "");
    people_of("setup.cfg", "maintainer_email\nmaintainer =\nmaintainer_email =\n", "");
    people_of("OWNERS", "approvers:\n-\n- \"\n- '\n- #x\n", "");
    void *s = NULL;
    rows_setup(&s);
    scoped_buf many;
    buf_init(&many, 0);
    for (int i = 0; i < 5000; i++) buf_printf(&many, "p%d <p%d@site.fi>\n", i, i);
    take_bytes("MAINTAINERS", buf_view(&many));
    expect("SELECT count(*) FROM d_publisher", "2000");
    rows_teardown(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_observe_maintainers__lists), cmocka_unit_test(test_observe_maintainers__owners),
        cmocka_unit_test(test_observe_maintainers__metadata), cmocka_unit_test(test_observe_maintainers__hostile)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
