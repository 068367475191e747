/* To teach it a tool, add a row. A command may have several rows: each that fits gives its role. */
#include "observe/commands_table.h"

const struct command commands_table[] = {
    {"test", "pytest|py.test|unittest|nose2|nosetests|stestr"},
    {"test", "manage.py|runtests.py|runtests.pl|run_tests.py|run-tests.sh|run-tests.php|runtests.sh|run_tests.sh|simple-phpunit"},
    {"test", "go test"}, {"test", "gotestsum"}, {"test", "ginkgo"},
    {"test", "cargo test|nextest|t"}, {"test", "cross test"}, {"test", "cargo-nextest"},
    {"test", "npm test|t|tst"}, {"test", "yarn test"}, {"test", "pnpm test|t"}, {"test", "bun test"}, {"test", "deno test"},
    {"test", "jest|vitest|mocha|ava|karma|jasmine|qunit|borp|uvu"}, {"test", "ng test"}, {"test", "nx test*"},
    {"test", "node --test"}, {"test", "turbo test*"}, {"test", "lerna run test*"},
    {"test", "ctest"}, {"test", "meson test"}, {"test", "ninja test|check"}, {"test", "bazel|bazelisk test"},
    {"test", "mvn|mvnw test|verify|install|integration-test"}, {"test", "gradle|gradlew test*|check|build|:*test|:*check"},
    {"test", "sbt test|*test*"}, {"test", "mill *test*"}, {"test", "ant test*"}, {"test", "lein test"},
    {"test", "rspec|minitest|cucumber"}, {"test", "rails test*"}, {"test", "rake test*|spec*"},
    {"test", "phpunit|pest|paratest|codecept|behat"}, {"test", "artisan test"}, {"test", "dotnet test"}, {"test", "swift test"},
    {"test", "xcodebuild test"}, {"test", "mix test"}, {"test", "flutter|dart test"}, {"test", "prove|bats|shellspec"},
    {"test", "stack|cabal|dune|opam test|runtest"}, {"test", "zig test"}, {"test", "behave|robot"}, {"test", "forge test"},
    {"test", "ansible-test units|integration|sanity"}, {"test", "helm test"}, {"test", "tox|nox"},

    {"test", "coverage run"},
    {"coverage", "coverage run|xml|report|html|combine"}, {"coverage", "codecov|coveralls|coveralls-lcov|codecovcli"},
    {"coverage", "pytest --cov*"}, {"coverage", "go test -cover*"}, {"coverage", "nyc|c8|lcov|gcovr|gcov|kcov|jacoco*"},
    {"coverage", "jest|vitest --coverage*"}, {"coverage", "cargo tarpaulin|llvm-cov"}, {"coverage", "phpunit --coverage*"},
    {"coverage", "dotnet test --collect*"}, {"coverage", "gradle|gradlew jacoco*"}, {"coverage", "mvn|mvnw jacoco*"},

    {"lint", "flake8|ruff|pylint|black|isort|mypy|pyright|pyre|pycodestyle|pydocstyle|yapf|djlint|curlylint"},
    {"lint", "eslint|prettier|biome|stylelint|tslint|oxlint|jshint|semistandard"},
    {"lint", "golangci-lint|staticcheck|gofmt|gofumpt|revive"}, {"lint", "go vet"}, {"lint", "clang-tidy|clang-format|cppcheck|cpplint"},
    {"lint", "rubocop|standardrb|erb_lint|erblint|haml-lint"}, {"lint", "cargo clippy|fmt"},
    {"lint", "checkstyle|pmd|ktlint|detekt|swiftlint|swiftformat|scalafmt"}, {"lint", "phpstan|phpcs|pint|php-cs-fixer|psalm|rector|parallel-lint"},
    {"lint", "hadolint|actionlint|yamllint|markdownlint*|shellcheck|shfmt|zizmor|codespell|typos|cspell|vale|spectral|buf|pre-commit|lefthook"},
    {"lint", "dotnet format"}, {"lint", "terraform fmt|validate"}, {"lint", "tflint|ansible-lint|kube-linter|kubeconform|kubeval"},
    {"lint", "helm lint"}, {"lint", "mvn|mvnw checkstyle*|spotless*|pmd*|formatter*"}, {"lint", "gradle|gradlew spotless*|checkstyle*|ktlint*|detekt*"},
    {"lint", "tsc --noemit|--noEmit"}, {"lint", "mix credo|format"}, {"lint", "ng lint"}, {"lint", "nx lint*"}, {"lint", "reuse lint"},

    {"sast", "semgrep|bandit|gosec|flawfinder|sonar-scanner|dotnet-sonarscanner|brakeman|codeql|scan-build|infer|njsscan|horusec"},
    {"sast", "bearer scan"}, {"sast", "snyk code"}, {"sast", "cov-build"}, {"sast", "mvn|mvnw spotbugs*|sonar*|*spotbugs*|*sonar*"},
    {"sast", "gradle|gradlew spotbugs*|sonar*"}, {"sast", "psalm --taint*"}, {"sast", "checkov|tfsec|kics|terrascan"}, {"sast", "trivy config"},
    {"sast", "sobelow"}, {"sast", "mix sobelow"}, {"sast", "eslint --plugin security"}, {"sast", "pvs-studio-analyzer"},

    {"sca", "pip-audit|osv-scanner|govulncheck|bundler-audit|bundle-audit|dependency-check*|retire|nancy|auditjs|audit-ci|better-npm-audit"},
    {"sca", "npm|yarn|pnpm audit"}, {"sca", "safety check|scan"}, {"sca", "composer audit"}, {"sca", "cargo audit|deny|vet"}, {"sca", "cargo-audit|cargo-deny"},
    {"sca", "bundle audit"}, {"sca", "snyk test|monitor"}, {"sca", "trivy fs|filesystem|repo|rootfs"}, {"sca", "dotnet list --vulnerable"},
    {"sca", "mvn|mvnw *dependency-check*"}, {"sca", "gradle|gradlew dependencyCheck*"}, {"sca", "mix deps.audit|hex.audit"}, {"sca", "rake audit"},
    {"sca", "rake bundle:audit*"},

    {"secret_scan", "gitleaks|trufflehog|detect-secrets|detect-secrets-hook|git-secrets|ggshield|talisman|noseyparker|whispers|secretlint"},

    {"container_scan", "trivy image"}, {"container_scan", "grype|dockle|clair-scanner|clairctl"}, {"container_scan", "docker scout"},
    {"container_scan", "snyk container"}, {"container_scan", "anchore-cli image"},

    {"dast", "zap-baseline.py|zap-full-scan.py|zap-api-scan.py|zap.sh|zap-cli|nikto|nuclei|dastardly|schemathesis|wapiti"},

    {"fuzz", "go test -fuzz*|--fuzz*"}, {"fuzz", "cargo fuzz"}, {"fuzz", "afl-fuzz|honggfuzz|jazzer|jazzer.js|cifuzz|boofuzz"},

    {"sbom", "syft|cdxgen|cyclonedx*|spdx-sbom-generator|sbom-tool"}, {"sbom", "bom generate"}, {"sbom", "npm sbom"}, {"sbom", "cargo cyclonedx|sbom"},
    {"sbom", "mvn|mvnw *cyclonedx*"}, {"sbom", "gradle|gradlew cyclonedx*"}, {"sbom", "dotnet cyclonedx|CycloneDX"}, {"sbom", "trivy --format cyclonedx|spdx*"},
    {"sbom", "docker sbom"},

    {"sign", "cosign sign*"}, {"sign", "gpg|gpg2 --sign|--detach-sign|--detach-sig|-b|--clearsign|--clear-sign|-ab|-sb|-abs|-s|-bsa"},
    {"sign", "signtool sign"}, {"sign", "codesign|jarsigner|apksigner|osslsigncode|minisign|signify|rcodesign|azuresigntool|debsign"},
    {"sign", "rpm|rpmsign --addsign"}, {"sign", "sigstore sign"}, {"sign", "notation sign"}, {"sign", "gitsign"}, {"sign", "helm package --sign"},
    {"sign", "ssh-keygen -Y sign"}, {"sign", "git tag -s*|--sign"}, {"sign", "dotnet nuget sign"}, {"sign", "nuget sign"},

    {"provenance", "cosign attest*"}, {"provenance", "npm publish --provenance"}, {"provenance", "slsa-provenance|witness"},
    {"provenance", "docker --provenance*"}, {"provenance", "docker --attest"}, {"provenance", "in-toto-run"},

    {"build", "docker|podman|buildah build|bud"}, {"build", "docker buildx"}, {"build", "go build|install"}, {"build", "cargo build"},
    {"build", "mvn|mvnw package|compile|verify|install"}, {"build", "gradle|gradlew build|assemble*|jar|shadowJar"}, {"build", "build"},
    {"build", "poetry|flit|hatch|uv|pdm build"}, {"build", "cmake --build"}, {"build", "ninja|kaniko"}, {"build", "meson compile"},
    {"build", "dotnet build|publish|pack"}, {"build", "setup.py build|sdist|bdist_wheel"}, {"build", "tsc|webpack|rollup|esbuild|tsup|gulp|grunt"},
    {"build", "vite|next|nuxt|ng|nx build"}, {"build", "msbuild|xcodebuild"}, {"build", "gem build"}, {"build", "npm pack"}, {"build", "bazel|bazelisk build"},

    {"release", "npm|pnpm|yarn|bun publish"}, {"release", "twine upload"}, {"release", "poetry|uv|flit|hatch|pdm|cargo publish"},
    {"release", "gem push"}, {"release", "gh release create|upload|edit"}, {"release", "glab release create"}, {"release", "release-cli create"},
    {"release", "goreleaser release"}, {"release", "semantic-release|release-it|cargo-release|jreleaser"}, {"release", "changeset publish"},
    {"release", "lerna publish"}, {"release", "mvn|mvnw deploy|release:perform|release:prepare"}, {"release", "gradle|gradlew publish*|upload*|release"},
    {"release", "docker|podman|buildah push"}, {"release", "docker buildx --push"}, {"release", "dotnet nuget push"}, {"release", "nuget push"},
    {"release", "helm push"}, {"release", "sbt publish*|*release*|ci-release"}, {"release", "crane copy|push"}, {"release", "skopeo copy"},
    {"release", "vsce|ovsx publish"}, {"release", "pod trunk push"}, {"release", "mix hex.publish"}, {"release", "oras push"}, {"release", "snapcraft upload|push"},

    {"deploy", "terraform|tofu|terragrunt apply"}, {"deploy", "ansible-playbook"}, {"deploy", "cap deploy"}, {"deploy", "serverless|sls|sam|cdk deploy"},
    {"deploy", "flyctl|fly deploy"}, {"deploy", "vercel deploy|--prod"}, {"deploy", "netlify deploy"}, {"deploy", "firebase deploy"},
    {"deploy", "wrangler deploy|publish"}, {"deploy", "gcloud deploy"}, {"deploy", "gcloud run services update"}, {"deploy", "aws ecs update-service"},
    {"deploy", "aws cloudformation deploy"}, {"deploy", "aws lambda update-function-code"}, {"deploy", "aws deploy create-deployment"},
    {"deploy", "az webapp|containerapp|functionapp|acr up|deploy*|update|config-zip"}, {"deploy", "pulumi up"}, {"deploy", "kamal deploy"}, {"deploy", "argocd app sync"},
    {"deploy", "eb deploy"}, {"deploy", "docker stack deploy"}, {"deploy", "nomad job run"}, {"deploy", "cf push"}, {"deploy", "azd deploy|up"},
    {"deploy", "kubectl set image"}, {"deploy", "heroku container:release"}, {"deploy", "dep deploy"}, {"deploy", "envoy run deploy"}, {"deploy", "gh-pages"},

    {"rollback", "helm rollback"}, {"rollback", "kubectl rollout undo"}, {"rollback", "cap deploy:rollback"}, {"rollback", "kamal rollback"},
    {"rollback", "heroku rollback|releases:rollback"}, {"rollback", "alembic downgrade"}, {"rollback", "rails|rake db:rollback"},
    {"rollback", "artisan migrate:rollback"}, {"rollback", "flyway undo"}, {"rollback", "knex migrate:rollback"}, {"rollback", "goose down"},
    {"rollback", "argocd app rollback"}, {"rollback", "dep rollback"}, {"rollback", "vercel rollback"},

    {"migrate", "rails|rake db:migrate*|db:prepare"}, {"migrate", "manage.py|django-admin migrate"}, {"migrate", "alembic upgrade"},
    {"migrate", "flyway migrate"}, {"migrate", "prisma migrate deploy"}, {"migrate", "prisma db push"}, {"migrate", "knex migrate:latest"},
    {"migrate", "artisan migrate"}, {"migrate", "goose up"}, {"migrate", "migrate up"}, {"migrate", "sequelize|sequelize-cli db:migrate"},
    {"migrate", "typeorm migration:run"}, {"migrate", "dotnet ef database update"}, {"migrate", "liquibase update"}, {"migrate", "sqlx migrate run"},
    {"migrate", "diesel migration run"}, {"migrate", "flask db upgrade"}, {"migrate", "dbmate up|migrate"}, {"migrate", "atlas migrate apply"},

    {"accessibility", "axe|pa11y*|lhci|lighthouse|lighthouse-ci"},
    {"end_to_end", "cypress run|open"}, {"end_to_end", "playwright test"}, {"end_to_end", "wdio|nightwatch|protractor|testcafe|detox"},
    {"end_to_end", "ng e2e"}, {"end_to_end", "npm|yarn|pnpm e2e*"}, {"end_to_end", "rails test:system|test:all"}, {"end_to_end", "artisan dusk"},
};
const size_t commands_table_n = sizeof commands_table / sizeof commands_table[0];

/* In order, the first that fits; "a*" begins with a. */
const struct command targets_table[] = {
    {"end_to_end", "e2e*|test:e2e*|test-e2e*|cypress*|playwright*|test:browser*|protractor*|smoke*"},
    {"accessibility", "a11y*|accessibility*|test:a11y*|test-a11y*|pa11y*"},
    {"coverage", "coverage*|cov|test:coverage|test-coverage|test-cov*|test:cov*|codecov"},
    {"fuzz", "fuzz*|test-fuzz*|test:fuzz*"},
    {"lint", "test-lint|test:lint*|lint*|eslint*|stylelint*|typecheck*|type-check*|typing*|mypy|check-format|format-check|format:check|style|"
             "stylecheck|checkstyle|vet|fmt-check|clippy|pre-commit|check-style|prettier:check|tidy|checksrc|check-docs|shellcheck*|static-analysis"},
    {"sast", "sast*|semgrep|bandit|gosec|security-scan|security:scan|brakeman"},
    {"sca", "audit|security-audit|vulncheck|govulncheck|dependency-check"},
    {"secret_scan", "gitleaks|secret-scan|secrets-scan|detect-secrets"},
    {"sbom", "sbom*"},
    {"rollback", "rollback*|roll-back*|db:rollback|undeploy"},
    {"migrate", "migrate|db-migrate|db:migrate|migrate-up|migrate:up|migrations-run|migrate:latest"},
    {"test", "test|tests|check|test-*|test:*|test_*|unit|unit-*|unit:*|unittest*|integration|integration-*|integration:*|spec|specs|checks|"
             "check-all|verify|tests-*|tests:*|check-*|*-tests|*-test|py3*|py|ci-test*"},
    {"sign", "sign|sign-*|sign:*"},
    {"release", "release|release-*|release:*|publish|publish-*|publish:*|semantic-release|upload|dist-upload|ship"},
    {"deploy", "deploy|deploy-*|deploy:*|deploy_*|deployment"},
    {"build", "build|build-*|build:*|compile|dist|bundle|package|docker-build|image|images"},
};
const size_t targets_table_n = sizeof targets_table / sizeof targets_table[0];
