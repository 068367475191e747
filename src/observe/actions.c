/* To teach it an action, add a row. `action` is the beginning of owner/repo/path in lower case. */
#include "observe/actions.h"

static const struct {
    const char *role, *action;
} table[] = {
    {"sast", "github/codeql-action/analyze"}, {"sast", "returntocorp/semgrep-action"}, {"sast", "semgrep/semgrep-action"},
    {"sast", "sonarsource/"}, {"sast", "securego/gosec"}, {"sast", "github/codeql-action/analyze"}, {"sast", "microsoft/security-devops-action"},
    {"sast", "bearer/bearer-action"}, {"sast", "pycqa/bandit-action"}, {"sast", "tj-actions/bandit"}, {"sast", "veracode/"}, {"sast", "checkmarx/"},
    {"sast", "bridgecrewio/checkov-action"}, {"sast", "aquasecurity/tfsec-action"}, {"sast", "njsscan"}, {"sast", "ajinabraham/njsscan-action"},
    {"sast", "microsoft/devskim-action"}, {"sast", "presidentbeef/brakeman"}, {"sast", "reviewdog/action-brakeman"}, {"sast", "vapier/coverity-scan-action"},
    {"sast", "snyk/actions/iac"}, {"sast", "jetbrains/qodana-action"}, {"sast", "zizmorcore/zizmor-action"}, {"sast", "facebook/infer"},
    {"sca", "actions/dependency-review-action"}, {"sca", "google/osv-scanner-action"}, {"sca", "snyk/actions"}, {"sca", "pypa/gh-action-pip-audit"},
    {"sca", "trailofbits/gh-action-pip-audit"}, {"sca", "dependency-check/"}, {"sca", "golang/govulncheck-action"}, {"sca", "rustsec/audit-check"},
    {"sca", "actions-rs/audit-check"}, {"sca", "actions-rust-lang/audit"}, {"sca", "embarkstudios/cargo-deny-action"}, {"sca", "fossas/fossa-action"},
    {"sca", "advanced-security/"}, {"sca", "symfonycorp/security-checker-action"}, {"sca", "pyupio/safety"}, {"sca", "oke-py/npm-audit-action"},
    {"sca", "socketdev/"}, {"sca", "mend/"}, {"sca", "blackduck"}, {"sca", "oss-review-toolkit/ort-ci-github-action"},
    {"secret_scan", "gitleaks/gitleaks-action"}, {"secret_scan", "zricethezav/gitleaks-action"}, {"secret_scan", "trufflesecurity/trufflehog"},
    {"secret_scan", "gitguardian/ggshield"}, {"secret_scan", "secret-scanner/"}, {"secret_scan", "reviewdog/action-detect-secrets"},
    {"fuzz", "google/clusterfuzzlite"}, {"fuzz", "google/oss-fuzz"}, {"fuzz", "fuzzbuzz/"}, {"fuzz", "form3tech-oss/go-ci-fuzz"}, {"fuzz", "code-intelligence"},
    {"dast", "zaproxy/"}, {"dast", "stackhawk/"}, {"dast", "portswigger/dastardly"}, {"dast", "projectdiscovery/nuclei-action"},
    {"container_scan", "anchore/scan-action"}, {"container_scan", "docker/scout-action"}, {"container_scan", "snyk/actions/docker"},
    {"container_scan", "azure/container-scan"}, {"container_scan", "crazy-max/ghaction-container-scan"},
    {"sbom", "anchore/sbom-action"}, {"sbom", "cyclonedx/"}, {"sbom", "advanced-security/spdx"}, {"sbom", "actions/attest-sbom"},
    {"sbom", "psastras/sbom-rs"}, {"sbom", "kubernetes-sigs/bom"}, {"sbom", "advanced-security/sbom"},
    {"sign", "sigstore/gh-action-sigstore-python"}, {"sign", "crazy-max/ghaction-import-gpg"}, {"sign", "azure/trusted-signing-action"},
    {"sign", "signpath/"}, {"sign", "apple-actions/import-codesign-certs"}, {"sign", "dlemstra/code-sign-action"}, {"sign", "sslcom/esigner"},
    {"provenance", "actions/attest-build-provenance"}, {"provenance", "slsa-framework/slsa-github-generator"}, {"provenance", "actions/attest"},
    {"provenance", "testifysec/witness-run-action"}, {"provenance", "philips-labs/slsa-provenance-action"},
    {"coverage", "codecov/"}, {"coverage", "coverallsapp/"}, {"coverage", "codacy/codacy-coverage"}, {"coverage", "py-cov-action/"},
    {"coverage", "irongut/codecoveragesummary"}, {"coverage", "danielpalme/reportgenerator"}, {"coverage", "paambaati/codeclimate"},
    {"coverage", "qltysh/qlty-action/coverage"}, {"coverage", "madrapps/jacoco-report"},
    {"lint", "golangci/golangci-lint-action"}, {"lint", "psf/black"}, {"lint", "pre-commit/action"}, {"lint", "pre-commit-ci/"}, {"lint", "super-linter/"},
    {"lint", "github/super-linter"}, {"lint", "oxsecurity/megalinter"}, {"lint", "ludeeus/action-shellcheck"}, {"lint", "hadolint/"},
    {"lint", "astral-sh/ruff-action"}, {"lint", "chartboost/ruff-action"}, {"lint", "reviewdog/"}, {"lint", "wagoid/commitlint"}, {"lint", "rhysd/actionlint"},
    {"lint", "raven-actions/actionlint"}, {"lint", "davidanson/markdownlint-cli2-action"}, {"lint", "codespell-project/"}, {"lint", "crate-ci/typos"},
    {"lint", "fsfe/reuse-action"}, {"lint", "editorconfig-checker/"}, {"lint", "dominikh/staticcheck-action"}, {"lint", "ibiqlik/action-yamllint"},
    {"lint", "dotnet/code-analysis"}, {"lint", "jidicula/clang-format-action"}, {"lint", "cpp-linter/"}, {"lint", "streetsidesoftware/cspell-action"},
    {"lint", "erlef/"}, {"lint", "errata-ai/vale-action"},
    {"test", "cypress-io/github-action"}, {"end_to_end", "cypress-io/github-action"}, {"end_to_end", "microsoft/playwright-github-action"},
    {"test", "shivammathur/phpunit"}, {"test", "robherley/go-test-action"}, {"test", "vmactions/"}, {"test", "reactivecircus/android-emulator-runner"},
    {"accessibility", "treosh/lighthouse-ci-action"}, {"accessibility", "foo-software/lighthouse"}, {"accessibility", "accessibility-insights/"},
    {"accessibility", "equalizedigital/accessibility"},
    {"release", "pypa/gh-action-pypi-publish"}, {"release", "goreleaser/goreleaser-action"}, {"release", "softprops/action-gh-release"},
    {"release", "actions/create-release"}, {"release", "actions/upload-release-asset"}, {"release", "ncipollo/release-action"}, {"release", "js-devtools/npm-publish"},
    {"release", "googleapis/release-please-action"}, {"release", "google-github-actions/release-please-action"}, {"release", "changesets/action"},
    {"release", "cycjimmy/semantic-release-action"}, {"release", "marvinpinto/action-automatic-releases"}, {"release", "svenstaro/upload-release-action"},
    {"release", "rubygems/release-gem"}, {"release", "docker/build-push-action"}, {"release", "release-drafter/"}, {"release", "katyo/publish-crates"},
    {"release", "helm/chart-releaser-action"}, {"release", "python-semantic-release/"}, {"release", "nuget/publish"}, {"release", "snapcore/action-publish"},
    {"release", "dev-drprasad/"}, {"release", "eregon/publish-release"}, {"release", "release-plz/"}, {"release", "gradle-build-action/publish"},
    {"build", "docker/build-push-action"}, {"build", "pypa/cibuildwheel"}, {"build", "docker/bake-action"}, {"build", "hynek/build-and-inspect-python-package"},
    {"build", "microsoft/msbuild"}, {"build", "pyo3/maturin-action"},
    {"deploy", "azure/webapps-deploy"}, {"deploy", "azure/k8s-deploy"}, {"deploy", "azure/functions-action"}, {"deploy", "azure/static-web-apps-deploy"},
    {"deploy", "aws-actions/amazon-ecs-deploy"}, {"deploy", "aws-actions/aws-cloudformation"}, {"deploy", "aws-actions/aws-lambda"}, {"deploy", "google-github-actions/deploy"},
    {"deploy", "actions/deploy-pages"}, {"deploy", "peaceiris/actions-gh-pages"}, {"deploy", "jamesives/github-pages-deploy-action"},
    {"deploy", "akhileshns/heroku-deploy"}, {"deploy", "amondnet/vercel-action"}, {"deploy", "nwtgck/actions-netlify"}, {"deploy", "netlify/actions"},
    {"deploy", "cloudflare/pages-action"}, {"deploy", "cloudflare/wrangler-action"}, {"deploy", "firebaseextended/action-hosting-deploy"},
    {"deploy", "easingthemes/ssh-deploy"}, {"deploy", "burnett01/rsync-deployments"}, {"deploy", "superfly/flyctl-actions"},
    {"deploy", "einaregilsson/beanstalk-deploy"}, {"deploy", "digitalocean/app_action"}, {"deploy", "deployphp/action"},
};

void actions_roles(struct str action, void (*each)(void *arg, const char *role), void *arg)
{
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (str_starts_nocase(action, str_from(table[i].action))) each(arg, table[i].role);
}
