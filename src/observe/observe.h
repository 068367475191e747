/* A repository → the derived tables of observe/schema.sql. Reads history once, the tree once, each blob once, on all
 * cores; keeps the tables for the next run when asked to. Everything it reads is hostile.
 */
#ifndef SINETTI_OBSERVE_OBSERVE_H
#define SINETTI_OBSERVE_OBSERVE_H

#include "git/git.h"
#include "store/store.h"

/* A person whom somebody else knows by an address, under a name of their own. */
struct observe_known {
    struct str subject, email;
};

struct observe_options {
    struct str head; /* commit oid to look at; STR_NONE only for a staged change on an unborn branch */
    struct str rev;  /* as the user named it, safe to show */
    int64_t since, now;
    const char *cache;                 /* file, NULL none */
    int threads;                       /* 0: one per core */
    int lang;                          /* of the notices: 0 English, 1 Finnish */
    const struct observe_known *known; /* whom to look for among the people: table d_known_person */
    size_t n_known;
};

struct observe_outcome {
    sqlite3 *db;      /* the caller's to store_close() */
    struct str cache; /* "none", "used", "extended", "rebuilt: reason" */
    const struct str
        *notices; /* sentences for the reader: shallow, missing objects, files not read …; in the ctx's arena */
    size_t n_notices;
};

/* The whole repository at options->head. E_LIMIT and E_CORRUPT only where nothing useful could be read. */
enum rc observe_repository(struct ctx *cx, struct git *g, const struct observe_options *o,
                           struct observe_outcome *out) MUST_CHECK;

/* Only a change, for `check`, from one of its sides: that side's listing, the contents of changed paths, and after it
 * the commits base..head. staged: the index against head instead (base must be head, or STR_NONE when there is none).
 * Fills also the temporary table changed(path TEXT PRIMARY KEY, status TEXT, oid TEXT, moved INTEGER): status A, M, D
 * or T; the content after it (of D: before it); moved: the same content stood elsewhere and is gone from there. Refs
 * and tags are not read; o->cache, o->since have no effect. */
enum change_side { CHANGE_BEFORE, CHANGE_AFTER };
enum rc observe_change(struct ctx *cx, struct git *g, const struct observe_options *o, struct str base, bool staged,
                       enum change_side side, struct observe_outcome *out) MUST_CHECK;

#endif
