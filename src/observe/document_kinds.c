/* To teach it a name, add it to a row: lower case, without marks, '_' for '-', ' ' and '.'. "a*" begins with a. */
#include "observe/document_kinds.h"

#include <ctype.h>

enum where {
    AT_TOP = 1,   /* the top, .github, .gitlab, docs and their like */
    ANYWHERE = 2, /* a name that means one thing only */
};

static const struct naming {
    const char *kind, *names;
    enum where where;
    bool process, ambiguous;
} rows[] = {
    {"readme", "readme|readme_*|lueminut|lue_minut", ANYWHERE, false, false},
    {"security_policy",
     "security|security_policy|tietoturva|tietoturvapolitiikka|tietoturvakaytanto|security_process|security_disclosure|"
     "vulnerability_disclosure*|vuln_disclosure*|product_security|"
     "security_disclosure_policy|vulnerability_management*|security_incident*|incident_response*",
     AT_TOP, true, false},
    {"contributing",
     "contributing|contribute|contribution|contribution_guide*|contributing_guide*|contributor_guide|hacking|"
     "development|developing|developer_guide|developers|submittingpatches|submitting_patches|"
     "submitting_a_patch|osallistuminen|kehittaminen|kehittajalle|kehitysohje|contributing_*",
     AT_TOP, true, false},
    {"changelog", "changelog|changes|news|history|release_notes|releasenotes|relnotes|muutokset|muutosloki|changelog_*",
     AT_TOP, false, false},
    {"code_of_conduct", "code_of_conduct|codeofconduct|conduct|kayttaytymissaannot", AT_TOP, false, false},
    {"maintainers", "maintainers|maintainer|owners|committers|core_team|yllapitajat", AT_TOP, true, false},
    {"governance", "governance|steering|charter|hallintomalli", AT_TOP, true, false},
    {"license", "license|licence|copying|unlicense|license_*|licence_*|lisenssi", AT_TOP, false, false},
    {"pull_request_template", "pull_request_template|pull_request_template_*|merge_request_template", AT_TOP, true,
     false},
    {"issue_template", "issue_template|issue_template_*", AT_TOP, false, false},
    {"threat_model", "threat_model*|threatmodel*|uhkamalli*|uhka_analyysi*", ANYWHERE, true, false},
    {"architecture",
     "architecture|software_architecture|system_architecture|arkkitehtuuri|arc42|architecture_overview|internals|"
     "security_architecture|security_design|tekninen_kuvaus",
     AT_TOP, true, false},
    {"secure_development_guideline",
     "secure_development*|secure_coding*|security_guideline*|secure_software*|secure_sdlc*|ssdlc*|sdlc*|secure_by_"
     "design|security_by_design|security_practices|devsecops*|turvallinen_kehitys*|"
     "turvallinen_ohjelmistokehitys*|turvallisen_*|tietoturvallinen_*|sovelluskehityksen_*|security_requirements|"
     "tietoturvaohje*|secure_engineering*|security_checklist",
     ANYWHERE, true, false},
    {"coding_standard",
     "coding_style*|codingstyle*|coding_guideline*|codingguideline*|style_guide*|styleguide*|code_style*|coding_"
     "standard*|coding_convention*|codestyle|conventions|tyyliopas|ohjelmointiohje*|coding_rules|"
     "code_guidelines|coding_practices|koodausohje*",
     AT_TOP, true, false},
    {"definition_of_done", "definition_of_done|dod|definition_of_ready_and_done|valmiin_maaritelma|done_criteria",
     ANYWHERE, true, false},
    {"review_policy",
     "code_review*|codereview*|review_policy|review_guideline*|reviewing|reviewing_*|review_process|review_checklist|"
     "reviewer_guide*|koodikatselmointi*|katselmointi*",
     AT_TOP, true, false},
    {"release_policy",
     "release_policy|release_process*|releasing|releasing_*|release|how_to_release|howto_release|release_procedure*|"
     "making_releases|making_a_release|publishing|release_management|release_checklist|release_howto|julkaisu|"
     "julkaisuprosessi|julkaisuohje*|julkaisukaytanto|release_guide|release_steps|release_instructions|maintaining_git|"
     "howto_release|release_plan|release_strategy|versioning_policy",
     AT_TOP, true, false},
    {"change_management",
     "change_management*|change_process|change_policy|change_control|muutoshallinta*|muutostenhallinta*|muutosprosessi",
     ANYWHERE, true, false},
    {"restoration",
     "rollback*|restore|restoration*|recovery|disaster_recovery*|backup_and_restore*|backup*|palautus*|palautuminen|"
     "toipumissuunnitelma|varmuuskopiointi",
     AT_TOP, true, true},
    {"deployment",
     "deployment|deploy|deploying|deployment_policy|deployment_process|deployment_strategy|deployment_guide|"
     "kayttoonotto|tuotantoonvienti",
     AT_TOP, true, true},
    {"environments", "environments|environment_separation|ymparistot|ymparistojen_erottelu", AT_TOP, true, true},
    {"privacy", "privacy|privacy_policy|tietosuoja|tietosuojaseloste|privacy_notice", AT_TOP, true, false},
    {"data_protection",
     "data_protection*|gdpr*|dpia*|tietosuojavaikutus*|privacy_by_design|personal_data*|henkilotiedot|test_data_policy|"
     "testidata*|production_data*|tuotantodata*",
     ANYWHERE, true, false},
    {"test_policy",
     "testing|test_policy|test_plan|test_strategy|testing_strategy|testing_policy|testing_guide*|testaus*|testausohje|"
     "testing_guideline*|tests",
     AT_TOP, true, true},
    {"metrics", "security_metrics|appsec_metrics|tietoturvamittarit|application_security_metrics|security_kpi*",
     ANYWHERE, true, false},
    {"audit_report",
     "audit_report*|security_audit*|pentest*|penetration_test*|tarkastusraportti*|auditointi*|security_assessment*",
     ANYWHERE, true, false},
    {"outsourcing",
     "outsourcing*|outsourced_*|supplier_*|vendor_management*|alihankinta*|toimittajahallinta*|ulkoistus*|ulkoistettu_*"
     "|subcontract*|third_party_development*",
     ANYWHERE, true, false},
    {"sandbox_policy",
     "sandbox_policy|unknown_code*|untrusted_code*|running_untrusted_*|hiekkalaatikko*|tuntematon_koodi*|sandboxing_"
     "policy",
     ANYWHERE, true, false},
};

static const char top_folders[] =
    "|.github/|.gitlab/|docs/|doc/|documentation/|docs/dev/|docs/development/|docs/contributing/|docs/contributor/"
    "|docs/developer/|docs/internal/|docs/internals/|docs/process/|docs/policies/|docs/policy/|"
    "docs/security/|docs/governance/|docs/project/|docs/release/|docs/maintainers/|docs/guidelines/|documentation/"
    "process/|policies/|policy/|process/|security/|governance/|doc/development/|docs/operations/|docs/ops/|"
    "ohjeet/|dokumentaatio/|docs/ohjeet/|docs/internals/contributing/|docs/docsite/rst/community/|docs/docsite/rst/"
    "dev_guide/|.well-known/|handbook/|docs/runbooks/|runbooks/|engineering/|docs/engineering/|";
/* Folders whose other documents are about how the team works. */
static const char process_folders[] =
    ".github|.gitlab|development|developer|developers|contributing|contributor|contributors|process|processes|policy|"
    "policies|security|governance|project|release|"
    "maintainers|guidelines|operations|ops|runbook|runbooks|handbook|engineering|team|tietoturva|ohjeet|kehitys|adr|"
    "adrs|maintainer";

static struct str fold_name(struct str s, char *out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < s.n && n < max; i++) {
        unsigned char c = (unsigned char)s.p[i];
        if (c == 0xc3 && i + 1 < s.n) {
            unsigned char d = (unsigned char)s.p[++i] | 0x20;
            out[n++] = d == 0xb6 ? 'o' : 'a';
        } else if (c == '-' || c == ' ' || c == '.') {
            out[n++] = '_';
        } else {
            out[n++] = (char)tolower(c);
        }
    }
    return (struct str){out, n};
}

static bool name_fits(struct str name, const char *names)
{
    struct str rest = str_from(names), one;
    while (str_cut(&rest, '|', &one)) {
        bool prefix = one.n && one.p[one.n - 1] == '*';
        if (prefix ? str_starts(name, str_slice(one, 0, one.n - 1)) : str_eq(name, one)) return true;
    }
    return false;
}

static bool is_top_folder(struct str dir)
{
    if (!dir.n) return true;
    struct str rest = str_from(top_folders), one;
    while (str_cut(&rest, '|', &one))
        if (one.n && str_eq_nocase(one, dir)) return true;
    return false;
}

/* adr/0001-x.md, doc/architecture/decisions/0001-x.md */
static bool is_adr(const struct place *pl, struct str name)
{
    bool folder =
        place_below(pl, "adr|adrs|decisions|architecture-decisions|architecture_decisions|decision-records|paatokset");
    return folder && name.n > 3 && (isdigit((unsigned char)name.p[0]) || str_starts(name, STR("adr")));
}

static void set(struct document_kind *k, const char *kind, bool process, bool topics, bool ambiguous)
{
    *k = (struct document_kind){kind, process, topics, ambiguous};
}

bool document_kind_find(const struct place *pl, struct document_kind *k)
{
    if (pl->sample || pl->depth > 6 || text_is(str_from(pl->class), "test|code|vendored|generated|binary|data"))
        return false;
    bool marked = text_is(pl->ext, "md|markdown|rst|adoc|asciidoc|txt|org|mdx|textile"), plain = !pl->ext.n;
    char buffer[128];
    struct str name = fold_name(marked ? pl->stem : pl->name, buffer, sizeof buffer);

    if (str_eq(pl->name, STR("security.txt")) &&
        (!pl->depth || str_ends(pl->dir, STR(".well-known/")) || pl->depth < 3)) {
        set(k, "security_txt", true, false, false);
        return true;
    }
    if (str_eq_nocase(pl->dir, STR(".github/ISSUE_TEMPLATE/")) ||
        str_eq_nocase(pl->dir, STR(".gitlab/issue_templates/"))) {
        set(k, "issue_template", false, false, false);
        return (marked || text_is(pl->ext, "yml|yaml")) && !str_eq(pl->stem, STR("config"));
    }
    if (str_ends_nocase(pl->dir, STR("PULL_REQUEST_TEMPLATE/")) ||
        str_eq_nocase(pl->dir, STR(".gitlab/merge_request_templates/"))) {
        set(k, "pull_request_template", true, true, false);
        return marked;
    }
    if (!marked && !plain) return false;
    if (plain && (!isupper((unsigned char)pl->name.p[0]) || text_is(str_from(pl->class), "config|ci"))) return false;
    if (text_is(pl->ext, "txt") && text_is(str_from(pl->class), "config|ci")) return false;
    if (is_adr(pl, name)) {
        set(k, "adr", true, true, false);
        return true;
    }
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct naming *r = &rows[i];
        if (!name_fits(name, r->names)) continue;
        if (r->where == AT_TOP && !is_top_folder(pl->dir)) continue;
        if (pl->test && strcmp(r->kind, "readme") != 0) continue;
        bool front = pl->depth == 0 || str_eq(pl->dir, STR(".github/"));
        bool topics = r->process || (strcmp(r->kind, "readme") == 0 && front);
        set(k, r->kind, r->process, topics, r->ambiguous);
        return true;
    }
    if (!marked || pl->test ||
        place_below(
            pl,
            "changelog.d|changes.d|newsfragments|.changeset|relnotes|release-notes|releases|changelogs|man|manpages"))
        return false;
    bool process = place_below(pl, process_folders);
    set(k, "other", process, true, false);
    return (process && pl->depth < 5) || !pl->depth || is_top_folder(pl->dir);
}
