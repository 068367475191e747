/* What a browser needs to verify the audit log for itself: leaf, path, signed head and key; nothing is asked to be
 * believed. */
#include "api/api_int.h"
#include "api/head.h"
#include "api/show.h"
#include "base/base64.h"
#include "base/limits.h"
#include "ledger/checkpoint.h"
#include "ledger/heads.h"
#include "ledger/note.h"
#include "store/store.h"

struct head {
    struct log_reader *reader;
    struct str text; /* the signed note */
    struct note note;
    struct checkpoint checkpoint;
};

static enum rc read_head(struct ctx *cx, struct api_call *call, struct head *h)
{
    enum rc rc = head_newest(cx, h->reader, &h->text);
    if (rc == E_NOTFOUND)
        return api_fail(cx, call, E_NOTFOUND, "no head of the log was signed yet",
                        "lokia ei ole vielä allekirjoitettu");
    TRY(rc);
    TRY(note_read(cx, h->text, &h->note));
    return checkpoint_read(cx, h->note.text, &h->checkpoint);
}

/* The key that the signer had when the server started; after a rotation it has not signed this head. */
static void put_key(struct ctx *cx, struct api_call *call, const struct head *h)
{
    struct note_key key;
    int64_t time;
    struct str text = call->api->o.vkey;
    bool signed_it = text.n && note_key_read(cx, text, &key) == OK && note_verify(cx, &h->note, &key, &time) == OK;
    show_text(&call->out, "key", signed_it ? text : STR_NONE);
    json_put_str(&call->out, "origin", h->checkpoint.origin);
}

static void put_base64(struct json *j, const char *key, const void *bytes, size_t n)
{
    scoped_buf text;
    buf_init(&text, 0);
    base64_put(&text, bytes, n);
    if (key) json_key(j, key);
    json_str(j, buf_view(&text));
}

static void put_hashes(struct json *j, const struct hash *hashes, size_t n)
{
    json_key(j, "hashes");
    json_begin(j, '[');
    for (size_t i = 0; i < n; i++) put_base64(j, NULL, hashes[i].b, sizeof hashes[i].b);
    json_end(j, ']');
}

static enum rc with_reader(struct ctx *cx, struct api_call *call,
                           enum rc (*answer)(struct ctx *, struct api_call *, struct head *))
{
    struct head h = {0};
    TRY(log_reader_open(cx, call->api->dir, &h.reader));
    enum rc rc = answer(cx, call, &h);
    log_reader_close(h.reader);
    return rc;
}

static enum rc unreadable(struct ctx *cx)
{
    return fail(cx, E_CORRUPT, "the log's hashes cannot be read; run `sinetti fsck`");
}

/* --- one event */

static enum rc put_proof(struct ctx *cx, struct api_call *call, struct head *h)
{
    struct json *j = &call->out;
    struct hash hashes[MERKLE_PROOF];
    struct str leaf, body = STR_NONE;
    const uint8_t *salt = NULL;
    size_t n_hashes;
    uint64_t n = (uint64_t)api_value_int(call, "event", 0);
    if (n >= log_reader_size(h->reader))
        return api_fail(cx, call, E_NOTFOUND, "there is no such event", "sellaista tapahtumaa ei ole");
    TRY(read_head(cx, call, h));
    if (n >= h->checkpoint.size)
        return api_fail(cx, call, E_BUSY, "the event is not under a signed head yet; it will be within seconds",
                        "tapahtumaa ei ole vielä allekirjoitettu; se tapahtuu sekunneissa");
    struct merkle_nodes nodes = log_reader_nodes(h->reader);
    if (merkle_inclusion(&nodes, n, h->checkpoint.size, hashes, &n_hashes) != OK) return unreadable(cx);
    TRY(log_reader_entry(cx, h->reader, n, &leaf));
    leaf = arena_str(&cx->arena, leaf);
    enum rc rc = log_reader_body(cx, h->reader, n, &salt, &body);
    if (rc != OK && rc != E_NOTFOUND) return rc;
    bool erased = rc != OK;
    json_begin(j, '{');
    json_put_int(j, "n", (int64_t)n);
    json_put_str(j, "leaf", leaf);
    if (erased)
        show_text(j, "salt", STR_NONE);
    else
        put_base64(j, "salt", salt, SALT_SIZE);
    show_text(j, "body", erased ? STR_NONE : body);
    put_hashes(j, hashes, n_hashes);
    json_put_int(j, "size", (int64_t)h->checkpoint.size);
    json_put_str(j, "checkpoint", h->text);
    put_key(cx, call, h);
    json_end(j, '}');
    return OK;
}

API_OPERATION(events_proof)
{
    return with_reader(cx, call, put_proof);
}

/* --- the head */

static enum rc find_time(struct ctx *cx, struct api_call *call, uint64_t size, int64_t *at)
{
    scoped_stmt *st = NULL;
    bool row;
    *at = 0;
    TRY(store_prepare(cx, call->ledger, STR("SELECT at FROM p_facts WHERE n = ?1"), &st));
    store_bind_int(st, 1, (int64_t)size - 1);
    TRY(store_step(cx, st, &row));
    if (row) *at = sqlite3_column_int64(st, 0);
    return OK;
}

static enum rc put_checkpoint(struct ctx *cx, struct api_call *call, struct head *h)
{
    struct json *j = &call->out;
    int64_t at;
    TRY(read_head(cx, call, h));
    TRY(find_time(cx, call, h->checkpoint.size, &at));
    json_begin(j, '{');
    json_put_int(j, "size", (int64_t)h->checkpoint.size);
    put_base64(j, "root", h->checkpoint.root.b, sizeof h->checkpoint.root.b);
    api_put_time(j, "at", at);
    json_put_str(j, "checkpoint", h->text);
    put_key(cx, call, h);
    json_put_int(j, "log_size", (int64_t)log_reader_size(h->reader));
    json_key(j, "witnesses");
    json_begin(j, '[');
    for (size_t i = 0; i < h->note.n; i++) /* the ledger's own line carries its origin */
        if (!str_eq(h->note.signatures[i].name, h->checkpoint.origin)) json_str(j, h->note.signatures[i].name);
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

API_OPERATION(checkpoint_get)
{
    return with_reader(cx, call, put_checkpoint);
}

static enum rc put_consistency(struct ctx *cx, struct api_call *call, struct head *h)
{
    struct json *j = &call->out;
    struct hash hashes[MERKLE_PROOF];
    size_t n;
    int64_t from = api_value_int(call, "from", 0), to = api_value_int(call, "to", 0);
    if (from < 1)
        api_fault(call, "from", "from the empty log nothing needs to be proven",
                  "tyhjästä lokista ei tarvitse todistaa mitään");
    if (from > to) api_fault(call, "from", "is over \"to\"", "on suurempi kuin \"to\"");
    if ((uint64_t)to > log_reader_size(h->reader))
        api_fault(call, "to", "is over the log's size", "on suurempi kuin lokin koko");
    TRY(api_faults(cx, call));
    struct merkle_nodes nodes = log_reader_nodes(h->reader);
    if (merkle_consistency(&nodes, (uint64_t)from, (uint64_t)to, hashes, &n) != OK) return unreadable(cx);
    json_begin(j, '{');
    json_put_int(j, "from", from);
    json_put_int(j, "to", to);
    put_hashes(j, hashes, n);
    json_end(j, '}');
    return OK;
}

API_OPERATION(checkpoint_consistency)
{
    return with_reader(cx, call, put_consistency);
}

/* --- for boards */

enum rc head_look(struct ctx *cx, struct api_call *call, struct head_shown *out)
{
    scoped_stmt *st = NULL;
    struct note note;
    struct checkpoint head;
    bool row;
    *out = (struct head_shown){0};
    TRY(store_get_int(cx, call->ledger, "SELECT size FROM head", &out->log_size));
    TRY(store_prepare(cx, call->ledger, STR("SELECT note FROM checkpoints ORDER BY size DESC, handover LIMIT 1"), &st));
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    TRY(note_read(cx, arena_str(&cx->arena, store_column_str(st, 0)), &note));
    TRY(checkpoint_read(cx, note.text, &head));
    out->signed_size = (int64_t)head.size;
    for (size_t i = 0; i < note.n; i++) out->witnesses += !str_eq(note.signatures[i].name, head.origin);
    return OK;
}
