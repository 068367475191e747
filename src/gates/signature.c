#include "gates/signature.h"

#include <string.h>

#include "base/base64.h"
#include "base/limits.h"
#include "base/sshsig.h"
#include "git/batch.h"
#include "git/object.h"
#include "git/oid.h"
#include "identity/pgp.h"
#include "store/store.h"

#define REVISIONS_MOST (64U << 20)
#define OBJECT_MOST (LIMIT_GIT_HEADER + LIMIT_COMMIT_MESSAGE)

/* --- taking apart */

/* "NAME <ADDRESS> TIME ZONE"; the first brackets count, as git has it. */
static struct str address_of(struct str ident)
{
    struct str name, address = STR("");
    return str_cut(&ident, '<', &name) && ident.p && str_cut(&ident, '>', &address) && ident.p ? address : STR("");
}

static bool is_header(struct str line, const char *name)
{
    struct str n = str_from(name);
    return str_starts(line, n) && line.n > n.n && line.p[n.n] == ' ';
}

/* Of a commit: headers to an empty line, each going on in lines that begin with a blank. */
static bool split_commit(struct str object, struct buf *payload, struct buf *armored, struct str *email)
{
    struct str rest = object, line;
    enum { KEPT, OURS, PASSED } in = KEPT; /* `gpgsig-sha256` is no part of what is signed, either */
    int signatures = 0, committers = 0;
    while (str_cut(&rest, '\n', &line) && line.n) {
        if (line.p[0] != ' ') {
            in = is_header(line, "gpgsig") ? OURS : is_header(line, "gpgsig-sha256") ? PASSED : KEPT;
            if (in == OURS) signatures++;
            if (is_header(line, "committer") && committers++ == 0) *email = address_of(line);
        }
        struct buf *out = in == OURS ? armored : payload;
        if (in == PASSED) continue;
        buf_str(out, in == KEPT ? line : str_slice(line, line.p[0] == ' ' ? 1 : sizeof "gpgsig", line.n));
        buf_char(out, '\n');
    }
    buf_char(payload, '\n');
    if (rest.p) buf_str(payload, rest);
    return signatures <= 1;
}

/* Of a tag: from the last line that begins one to the end. */
static bool split_tag(struct str object, struct buf *payload, struct buf *armored, struct str *email)
{
    struct str rest = object, line;
    bool in_head = true;
    int taggers = 0;
    size_t at = object.n;
    while (str_cut(&rest, '\n', &line)) {
        if (in_head && is_header(line, "tagger") && taggers++ == 0) *email = address_of(line);
        if (!line.n) in_head = false;
        if (!in_head && (str_starts(line, STR(SSHSIG_BEGIN)) || str_starts(line, STR(PGP_SIGNATURE_BEGIN))))
            at = (size_t)(line.p - object.p);
    }
    buf_str(payload, str_slice(object, 0, at));
    buf_str(armored, str_slice(object, at, object.n));
    return true;
}

bool signature_split(struct str object, bool tag, struct buf *payload, struct buf *armored, struct str *email)
{
    *email = STR("");
    return tag ? split_tag(object, payload, armored, email) : split_commit(object, payload, armored, email);
}

/* --- reading */

/* OpenPGP keys that people have here, by the ids that signatures name; read when the first such signature comes. */
struct pgp_keys {
    struct pgp_known {
        uint64_t id;
        struct str fingerprint, packets;
        int64_t expires;
    } * list;
    size_t n;
    bool read;
};
#define PGP_KEYS_MOST 10000

static enum rc add_key(struct ctx *cx, struct pgp_keys *k, const struct pgp_known *known)
{
    struct str rest = known->packets;
    struct pgp_packet p;
    while (rest.n && pgp_next_packet(&rest, &p)) {
        if (p.tag != PGP_KEY && p.tag != PGP_SUBKEY) continue;
        if (k->n == PGP_KEYS_MOST) return fail(cx, E_LIMIT, "there are more than %d OpenPGP keys", PGP_KEYS_MOST);
        k->list[k->n] = *known;
        k->list[k->n++].id = pgp_key_id(p.body);
    }
    return OK;
}

static enum rc read_keys(struct ctx *cx, sqlite3 *db, struct pgp_keys *k)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db,
                      STR("SELECT k.fingerprint, k.public, k.expires FROM fact_key k JOIN fact_person p ON p.subject = "
                          "k.subject AND p.state = 'active' WHERE k.type = 'gpg' AND k.state = 'added'"),
                      &st));
    k->read = true;
    k->list = arena_array(&cx->arena, struct pgp_known, PGP_KEYS_MOST);
    for (bool row;;) {
        scoped_buf bytes;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        buf_init(&bytes, 65536);
        if (!base64_read(&bytes, store_column_str(st, 1))) continue;
        const struct pgp_known known = {0, arena_str(&cx->arena, store_column_str(st, 0)),
                                        arena_str(&cx->arena, buf_view(&bytes)), sqlite3_column_int64(st, 2)};
        TRY(add_key(cx, k, &known));
    }
}

static enum rc read_pgp(struct ctx *cx, sqlite3 *db, struct pgp_keys *k, struct str armored, struct str payload,
                        struct signature *s)
{
    scoped_buf bytes;
    buf_init(&bytes, 65536);
    if (!k->read) TRY(read_keys(cx, db, k));
    s->found = "bad";
    if (pgp_unarmor(cx, "signature", str_trim(armored), PGP_SIGNATURE_END, &bytes) != OK) return OK;
    uint64_t issuer = pgp_issuer(buf_view(&bytes));
    s->found = "unknown";
    for (size_t i = 0; issuer && i < k->n; i++) {
        const struct pgp_known *known = &k->list[i];
        if (known->id != issuer) continue;
        s->found = pgp_verify(known->packets, buf_view(&bytes), payload, &s->until);
        memcpy(s->key, known->fingerprint.p, known->fingerprint.n < 64 ? known->fingerprint.n : 64);
        if (known->expires && (!s->until || known->expires < s->until)) s->until = known->expires;
        if (!s->found) return OK;
    }
    return OK;
}

/* What a tag calls itself. */
static struct str name_of(struct str object)
{
    struct str line;
    while (str_cut(&object, '\n', &line) && line.n)
        if (is_header(line, "tag")) return str_slice(line, 4, line.n);
    return STR("");
}

static enum rc read_one(struct ctx *cx, sqlite3 *db, struct pgp_keys *k, const struct batch_item *item, bool tag,
                        struct signature *s)
{
    scoped_buf payload, armored;
    struct commit_object commit;
    struct str email;
    buf_init(&payload, OBJECT_MOST);
    buf_init(&armored, LIMIT_GIT_HEADER);
    s->email = STR("");
    s->found = "none";
    if (item->type != (tag ? OBJECT_TAG : OBJECT_COMMIT)) return OK; /* a name without a tag object */
    s->found = "unsupported";
    if (!item->content.p) return OK;
    bool one = signature_split(item->content, tag, &payload, &armored, &email);
    if (payload.failed || armored.failed) return OK;
    s->email = arena_str(&cx->arena, email);
    s->merge = !tag && commit_parse(item->content, s->oid.n, &commit) && commit.n_parents > 1;
    if (tag) s->name = arena_str(&cx->arena, name_of(item->content));
    s->found = one ? "unsupported" : "bad";
    if (one && !armored.n) s->found = "none";
    if (one && str_starts(buf_view(&armored), STR(SSHSIG_BEGIN)))
        s->found = sshsig_verify(buf_view(&armored), buf_view(&payload), STR("git"), s->key) ? NULL : "bad";
    if (one && str_starts(buf_view(&armored), STR(PGP_SIGNATURE_BEGIN)))
        return read_pgp(cx, db, k, buf_view(&armored), buf_view(&payload), s);
    return OK;
}

static enum rc read_all(struct ctx *cx, sqlite3 *db, const struct git *g, const struct str *oids, size_t n, bool tags,
                        struct signatures *out)
{
    struct batch b;
    struct pgp_keys keys = {0};
    enum rc rc = OK;
    out->list = arena_array(&cx->arena, struct signature, n + 1);
    out->n = n;
    batch_init(&b, g);
    batch_begin(&b, oids, n, BATCH_WHOLE, OBJECT_MOST);
    for (size_t i = 0; rc == OK && i < n; i++) {
        struct batch_item item;
        rc = batch_next(cx, &b, &item);
        if (rc != OK) break;
        out->list[i].oid = oids[i];
        rc = read_one(cx, db, &keys, &item, tags, &out->list[i]);
    }
    batch_release(&b);
    return rc;
}

enum rc signatures_of_tags(struct ctx *cx, sqlite3 *db, const struct git *g, const struct str *oids, size_t n,
                           struct signatures *out)
{
    return read_all(cx, db, g, oids, n, true, out);
}

enum rc signatures_of_commits(struct ctx *cx, sqlite3 *db, const struct git *g, struct str revisions,
                              struct signatures *out)
{
    static const char *const argv[] = {"rev-list", "--topo-order", "--stdin", NULL};
    scoped_buf said;
    struct str rest, line;
    int code;
    size_t n = 0;
    buf_init(&said, REVISIONS_MOST);
    TRY(hosted_run(cx, g, argv, revisions, &said, &code, NULL));
    if (code != 0) return fail(cx, E_CORRUPT, "the history of what was pushed cannot be followed");
    rest = arena_str(&cx->arena, buf_view(&said));
    struct str *oids = arena_array(&cx->arena, struct str, said.n / 41 + 1);
    while (str_cut(&rest, '\n', &line))
        if (line.n && oid_is(line, line.n) && n < said.n / 41 + 1) oids[n++] = line;
    return read_all(cx, db, g, oids, n, false, out);
}

/* --- whose they are */

static enum rc find_person(struct ctx *cx, sqlite3 *db, const char *key, struct str *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = STR_NONE;
    TRY(store_prepare(cx, db, STR("SELECT state = 'added' FROM fact_source_key WHERE fingerprint = ?1"), &st));
    store_bind_str(st, 1, str_from(key));
    TRY(store_step(cx, st, &row));
    if (!row) return identity_of_key(cx, db, str_from(key), out);
    if (sqlite3_column_int(st, 0)) *out = STR("system"); /* a replaced one is nobody's, whoever adds it */
    return OK;
}

/* Whether the server made it here when it published what a branch asked for signatures, all of them good. */
static enum rc judge_own(struct ctx *cx, sqlite3 *db, struct str repository, struct signature *s)
{
    scoped_stmt *st = NULL;
    bool row;
    if (s->word || s->merge) return OK;
    TRY(store_prepare(cx, db,
                      STR("SELECT 1 FROM fact_push_made m JOIN fact_push p ON p.n = m.n AND p.subject = ?1 JOIN "
                          "fact_push_signatures s ON s.n = m.n AND s.wanting = 0 WHERE m.value = ?2"),
                      &st));
    store_bind_str(st, 1, repository);
    store_bind_str(st, 2, s->oid);
    TRY(store_step(cx, st, &row));
    if (!row) s->word = "remade";
    return OK;
}

static enum rc judge_one(struct ctx *cx, sqlite3 *db, int64_t now, struct str project, struct signature *s)
{
    struct str committer;
    struct identity_who who;
    if (s->until && s->until <= now) s->word = "expired";
    TRY(find_person(cx, db, s->key, &s->person));
    if (s->word) return OK;
    if (!s->person.p) s->word = "unknown";
    if (!s->person.p || str_eq(s->person, STR("system"))) return OK;
    TRY(identity_of_address(cx, db, s->email, &committer));
    if (!committer.p || !str_eq(committer, s->person)) s->word = "other";
    if (s->word) return OK;
    TRY(identity_of(cx, db, now, s->person, &who));
    if (who.credential == CREDENTIAL_NONE || !identity_may(&who, "code.write", project)) s->word = "may_not";
    return OK;
}

/* Of thousands of commits few are of different people: each combination is asked for once. */
#define ASKED_MOST 256

enum rc signatures_judge(struct ctx *cx, sqlite3 *db, int64_t now, const struct gate_place *place, struct signatures *s)
{
    const struct signature *asked[ASKED_MOST], *known;
    struct signature *copies = arena_array(&cx->arena, struct signature, ASKED_MOST);
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++) {
        struct signature *one = &s->list[i];
        one->word = one->found;
        one->person = STR_NONE;
        if (one->word) continue;
        known = NULL;
        for (size_t k = 0; k < n && !known; k++)
            if (strcmp(asked[k]->key, one->key) == 0 && asked[k]->until == one->until &&
                str_eq(asked[k]->email, one->email))
                known = asked[k];
        if (known) {
            one->word = known->word;
            one->person = known->person;
        } else {
            TRY(judge_one(cx, db, now, place->project, one));
            if (n < ASKED_MOST) {
                copies[n] = *one;
                asked[n] = &copies[n];
                n++;
            }
        }
        if (str_eq(one->person, STR("system"))) TRY(judge_own(cx, db, place->subject, one));
    }
    return OK;
}

size_t signatures_wanting(const struct signatures *s, const struct signature **first)
{
    size_t n = 0;
    *first = NULL;
    for (size_t i = 0; i < s->n; i++) {
        if (!s->list[i].word) continue;
        if (n++ == 0) *first = &s->list[i];
    }
    return n;
}
