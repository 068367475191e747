/* observe/scripts and observe/ci_other: what makefiles, package.json, tox.ini, shell scripts and other systems'
 * automation do, line by line. */
#include "rows.h"

/* "line role job" of the file's steps, parted by "; ", and behind "@" its row in d_ci_file. */
static void steps(const char *path, const char *text, const char *expected)
{
    void *state = NULL;
    scoped_buf got;
    sqlite3_stmt *st;
    rows_setup(&state);
    take(path, text);
    buf_init(&got, 0);
    assert_int_equal(
        store_prepare(&cx, db, STR("SELECT line, role, ifnull(job, '-') FROM d_ci_step ORDER BY line, role"), &st), OK);
    while (sqlite3_step(st) == SQLITE_ROW)
        buf_printf(&got, "%s%d %s %s", got.n ? "; " : "", sqlite3_column_int(st, 0), sqlite3_column_text(st, 1),
                   sqlite3_column_text(st, 2));
    store_finalize(&st);
    assert_int_equal(store_prepare(&cx, db, STR("SELECT system, on_push, on_change FROM d_ci_file"), &st), OK);
    while (sqlite3_step(st) == SQLITE_ROW)
        buf_printf(&got, " @%s %d%d", sqlite3_column_text(st, 0), sqlite3_column_int(st, 1), sqlite3_column_int(st, 2));
    store_finalize(&st);
    bool same = str_eq(buf_view(&got), str_from(expected));
    char *is = arena_cstr(&files, buf_view(&got));
    if (!same) fail_msg("%s\n%s\nis  \"%s\"\nnot \"%s\"", path, text, is, expected);
    rows_teardown(&state);
}

static void test_observe_scripts__makefile(void **state)
{
    (void)state;
    steps("Makefile", "test: build\n\t@pytest -x\n\nlint:\n\t-flake8 src\n",
          "1 test test; 2 test test; 4 lint lint; 5 lint lint @script 00");
    steps("Makefile", "GO := go\n\ncheck:\n\t$(GO) test ./...\n", "3 test check; 4 test check @script 00");
    steps("Makefile", "check:\n\t${GO} vet ./...\n\t$(unknown call) test\n", "1 test check; 2 lint check @script 00");
    /* a target without commands is an alias: its parts speak */
    steps("Makefile", "all: test deploy\n\ntest: unit\n\n.PHONY: test deploy\n", "");
    /* no target: an assignment, a pattern, a comment */
    steps("Makefile", "test := pytest\n# test: x\n%.o: %.c\n\tpytest\n", "4 test - @script 00");
    steps("justfile", "test:\n  cargo test\n", "1 test test; 2 test test @script 00");
    steps("sub/deep/er/Makefile", "test:\n\tpytest\n", "");
    steps("examples/Makefile", "test:\n\tpytest\n", "");
}

static void test_observe_scripts__package_json(void **state)
{
    (void)state;
    steps("package.json",
          "{\n  \"name\": \"x\",\n  \"scripts\": {\n    \"test\": \"jest\",\n    \"lint\": \"eslint .\",\n    "
          "\"deploy\": \"x\"\n  }\n}\n",
          "4 test test; 5 lint lint; 6 deploy deploy @script 00");
    steps("package.json", "{\"scripts\": {\"test\": \"echo \\\"Error: no test specified\\\" && exit 1\"}}\n", "");
    steps("package.json", "{\"scripts\": {\"a\": 7, \"b\": null, \"c\": []}}\n", "");
    steps("package.json", "{\"scripts\": [\"test\"]}\n", "");
    steps("package.json", "{not json\n", "");
    steps("a/b/package.json", "{\"scripts\": {\"test\": \"jest\"}}\n", "");
}

static void test_observe_scripts__tox(void **state)
{
    (void)state;
    steps("tox.ini", "[testenv]\ndeps = pytest\ncommands =\n    pytest {posargs}\n    flake8\n[other]\nkey = pytest\n",
          "4 test -; 5 lint - @script 00");
    steps("tox.ini", "[testenv]\ncommands = pytest\n", "2 test - @script 00");
    steps("tox.ini", "[testenv]\ncommands =\n    {envpython} pytest\n", "");
}

static void test_observe_scripts__shell(void **state)
{
    (void)state;
    steps("scripts/ci.sh", "#!/bin/sh\nset -e\npytest\n", "3 test - @script 00");
    steps("run.sh", "pytest\n", "1 test - @script 00");
    steps("scripts/deploy.sh", "echo hello\n", "1 deploy - @script 00"); /* its name says so */
    steps("bin/tool", "#!/usr/bin/env bash\npytest\n", "2 test - @script 00");
    steps("bin/tool", "#!/usr/bin/env python\npytest\n", "");
    steps("src/run.sh", "pytest\n", "");
    steps("tests/run.sh", "pytest\n", "");
}

static void test_observe_ci_other__systems(void **state)
{
    (void)state;
    steps(".travis.yml", "language: python\nscript:\n  - pytest\n  - flake8\n", "3 test -; 4 lint - @travis 11");
    steps(".circleci/config.yml",
          "jobs:\n  build:\n    steps:\n      - run: pytest\n      - run:\n          command: \"npm audit\"\n",
          "4 test -; 6 sca - @circleci 11");
    steps("azure-pipelines.yml", "steps:\n- script: pytest\n- bash: |\n    flake8\n", "2 test -; 4 lint - @azure 10");
    steps(".woodpecker.yml",
          "when:\n  event: pull_request\nsteps:\n  test:\n    image: golang@sha256:aa\n    commands:\n      - go test "
          "./...\n",
          "7 test - @woodpecker 11");
    steps("Jenkinsfile",
          "pipeline {\n  stages {\n    // sh 'flake8'\n    sh 'pytest -x'\n    sh(script: \"npm audit\", returnStdout: "
          "true)\n    sh '''\n      gitleaks detect\n    '''\n  }\n}\n",
          "4 test -; 5 sca -; 7 secret_scan - @jenkins 10");
    steps("Jenkinsfile", "sh script: 'npm audit', returnStatus: true\n",
          " @jenkins 10"); /* its failure is passed over */
    steps("Jenkinsfile", "sh \"pytest 'a b'\"\n", "1 test - @jenkins 10");
    steps("config.yml", "script:\n  - pytest\n", "");
    steps("docs/examples/Jenkinsfile", "sh 'pytest'\n", "");
}

static void test_observe_ci_other__hostile(void **state)
{
    (void)state;
    steps("Jenkinsfile", "sh\nsh '\nsh(\nsh \"'\"'\n", " @jenkins 10");
    steps(".travis.yml", "- - - - \n:\n-\n\"\n'\n", " @travis 11");
    steps("Makefile", ":\n\t\n:=\n\t@-+\n$(\n\t$(\n\t${A\n", "");
    void *s = NULL;
    rows_setup(&s);
    scoped_buf text;
    buf_init(&text, 0);
    for (int i = 0; i < 30000; i++) buf_cstr(&text, "\tpytest\n");
    take_bytes("Makefile", buf_view(&text));
    expect("SELECT count(*) > 1000 AND count(*) <= 20000 FROM d_ci_step", "1");
    rows_teardown(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_observe_scripts__makefile), cmocka_unit_test(test_observe_scripts__package_json),
        cmocka_unit_test(test_observe_scripts__tox),      cmocka_unit_test(test_observe_scripts__shell),
        cmocka_unit_test(test_observe_ci_other__systems), cmocka_unit_test(test_observe_ci_other__hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
