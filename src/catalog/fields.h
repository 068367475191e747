/* The keys of one mapping in a catalog file: which are known, what each must be. Every fault is noted with its line. */
#ifndef SINETTI_CATALOG_FIELDS_H
#define SINETTI_CATALOG_FIELDS_H

#include "catalog/source.h"

struct fields {
    struct source *s;
    struct str file;
    const struct yaml_node *map; /* NULL when it was no mapping: then all fields are absent, without further faults */
    const char *what;            /* "a task", for faults */
};

/* The file's one document, NULL with faults noted when it does not parse or is no mapping. */
const struct yaml_node *fields_document(struct source *s, const struct source_file *file);

/* Keys outside `known` (words separated by a space) are faults. */
struct fields fields_of(struct source *s, struct str file, const struct yaml_node *map, const char *what,
                        const char *known);

bool fields_has(const struct fields *f, const char *key);
int fields_line(const struct fields *f, const char *key); /* of the key, else of the mapping */

/* Absent and required, empty, or of the wrong shape: a fault, and STR("") or the fallback. */
struct str field_text(const struct fields *f, const char *key, bool required);
struct str field_key(const struct fields *f, const char *key, const char *also); /* required; see source_is_key() */
int field_int(const struct fields *f, const char *key, int min, int max);        /* required */
bool field_bool(const struct fields *f, const char *key, bool required);         /* absent: false */
/* Index of a word; required. name(i) gives the words. 0 when it is none of them. */
int field_word(const struct fields *f, const char *key, const char *(*name)(int i), int count);
/* {en: …, fi: …} */
struct source_text field_langs(const struct fields *f, const char *key, bool required);
/* A text in a node that stands under key; STR("") with a fault when it is none. */
struct str field_text_in(const struct fields *f, const char *key, const struct yaml_node *n);
/* A list; NULL when absent. */
const struct yaml_node *field_list(const struct fields *f, const char *key, bool required);

#endif
