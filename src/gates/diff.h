/* What lies between two commits (or trees): first which files, then one file's hunks, as people read them. No
 * attribute, filter, textconv or program of the repository has a say in it; what only a machine reads is said to be
 * binary. */
#ifndef SINETTI_GATES_DIFF_H
#define SINETTI_GATES_DIFF_H

#include "git/hosted.h"

struct diff_entry {
    struct str path, old_path;  /* old_path: of a rename, else STR_NONE */
    const char *status;         /* added, changed, deleted, renamed, mode, type */
    int64_t old_mode, new_mode; /* as git writes them, octal; 0: not there */
    int64_t added, removed;     /* lines */
    bool binary;
    struct str oid; /* of what is there afterwards */
};
#define DIFF_ENTRIES 20000 /* files of one answer */

/* Calls each() for each file, by path; texts are borrowed for the call. Lines are counted where counts is set, or there
 * are few files, for it takes git long: else `added` is -1. *cut: there were more than DIFF_ENTRIES. */
#define DIFF_FEW 300
enum rc diff_list(struct ctx *cx, const struct git *g, struct str from, struct str to, bool counts,
                  void (*each)(void *arg, const struct diff_entry *e), void *arg, bool *cut) MUST_CHECK;

struct diff_wish {
    struct str from, to, path, old_path; /* old_path: STR_NONE, the same */
    bool ignore_space;                   /* what differs by white space alone is not shown */
    int64_t context;                     /* lines around */
};
struct diff_text {
    /* Hunks of a unified difference. What cannot be seen or leads astray stands as U+0001, its name ("U+202E", "CR",
     * "0xFF"), U+0002: no other text can look so. */
    struct buf text;
    bool binary, cut; /* cut: only a part of it is there, by its size */
    int64_t hidden;   /* how many signs stand by their name, those at ends of lines not counted */
};
#define DIFF_FILE_MOST (1U << 20)
/* `out` is the caller's, to be released also after an error. An empty text: nothing differs, or the mode alone. */
enum rc diff_file(struct ctx *cx, const struct git *g, const struct diff_wish *w, struct diff_text *out) MUST_CHECK;

#endif
