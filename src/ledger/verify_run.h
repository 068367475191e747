/* One verification, as its parts see it: tiles (verify_tiles.c), entries and bodies (verify_facts.c), handovers
 * (verify_keys.c). Only those and verify.c include this. */
#ifndef SINETTI_LEDGER_VERIFY_RUN_H
#define SINETTI_LEDGER_VERIFY_RUN_H

#include "ledger/facts_seen.h"
#include "ledger/fates.h"
#include "ledger/leaf.h"
#include "ledger/verify.h"

/* A key with a name of its own. */
struct own_key {
    struct note_key key;
    char name[LIMIT_NOTE_NAME];
};

/* A tile of hashes that is proven. */
struct proven_tile {
    bool is_loaded;
    struct tile tile;
    struct hash hashes[TILE_WIDTH];
};

/* What is kept of a fact while its body is waited for. */
enum role { ROLE_OTHER, ROLE_ERASURE, ROLE_ROTATION, ROLE_RESTORED };

struct bundle_fact {
    struct leaf leaf; /* kind borrows from the bundle */
    enum role role;
};

/* A handover that a fact asks for. Names of keys live in the scratch's arena. */
struct asked {
    uint64_t n;
    int64_t at;
    bool is_seam;
    bool is_unread; /* its body is not here: nothing of what follows is known */
    struct note_key old, new;
    uint64_t lost_from, lost_to;
};

struct run {
    struct ctx *cx;     /* the caller's: messages and results */
    struct ctx scratch; /* emptied after each bundle */
    const struct verify_options *o;
    struct verified *out;
    struct note note; /* the checkpoint */
    bool is_signed;   /* by the key given; else a handover must lead to the one that did */
    uint64_t size;

    struct proven_tile edge[TILE_LEVELS]; /* the partial tiles under the root */
    struct proven_tile path[TILE_LEVELS]; /* the tiles above the entries that are looked at */

    struct buf file; /* a small file; the bundle of entries */
    struct buf bundle, record;
    struct bundle_fact facts[TILE_WIDTH];
    struct facts_seen seen; /* leaves; what was erased is in `fates` */
    struct fates fates;
    struct asked asked[TILE_WIDTH];
    size_t n_asked;

    struct own_key trusted;
    uint64_t trusted_since;            /* the fact that handed over to it, when it is not the key given */
    struct own_key current;            /* handed over to last; its name is empty before the first time */
    bool rotation_unread, seam_unread; /* since `current` */
};

/* Says what is wrong: "FILE: …", "FILE, fact N: …" (n -1: no fact). Returns E_CORRUPT. */
enum rc run_wrong(struct run *r, struct str file, int64_t n, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* The same with the scratch's message as it is. */
enum rc run_wrong_inside(struct run *r, struct str file, int64_t n);
/* What a failed read means: what is missing, too long or no file is the ledger's fault; others are the machine's. */
enum rc run_unread(struct run *r, enum rc rc, struct str file);

/* A tile or bundle into `into`; where the partial one is gone, the full one will do. *width: how many it holds. */
enum rc tiles_read(struct run *r, struct tile t, struct buf *into, struct str *path, unsigned *width) MUST_CHECK;
/* The path of t in the scratch's arena. */
struct str tiles_path(struct run *r, struct tile t);
/* Steps 2 and 3: the right edge against the root; the tiles above the entries of bundle `index`. */
enum rc tiles_prove_edge(struct run *r) MUST_CHECK;
enum rc tiles_prove_path(struct run *r, uint64_t index) MUST_CHECK;
/* The root of the first `size` entries, the last of which is under the present path. */
void tiles_root(struct run *r, uint64_t size, struct hash *out);

/* Steps 4 and 5, for bundle `index`: entries, bodies and what they ask for. */
enum rc facts_check(struct run *r, uint64_t index) MUST_CHECK;
enum rc bodies_check(struct run *r, uint64_t index) MUST_CHECK;

/* Step 6: takes down what a body asks for, E_INVALID when it cannot be (the scratch's message says why), or that it is
 * not there; then checks all that was taken down. */
enum rc keys_ask(struct run *r, const struct leaf *l, const struct body *b, bool is_seam) MUST_CHECK;
void keys_miss(struct run *r, const struct leaf *l, bool is_seam);
enum rc keys_check(struct run *r) MUST_CHECK;
/* Step 7: the checkpoint under the key trusted at the end, and witnesses. */
enum rc keys_check_head(struct run *r) MUST_CHECK;

void own_key_set(struct own_key *k, const struct note_key *from);

#endif
