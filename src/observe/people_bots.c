/* Who is no person: robots and hosting services, by name and address. Precise on purpose: a person taken for a robot
 * would drop out of the count of reviews. "Bot" is a family name too. */
#include "base/limits.h"
#include "observe/people.h"

/* Whole names and logins, lower case. */
static const char *const robots[] = {"dependabot",
                                     "dependabot-preview",
                                     "dependabot preview",
                                     "renovate",
                                     "renovate bot",
                                     "renovatebot",
                                     "mend renovate",
                                     "whitesource renovate",
                                     "greenkeeper",
                                     "greenkeeperio",
                                     "snyk",
                                     "snyk-bot",
                                     "snyk bot",
                                     "github-actions",
                                     "github actions",
                                     "github action",
                                     "actions-user",
                                     "gitlab-bot",
                                     "pre-commit-ci",
                                     "pre-commit ci",
                                     "pre-commit.ci",
                                     "codecov",
                                     "codecov-io",
                                     "allcontributors",
                                     "all contributors",
                                     "imgbot",
                                     "mergify",
                                     "mergify.io",
                                     "pyup-bot",
                                     "pyup.io bot",
                                     "pyup",
                                     "weblate",
                                     "hosted weblate",
                                     "weblate (bot)",
                                     "transifex",
                                     "transifex-integration",
                                     "crowdin",
                                     "crowdin bot",
                                     "crowdin-bot",
                                     "semantic-release-bot",
                                     "release-please",
                                     "release please",
                                     "copybara-service",
                                     "copybara service",
                                     "copybara",
                                     "copybara-github",
                                     "k8s-ci-robot",
                                     "kubernetes prow robot",
                                     "k8s-publishing-bot",
                                     "kubernetes publisher",
                                     "openshift-merge-robot",
                                     "openshift bot",
                                     "openshift-merge-bot",
                                     "bors",
                                     "homu",
                                     "rust-highfive",
                                     "rustbot",
                                     "triagebot",
                                     "kodiakhq",
                                     "kodiak",
                                     "depfu",
                                     "scala-steward",
                                     "scala steward",
                                     "r-ryantm",
                                     "nixpkgs-merge-bot",
                                     "jenkins",
                                     "jenkins ci",
                                     "jenkins-ci",
                                     "circleci",
                                     "circle ci",
                                     "travis ci",
                                     "travis-ci",
                                     "azure pipelines",
                                     "azure-pipelines",
                                     "buildbot",
                                     "build bot",
                                     "autofix-ci",
                                     "autofix.ci",
                                     "deepsource-autofix",
                                     "restyled",
                                     "restyled.io",
                                     "sourcery ai",
                                     "sourcery-ai",
                                     "mend-bolt-for-github",
                                     "imgbotapp",
                                     "stale",
                                     "probot",
                                     "now-bot",
                                     "pull-bot",
                                     "lerna-bot",
                                     "lerna",
                                     "ansibot",
                                     "ansibullbot",
                                     "patchback",
                                     "miss-islington",
                                     "miss islington (bot)",
                                     "bedevere-bot",
                                     "blurb-it",
                                     "the knights who say ni",
                                     "sync bot",
                                     "release bot",
                                     "version bot",
                                     "translation bot",
                                     "translatewiki.net",
                                     "l10n-bot",
                                     "joomla bot",
                                     "github merge queue",
                                     "github-merge-queue",
                                     "marge-bot",
                                     "marge bot",
                                     "marge",
                                     "zuul",
                                     "openstack proposal bot",
                                     "openstack release bot",
                                     "gerrit bot",
                                     "v8-ci-autoroll-builder",
                                     "chromium-autoroll",
                                     "skia-autoroll",
                                     "angular-robot",
                                     "angular robot",
                                     "dotnet-maestro",
                                     "dotnet bot",
                                     "dotnet-bot",
                                     "msftbot",
                                     "vs-mobiletools-engineering-service2",
                                     "gopherbot",
                                     "linux kernel release bot",
                                     "packit",
                                     "packit-as-a-service",
                                     "nextcloud bot",
                                     "nextcloud-bot",
                                     "llvmgnsyncbot",
                                     "skywalking-bot",
                                     "cloudflare-workers-and-pages",
                                     "vercel",
                                     "netlify",
                                     "prettier bot",
                                     "eslint bot",
                                     "eslint[bot]",
                                     "electron bot",
                                     "sentry-io",
                                     "getsentry-bot",
                                     "opencollective",
                                     "fossabot",
                                     "bump-homebrew-formula-action",
                                     "brewtestbot",
                                     "homebrew-bot",
                                     "conda-forge-admin",
                                     "regro-cf-autotick-bot",
                                     "copilot",
                                     "copilot autofix powered by ai",
                                     "github copilot",
                                     "copilot-swe-agent",
                                     "step security",
                                     "stepsecurity bot",
                                     "step security bot",
                                     "stepsecurity-app",
                                     "readthedocs-assistant",
                                     "docs bot",
                                     "svc-bot",
                                     "sonatype-lift",
                                     "lgtm-com",
                                     "lgtm",
                                     "styleci",
                                     "styleci bot",
                                     "scrutinizer auto-fixer",
                                     "ci-bot",
                                     "web-flow-bot",
                                     "microsoft-github-policy-service",
                                     "microsoft-github-operations",
                                     "rails-bot",
                                     "django-bot",
                                     "symfony-bot",
                                     "carsonbot",
                                     "fabbot"};

/* Products whose robots call themselves "<product> bot". */
static const char *const robot_words[] = {"ci",           "release",    "build",    "merge",    "sync",   "auto",
                                          "automation",   "update",     "updates",  "version",  "docs",   "translation",
                                          "translations", "deploy",     "github",   "gitlab",   "git",    "test",
                                          "lint",         "format",     "bump",     "backport", "commit", "publish",
                                          "publishing",   "dependency", "security", "project",  "code"};

/* Addresses of robots, whole, lower case. */
static const char *const robot_addresses[] = {"support@dependabot.com",
                                              "action@github.com",
                                              "actions@github.com",
                                              "bot@renovateapp.com",
                                              "renovate@whitesourcesoftware.com",
                                              "support@greenkeeper.io",
                                              "noreply@weblate.org",
                                              "hosted@weblate.org",
                                              "snyk-bot@snyk.io",
                                              "github-bot@pyup.io",
                                              "support@crowdin.com",
                                              "admin@transifex.com",
                                              "noreply@anthropic.com",
                                              "copilot@github.com",
                                              "cursoragent@cursor.com"};

static struct str lower_into(struct str s, char out[LIMIT_PERSON])
{
    s = str_trim(s);
    size_t n = s.n < LIMIT_PERSON ? s.n : LIMIT_PERSON;
    for (size_t i = 0; i < n; i++) out[i] = s.p[i] >= 'A' && s.p[i] <= 'Z' ? (char)(s.p[i] + 32) : s.p[i];
    return (struct str){out, n};
}

static bool is_in(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, str_from(words[i]))) return true;
    return false;
}
#define IS_IN(s, words) is_in((s), (words), sizeof(words) / sizeof(words)[0])

/* "foo-bot", "foo_bot", "foo-robot": one word of which bot is a part by itself. */
static bool is_bot_login(struct str s)
{
    static const struct str ends[] = {{"-bot", 4}, {"_bot", 4}, {"-robot", 6}, {"_robot", 6}, {".bot", 4}, {"+bot", 4}};
    if (s.n && memchr(s.p, ' ', s.n)) return false;
    for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
        if (s.n > ends[i].n && str_ends(s, ends[i])) return true;
    return false;
}

static struct str local_of(struct str address)
{
    const char *at = address.n ? memrchr(address.p, '@', address.n) : NULL;
    return at ? str_slice(address, 0, (size_t)(at - address.p)) : address;
}

static bool is_bot_address(struct str address)
{
    struct str local = local_of(address);
    const char *plus = local.n ? memchr(local.p, '+', local.n) : NULL;
    struct str login = plus ? str_slice(local, (size_t)(plus - local.p) + 1, local.n) : local;
    if (str_ends(login, STR("[bot]")) || IS_IN(address, robot_addresses)) return true;
    /* GitLab's access tokens of projects and groups: project_123_bot_0a1b@noreply.… */
    if ((str_starts(local, STR("project_")) || str_starts(local, STR("group_"))) && str_has(local, STR("_bot")))
        return true;
    if (str_ends(address, STR("@luci-project-accounts.iam.gserviceaccount.com"))) return true;
    if (str_ends(address, STR(".iam.gserviceaccount.com")) &&
        (str_has(local, STR("autoroll")) || str_has(local, STR("bot"))))
        return true;
    /* ann.bot@ is most often somebody of that family name */
    return str_eq(local, STR("bot")) || (is_bot_login(local) && !str_ends(local, STR(".bot"))) ||
           (str_ends(address, STR("@users.noreply.github.com")) && (is_bot_login(login) || IS_IN(login, robots)));
}

bool people_is_bot(struct str name, struct str email)
{
    char n[LIMIT_PERSON], e[LIMIT_PERSON];
    struct str who = lower_into(name, n), address = lower_into(email, e);
    if (who.n && who.p[0] == '@') who = str_slice(who, 1, who.n);
    if (str_ends(who, STR("[bot]")) || str_ends(who, STR("(bot)")) || IS_IN(who, robots) || is_bot_login(who))
        return true;
    if (address.n && is_bot_address(address)) return true;
    if (str_ends(who, STR(" automation"))) return true; /* "Foo Release Automation" */
    if (!str_ends(who, STR(" bot")) && !str_ends(who, STR(" robot"))) return false;
    /* "Foo Bot": a robot when the address says so, or the word before does; else somebody of that name. */
    struct str local = local_of(address);
    if (str_has(local, STR("bot")) && !str_has(local, STR("."))) return true;
    if (str_starts(local, STR("noreply")) || str_starts(local, STR("no-reply"))) return true;
    struct str first;
    while (str_cut(&who, ' ', &first))
        if (IS_IN(first, robot_words)) return true;
    return false;
}

bool people_is_host(struct str name, struct str email)
{
    static const char *const addresses[] = {
        "noreply@github.com", "noreply@gitlab.com",           "noreply@bitbucket.org", "noreply@codeberg.org",
        "noreply@gitea.com",  "noreply@noreply.codeberg.org", "git@gitlab.com",        "noreply@sourceforge.net"};
    static const char *const names[] = {"github",
                                        "gitlab",
                                        "gitea",
                                        "forgejo",
                                        "bitbucket",
                                        "codeberg",
                                        "gerrit code review",
                                        "azure devops",
                                        "github enterprise",
                                        "gerrit",
                                        "phabricator",
                                        "gogs",
                                        "github web flow",
                                        "web-flow"};
    static const char *const locals[] = {
        "noreply", "no-reply", "gitlab",    "github",   "gitea",      "forgejo",      "gerrit",
        "gerrit2", "git",      "bitbucket", "web-flow", "donotreply", "do-not-reply", "noreply-gerritcodereview"};
    char n[LIMIT_PERSON], e[LIMIT_PERSON];
    struct str who = lower_into(name, n), address = lower_into(email, e), local = local_of(address);
    if (IS_IN(address, addresses) && (!who.n || IS_IN(who, names))) return true;
    return IS_IN(who, names) && (IS_IN(local, locals) || str_ends(local, STR("+web-flow")));
}
