/* observe/commands and scripts: what a command line is for, one line each. */
#include "rows.h"

static void roles(const char *command, const char *want)
{
    void *state = NULL;
    rows_setup(&state);
    take("scripts/x.sh", command);
    sqlite3_stmt *st;
    scoped_buf b;
    buf_init(&b, 0);
    sqlite3_prepare_v2(db, "SELECT DISTINCT role FROM d_ci_step ORDER BY 1", -1, &st, NULL);
    while (sqlite3_step(st) == SQLITE_ROW)
        buf_printf(&b, "%s%s", b.n ? " " : "", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    buf_char(&b, 0);
    if (strcmp(b.p, want) != 0) fail_msg("%s: \"%s\", not \"%s\"", command, b.p, want);
    rows_teardown(&state);
}

static void test_observe_commands__roles(void **state)
{
    (void)state;
    roles("pytest -x", "test");
    roles("sudo -E env A=b python3 -m pytest", "test");
    roles("poetry run coverage run -m pytest && codecov", "coverage test");
    roles("go test -race ./...", "test");
    roles("go test -fuzz=FuzzX ./x", "fuzz test");
    roles("cargo +nightly test", "test");
    roles("npm run lint", "lint");
    roles("npm ci", "");
    roles("yarn test:e2e", "end_to_end");
    roles("make -C src check", "test");
    roles("cd x; ./gradlew --no-daemon check", "test");
    roles("mvn -B package -DskipTests", "build");
    roles("./mvnw clean install -DskipTests=true -Dcheck.skip-spotbugs=true", "build");
    roles("mvn verify com.github.spotbugs:spotbugs-maven-plugin:check", "build sast test");
    roles("./gradlew build -x spotbugsMain", "build test");
    roles("npx semgrep scan", "sast");
    roles("npm audit || true", "");
    roles("(cd x && pytest) || exit 1; make lint || :; gosec ./... ||true; yarn test || echo failed", "test");
    roles("golangci-lint run", "lint");
    roles("pip-audit", "sca");
    roles("npm audit --production", "sca");
    roles("docker run x trivy", "");
    roles("trivy image x", "container_scan");
    roles("trivy fs .", "sca");
    roles("gitleaks detect", "secret_scan");
    roles("cosign sign --yes x", "sign");
    roles("gpg --armor --detach-sign x", "sign");
    roles("gpg --import key", "");
    roles("twine upload dist/*", "release");
    roles("twine upload --dry-run x", "");
    roles("npm publish --provenance", "provenance release");
    roles("helm rollback app 1", "rollback");
    roles("bundle exec rails db:migrate", "migrate");
    roles("./scripts/deploy.sh prod", "deploy");
    roles("bash ci/run-tests.sh", "test");
    roles("tox -e lint,py311", "lint test");
    roles("tox", "test");
    roles("nox -s tests", "test");
}

static void test_observe_commands__nothing(void **state)
{
    (void)state;
    roles("echo pytest", "");
    roles("# pytest", "");
    roles("pip install pytest", "");
    roles("cat > x <<EOF\npytest\nEOF\n", "");
    roles("which pytest", "");
    roles("pytest --version", "");
    roles("git commit -m 'make test'", "");
    roles("grep -r 'go test' .", "");
    roles("unclosed 'quote", "");
    roles("", "");
}

static void test_observe_scripts__makefile(void **state)
{
    (void)state;
    take("Makefile", "GO ?= go\n.PHONY: test\ntest: build\n\t$(GO) test ./...\n\nalias: "
                     "test\n\nlint:\n\t@golangci-lint run\nrelease:\n\tgit push\n");
    expect("SELECT line, role, job FROM d_ci_step",
           "3|test|test 4|test|test 8|lint|lint 9|lint|lint 10|release|release");
    expect("SELECT system FROM d_ci_file", "script");
}

static void test_observe_scripts__package_json(void **state)
{
    (void)state;
    take("package.json",
         "{\n \"scripts\": {\n  \"test\": \"jest\",\n  \"lint\": \"eslint .\",\n  \"start\": \"node .\"\n }\n}\n");
    take("sub/package.json", "{\"scripts\": {\"test\": \"echo \\\"Error: no test specified\\\" && exit 1\"}}");
    expect("SELECT path, line, role FROM d_ci_step", "package.json|3|test package.json|4|lint");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_observe_commands__roles),
        cmocka_unit_test(test_observe_commands__nothing),
        ROWS_TEST(test_observe_scripts__makefile),
        ROWS_TEST(test_observe_scripts__package_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
