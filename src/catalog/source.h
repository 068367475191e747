/* The catalog's folder as it is being checked: files, what was read from them, and every fault found. Everything lives
 * in the ctx's arena. Only the catalog room sees this; others see catalog/catalog.h.
 *
 * Life: source_open() → source_read_*() → source_link() → source_draft().
 */
#ifndef SINETTI_CATALOG_SOURCE_H
#define SINETTI_CATALOG_SOURCE_H

#include "base/yaml.h"
#include "catalog/library.h"
#include "catalog/metric.h"
#include "catalog/record.h"

enum source_kind {
    SOURCE_FRAMEWORK,
    SOURCE_TASK,
    SOURCE_RULE,
    SOURCE_CASE,
    SOURCE_PRESET,
    SOURCE_KIND,
    SOURCE_PROJECT,
    SOURCE_RECORD,
    SOURCE_TEMPLATE,
    SOURCE_METRIC,
    SOURCE_METRIC_SQL,
    SOURCE_METRIC_CASE,
    SOURCE_LIBRARY
};

struct source_file {
    enum source_kind kind;
    struct str path; /* below the folder */
    struct str task; /* name of the task's or kind's folder; empty elsewhere */
    struct str name; /* without folder and suffix */
    struct str content;
};

struct source_framework {
    struct catalog_framework f;
    struct str file;
    int order, line;
    struct source_control *controls; /* n of them in f.n_controls */
};

struct source_control {
    struct catalog_control c;
    int line;
};

struct source_mapping {
    struct str framework, id, source;
    int line;
    struct catalog_mapping m; /* set by source_link() */
};

struct source_text {
    struct str text[LANG_COUNT];
    int line[LANG_COUNT];
    bool given;
};

struct source_obligation {
    struct catalog_obligation o;
    struct source_text text, message, fix, settles, org_message, org_fix;
    int line, message_line, fix_line, needs_line, check_line, off_line, org_line;
    bool has_org;                              /* texts of a rule over the organization */
    const struct source_file *rule, *org_rule; /* set by source_read_rules() */
};

struct source_task {
    struct catalog_task t;
    struct str file, folder;
    int line, order_line;
    struct source_mapping *mappings;
    size_t n_mappings;
    struct source_obligation *obligations;
    size_t n_obligations;
};

struct source_preset {
    struct catalog_preset p;
    struct str file;
    bool strengths[STRENGTH_COUNT]; /* adopts all points of these */
    struct str *names;              /* and these */
    int *lines;
    size_t n_names;
};

struct source_kind_of_fact {
    struct catalog_kind k;
    struct str file;
    int line;
    const struct source_file *sql; /* set by source_read_projects() */
};

struct source_record {
    struct record_kind k;
    struct str file;
    int line, tasks_line;
};

struct source_template {
    struct record_template t;
    struct str file;
    int line;
    const struct yaml_node *shows, *content; /* NULL: absent */
};

struct source_metric {
    struct catalog_metric m;
    struct str file;
    int line, shows_line, order_line;
};

struct source_suggestion {
    struct str framework, id, reference;
    int line;
    struct catalog_suggestion s; /* set by source_link() */
};

struct source_pair {
    struct str from_framework, from, to_framework, to;
    int line;
    struct catalog_pair p; /* set by source_link() */
};

struct source_library {
    struct catalog_library l;
    struct str file;
    int line;
    struct catalog_reference *references;
    struct source_suggestion *suggestions;
    struct source_pair *pairs; /* n of each in l */
    size_t cap_pairs;
};

struct source {
    struct ctx *cx;
    struct catalog_fault *faults;
    size_t n_faults, cap_faults;
    struct source_file *files; /* by path */
    size_t n_files, cap_files;
    struct source_framework *frameworks;
    size_t n_frameworks, cap_frameworks;
    struct source_task *tasks;
    size_t n_tasks, cap_tasks;
    struct source_preset *presets;
    size_t n_presets, cap_presets;
    struct source_kind_of_fact *kinds;
    size_t n_kinds, cap_kinds;
    struct source_record *records;
    size_t n_records, cap_records;
    struct source_template *templates;
    size_t n_templates, cap_templates;
    struct source_metric *metrics;
    size_t n_metrics, cap_metrics;
    struct source_library *libraries;
    size_t n_libraries, cap_libraries;
};

/* Lists and reads the folder. Files that have no place in a catalog, links, and files that are too large or no UTF-8
 * are faults. E_NOTFOUND, E_IO for the folder itself. */
enum rc source_open(struct ctx *cx, const char *dir, struct source *s) MUST_CHECK;

/* A file as if it stood in the folder: frameworks/X.yaml or libraries/X.yaml. */
void source_add(struct source *s, struct str path, struct str content);

/* Read the files of each kind; faults are noted. */
void source_read_framework(struct source *s, const struct source_file *file);
void source_read_task(struct source *s, const struct source_file *file);
void source_read_preset(struct source *s, const struct source_file *file);
void source_read_kind(struct source *s, const struct source_file *file);
void source_read_record(struct source *s, const struct source_file *file);
void source_read_template(struct source *s, const struct source_file *file);
void source_read_metric(struct source *s, const struct source_file *file);
void source_read_library(struct source *s, const struct source_file *file);
enum rc source_read_projects(struct source *s) MUST_CHECK; /* after all kinds; E_IO when no database opens */
enum rc source_read_rules(struct source *s) MUST_CHECK;    /* after all tasks and kinds, and their projections */
enum rc source_read_cases(struct source *s) MUST_CHECK;    /* after the rules */
enum rc source_read_queries(struct source *s) MUST_CHECK;  /* of metrics; after the kinds' projects */

/* What needs several files: ids that must exist or differ; resolves mappings and presets. */
void source_link(struct source *s);
void source_link_records(struct source *s);
void source_link_templates(struct source *s); /* after the kinds of record */
void source_link_libraries(struct source *s); /* after the frameworks */
void source_link_metrics(struct source *s);   /* before the records: their choices may be the metrics */
/* The catalog, borrowed from *s: only when there are no faults. */
void source_draft(struct source *s, struct catalog *out);
void source_draft_libraries(struct source *s, struct catalog *out); /* after the frameworks */

/* Notes a fault; the text is in cx's arena or static. */
void source_fault(struct source *s, struct str file, int line, const char *remedy, const char *fmt, ...)
    __attribute__((format(printf, 5, 6)));
/* By file and line, as they are reported. */
void source_sort_faults(struct source *s);

/* A copy of s that is safe to show in a fault. */
const char *source_show(struct source *s, struct str text);

/* Whether a is free at [n]: if not, moves it to twice the room. Elements are moved, so hold indices, not pointers. */
#define source_grow(s, array, n, cap) ((array) = source_more((s), (array), (n), &(cap), sizeof *(array)))
void *source_more(struct source *s, void *old, size_t n, size_t *cap, size_t size);

/* [a-z][a-z0-9-]*, with `also` allowed behind the first letter too (NULL none); at most 64 bytes. */
bool source_is_key(struct str s, const char *also);
/* The key of a kind of fact, or the name of a field of its payload: [a-z][a-z0-9_]{0,39}. */
bool source_is_kind(struct str s);

#endif
