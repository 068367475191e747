/* Private to observe: where a file stands, and the rows its readers leave. A reader is a pair of functions in the table
 * of content.c; it gets text without NULs, leaves rows, and cannot fail. Pure; any thread, one content each. */
#ifndef SINETTI_OBSERVE_CONTENT_ROWS_H
#define SINETTI_OBSERVE_CONTENT_ROWS_H

#include "base/arena.h"
#include "observe/content.h"

/* What the path alone says. Strings borrow the path. */
struct place {
    struct str path;
    struct str dir;    /* with its slash; "" at the top */
    struct str name;   /* behind the last slash */
    struct str stem;   /* name without its last extension; a leading dot is no extension */
    struct str ext;    /* behind the last dot, "" when none */
    const char *class; /* as d_file.class */
    int depth;         /* folders above it */
    bool sample;       /* below a folder of fixtures, examples, templates */
    bool test;         /* below a folder of tests */
};
struct place place_of(struct str path, const char *class);
/* Whether a folder above it has one of these names ("a|b|c", lower case), case ignored. */
bool place_below(const struct place *pl, const char *names);

/* Whether s equals one of "a|b|c" (lower case), case ignored. */
bool text_is(struct str s, const char *names);
struct str text_lower(struct arena *a, struct str s);               /* ASCII */
struct str text_visible(struct arena *a, struct str s, size_t max); /* safe to show, cut at `max` bytes of UTF-8 */

/* Lines of a text, without their "\n" or "\r\n". */
struct lines {
    struct str rest;
    int64_t line; /* number of the line given last, from 1 */
};
bool lines_next(struct lines *l, struct str *line);

enum table {
    T_OWNER_LINE,
    T_OWNER_NAME,
    T_PUBLISHER,
    T_DOCUMENT,
    T_TOPIC,
    T_CHANGELOG,
    T_CI_FILE,
    T_CI_STEP,
    T_CI_PERMISSION,
    T_PIN,
    T_MANIFEST,
    T_MIGRATION,
    T_COUNT
};

struct value {
    enum { V_NULL, V_INT, V_TEXT, V_PERSON } kind;
    int64_t i;           /* V_INT, or the handle of V_PERSON */
    struct str s, email; /* V_TEXT; V_PERSON: name and address */
};
#define INT(n) ((struct value){.kind = V_INT, .i = (n)})
#define TEXT(t) ((struct value){.kind = (t).p ? V_TEXT : V_NULL, .s = (t)})
#define CTEXT(t) TEXT(str_from(t))
#define NOTHING ((struct value){.kind = V_NULL})
#define PERSON(name, mail) ((struct value){.kind = V_PERSON, .s = (name), .email = (mail)})

struct row {
    struct row *next;
    enum table table;
    unsigned n;
    struct value *values;
};

struct content {
    struct arena *arena;
    struct place place;
    struct row *first, **last;
    int64_t rows;                        /* at most LIMIT_CONTENT_ROWS */
    int64_t commands;                    /* shell commands looked at, at most LIMIT_CI_COMMANDS */
    struct command_index *command_index; /* commands.c's, made when the first command comes */
};

/* One row: the path goes before `values`. Strings must live as long as the arena. */
void rows_add(struct content *c, enum table table, const struct value *values, unsigned n);
#define ROW(c, table, ...)                                                                                             \
    rows_add((c), (table), (const struct value[]){__VA_ARGS__},                                                        \
             sizeof((const struct value[]){__VA_ARGS__}) / sizeof(struct value))

/* A job of automation, for the rows of its steps. */
struct job {
    struct str name;        /* STR_NONE outside jobs */
    struct str environment; /* STR_NONE none */
    bool manual, allow_failure;
};
void rows_step(struct content *c, const struct job *j, int64_t line, const char *role);
void rows_pin(struct content *c, int64_t line, const char *kind, struct str target, bool pinned, bool first_party);
/* A container image as written; scratch, variables and an empty name leave nothing. */
void rows_image(struct content *c, int64_t line, struct str image);

#define MAX_COLUMNS 16

/* The readers; each file has its pair. */
#define READER(name)                                                                                                   \
    bool name##_wants(const struct place *pl);                                                                         \
    void name##_read(struct content *c, struct str text)
READER(codeowners);
READER(maintainers);
READER(document);
READER(changelog);
READER(workflow_github);
READER(workflow_gitlab);
READER(ci_other);
READER(script);
READER(container);
READER(manifest);
READER(migration);
#undef READER

/* What follows once all files are in. */
enum rc codeowners_finish(struct ctx *cx, sqlite3 *db) MUST_CHECK;
enum rc manifests_finish(struct ctx *cx, sqlite3 *db) MUST_CHECK;
enum rc migrations_finish(struct ctx *cx, sqlite3 *db) MUST_CHECK;

#endif
