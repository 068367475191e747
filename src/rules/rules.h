/* Rules over facts: one SQL query per obligation, evaluated over the subjects asked for; verdicts, statuses and
 * assurance computed from their rows. Nothing here is typed in by anybody.
 *
 * A rule is one SELECT. It starts from the temporary table asked(type, subject, name): the subjects asked about, where
 * subject = type ':self' or type ':self/' name. Parameters :now and :since (Unix seconds). Columns: subject, ok (1, 0,
 * NULL), at, due, then what its texts use; `path`, `line`, `commit_oid` and `fingerprint` are taken into the finding;
 * `via`, of a fact a row rests on, bounds its assurance. */
#ifndef SINETTI_RULES_RULES_H
#define SINETTI_RULES_RULES_H

#include "catalog/catalog.h"
#include "store/store.h"

/* In the order in which they win. */
enum verdict {
    VERDICT_NOT_APPLICABLE,
    VERDICT_WAIVED,
    VERDICT_VIOLATED,
    VERDICT_TREATED,
    VERDICT_AT_RISK,
    VERDICT_PARTLY_MET,
    VERDICT_MET,
    VERDICT_NO_EVIDENCE,
    VERDICT_COUNT
};
enum status {
    STATUS_FULLY_DONE,
    STATUS_MOSTLY_DONE,
    STATUS_PARTLY_DONE,
    STATUS_NOT_DONE,
    STATUS_NOT_RELEVANT,
    STATUS_COUNT
};
enum assurance { ASSURANCE_NONE, ASSURANCE_WEAK, ASSURANCE_FAIR, ASSURANCE_STRONG, ASSURANCE_PROVEN, ASSURANCE_COUNT };
/* Control coverage: the colour of a control in a framework's grid. */
enum coverage {
    COVERAGE_ALL_DONE,
    COVERAGE_DONE_BUT_LOW,
    COVERAGE_SOME_DONE,
    COVERAGE_ACTIVE,
    COVERAGE_INACTIVE,
    COVERAGE_NOT_APPLICABLE,
    COVERAGE_OUTSIDE,
    COVERAGE_COUNT
};

/* Why a failure does not count: an approved exception with an end; or it is past, and its cause was found and mended.
 */
enum exception { EXCEPTION_NONE, EXCEPTION_WAIVED, EXCEPTION_TREATED, EXCEPTION_COUNT };

const char *verdict_name(enum verdict v); /* snake case, as in JSON */
const char *status_name(enum status s);
const char *assurance_name(enum assurance a);
const char *coverage_name(enum coverage c);
const char *exception_name(enum exception e); /* \"\" for none */

struct finding_text {
    struct str message, fix;
};

struct finding {
    struct str id; /* 32 hex digits: stable over language, time and line moves */
    struct str subject;
    struct str message, fix;          /* in the language asked for, safe to show */
    const struct finding_text *texts; /* in each language; NULL unless they were asked for */
    struct str path;                  /* STR_NONE when it has none */
    int64_t line;                     /* 0 when it has none */
    struct str commit;                /* oid; STR_NONE when it has none */
    int64_t at;                       /* the row's `at`, 0 none */
    struct str allow;                 /* scanner's rule that an inline allow would name; STR_NONE when it is no hit */
    enum exception exception;
    bool baseline; /* known and accepted until baseline_until */
    struct str baseline_owner, baseline_until;
};

/* One thing that shows a point to be met: examples for somebody who wants to look. */
struct shown {
    struct str subject;
    struct str path;   /* STR_NONE when it has none */
    int64_t line;      /* 0 when it has none */
    struct str commit; /* oid; STR_NONE when it has none */
    int64_t at;        /* 0 when it has none */
};

/* What a baseline keeps of a finding. */
struct finding_key {
    struct str id, subject;
};

struct obligation_result {
    const struct catalog_obligation *def;
    bool adopted; /* by the preset: counts as must */
    bool stopped; /* its rule reached a limit, or, over the organization, is faulty: no evidence, whatever it had found;
                     settles says why */
    enum verdict verdict;
    int64_t population, judged, failing; /* subjects in scope; with ok 0 or 1; with ok 0 */
    int64_t baselined;                   /* of the failing ones, how many the baseline holds */
    int64_t waived, treated;             /* failing subjects that do not count as such, by exception */
    enum assurance assurance;
    struct str settles;             /* what would give evidence, when something lacks it; else STR_NONE */
    int64_t at;                     /* newest `at` of its rows, 0 none */
    int64_t due;                    /* the earliest `due` of what is fine, 0 none */
    int64_t next;                   /* the earliest `due` or `changes_at` after now, of any row, 0 none */
    const struct finding *findings; /* at most LIMIT_FINDINGS, by path, line, newest first, subject */
    size_t n_findings;
    const struct shown *shown; /* of its rows with ok 1, at most LIMIT_SHOWN, in the findings' order */
    size_t n_shown;
    int64_t places;                 /* rows with ok 0: what findings would be without the limit */
    const struct finding_key *keys; /* of all of them, up to LIMIT_BASELINE_ENTRIES: only when options ask for them */
    size_t n_keys;
};

struct task_result {
    const struct catalog_task *def;
    enum status status;
    bool exceptions; /* done with waived or treated points: never dark green */
    enum verdict designed, operating;
    enum assurance assurance;
    const struct obligation_result *obligations;
    size_t n_obligations;
    bool has_priority;      /* else the catalog's: ask rules_priority() */
    enum priority priority; /* the organization's own */
};

struct control_result {
    const struct catalog_control *def;
    enum coverage coverage;
    const struct task_result *const *tasks; /* those mapped to it */
    size_t n_tasks;
};
struct framework_result {
    const struct catalog_framework *def;
    const struct control_result *controls;
    size_t n_controls;
};

/* One assessment, whole: what reports read and nothing else. Lives in the ctx's arena. */
struct assessment {
    struct {
        struct str path; /* as given, safe to show */
        int64_t now, since;
        enum lang lang;
        struct str preset; /* key or STR_NONE */
        char catalog_digest[65];
        int64_t facts;       /* of the log, at which registers were read; -1: of none */
        int64_t duration_ms; /* wall clock: kept out of JSON */
        struct str cache;    /* none, used, rebuilt (and why) */
    } run;
    struct {
        struct str head, rev, branch; /* branch STR_NONE when rev is none */
        struct str object_format;
        int64_t commits, period_commits, files, missing;
        bool shallow, partial;
    } repository;
    const struct str *notices; /* what a reader must know of the input: shallow history, missing objects … */
    size_t n_notices;
    int64_t summary[STATUS_COUNT];
    const struct task_result *tasks;
    size_t n_tasks;
    const struct framework_result *frameworks;
    size_t n_frameworks;
    const struct finding *const *first; /* three things to do first: worst priority and strength, then reach */
    const struct obligation_result *const *first_of; /* the obligation of each */
    size_t n_first;
};

/* What an organization has made its own: see rules_own_read(). */
struct own;

struct rules_options {
    int64_t now, since;
    int64_t push; /* :push, where a text has it: rules_rows() alone */
    enum lang lang;
    const struct catalog_preset *preset; /* NULL: nothing adopted */
    const struct own *own;               /* NULL: nothing */
    struct str task;                     /* only this task; STR_NONE all */
    bool only_check;                     /* only obligations with `check` */
    bool keys;                           /* fill `keys` of every result, for baseline_write() */
    bool texts;                          /* fill `texts` of findings */
    const struct str *known;             /* ids that are no findings here, sorted: what was there before a change */
    size_t n_known;
};
void rules_sort_known(struct str *known, size_t n);

/* A must, or adopted: counts as must. */
bool rules_is_must(const struct obligation_result *o);

enum priority rules_priority(const struct task_result *t);

/* Reads the preset, priorities, adoptions, what does not apply, tolerances, waivers and treatments in force at `now`
 * from a database with the facts' views (docs/formats/subjects.md). subject: `repo:ID`, whose project's own rules hold
 * besides, or `project:ID`; STR_NONE for the organization alone. In the ctx's arena. */
enum rc rules_own_read(struct ctx *cx, sqlite3 *db, int64_t now, struct str subject, struct own **out) MUST_CHECK;
/* The preset the organization has named in a fact; where it named none that the catalog knows, `otherwise`. */
const struct catalog_preset *rules_preset(const struct catalog *c, const struct own *own,
                                          const struct catalog_preset *otherwise);

/* Every framework's grid over these tasks, in the ctx's arena. */
void rules_coverage(struct ctx *cx, const struct catalog *c, const struct task_result *tasks, size_t n_tasks,
                    const struct framework_result **frameworks, size_t *n);

/* Rules over the organization: what is recorded in registers and other facts, judged as a repository is. Views:
 * docs/formats/facts.md; `via` of each row bounds the assurance, `approved` says that somebody else vouches for it.
 * What changes a row by time alone stands in `due`, or in `changes_at` where no warning is due; :since is the start of
 * the day a year back. */
struct organization_options {
    int64_t at; /* Unix seconds */
    enum lang lang;
    const struct own *own;               /* of the organization */
    const struct catalog_preset *preset; /* may be NULL */
    bool texts;                          /* fill `texts` of findings */
    const bool *wanted;                  /* of all points, in the catalog's order; NULL: all */
};
/* Fills results, of which there are as many as the catalog has points, in its order; those without such a rule, or not
 * wanted, have no `def`. The database has the facts' views; those of items are made on the connection. */
enum rc rules_organization(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct organization_options *o,
                           struct obligation_result *results) MUST_CHECK;
size_t rules_count_points(const struct catalog *c);

/* What is accepted for a while: see rules/baseline.h. */
struct baseline;

/* Fills `asked` with every subject the derived tables know (repo, commit, ref, file). */
enum rc rules_ask_all(struct ctx *cx, sqlite3 *db) MUST_CHECK;
/* Or empties it, for the caller to fill: (type, name, subject). */
enum rc rules_ask_none(struct ctx *cx, sqlite3 *db) MUST_CHECK;

/* Evaluates over `asked` and fills tasks, summary, frameworks and first of *a. A rule that fails is E_INTERNAL with its
 * name; one that reaches a limit is `stopped`. Tasks of which nothing was asked are left out. There are no frameworks
 * when not all was asked (task, only_check): a grid over a part would say what is not so. */
enum rc rules_evaluate(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct rules_options *o,
                       const struct baseline *b, struct assessment *a) MUST_CHECK;

/* A rule's rows one by one, for explaining and trying it. Values are safe to show, times as RFC 3339, NULL as "–";
 * borrowed for the call. */
struct rule_row {
    struct str subject;
    int ok; /* 1, 0, -1 for NULL */
    const struct str *names, *values;
    size_t n;
};
/* Runs any rule's text over `asked`, under the same watch. E_INVALID when it does not prepare, has no subject or ok, or
 * returns something else in them; E_LIMIT when it was stopped. Stops at the first error of `each` and returns it. */
enum rc rules_rows(struct ctx *cx, sqlite3 *db, struct str sql, const struct rules_options *o,
                   enum rc (*each)(void *arg, const struct rule_row *row), void *arg) MUST_CHECK;

/* Where an organization stands, or one of its projects: the newest recorded verdicts of each active repository, put
 * together by point, with what is made its own, as of `at`: exceptions that have ended count no more, what is due or
 * old counts less. The database has the facts' views. */
struct standing_point { /* of one repository */
    const struct catalog_obligation *def;
    bool recorded; /* else all that follows is 0 */
    enum verdict verdict;
    enum assurance assurance;
    int64_t scope, judged, failing;
    int64_t due;  /* 0 none */
    bool adopted; /* counted as must by the organization's word */
};
struct standing_repository {
    struct str subject;
    struct str name, raw_name; /* name: safe to show */
    struct str project;        /* project:ID; empty: none */
    int64_t verdicts;          /* number of the fact; -1: none yet */
    int64_t at;                /* when it was recorded */
    struct str catalog;        /* digest of the catalog it was made with */
    enum assurance seen;       /* what the way in which it came in allows */
    bool stale;                /* too long ago: its assurance counts one level less */
};
struct standing_options {
    int64_t at; /* Unix seconds */
    enum lang lang;
    const struct catalog_preset *preset;          /* where no fact names one */
    struct str project;                           /* project:ID; STR_NONE: the organization */
    const struct obligation_result *organization; /* of rules_organization(), if they are known already */
    /* Called for each repository with verdicts, with its points in the catalog's order; borrowed. May be NULL. */
    enum rc (*each)(void *arg, const struct standing_repository *r, const struct standing_point *points, size_t n);
    void *arg;
};
struct standing {
    int64_t at;
    int64_t next;                                   /* when it changes without any fact; INT64_MAX never */
    const struct standing_repository *repositories; /* by name */
    size_t n_repositories;
    int64_t summary[STATUS_COUNT];
    const struct task_result
        *tasks; /* findings: of rules over the organization; those of repositories are in reports */
    size_t n_tasks;
};
enum rc rules_standing(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct standing_options *o,
                       struct standing *out) MUST_CHECK;
/* What the verdicts fact n, recorded at `at`, says: statuses computed from its points as they were recorded, by what
 * was adopted then; nothing of the present has a say in it. Points that the catalog does not know are left out, those
 * that it has besides have no evidence. No repositories. */
enum rc rules_recorded(struct ctx *cx, sqlite3 *db, const struct catalog *c, int64_t n, int64_t at,
                       struct standing *out) MUST_CHECK;

#endif
