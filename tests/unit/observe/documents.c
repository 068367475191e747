/* observe/documents and topics: kinds, placeholders, reviews, approvals, topics. */
#include "rows.h"

#define WORDS                                                                                                          \
    "The quick brown fox jumps over the lazy dog and then it runs away from all of them because it is late for its "   \
    "own birthday party in the deep forest. "

static void test_observe_documents__kinds(void **state)
{
    (void)state;
    take("README.md", "# Tool\n\n" WORDS);
    take("docs/SECURITY.md", "# Security\n\n" WORDS);
    take(".github/CONTRIBUTING.md", WORDS);
    take("docs/adr/0001-x.md", "# Use x\n" WORDS);
    take("docs/Valmiin määritelmä.md", "# Valmiin määritelmä\n" WORDS);
    take("docs/uhkamalli.md", "# Uhkamalli\n" WORDS);
    take(".well-known/security.txt", "Contact: mailto:s@example.org\nExpires: 2027-01-02T00:00:00Z\n");
    take("vendor/x/SECURITY.md", WORDS);
    take("tests/fixtures/SECURITY.md", WORDS);
    take("docs/testing.rst",
         "Testing Fancy Applications\n==========================\n\n" WORDS); /* a manual's chapter */
    expect("SELECT path, kind, placeholder, date(expires_at, 'unixepoch') FROM d_document",
           ".github/CONTRIBUTING.md|contributing|0|- .well-known/security.txt|security_txt|0|2027-01-02 "
           "README.md|readme|0|- docs/SECURITY.md|security_policy|0|- "
           "docs/Valmiin määritelmä.md|definition_of_done|0|- docs/adr/0001-x.md|adr|0|- "
           "docs/uhkamalli.md|threat_model|0|-");
}

#define DRAWING "graph LR; user-->|name, address, phone|service; service-->|address|courier; service-->|logs|archive;\n"

static void test_observe_documents__placeholder(void **state)
{
    (void)state;
    take("SECURITY.md",
         "# Security Policy\n\n## Reporting\n\nUse this section to tell people how to report a vulnerability. " WORDS
             WORDS);
    take("docs/security.md",
         "# Security Policy\n\nUse this section to tell people about which versions of your project are "
         "supported.\n\n## Reporting a Vulnerability\n\nPlease report vulnerabilities by e-mail to "
         "security@example.org. " WORDS);
    take("CONTRIBUTING.md", WORDS WORDS "[INSERT a] and [Name] and [TODO]\n");
    take("GOVERNANCE.md", WORDS WORDS);
    take("docs/definition-of-done.md", "# Done\n\n- tested\n- reviewed by another developer\n- documented\n");
    take("docs/threat-model.md", "# Threats\n\nTBD\n");
    take("docs/gdpr.md", "# Data flows\n\n```mermaid\n" DRAWING DRAWING DRAWING DRAWING "```\n");
    take("MAINTAINERS.md", "# Maintainers\n\n@ann\n");
    take(".github/pull_request_template.md", "<!-- Say what changed, why, and how it was tested -->\n");
    expect("SELECT path, placeholder FROM d_document",
           ".github/pull_request_template.md|0 CONTRIBUTING.md|1 GOVERNANCE.md|0 MAINTAINERS.md|0 SECURITY.md|1 "
           "docs/definition-of-done.md|0 docs/gdpr.md|0 docs/security.md|0 docs/threat-model.md|1");
    expect("SELECT count(*) FROM d_topic WHERE path = 'SECURITY.md'", "0");
    expect("SELECT count(*) FROM d_topic WHERE path = 'docs/security.md' AND topic = 'vulnerability_report_contact'",
           "1");
}

static void test_observe_documents__reviews(void **state)
{
    (void)state;
    take("docs/secure-coding.md",
         "---\ntitle: Rules\nlast_reviewed: 2026-01-31\napproved_by: Head of development\n---\n" WORDS WORDS);
    take("docs/release-process.md", "# R\n\n| Last reviewed | 2025-03-04 |\n|---|---|\n| Next review | 2026-03-04 |\n| "
                                    "Approved by | TBD |\n\n" WORDS WORDS);
    take("docs/julkaisuohje.md", "# J\n\n**Tarkistettu:** 1.2.2026\n\nHyväksynyt: kehityspäällikkö\n\n" WORDS WORDS);
    take("SECURITY.md",
         "# S\n\nAll patches are reviewed. In 2024-01-01 it was reviewed by nobody. Approved drugs only.\n\n" WORDS
             WORDS);
    expect("SELECT path, date(reviewed_at, 'unixepoch'), reviewed_line, approved, date(expires_at, 'unixepoch') FROM "
           "d_document",
           "SECURITY.md|-|-|0|- docs/julkaisuohje.md|2026-02-01|3|1|- "
           "docs/release-process.md|2025-03-04|3|0|2026-03-04 docs/secure-coding.md|2026-01-31|3|1|-");
}

static void topics(const char *path, const char *text, const char *want)
{
    void *state = NULL;
    rows_setup(&state);
    take(path, text);
    sqlite3_stmt *st;
    scoped_buf b;
    buf_init(&b, 0);
    sqlite3_prepare_v2(db, "SELECT topic FROM d_topic ORDER BY 1", -1, &st, NULL);
    while (sqlite3_step(st) == SQLITE_ROW)
        buf_printf(&b, "%s%s", b.n ? " " : "", (const char *)sqlite3_column_text(st, 0));
    sqlite3_finalize(st);
    buf_char(&b, 0);
    if (strcmp(b.p, want) != 0) fail_msg("%.60s: \"%s\", not \"%s\"", text, b.p, want);
    rows_teardown(&state);
}

static void test_observe_topics__english(void **state)
{
    (void)state;
    topics("CONTRIBUTING.md",
           WORDS "\nEvery change must be reviewed by at least two maintainers before it is merged.\n",
           "code_review two_reviewers");
    topics("docs/release-process.md",
           "# Process\n\n## Rolling back\n\nRedeploy the previous tag and tell the others about it at once. " WORDS,
           "rollback");
    topics("SECURITY.md", "# Security\n\nPlease report any vulnerability to us by e-mail. " WORDS,
           "vulnerability_report_contact");
    topics("docs/secure-development.md",
           WORDS "\nNever commit passwords or tokens to the repository, not even for a test.\n", "credentials");
    topics("docs/outsourcing.md",
           WORDS "\nWe keep the right to audit the development process and tools of each supplier.\n",
           "right_to_audit");
    /* an empty section is no topic, nor is a word in passing */
    topics("CONTRIBUTING.md", WORDS WORDS "\n## Rollback\n\n## Testing\n", "");
    topics("CONTRIBUTING.md", WORDS WORDS "\nThanks to everyone who came to the rollback party last year in town.\n",
           "");
    /* nor is what an address says, but what stands around it is */
    topics("CONTRIBUTING.md",
           WORDS WORDS
           "\nBefore that you must have [Git](https://git-scm.com/must) and the rest of it installed only.\n",
           "");
    topics("CONTRIBUTING.md",
           WORDS WORDS "\nEvery [change](https://forge.test/changes) must be reviewed by two maintainers before it is "
                       "merged.\n",
           "code_review two_reviewers");
    topics("CONTRIBUTING.md", WORDS WORDS "\nAll traffic of the service must go over https only, never in the clear.\n",
           "tls");
    topics("docs/guide.md", "# Guide\n\n## Deployment\n\n" WORDS WORDS, "");
    topics("CONTRIBUTING.md",
           WORDS WORDS "\n```\nEvery change must be reviewed by two maintainers before it is merged.\n```\n", "");
}

/* What a product does, and what a manual or a tracker's links say, is no rule of the team. */
static void test_observe_topics__of_the_product(void **state)
{
    (void)state;
    const char *threats = "Shop is a free application for threat modeling that draws and lists threats for a team.\n";
    char text[2000];
    snprintf(text, sizeof text, "# Shop\n\n%s\n## Usage\n\n" WORDS, threats);
    topics("README.md", text, "");
    snprintf(text, sizeof text, "# Shop\n\n" WORDS "\n## How we work\n\n%s", threats);
    topics("README.md", text, "threat_model");
    topics("docs/git-revert.adoc",
           "git-revert(1)\n=============\n\nUndo what was released: roll back to the version.\n" WORDS, "");
    topics("CONTRIBUTING.md",
           WORDS WORDS "\n[a must for tests]: https://x.test/every/change/must/be/reviewed/by/two/reviewers\n", "");
    topics("docs/training.md",
           "# Model\n\n## Training\n\nEach model receives its training data at once and is kept. " WORDS, "");
    topics("CONTRIBUTING.md",
           WORDS "\n\nAny rule must stay for at least two weeks until it is removed in the next release.\n", "");
    topics("CONTRIBUTING.md", WORDS "\n\nEvery two weeks, on a Tuesday, a new version of it is released to all.\n",
           "publication_window");
    topics("CONTRIBUTING.md",
           WORDS "\n\nEach idea should be documented, tests included, and people should have a test of it.\n",
           "documentation");
}

static void test_observe_topics__finnish(void **state)
{
    (void)state;
    topics("CONTRIBUTING.md",
           WORDS "\n## Koodikatselmointi\n\nJokainen muutos katselmoidaan ennen kuin se yhdistetään päähaaraan, aina "
                 "ilman poikkeuksia.\n",
           "code_review");
    topics("docs/julkaisuprosessi.md",
           WORDS "\n## Aiempaan versioon palautus\n\nPalautetaan edellinen versio ja kerrotaan siitä kaikille heti.\n",
           "rollback");
}

static void test_observe_documents__hostile(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    for (int i = 0; i < 200000; i++) buf_cstr(&b, "# # a\xff");
    take_bytes("README.md", buf_view(&b));
    buf_clear(&b);
    for (int i = 0; i < 100000; i++) buf_cstr(&b, "x\n==\n<!--\n");
    take_bytes("CONTRIBUTING.md", buf_view(&b));
    expect("SELECT count(*) FROM d_document", "2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        ROWS_TEST(test_observe_documents__kinds),       ROWS_TEST(test_observe_documents__placeholder),
        ROWS_TEST(test_observe_documents__reviews),     cmocka_unit_test(test_observe_topics__english),
        cmocka_unit_test(test_observe_topics__finnish), cmocka_unit_test(test_observe_topics__of_the_product),
        ROWS_TEST(test_observe_documents__hostile),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
