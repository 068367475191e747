#include "ledger/signer_inside.h"

#include "ledger/canonical.h"
#include "ledger/signer_files.h"

#include "base/file.h"
#include "base/sshsig.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY "key"
#define NEXT "next"
#define LAST "last"
#define SOURCE "source"

struct local {
    struct signer base;
    int dir, lock;
    struct ctx own; /* the keys' names live as long as the signer */
    struct note_signer key, next;
    bool has_next;
    struct buf last;        /* the note; empty when there is none */
    struct checkpoint head; /* what it says; size 0 when there is none */
};

/* An empty folder is taken too: where only root makes folders, that is how this user comes by one. */
static enum rc make_folder(struct ctx *cx, const char *dir, int *fd, bool *made)
{
    const char *shown = str_visible(cx, str_from(dir));
    bool is_empty = true;
    *made = mkdir(dir, 0700) == 0;
    if (!*made && errno != EEXIST) return fail(cx, E_IO, "signer: %s: cannot make: %s", shown, strerror(errno));
    *fd = open(dir, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int again = *fd >= 0 ? fcntl(*fd, F_DUPFD_CLOEXEC, 0) : -1;
    DIR *d = again >= 0 ? fdopendir(again) : NULL;
    if (!d) return fail(cx, E_IO, "signer: %s: cannot open: %s", shown, strerror(errno));
    for (const struct dirent *e = NULL; is_empty && (e = readdir(d)) != NULL;)
        is_empty = strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0;
    closedir(d);
    if (!is_empty) return fail(cx, E_CONFLICT, "signer: %s: there is something in it already", shown);
    TRY(store_check_user(cx, dir));
    /* others could read the key, or put one in its place */
    if (fchmod(*fd, 0700) != 0) return fail(cx, E_IO, "signer: %s: not this user's: %s", shown, strerror(errno));
    return OK;
}

enum rc signer_create(struct ctx *cx, const char *dir, struct str origin)
{
    int fd = -1;
    bool made;
    if (!origin_is_valid(origin)) return fail(cx, E_INVALID, "%s cannot be an origin", str_visible(cx, origin));
    enum rc rc = make_folder(cx, dir, &fd, &made);
    if (rc == OK) {
        rc = signer_make_key(cx, fd, KEY, origin);
        if (rc != OK) (void)unlinkat(fd, KEY, 0);
    }
    if (fd >= 0) close(fd);
    if (rc != OK && made) (void)rmdir(dir);
    return rc;
}

static enum rc read_last(struct ctx *cx, struct local *s)
{
    struct note note;
    int64_t time;
    s->head.origin = s->key.key.name;
    enum rc rc = signer_read(cx, s->dir, LAST, false, &s->last);
    if (rc == E_NOTFOUND) return OK;
    TRY(rc);
    TRY(note_read(cx, buf_view(&s->last), &note));
    TRY(checkpoint_read(cx, note.text, &s->head));
    s->head.origin = arena_str(&s->own.arena, s->head.origin);
    if (note_verify(cx, &note, &s->key.key, &time) != OK)
        return fail(cx, E_CORRUPT, "signer: " LAST ": not what this key signed; the folder was put together from two");
    return OK;
}

static enum rc read_keys(struct ctx *cx, struct local *s)
{
    enum rc rc = signer_read_key(&s->own, s->dir, KEY, NOTE_ED25519, &s->key);
    if (rc != OK) return fail(cx, rc, "%s", s->own.message);
    rc = signer_read_key(&s->own, s->dir, NEXT, NOTE_ED25519, &s->next);
    s->has_next = rc == OK;
    return rc == OK || rc == E_NOTFOUND ? OK : fail(cx, rc, "%s", s->own.message);
}

static void local_close(struct local *s)
{
    note_signer_release(&s->key);
    note_signer_release(&s->next);
    if (s->lock >= 0) close(s->lock);
    if (s->dir >= 0) close(s->dir);
    buf_release(&s->last);
    ctx_release(&s->own);
    free(s);
}

static struct str last_note(const struct local *s)
{
    return s->last.n ? buf_view(&s->last) : STR("");
}

/* Whether the head goes on from the last. */
static enum rc check_head(struct ctx *cx, const struct local *s, const struct checkpoint *head,
                          const struct hash *proof, size_t n)
{
    if (head->extensions.n) return fail(cx, E_DENIED, "signer: a head has three lines");
    if (head->size < s->head.size)
        return fail(cx, E_DENIED,
                    "signer: a head of %" PRIu64 " facts was signed before, and this ledger has %" PRIu64
                    ": it is an older copy; `sinetti restore` goes on from it, with a visible seam",
                    s->head.size, head->size);
    if (s->last.n && s->head.size > 0 &&
        !merkle_verify_consistency(s->head.size, head->size, proof, n, &s->head.root, &head->root))
        return fail(cx, E_DENIED,
                    "signer: the tree of %" PRIu64 " facts does not go on from that of %" PRIu64
                    " that was signed: the log was changed",
                    head->size, s->head.size);
    return OK;
}

/* Signs, remembers, and only then gives the note out. */
static enum rc sign(struct ctx *cx, struct local *s, const struct checkpoint *head, bool both, struct buf *note)
{
    scoped_buf text, whole;
    buf_init(&text, 0);
    buf_init(&whole, LIMIT_NOTE);
    checkpoint_put(&text, head);
    buf_str(&whole, buf_view(&text));
    buf_char(&whole, '\n');
    note_sign(&whole, buf_view(&text), &s->key, 0);
    if (both) note_sign(&whole, buf_view(&text), &s->next, 0);
    if (buf_ok(&whole) != OK) return fail(cx, E_IO, "out of memory");
    if (!str_eq(buf_view(&whole), last_note(s))) TRY(signer_write(cx, s->dir, LAST, buf_view(&whole)));
    s->head = *head;
    s->head.origin = both ? s->next.key.name : s->key.key.name;
    buf_clear(&s->last);
    buf_str(&s->last, buf_view(&whole));
    buf_str(note, buf_view(&whole));
    return s->last.failed ? fail(cx, E_IO, "out of memory") : OK;
}

static enum rc local_sign(struct ctx *cx, struct local *s, const struct checkpoint *head, const struct hash *proof,
                          size_t n, struct buf *note)
{
    if (s->has_next) return fail(cx, E_CONFLICT, "signer: a key is being replaced; finish that, or call it off");
    if (!str_eq(head->origin, s->key.key.name))
        return fail(cx, E_DENIED, "signer: this is the signer of %s, not of %s", str_visible(cx, s->key.key.name),
                    str_visible(cx, head->origin));
    TRY(check_head(cx, s, head, proof, n));
    return sign(cx, s, head, false, note);
}

/* --- replacing the key */

static struct str next_origin(struct local *s, bool restored)
{
    uint64_t generation;
    struct str base = origin_base(s->key.key.name, &generation);
    return restored ? arena_printf(&s->own.arena, STR_FMT "/%" PRIu64, STR_ARG(base), generation + 1) : s->key.key.name;
}

static enum rc local_begin(struct ctx *cx, struct local *s, bool restored, struct note_key *next)
{
    struct str name = next_origin(s, restored);
    if (s->has_next && !str_eq(s->next.key.name, name))
        return fail(cx, E_CONFLICT, "signer: another change of key is under way; finish that, or call it off");
    if (!s->has_next) {
        TRY(signer_make_key(cx, s->dir, NEXT, name));
        enum rc rc = signer_read_key(&s->own, s->dir, NEXT, NOTE_ED25519, &s->next);
        if (rc != OK) return fail(cx, rc, "%s", s->own.message);
        s->has_next = true;
    }
    *next = s->next.key;
    return OK;
}

/* Whether the last head is the handover to the next key. */
static bool is_handed_over(const struct local *s)
{
    struct ctx own;
    struct note note;
    int64_t time;
    ctx_init(&own);
    bool both = s->has_next && s->last.n && note_read(&own, buf_view(&s->last), &note) == OK &&
                note_verify(&own, &note, &s->next.key, &time) == OK;
    ctx_release(&own);
    return both;
}

static enum rc local_cancel(struct ctx *cx, struct local *s)
{
    if (!s->has_next) return fail(cx, E_NOTFOUND, "signer: no key is being replaced");
    if (is_handed_over(s)) return fail(cx, E_CONFLICT, "signer: the handover is signed; it can only be finished");
    note_signer_release(&s->next);
    s->has_next = false;
    return signer_destroy(cx, s->dir, NEXT);
}

static bool says_key(struct ctx *cx, struct str payload, const char *field, const struct note_key *key)
{
    struct str text;
    scoped_buf vkey;
    buf_init(&vkey, 0);
    note_key_put(&vkey, key);
    return canonical_str(&cx->arena, canonical_find(payload, field), &text) && str_eq(text, buf_view(&vkey));
}

static bool says_number(struct str payload, const char *field, uint64_t n)
{
    int64_t v;
    return canonical_int(canonical_find(payload, field), &v) && (uint64_t)v == n;
}

/* The fact right before the head must name both keys, and a restoring what it lost. */
static enum rc check_fact(struct ctx *cx, const struct local *s, const struct handover_ask *ask)
{
    struct leaf leaf;
    struct body body;
    struct hash hash;
    uint8_t digest[32];
    bool restored = !str_eq(s->next.key.name, s->key.key.name);
    TRY(leaf_read(cx, ask->leaf, &leaf));
    TRY(body_read(cx, ask->body, &body));
    body_digest(ask->salt, ask->body, digest);
    merkle_leaf(ask->leaf, &hash);
    if (memcmp(digest, leaf.digest, 32) != 0 || !str_eq(body.kind, leaf.kind) ||
        !str_eq(leaf.kind, restored ? STR("restored") : STR("rotation")))
        return fail(cx, E_DENIED, "signer: the fact is not the one that hands over");
    if (!says_key(cx, body.payload, "old", &s->key.key) || !says_key(cx, body.payload, "new", &s->next.key))
        return fail(cx, E_DENIED, "signer: the fact does not name this key and the next");
    if (leaf.n + 1 != ask->head.size ||
        !merkle_verify_inclusion(leaf.n, ask->head.size, &hash, ask->inclusion, ask->n_inclusion, &ask->head.root))
        return fail(cx, E_DENIED, "signer: the fact is not the last of the tree to be signed");
    if (!restored) return OK;
    struct str head;
    if (!canonical_str(&cx->arena, canonical_find(body.payload, "head"), &head) || !str_eq(head, last_note(s)) ||
        !says_number(body.payload, "lost_from", leaf.n) || !says_number(body.payload, "lost_to", s->head.size) ||
        leaf.n > s->head.size)
        return fail(cx, E_DENIED, "signer: the fact does not hold the last head and what of it was lost");
    return OK;
}

static enum rc local_hand_over(struct ctx *cx, struct local *s, const struct handover_ask *ask, struct buf *note)
{
    if (!s->has_next) return fail(cx, E_CONFLICT, "signer: no key is being replaced");
    if (!str_eq(ask->head.origin, s->next.key.name))
        return fail(cx, E_DENIED, "signer: the handover is of %s", str_visible(cx, s->next.key.name));
    if (is_handed_over(s)) {
        if (ask->head.size != s->head.size || !hash_eq(&ask->head.root, &s->head.root))
            return fail(cx, E_DENIED, "signer: another handover was signed already");
        buf_str(note, buf_view(&s->last));
        return OK;
    }
    TRY(check_fact(cx, s, ask));
    if (str_eq(s->next.key.name, s->key.key.name))
        TRY(check_head(cx, s, &ask->head, ask->consistency, ask->n_consistency));
    return sign(cx, s, &ask->head, true, note);
}

static enum rc local_end(struct ctx *cx, struct local *s)
{
    if (!is_handed_over(s)) return fail(cx, E_CONFLICT, "signer: no handover was signed");
    /* the next key takes the old one's place in one step; what the old file held is overwritten behind it */
    static const char nothing[LIMIT_NOTE_NAME + 128];
    int old = openat(s->dir, KEY, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
    bool good = old >= 0 && renameat(s->dir, NEXT, s->dir, KEY) == 0 && fsync(s->dir) == 0 &&
                file_write_all(old, (struct str){nothing, sizeof nothing}) && fsync(old) == 0;
    int failure = errno;
    if (old >= 0) close(old);
    if (!good) return fail(cx, E_IO, "signer: cannot put the next key in place: %s", strerror(failure));
    note_signer_release(&s->key);
    s->key = s->next;
    s->has_next = false;
    return OK;
}

/* --- source code */

static enum rc source_key(struct ctx *cx, struct local *s, bool anew, struct note_signer *out)
{
    enum rc rc = anew ? signer_destroy(cx, s->dir, SOURCE) : signer_read_key(cx, s->dir, SOURCE, NOTE_ED25519, out);
    if (!anew && rc != E_NOTFOUND) return rc;
    if (rc != OK && rc != E_NOTFOUND) return rc;
    TRY(signer_make_key(cx, s->dir, SOURCE, STR(SOURCE)));
    return signer_read_key(cx, s->dir, SOURCE, NOTE_ED25519, out);
}

static enum rc op_source(struct ctx *cx, struct signer *signer, enum signer_form form, struct str data,
                         uint8_t public[32], uint8_t signature[64])
{
    struct note_signer key;
    scoped_buf text;
    buf_init(&text, SIGNER_STATEMENT_MOST + 256);
    if ((form == SIGNER_COMMIT && data.n != 64) || (form == SIGNER_STATEMENT && data.n > SIGNER_STATEMENT_MOST))
        return fail(cx, E_INVALID, "signer: this is nothing it signs");
    TRY(source_key(cx, (struct local *)signer, form == SIGNER_NEW_KEY, &key));
    if (form == SIGNER_COMMIT) sshsig_preimage(&text, STR("git"), (const uint8_t *)data.p);
    if (form == SIGNER_STATEMENT) dsse_preimage(&text, data);
    memcpy(public, key.key.public, 32);
    memset(signature, 0, 64);
    enum rc rc = buf_ok(&text);
    if (rc == OK && text.n)
        (void)crypto_sign_detached(signature, NULL, (const unsigned char *)text.p, text.n, key.secret);
    note_signer_release(&key);
    return rc == OK ? OK : fail(cx, E_IO, "out of memory");
}

/* --- as others see it */

static struct signer *publish(struct local *s)
{
    s->base.key = s->key.key;
    s->base.size = s->head.size;
    s->base.last = last_note(s);
    return &s->base;
}

static void op_close(struct signer *s)
{
    local_close((struct local *)s);
}

static enum rc op_sign(struct ctx *cx, struct signer *s, const struct checkpoint *head, const struct hash *proof,
                       size_t n, struct buf *note)
{
    enum rc rc = local_sign(cx, (struct local *)s, head, proof, n, note);
    (void)publish((struct local *)s);
    return rc;
}

static enum rc op_begin(struct ctx *cx, struct signer *s, bool restored, struct note_key *next)
{
    return local_begin(cx, (struct local *)s, restored, next);
}

static enum rc op_cancel(struct ctx *cx, struct signer *s)
{
    return local_cancel(cx, (struct local *)s);
}

static enum rc op_hand_over(struct ctx *cx, struct signer *s, const struct handover_ask *ask, struct buf *note)
{
    enum rc rc = local_hand_over(cx, (struct local *)s, ask, note);
    (void)publish((struct local *)s);
    return rc;
}

static enum rc op_end(struct ctx *cx, struct signer *s)
{
    enum rc rc = local_end(cx, (struct local *)s);
    (void)publish((struct local *)s);
    return rc;
}

static const struct signer_ops local_ops = {op_close, op_sign, op_begin, op_cancel, op_hand_over, op_end, op_source};

static enum rc take_lock(struct ctx *cx, struct local *s, const char *dir)
{
    s->lock = openat(s->dir, "lock", O_RDWR | O_NOFOLLOW | O_CLOEXEC);
    if (s->lock < 0 && errno == ENOENT) {
        TRY(store_check_user(cx, dir));
        s->lock = openat(s->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    }
    /* busy comes first: who holds it may sign for root too */
    if (s->lock >= 0 && flock(s->lock, LOCK_EX | LOCK_NB) == 0) return store_check_user(cx, dir);
    return fail(cx, errno == EWOULDBLOCK ? E_BUSY : E_IO, "signer: %s",
                errno == EWOULDBLOCK ? "another process signs; try again" : strerror(errno));
}

enum rc signer_open(struct ctx *cx, const char *dir, struct signer **out)
{
    struct local *s = calloc(1, sizeof *s);
    *out = NULL;
    if (!s) return fail(cx, E_IO, "out of memory");
    s->base.ops = &local_ops;
    ctx_init(&s->own);
    buf_init(&s->last, LIMIT_NOTE);
    s->lock = -1;
    s->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum rc rc = s->dir >= 0 ? OK
                             : fail(cx, errno == ENOENT ? E_NOTFOUND : E_IO, "signer: %s: cannot open: %s",
                                    str_visible(cx, str_from(dir)), strerror(errno));
    if (rc == OK) rc = take_lock(cx, s, dir);
    if (rc == OK) rc = read_keys(cx, s);
    if (rc == OK) rc = read_last(cx, s);
    if (rc == OK)
        *out = publish(s);
    else
        local_close(s);
    return rc;
}
