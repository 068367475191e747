/* Inside the room: a library as it was read. */
#ifndef SINETTI_EXCHANGE_LIBRARY_INT_H
#define SINETTI_EXCHANGE_LIBRARY_INT_H

#include "base/yaml.h"
#include "exchange/library.h"

struct library_control {
    struct str id, title, group, urn, parent;
    bool heading;
};

struct library {
    struct ctx *cx;
    const struct yaml_node *top; /* NULL: it was JSON */
    struct str key, name, edition, title, title_fi, urn, nodes;
    struct library_control *controls;
    size_t n, notes;
    bool framework;
    struct library_words *ids, *urns, *parents; /* while it is read */
};

/* Words that were seen, with a number each: what a file has twenty thousand of is found in no time. */
struct library_words;
struct library_words *library_words_new(struct ctx *cx, size_t most);
/* Where the number of `word` stands; NULL: it was not seen, unless `add`, then 0. */
size_t *library_word(struct library_words *w, struct str word, bool add);

enum rc library_add(struct library *l, struct library_control c, int line) MUST_CHECK;
/* library_asvs.c: ASVS as JSON, and as CSV. */
bool library_is_asvs_csv(struct str given);
enum rc library_read_asvs_json(struct library *l, struct str given) MUST_CHECK;
enum rc library_read_asvs_csv(struct library *l, struct str given) MUST_CHECK;

/* One visible line of at most 400 bytes. */
struct str library_line_of(struct ctx *cx, struct str s);
/* [a-z][a-z0-9.-]* of any name, at most `most` (64) bytes. */
struct str library_key_of(struct ctx *cx, struct str name, size_t most);
struct str library_lower(struct ctx *cx, struct str s);
/* In quotes, as JSON has it, which YAML reads the same. */
void library_put(struct buf *out, struct str s);
/* The text under a key; empty where it is absent or null. */
struct str library_text(const struct yaml_node *m, struct str key);
size_t library_count(const struct yaml_node *list);

#endif
