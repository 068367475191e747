/* The catalog: what must hold. Frameworks, tasks, obligations, presets and kinds of facts, read from a folder of YAML
 * and SQL files (`catalog/`), compiled into one image that the program maps at start. Refuses anything it does not
 * know: unknown keys, missing translations, ids that no framework has, SQL that does not prepare. Immutable once open;
 * any thread may read.
 *
 * Life: catalog_builtin() or catalog_load() → read → catalog_free().
 */
#ifndef SINETTI_CATALOG_CATALOG_H
#define SINETTI_CATALOG_CATALOG_H

#include "base/ctx.h"

enum lang { LANG_EN, LANG_FI, LANG_COUNT };
enum strength { STRENGTH_MUST, STRENGTH_RECOMMENDED, STRENGTH_EXAMPLE, STRENGTH_COUNT };
enum priority { PRIORITY_CRITICAL, PRIORITY_HIGH, PRIORITY_NORMAL, PRIORITY_LOW, PRIORITY_COUNT };
/* design: is there a rule and is it approved; operation: did it hold in the period. */
enum aspect { ASPECT_DESIGN, ASPECT_OPERATION, ASPECT_COUNT };
/* What an obligation is shown by, which is the ceiling of its assurance. */
enum evidence_type { EVIDENCE_DOCUMENT, EVIDENCE_CONFIGURATION, EVIDENCE_PRACTICE, EVIDENCE_RECORD, EVIDENCE_COUNT };

struct catalog_control {
    struct str framework; /* key: iso27001-2022 … */
    struct str id, title; /* facts; title may be empty where the framework has none of its own */
    struct str group;     /* id of the heading it stands under; empty at the top */
    bool heading;         /* an objective, function or category, not assessable by itself */
    bool outside;         /* not about secure development: never claimed by Sinetti's grid */
    struct str node;      /* how its urn in libraries ends; empty: its id in lower case */
};

struct catalog_framework {
    struct str key, name, edition; /* "ISO/IEC 27001", "2022" */
    struct str title[LANG_COUNT];
    bool legacy;                            /* shown after the current editions */
    const struct catalog_control *controls; /* in the framework's own order */
    size_t n_controls;
    struct str urn, nodes; /* in libraries: its own, and what its controls' begin with; may be empty */
};

struct catalog_mapping {
    const struct catalog_framework *framework;
    const struct catalog_control *control;
    struct str source; /* page, annex_b, csf_map, own_judgement */
};

/* A rule that runs over what the organization has recorded, beside the one that runs over a repository. */
struct catalog_org_rule {
    struct str sql;                   /* empty: there is none */
    struct str evidence, blind_spots; /* from its header; English */
    struct str message[LANG_COUNT], fix[LANG_COUNT];
    struct str gate; /* that asks it before something gets through: "push"; empty: none */
};

struct catalog_obligation {
    struct str task, key; /* full name: task/key */
    int point;            /* number of the requirement point */
    enum strength strength;
    enum aspect aspect;
    enum evidence_type type;
    bool check;                       /* `sinetti check` asks it about a change */
    bool enabled;                     /* false: the rule ships switched off; its reason stands in the file */
    struct str text[LANG_COUNT];      /* the requirement point in our words */
    struct str message[LANG_COUNT];   /* a finding, with {column} holes */
    struct str fix[LANG_COUNT];       /* how to fix, with {column} holes */
    struct str settles[LANG_COUNT];   /* what would give evidence where there is none */
    struct str sql;                   /* over a repository; empty: only records can show it */
    struct str evidence, blind_spots; /* from the rule's header; English */
    struct catalog_org_rule org;      /* over the organization's facts */
    const struct str *needs;          /* kinds of record that can show it */
    size_t n_needs;
};

struct catalog_task {
    struct str key;
    int order;
    struct str theme, policy; /* keys: development_and_cloud, secure_development */
    struct str theme_title[LANG_COUNT], policy_title[LANG_COUNT];
    enum priority priority;
    struct str title[LANG_COUNT], summary[LANG_COUNT];
    const struct catalog_mapping *controls; /* current frameworks first */
    size_t n_controls;
    const struct catalog_obligation *obligations; /* by point */
    size_t n_obligations;
};

struct catalog_preset {
    struct str key;
    struct str title[LANG_COUNT];
    const struct str *adopts; /* full obligation names, sorted */
    size_t n_adopts;
};

/* What a fact can be about (docs/formats/subjects.md); their numbers stand in images. */
enum subject_type {
    SUBJECT_ORG,
    SUBJECT_LEDGER,
    SUBJECT_PROJECT,
    SUBJECT_REPO,
    SUBJECT_REF,
    SUBJECT_COMMIT,
    SUBJECT_FILE,
    SUBJECT_CHANGE,
    SUBJECT_RELEASE,
    SUBJECT_RECORD,
    SUBJECT_PERSON,
    SUBJECT_KEY,
    SUBJECT_TASK,
    SUBJECT_OBLIGATION,
    SUBJECT_FACT,
    SUBJECT_GROUP,
    SUBJECT_COUNT
};
enum schema_type { SCHEMA_OBJECT, SCHEMA_ARRAY, SCHEMA_STRING, SCHEMA_INTEGER, SCHEMA_BOOLEAN, SCHEMA_COUNT };

/* What a value of a payload may be: our subset of JSON Schema. */
struct catalog_schema {
    enum schema_type type;
    int64_t least, most;      /* bytes of a string, items of a list, the integer itself */
    struct str pattern;       /* of a string, anchored at both ends; empty: none */
    const struct str *values; /* enum and const, as text; none: any */
    size_t n_values;
    const struct catalog_field *fields; /* of an object, by name; no others are allowed */
    size_t n_fields;
    const struct catalog_schema *items; /* of a list, else NULL */
    bool nullable, open;                /* null too, any object; only in the API, never in a kind */
};

struct catalog_field {
    struct str name;
    bool required;
    struct catalog_schema schema;
};

struct catalog_kind {
    struct str key;
    struct str title[LANG_COUNT];
    bool kept;         /* its bodies are never erased */
    bool reserved;     /* only the command that does what it says appends it */
    bool by_request;   /* only a request that another person decides appends it */
    bool replaces;     /* its SQL may change rows of earlier facts; else it only adds */
    uint32_t subjects; /* bit of each enum subject_type it may be about */
    struct catalog_schema payload;
    const struct str *subject_fields; /* fields that hold subjects */
    size_t n_subject_fields;
    const struct str *different; /* lists whose items must differ */
    size_t n_different;
    const struct str *define; /* statements that make its tables, indexes and views, once */
    size_t n_define;
    const struct str *project; /* statements to be run for each fact */
    size_t n_project;
    const struct str *tables; /* that it makes, sorted */
    size_t n_tables;
    const struct str *views;
    size_t n_views;
};

struct record_kind;
struct record_template;
struct catalog_metric;
struct catalog_library;

struct catalog {
    const struct catalog_framework *frameworks;
    size_t n_frameworks;
    const struct catalog_task *tasks; /* by order */
    size_t n_tasks;
    const struct catalog_preset *presets;
    size_t n_presets;
    const struct catalog_kind *kinds; /* of facts, by key */
    size_t n_kinds;
    const struct record_kind *records; /* kinds of record, by key (catalog/record.h) */
    size_t n_records;
    const struct record_template *templates; /* ready items, by kind and key */
    size_t n_templates;
    const struct catalog_metric *metrics; /* by order (catalog/metric.h) */
    size_t n_metrics;
    const struct catalog_library *libraries; /* by key (catalog/library.h) */
    size_t n_libraries;
    char digest[65]; /* SHA-256 of the image, hex */
};

/* The catalog compiled into the program. */
enum rc catalog_builtin(struct ctx *cx, struct catalog **out) MUST_CHECK;

/* A catalog folder. Stops at the first fault: E_INVALID with file, line and remedy; E_NOTFOUND, E_IO. */
enum rc catalog_load(struct ctx *cx, const char *dir, struct catalog **out) MUST_CHECK;
void catalog_free(struct catalog *c);

/* As if these files stood in the folder, beside its own or instead of them; nothing is written. Only of frameworks/ and
 * libraries/. A fault in one of them names its path and line. */
struct catalog_file {
    struct str path, content;
};
enum rc catalog_load_with(struct ctx *cx, const char *dir, const struct catalog_file *files, size_t n,
                          struct catalog **out) MUST_CHECK;

/* `base` with more of frameworks/ and libraries/ beside its own, as an image that catalog_open_beside() opens. What is
 * there already stays what it is: no task, rule or framework of the base changes, no task is mapped to what is new, and
 * the digest of the opened catalog is the base's. E_INVALID with path and line; E_LIMIT. */
enum rc catalog_beside(struct ctx *cx, const struct catalog *base, const struct catalog_file *files, size_t n,
                       struct buf *image) MUST_CHECK;
/* E_CORRUPT where the image is not whole, or of another version of the program. The caller's to catalog_free(). */
enum rc catalog_open_beside(struct ctx *cx, const struct catalog *base, struct str image,
                            struct catalog **out) MUST_CHECK;

const struct catalog_task *catalog_find_task(const struct catalog *c, struct str key);
const struct catalog_preset *catalog_find_preset(const struct catalog *c, struct str key);
const struct catalog_kind *catalog_find_kind(const struct catalog *c, struct str key);
const struct record_kind *catalog_find_record(const struct catalog *c, struct str key);
const struct record_template *catalog_find_template(const struct catalog *c, struct str kind, struct str key);
bool catalog_adopts(const struct catalog_preset *p, const struct catalog_obligation *o); /* p may be NULL */

/* Checks a folder wholly: every fault is reported through `fault`, in file and line order, and counted. */
struct catalog_fault {
    struct str file; /* below the folder */
    int line;        /* 0: the file as a whole */
    struct str text, remedy;
};
enum rc catalog_check(struct ctx *cx, const char *dir, void (*fault)(void *arg, const struct catalog_fault *f),
                      void *arg, size_t *faults) MUST_CHECK;

/* Whether everything that kinds of `before` admit is admitted by `after` too: a fact stays readable for ever. Reported
 * and counted likewise; file is the one of `after`. */
void catalog_check_growth(struct ctx *cx, const struct catalog *before, const struct catalog *after,
                          void (*fault)(void *arg, const struct catalog_fault *f), void *arg, size_t *faults);

/* Words for the enums in snake case, as in files and JSON. */
const char *strength_name(enum strength s);
const char *priority_name(enum priority p);
const char *aspect_name(enum aspect a);
const char *evidence_type_name(enum evidence_type t);
const char *lang_name(enum lang l); /* "en", "fi" */
enum lang lang_of(struct str name, enum lang otherwise);
const char *subject_type_name(enum subject_type t);
const char *schema_type_name(enum schema_type t);

#endif
