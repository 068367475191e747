/* YAML 1.2 from strangers, read into a small tree with line numbers. Refuses what could hurt: text that is not UTF-8 or
 * over LIMIT_YAML_FILE, white space, tags and directives over LIMIT_YAML_RUN, nesting deeper than LIMIT_YAML_DEPTH,
 * trees that have more than LIMIT_YAML_NODES nodes when every alias is written out. So a plain recursive walk over a
 * tree always ends soon, however the aliases were arranged. Nothing is ever resolved to a type: scalars are text, and
 * `style` says whether the author asked for text. Pure apart from the arena of the ctx.
 */
#ifndef SINETTI_BASE_YAML_H
#define SINETTI_BASE_YAML_H

#include "base/ctx.h"

enum yaml_kind { YAML_SCALAR, YAML_SEQUENCE, YAML_MAPPING };
enum yaml_style { YAML_PLAIN, YAML_QUOTED, YAML_BLOCK }; /* BLOCK: literal | or folded > */

struct yaml_node;

struct yaml_pair {
    struct str key;
    int line;
    const struct yaml_node *value; /* never NULL: an empty value is an empty plain scalar */
};

struct yaml_node {
    enum yaml_kind kind;
    int line;              /* from 1: where it was written; for an alias, where the anchored node was. Of a block: the
                              first line of its text, below the | or > */
    enum yaml_style style; /* of a scalar */
    struct str text;       /* of a scalar; p is never NULL */
    struct str tag;        /* "!reference", as written or resolved; STR_NONE when it has none */
    union {
        const struct yaml_node *const *items; /* of a sequence */
        const struct yaml_pair *pairs;        /* of a mapping, in order, duplicates dropped */
    };
    size_t n;              /* items or pairs */
    unsigned size, height; /* nodes and levels below and with it, aliases written out */
};

enum yaml_mode {
    YAML_STRICT, /* our own files: one document; anchors, aliases, tags, merge keys and duplicate keys are faults */
    YAML_LENIENT /* CI files of others: anchors and aliases share nodes, tags are kept, several documents, duplicates
                    keep the first and are reported as faults of the tree, which is still good */
};

struct yaml_fault {
    int line; /* 0: the text as a whole */
    struct str text, remedy;
};

struct yaml {
    const struct yaml_node *const *documents;
    size_t n;                        /* 0 for an empty text */
    const struct yaml_fault *faults; /* by line, at most YAML_FAULTS_MAX */
    size_t n_faults;
};
#define YAML_FAULTS_MAX 50

/* Everything in *out lives in the ctx's arena; the text may go. OK: all of it was read; look at `faults` (strict
 * callers refuse any). E_INVALID: it does not parse; documents before the fault are in *out and the fault is the last
 * of faults. E_LIMIT: a ceiling, likewise. cx->message has the fault as "line N: text". */
enum rc yaml_read(struct ctx *cx, struct str text, enum yaml_mode mode, struct yaml *out) MUST_CHECK;

/* A library of frameworks somebody hands in: lenient, up to LIMIT_YAML_LARGE and LIMIT_YAML_LARGE_NODES. */
enum rc yaml_read_large(struct ctx *cx, struct str text, struct yaml *out) MUST_CHECK;

/* The value of a key; NULL when m is NULL, no mapping or has no such key. yaml_find() follows merge keys (`<<`) too,
 * own keys first. yaml_pair_of() gives the pair, without merges. */
const struct yaml_node *yaml_get(const struct yaml_node *m, struct str key);
const struct yaml_node *yaml_find(const struct yaml_node *m, struct str key);
const struct yaml_pair *yaml_pair_of(const struct yaml_node *m, struct str key);

/* The text of a scalar; STR_NONE for NULL and other kinds. */
struct str yaml_text(const struct yaml_node *n);
/* A plain `true`/`false` (any of YAML's spellings: True, TRUE); `fallback` otherwise. */
bool yaml_bool(const struct yaml_node *n, bool fallback);
/* Absent, or a plain scalar that means null: empty, ~, null. */
bool yaml_is_null(const struct yaml_node *n);

#endif
