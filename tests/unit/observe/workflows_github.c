/* observe/workflows_github: jobs, permissions, pins, and files that cannot be read. */
#include "rows.h"

static const char steps[] =
    "SELECT line, role, job, environment, manual, allow_failure FROM d_ci_step ORDER BY line, role";

static void test_observe_workflows_github__jobs(void **state)
{
    (void)state;
    take(".github/workflows/ci.yml", "name: CI\n"
                                     "on: {push: {branches: [main]}, pull_request: {}}\n"
                                     "permissions:\n"
                                     "  contents: read\n"
                                     "jobs:\n"
                                     "  test:\n"
                                     "    runs-on: ubuntu-latest\n"
                                     "    container: python:3.12\n"
                                     "    steps:\n"
                                     "      - uses: actions/checkout@v4\n"
                                     "      - uses: octo/tool@0123456789012345678901234567890123456789\n"
                                     "      - run: |\n"
                                     "          # pytest in a comment\n"
                                     "          pip install pytest\n"
                                     "          python -m pytest \\\n"
                                     "            --cov=x\n"
                                     "      - run: npx eslint .\n"
                                     "        continue-on-error: true\n"
                                     "  deploy:\n"
                                     "    environment: {name: production, url: https://x}\n"
                                     "    permissions: write-all\n"
                                     "    steps:\n"
                                     "      - run: kamal deploy\n"
                                     "  off:\n"
                                     "    if: false\n"
                                     "    steps:\n"
                                     "      - run: pytest\n");
    expect("SELECT system, on_push, on_change, error FROM d_ci_file", "github|1|1|-");
    expect(steps, "15|coverage|test|-|0|0 15|test|test|-|0|0 17|lint|test|-|0|1 23|deploy|deploy|production|1|0");
    expect("SELECT line, job, scope, level FROM d_ci_permission", "4|-|contents|read 21|deploy|all|write");
    expect("SELECT line, kind, target, pinned, first_party FROM d_pin",
           "8|image|python:3.12|0|0 10|action|actions/checkout@v4|0|1 "
           "11|action|octo/tool@0123456789012345678901234567890123456789|1|0");
}

static void test_observe_workflows_github__permissions_unset(void **state)
{
    (void)state;
    take(".github/workflows/a.yml", "on: push\njobs:\n  a:\n    steps: [{run: make}]\n");
    take(".github/workflows/b.yml",
         "on: [workflow_dispatch]\njobs:\n  a:\n    permissions: {}\n    steps: [{run: gh release create v1}]\n");
    expect("SELECT path, line, job, scope, level FROM d_ci_permission",
           ".github/workflows/a.yml|1|-|all|unset .github/workflows/b.yml|4|a|all|none");
    expect("SELECT role, manual FROM d_ci_step WHERE path LIKE '%b.yml'", "release|1");
}

/* A later step that looks at the outcome, or hands findings to the host, answers for the failure. */
static void test_observe_workflows_github__answered_failure(void **state)
{
    (void)state;
    take(".github/workflows/a.yml", "on: push\njobs:\n  a:\n    steps:\n"
                                    "      - {id: unit, run: pytest, continue-on-error: true}\n"
                                    "      - {id: other, run: go test, continue-on-error: true}\n"
                                    "      - {run: semgrep scan --sarif, continue-on-error: true}\n"
                                    "      - {run: bandit -r ., continue-on-error: true}\n"
                                    "      - {uses: github/codeql-action/upload-sarif@v3, if: always()}\n"
                                    "      - {run: semgrep scan --sarif, continue-on-error: true}\n"
                                    "      - {if: \"steps.unit.outcome == 'failure'\", run: exit 1}\n"
                                    "  b:\n    continue-on-error: true\n    steps:\n"
                                    "      - {id: c, run: pytest, continue-on-error: true}\n"
                                    "      - {run: \"echo ${{ steps.c.outcome }}\"}\n");
    expect("SELECT line, role, allow_failure FROM d_ci_step ORDER BY line, role",
           "5|test|0 6|test|1 7|sast|0 8|sast|1 10|sast|1 15|test|1");
}

/* Looking after each of very many such steps would be slow: those past the limit are given the benefit of doubt. */
static void test_observe_workflows_github__many_failures(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    buf_cstr(&b, "on: push\njobs:\n  a:\n    steps:\n");
    for (int i = 0; i < 80; i++) buf_printf(&b, "      - {id: s%d, run: pytest, continue-on-error: true}\n", i);
    take(".github/workflows/a.yml", arena_cstr(&files, buf_view(&b)));
    expect("SELECT sum(allow_failure), count(*) FROM d_ci_step", "64|80");
}

static void test_observe_workflows_github__actions(void **state)
{
    (void)state;
    take(".github/workflows/x.yml",
         "on: push\npermissions: read-all\njobs:\n  x:\n    steps:\n"
         "      - uses: github/codeql-action/analyze@v3\n"
         "      - uses: aquasecurity/trivy-action@v1\n        with: {scan-type: fs}\n"
         "      - uses: docker/build-push-action@v6\n        with: {push: true, sbom: true}\n"
         "      - uses: ./.github/actions/own\n"
         "      - uses: docker://alpine@sha256:0123456789012345678901234567890123456789012345678901234567890123\n"
         "  call:\n    uses: google/osv-scanner-action/.github/workflows/osv.yml@v1\n");
    expect("SELECT line, role FROM d_ci_step ORDER BY line, role", "6|sast 7|sca 9|build 9|release 9|sbom 14|sca");
    expect("SELECT kind, pinned FROM d_pin WHERE line >= 11", "image|1 action|0");
}

static void test_observe_workflows_github__unreadable(void **state)
{
    (void)state;
    take(".github/workflows/bad.yml", "on: [push\njobs: {");
    take(".github/workflows/empty.yml", "# nothing\n");
    take(".github/workflows/list.yml", "- a\n- b\n");
    expect("SELECT path, error IS NOT NULL FROM d_ci_file",
           ".github/workflows/bad.yml|1 .github/workflows/empty.yml|1 .github/workflows/list.yml|1");
}

static void test_observe_workflows_github__bomb(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    buf_cstr(&b, "a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i < 30; i++) {
        buf_printf(&b, "a%d: &a%d [", i, i);
        for (int k = 0; k < 9; k++) buf_printf(&b, "%s*a%d", k ? ", " : "", i - 1);
        buf_cstr(&b, "]\n");
    }
    take_bytes(".github/workflows/bomb.yml", buf_view(&b));
    expect("SELECT error IS NOT NULL FROM d_ci_file", "1");
}

static void test_observe_workflows_github__only_its_place(void **state)
{
    (void)state;
    take("vendor/x/.github/workflows/ci.yml", "on: push\njobs: {a: {steps: [{run: pytest}]}}\n");
    take("docs/.github/workflows/ci.yml", "on: push\njobs: {a: {steps: [{run: pytest}]}}\n");
    expect("SELECT count(*) FROM d_ci_file", "0");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROWS_TEST(test_observe_workflows_github__jobs),
        ROWS_TEST(test_observe_workflows_github__permissions_unset),
        ROWS_TEST(test_observe_workflows_github__actions),
        ROWS_TEST(test_observe_workflows_github__unreadable),
        ROWS_TEST(test_observe_workflows_github__answered_failure),
        ROWS_TEST(test_observe_workflows_github__many_failures),
        ROWS_TEST(test_observe_workflows_github__bomb),
        ROWS_TEST(test_observe_workflows_github__only_its_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
