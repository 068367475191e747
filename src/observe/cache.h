/* Private to observe: the tables of a run, kept in a file for the next one. The file is either whole and made by this
 * very program for this schema, or not used. */
#ifndef SINETTI_OBSERVE_CACHE_H
#define SINETTI_OBSERVE_CACHE_H

#include "observe/run.h"

/* What the kept tables were made from. */
struct cache_facts {
    struct str head; /* oid */
    struct str refs; /* fingerprint */
    int64_t since;
    int64_t total_commits;
    bool usable_history; /* whole: not shallow, nothing missing */
    bool changes_cut;
};

/* Loads r->db, r->people, the keys, the mailmap and r->graph (commits of the present period). E_NOTFOUND: there is no
 * file. Otherwise not OK: it is not to be used; *why says so in a word or two. r is untouched unless OK. */
enum rc cache_load(struct run *r, struct cache_facts *f, const char **why) MUST_CHECK;

/* Keeps the tables as they are before they are finished. Needs join_collect(). */
enum rc cache_save(struct run *r, const struct cache_facts *f) MUST_CHECK;

#endif
