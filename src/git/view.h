/* The private view: what the files of this room share behind git.h. Built by git_open(), then only read (so handles of
 * several threads may use it), except `index_path`. */
#ifndef SINETTI_GIT_VIEW_H
#define SINETTI_GIT_VIEW_H

#include "git/git.h"
#include "git/place.h"

#define SHARED_INDEXES_MAX 16

struct view_ref {
    struct str name, oid;
};
struct view_config {
    struct str key, value; /* key lower-case but for its middle part, as `git config --list` prints it */
};

struct git {
    struct arena arena; /* what lives as long as the handle */
    struct git_facts facts;
    size_t hex; /* digits of an id */
    struct place place;
    char *dir;   /* the private GIT_DIR, or … */
    bool hosted; /* … the repository itself (hosted.h): nothing of it is taken away */
    const char *program;
    const char **env;            /* of the children */
    int confine_fd;              /* Landlock ruleset, -1 where the kernel has none */
    const struct view_ref *refs; /* sorted by name */
    size_t n_refs;
    const struct str *shallow; /* sorted ids of commits whose parents are not here */
    size_t n_shallow;
    const struct view_config *config;
    size_t n_config;
    struct str head_oid;                         /* STR_NONE when unborn */
    const char *index_path;                      /* foreign index to stage from */
    char shared_indexes[SHARED_INDEXES_MAX][80]; /* names copied with it */
    size_t n_shared_indexes;
};

/* Everything below is for this room alone. Value of the last entry with this key; STR_NONE when absent. */
struct str view_config_get(const struct git *g, struct str key);
/* The id of a full ref name; STR_NONE when absent. */
struct str view_ref_get(const struct git *g, struct str name);
bool view_is_shallow(const struct git *g, struct str oid);

/* Steps of git_open(), in order; each fills its part of *g. */
enum rc view_make_dir(struct ctx *cx, struct git *g) MUST_CHECK;
enum rc view_read_config(struct ctx *cx, struct git *g) MUST_CHECK;
enum rc view_write_dir(struct ctx *cx, struct git *g) MUST_CHECK;
enum rc view_copy_refs(struct ctx *cx, struct git *g) MUST_CHECK;

/* Finds git and confines it to g->dir, which is there. */
enum rc view_use(struct ctx *cx, struct git *g) MUST_CHECK;

/* Creates or replaces a file of ours in the private folder. */
enum rc view_write(struct ctx *cx, const struct git *g, const char *name, struct str content) MUST_CHECK;
/* A path in a folder, in the handle's arena. */
const char *view_path(struct git *g, const char *dir, const char *name);

#endif
