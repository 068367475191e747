#include "ledger/witness.h"

#include "ledger/signer_files.h"

#include "base/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define KEY "key"
#define PLAIN "text/plain; charset=utf-8"

struct witness {
    int dir, lock;
    struct ctx own; /* names of keys */
    struct note_signer key;
    struct note_key *logs;
    size_t n_logs;
};

/* The last head that was cosigned; size 0 and the empty tree's root when there is none. */
struct seen {
    char file[8 + 64];
    uint64_t size;
    struct hash root;
};

/* The key's folder is kept as the signer's is; whose it is stands before what is said of it. */
static enum rc said(struct ctx *cx, enum rc rc)
{
    struct str text = arena_str(&cx->arena, str_from(cx->message));
    if (str_starts(text, STR("signer: "))) text = str_slice(text, 8, text.n);
    return fail(cx, rc, "witness: " STR_FMT, STR_ARG(text));
}

enum rc witness_create(struct ctx *cx, const char *dir, struct str name, struct note_key *out)
{
    const char *shown = str_visible(cx, str_from(dir));
    if (!note_name_is_valid(name))
        return fail(cx, E_INVALID, "%s cannot be a witness's name: 1 to 255 characters, no white space, no plus",
                    str_visible(cx, name));
    if (mkdir(dir, 0700) != 0)
        return fail(cx, errno == EEXIST ? E_CONFLICT : E_IO, "witness: %s: cannot make: %s", shown, strerror(errno));
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail(cx, E_IO, "witness: %s: cannot open: %s", shown, strerror(errno));
    struct note_signer made = {0};
    enum rc rc = signer_make_key(cx, fd, KEY, name);
    if (rc == OK) rc = signer_read_key(cx, fd, KEY, NOTE_COSIGNATURE, &made);
    *out = made.key;
    note_signer_release(&made);
    close(fd);
    return rc == OK ? OK : said(cx, rc);
}

/* --- opening */

static enum rc read_logs(struct ctx *cx, struct witness *w, struct str text)
{
    struct str rest = arena_str(&w->own.arena, text), line;
    w->logs = arena_array(&w->own.arena, struct note_key, LIMIT_WITNESS_LOGS);
    for (int number = 1; str_cut(&rest, '\n', &line); number++) {
        line = str_trim(line);
        if (!line.n || line.p[0] == '#') continue;
        if (w->n_logs == LIMIT_WITNESS_LOGS) return fail(cx, E_LIMIT, "keys of ledgers: over %d", LIMIT_WITNESS_LOGS);
        struct note_key *key = &w->logs[w->n_logs++];
        if (note_key_read(cx, line, key) != OK) {
            const char *why = arena_printf(&cx->arena, "%s", cx->message).p;
            return fail(cx, E_INVALID, "keys of ledgers, line %d: %s", number, why);
        }
        if (key->type != NOTE_ED25519)
            return fail(cx, E_INVALID, "keys of ledgers, line %d: this is the key of a witness", number);
    }
    return w->n_logs ? OK : fail(cx, E_INVALID, "keys of ledgers: there are none");
}

static void seen_none(struct seen *out, struct str origin)
{
    uint8_t hash[32];
    struct digest d;
    memcpy(out->file, "seen-", 5);
    digest_init(&d);
    digest_add(&d, origin);
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, out->file + 5);
    out->size = 0;
    merkle_root(NULL, 0, &out->root);
}

/* Nothing is believed of a file that this witness has not cosigned, and nothing is begun anew in its place. */
static enum rc seen_read(struct ctx *cx, const struct witness *w, struct str origin, struct seen *out, struct str *text)
{
    struct note note;
    struct checkpoint head;
    int64_t time;
    scoped_buf bytes;
    buf_init(&bytes, LIMIT_NOTE);
    seen_none(out, origin);
    *text = STR_NONE;
    enum rc rc = signer_read(cx, w->dir, out->file, false, &bytes);
    if (rc == E_NOTFOUND) return OK;
    if (rc != OK) return said(cx, rc);
    *text = arena_str(&cx->arena, buf_view(&bytes));
    if (note_read(cx, *text, &note) != OK || checkpoint_read(cx, note.text, &head) != OK ||
        !str_eq(head.origin, origin) || note_verify(cx, &note, &w->key.key, &time) != OK)
        return fail(cx, E_CORRUPT,
                    "witness: %s: not what this witness wrote of %s; nothing of that ledger is cosigned until the file "
                    "is put right",
                    out->file, str_visible(cx, origin));
    out->size = head.size;
    out->root = head.root;
    return OK;
}

static enum rc check_all(struct ctx *cx, const struct witness *w)
{
    struct seen seen;
    struct str text;
    for (size_t i = 0; i < w->n_logs; i++) TRY(seen_read(cx, w, w->logs[i].name, &seen, &text));
    return OK;
}

static enum rc take_lock(struct ctx *cx, struct witness *w)
{
    w->lock = openat(w->dir, "lock", O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (w->lock >= 0 && flock(w->lock, LOCK_EX | LOCK_NB) == 0) return OK;
    return errno == EWOULDBLOCK ? fail(cx, E_BUSY, "witness: another process is this witness")
                                : fail(cx, E_IO, "witness: lock: %s", strerror(errno));
}

enum rc witness_open(struct ctx *cx, const char *dir, struct str logs, struct witness **out)
{
    struct witness *w = calloc(1, sizeof *w);
    *out = NULL;
    if (!w) return fail(cx, E_IO, "out of memory");
    ctx_init(&w->own);
    w->lock = -1;
    w->dir = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    enum rc rc = w->dir >= 0 ? take_lock(cx, w)
                             : fail(cx, errno == ENOENT ? E_NOTFOUND : E_IO, "witness: %s: cannot open: %s",
                                    str_visible(cx, str_from(dir)), strerror(errno));
    if (rc == OK) {
        rc = signer_read_key(&w->own, w->dir, KEY, NOTE_COSIGNATURE, &w->key);
        if (rc != OK) {
            (void)fail(cx, rc, "%s", w->own.message);
            rc = said(cx, rc);
        }
    }
    if (rc == OK) rc = read_logs(cx, w, logs);
    if (rc == OK) rc = check_all(cx, w);
    if (rc == OK)
        *out = w;
    else
        witness_close(w);
    return rc;
}

void witness_close(struct witness *w)
{
    if (!w) return;
    note_signer_release(&w->key);
    if (w->lock >= 0) close(w->lock);
    if (w->dir >= 0) close(w->dir);
    ctx_release(&w->own);
    free(w);
}

const struct note_key *witness_key(const struct witness *w)
{
    return &w->key.key;
}

/* --- deciding */

static enum rc refuse(struct ctx *cx, struct witness_answer *out, int status, const char *why)
{
    out->status = status;
    out->type = PLAIN;
    out->why = arena_printf(&cx->arena, "%s", why).p;
    out->body = arena_printf(&cx->arena, "%s\n", why);
    return OK;
}

/* 403 unless a key of this origin has signed it, and no line of such a key is wrong. The lines that count are kept. */
static int signed_by_log(struct ctx *cx, const struct witness *w, const struct note *note, struct str origin,
                         struct buf *lines)
{
    bool known = false, good = false;
    for (size_t i = 0; i < w->n_logs; i++) {
        const struct note_key *key = &w->logs[i];
        int64_t time;
        if (!str_eq(key->name, origin)) continue;
        known = true;
        enum rc rc = note_verify(cx, note, key, &time);
        if (rc == E_NOTFOUND) continue;
        if (rc != OK) return 403;
        good = true;
        for (size_t k = 0; k < note->n; k++)
            if (str_eq(note->signatures[k].name, origin) && memcmp(note->signatures[k].id, key->id, 4) == 0)
                note_signature_put(lines, &note->signatures[k]);
    }
    return !known ? 404 : good ? 200 : 403;
}

/* Why the head does not go on from what was seen; NULL when it does. */
static const char *breaks(const struct witness_request *r, const struct checkpoint *head, const struct seen *seen)
{
    struct hash empty;
    merkle_root(NULL, 0, &empty);
    if (head->size == 0 && !hash_eq(&head->root, &empty)) return "the root of no entries is another";
    if (r->old == 0) return r->n ? "from size 0 nothing is proven" : NULL;
    if (r->old == head->size && !hash_eq(&head->root, &seen->root))
        return "another tree of this size was cosigned before";
    return merkle_verify_consistency(r->old, head->size, r->proof, r->n, &seen->root, &head->root)
               ? NULL
               : "the proof does not prove that this tree goes on from the one cosigned last";
}

/* On the disk first, then into the answer. */
static enum rc cosign(struct ctx *cx, struct witness *w, const struct seen *seen, struct str text, struct str lines,
                      int64_t now, struct witness_answer *out)
{
    scoped_buf whole, line;
    buf_init(&whole, LIMIT_NOTE);
    buf_init(&line, LIMIT_NOTE);
    note_sign(&line, text, &w->key, now);
    buf_str(&whole, text);
    buf_char(&whole, '\n');
    buf_str(&whole, lines);
    buf_str(&whole, buf_view(&line));
    if (buf_ok(&line) != OK || buf_ok(&whole) != OK) return refuse(cx, out, 400, "the checkpoint is too long");
    enum rc rc = signer_write(cx, w->dir, seen->file, buf_view(&whole));
    if (rc != OK) return said(cx, rc);
    out->status = 200;
    out->type = PLAIN;
    out->body = arena_str(&cx->arena, buf_view(&line));
    out->why = "";
    return OK;
}

enum rc witness_add_checkpoint(struct ctx *cx, struct witness *w, struct str request, int64_t now,
                               struct witness_answer *out)
{
    struct witness_request r;
    struct note note;
    struct checkpoint head;
    struct seen seen;
    struct str last;
    scoped_buf lines;
    buf_init(&lines, LIMIT_NOTE);
    *out = (struct witness_answer){0};
    if (witness_request_read(cx, request, &r) != OK || note_read(cx, r.note, &note) != OK ||
        checkpoint_read(cx, note.text, &head) != OK)
        return refuse(cx, out, 400, cx->message);
    int status = signed_by_log(cx, w, &note, head.origin, &lines);
    if (status == 404) return refuse(cx, out, 404, "this ledger is not known here");
    if (status != 200) return refuse(cx, out, 403, "not signed by a key of this ledger that is known here");
    out->origin = head.origin;
    out->size = head.size;
    if (r.old > head.size) return refuse(cx, out, 400, "the old size is over the checkpoint's");
    TRY(seen_read(cx, w, head.origin, &seen, &last));
    if (r.old != seen.size) {
        TRY(refuse(cx, out, 409, "not the size that was cosigned last"));
        out->type = WITNESS_SIZE_TYPE;
        out->body = arena_printf(&cx->arena, "%" PRIu64 "\n", seen.size);
        return OK;
    }
    const char *why = breaks(&r, &head, &seen);
    if (why) return refuse(cx, out, 422, why);
    if (now <= 0) return fail(cx, E_IO, "witness: the machine's clock is before 1970");
    return cosign(cx, w, &seen, note.text, buf_view(&lines), now, out);
}

enum rc witness_get_checkpoint(struct ctx *cx, const struct witness *w, struct str origin_hash,
                               struct witness_answer *out)
{
    *out = (struct witness_answer){0};
    for (size_t i = 0; i < w->n_logs; i++) {
        struct seen seen;
        struct str text;
        seen_none(&seen, w->logs[i].name);
        if (!str_eq(origin_hash, str_from(seen.file + sizeof "seen-" - 1))) continue;
        TRY(seen_read(cx, w, w->logs[i].name, &seen, &text));
        if (!text.p) break;
        *out = (struct witness_answer){.status = 200, .type = PLAIN, .body = text, .why = ""};
        return OK;
    }
    return refuse(cx, out, 404, "no head of such a ledger was cosigned here");
}
