#include "gates/seal.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/digest.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/sshsig.h"
#include "gates/change.h"
#include "ledger/signer_wire.h"
#include "store/config.h"
#include "store/store.h"

#define TRIES 250   /* while another process signs: it is done in milliseconds */
#define PAUSE 20000 /* microseconds */

/* --- the signer */

/* A running server has it; one whose signer is being started again has it in a moment. Else its folder. */
static enum rc find_signer(struct ctx *cx, const char *dir, struct signer **out)
{
    struct stat st;
    const char *named = config_signer(cx, dir), *servers = arena_printf(&cx->arena, "%s/signer.sock", dir).p;
    if (stat(named, &st) == 0 && S_ISSOCK(st.st_mode)) return signer_connect(cx, named, out);
    enum rc rc = E_NOTFOUND;
    for (int i = 0; i < TRIES; i++) {
        if (i) (void)usleep(PAUSE);
        if (signer_connect(cx, servers, out) == OK) return OK;
        rc = signer_open(cx, named, out);
        if (rc == OK || (rc != E_BUSY && lstat(servers, &st) != 0)) break;
    }
    return rc != E_NOTFOUND ? rc
                            : fail(cx, rc,
                                   "nothing can be signed: the server does not run, and there is no signer at %s "
                                   "(SINETTI_SIGNER tells another place)",
                                   str_visible(cx, str_from(named)));
}

static enum rc ask(struct ctx *cx, const struct seal *s, enum signer_form form, struct str data, uint8_t public[32],
                   uint8_t signature[64])
{
    struct signer *signer;
    TRY(find_signer(cx, s->dir, &signer));
    enum rc rc = signer_source(cx, signer, form, data, public, signature);
    signer_close(signer);
    return rc;
}

static void fingerprint_of(const uint8_t public[32], struct ctx *cx, char out[65], struct str *text)
{
    scoped_buf line, blob;
    struct digest d;
    uint8_t hash[32];
    buf_init(&line, 400);
    buf_init(&blob, 400);
    sshsig_put_key(&line, public);
    *text = arena_str(&cx->arena, buf_view(&line));
    (void)base64_read(&blob, str_slice(*text, sizeof "ssh-ed25519 " - 1, text->n));
    digest_init(&d);
    digest_add(&d, buf_view(&blob));
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, out);
}

/* --- its fact */

struct knowing {
    const char *fingerprint;
    struct str public;
    bool replaces;
};

static enum rc put_key(struct append *a, struct str fingerprint, struct str public, const char *state)
{
    static const struct gate_caller system = {.person = {"system", 6}, .credential = {"", 0}};
    scoped_buf b;
    struct json j;
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_str(&j, "fingerprint", fingerprint);
    json_put_str(&j, "public", public);
    json_put_cstr(&j, "state", state);
    json_end(&j, '}');
    return gate_put(a, &system, "source_key", STR("org"), &b, NULL);
}

static enum rc is_known(struct ctx *cx, sqlite3 *db, const char *fingerprint, bool *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("SELECT 1 FROM fact_source_key WHERE fingerprint = ?1 AND state = 'added'"), &st));
    store_bind_str(st, 1, str_from(fingerprint));
    return store_step(cx, st, out);
}

static enum rc build(struct append *a, void *arg)
{
    const struct knowing *k = arg;
    scoped_stmt *old = NULL;
    bool row;
    TRY(is_known(a->cx, a->db, k->fingerprint, &row));
    if (!row) TRY(put_key(a, str_from(k->fingerprint), k->public, "added"));
    if (!k->replaces) return OK;
    TRY(store_prepare(
        a->cx, a->db,
        STR("SELECT fingerprint, public FROM fact_source_key WHERE fingerprint <> ?1 AND state = 'added'"), &old));
    store_bind_str(old, 1, str_from(k->fingerprint));
    for (;;) {
        TRY(store_step(a->cx, old, &row));
        if (!row) return OK;
        struct str fingerprint = arena_str(&a->cx->arena, store_column_str(old, 0));
        TRY(put_key(a, fingerprint, arena_str(&a->cx->arena, store_column_str(old, 1)), "replaced"));
    }
}

/* db: NULL when it is new for sure. */
static enum rc make_known(struct ctx *cx, struct facts *f, sqlite3 *db, struct seal *s, bool replaces)
{
    struct knowing k = {.fingerprint = s->fingerprint, .replaces = replaces};
    bool known = false;
    fingerprint_of(s->public, cx, s->fingerprint, &k.public);
    if (db) TRY(is_known(cx, db, s->fingerprint, &known));
    if (known) return OK;
    return append_run(cx, f, facts_now(f), build, &k);
}

enum rc seal_open(struct ctx *cx, struct facts *f, sqlite3 *db, const char *dir, struct seal *out)
{
    uint8_t none[64];
    *out = (struct seal){.dir = dir};
    TRY(ask(cx, out, SIGNER_KEY, STR(""), out->public, none));
    return make_known(cx, f, db, out, false);
}

enum rc seal_replace(struct ctx *cx, struct facts *f, struct seal *s)
{
    uint8_t none[64];
    TRY(ask(cx, s, SIGNER_NEW_KEY, STR(""), s->public, none));
    return make_known(cx, f, NULL, s, true);
}

/* --- signing */

enum rc seal_commit(struct ctx *cx, void *arg, struct str commit, struct buf *armored)
{
    struct seal *s = arg;
    uint8_t hash[64], public[32], signature[64];
    struct sha512_ctx h;
    sha512_init(&h);
    sha512_update(&h, commit.n, (const uint8_t *)commit.p);
    sha512_digest(&h, sizeof hash, hash);
    TRY(ask(cx, s, SIGNER_COMMIT, (struct str){(const char *)hash, sizeof hash}, public, signature));
    if (memcmp(public, s->public, sizeof public) != 0)
        return fail(cx, E_CONFLICT, "the server's key has just been replaced; try again");
    sshsig_put(armored, STR("git"), public, signature);
    return OK;
}

enum rc seal_statement(struct ctx *cx, struct seal *s, struct str statement, struct buf *envelope)
{
    uint8_t public[32], signature[64];
    scoped_buf payload, base64, id;
    struct json j;
    buf_init(&payload, 2 * SIGNER_STATEMENT_MOST);
    buf_init(&base64, 200);
    buf_init(&id, 200);
    if (statement.n > SIGNER_STATEMENT_MOST) return fail(cx, E_LIMIT, "a statement of more than 64 KiB is not signed");
    TRY(ask(cx, s, SIGNER_STATEMENT, statement, public, signature));
    if (memcmp(public, s->public, sizeof public) != 0)
        return fail(cx, E_CONFLICT, "the server's key has just been replaced; try again");
    base64_put(&payload, statement.p, statement.n);
    base64_put(&base64, signature, sizeof signature);
    sshsig_put_fingerprint(&id, public);
    json_init(&j, envelope, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "payloadType", DSSE_STATEMENT);
    json_put_str(&j, "payload", buf_view(&payload));
    json_key(&j, "signatures");
    json_begin(&j, '[');
    json_begin(&j, '{');
    json_put_str(&j, "keyid", buf_view(&id));
    json_put_str(&j, "sig", buf_view(&base64));
    json_end(&j, '}');
    json_end(&j, ']');
    json_end(&j, '}');
    return buf_ok(envelope);
}

/* --- for who verifies */

static void put_time(struct buf *out, const char *option, int64_t at)
{
    char text[20];
    struct tm tm;
    time_t t = (time_t)at;
    if (gmtime_r(&t, &tm) && strftime(text, sizeof text, "%Y%m%d%H%M%S", &tm))
        buf_printf(out, ",%s=\"%sZ\"", option, text);
}

enum rc seal_lines(struct ctx *cx, sqlite3 *db, struct buf *out)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, STR("SELECT public, state, at FROM fact_source_key ORDER BY since, fingerprint"), &st));
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return buf_ok(out);
        buf_cstr(out, SEAL_NAME " namespaces=\"git\"");
        if (str_eq(store_column_str(st, 1), STR("replaced")))
            put_time(out, "valid-before", sqlite3_column_int64(st, 2));
        buf_char(out, ' ');
        buf_str(out, store_column_str(st, 0));
        buf_char(out, '\n');
    }
}
