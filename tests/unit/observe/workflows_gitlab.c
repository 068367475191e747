/* observe/workflows_gitlab and ci_other. */
#include "rows.h"

static void test_observe_workflows_gitlab__pipeline(void **state)
{
    (void)state;
    take(".gitlab-ci.yml",
         "include:\n"
         "  - template: Security/SAST.gitlab-ci.yml\n"
         "  - project: group/ci\n    ref: main\n    file: x.yml\n"
         "  - remote: https://example.com/ci.yml\n"
         "  - local: ci/x.yml\n"
         "image: ruby:3.2\n"
         ".base:\n  script: [bundle exec rspec]\n  allow_failure: true\n"
         "unit:\n  extends: .base\n"
         "ship:\n  script:\n    - terraform apply\n  when: manual\n  environment: {name: production}\n"
         "notes:\n  script: [echo x]\n  release: {tag_name: v1}\n  rules:\n    - if: $CI_PIPELINE_SOURCE == "
         "'merge_request_event'\n");
    expect("SELECT system, on_push, on_change, error FROM d_ci_file", "gitlab|1|1|-");
    expect("SELECT line, role, job, environment, manual, allow_failure FROM d_ci_step ORDER BY line, role",
           "2|sast|-|-|0|0 10|test|unit|-|0|1 14|deploy|ship|production|1|0 16|deploy|ship|production|1|0 "
           "21|release|notes|-|0|0");
    expect("SELECT line, kind, target, pinned FROM d_pin",
           "3|include|group/ci@main|0 6|include|https://example.com/ci.yml|0 8|image|ruby:3.2|0");
}

static void test_observe_workflows_gitlab__unreadable(void **state)
{
    (void)state;
    take(".gitlab-ci.yml", "a: [");
    expect("SELECT error IS NOT NULL FROM d_ci_file", "1");
}

static void test_observe_workflows_gitlab__extends_in_a_circle(void **state)
{
    (void)state;
    take(".gitlab-ci.yml", "a: {extends: b, x: 1}\nb: {extends: [a, b, a, b]}\n");
    expect("SELECT count(*) FROM d_ci_file", "1");
}

static void test_observe_ci_other__systems(void **state)
{
    (void)state;
    take("Jenkinsfile", "pipeline {\n  steps {\n    sh 'mvn -B verify'\n    // sh 'pytest'\n  }\n}\n");
    take(".travis.yml", "language: python\nscript:\n  - tox\n");
    take(".circleci/config.yml", "jobs:\n  a:\n    steps:\n      - run: make test\n      - run:\n          command: "
                                 "|\n            gitleaks detect\n");
    expect("SELECT path, line, role FROM d_ci_step ORDER BY 1, 2, 3",
           ".circleci/config.yml|4|test .circleci/config.yml|7|secret_scan .travis.yml|3|test Jenkinsfile|3|build "
           "Jenkinsfile|3|test");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROWS_TEST(test_observe_workflows_gitlab__pipeline),
        ROWS_TEST(test_observe_workflows_gitlab__unreadable),
        ROWS_TEST(test_observe_workflows_gitlab__extends_in_a_circle),
        ROWS_TEST(test_observe_ci_other__systems),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
