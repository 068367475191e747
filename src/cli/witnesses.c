#include "cli/witnesses.h"

#include "cli/url.h"
#include "cli/verify_input.h"
#include "ledger/witness_wire.h"

#include <inttypes.h>
#include <stdio.h>

#define PATIENCE_SECONDS 20

enum rc witness_place_read(struct ctx *cx, const char *text, struct witness_place *out)
{
    const char *sign = strchr(text, '=');
    if (!sign || sign == text || !url_is_one(text) || strstr(text, "://") > sign)
        return fail(cx, E_INVALID, "witness %s: URL=VKEY is expected", str_visible(cx, str_from(text)));
    out->url = arena_cstr(&cx->arena, (struct str){text, (size_t)(sign - text)});
    return verify_key_read(cx, "witness", sign + 1, NOTE_COSIGNATURE, &out->key);
}

/* The size of the head that the witness is known to have cosigned of this ledger; 0 when of none. */
static uint64_t cosigned_before(struct ctx *cx, struct str before, struct str origin, const struct note_key *key)
{
    struct note note;
    struct checkpoint head;
    int64_t time;
    bool is_known = before.n && note_read(cx, before, &note) == OK && checkpoint_read(cx, note.text, &head) == OK &&
                    str_eq(head.origin, origin) && note_verify(cx, &note, key, &time) == OK;
    return is_known ? head.size : 0;
}

static enum rc put_request(struct ctx *cx, struct log_reader *r, const struct checkpoint *head, uint64_t from,
                           struct str note, struct buf *out)
{
    struct witness_request request = {.old = from, .note = note};
    struct hash proof[MERKLE_PROOF];
    struct merkle_nodes nodes = log_reader_nodes(r);
    if (merkle_consistency(&nodes, from, head->size, proof, &request.n) != OK || request.n > WITNESS_PROOF)
        return fail(cx, E_CORRUPT, "the log's hashes cannot be read; run `sinetti fsck`");
    memcpy(request.proof, proof, request.n * sizeof *proof);
    buf_clear(out);
    witness_request_put(out, &request);
    return buf_ok(out) == OK ? OK : fail(cx, E_LIMIT, "the request is too long");
}

static enum rc post(struct ctx *cx, const struct witness_place *w, struct str body, int64_t *status, struct buf *answer)
{
    struct url_reader *u;
    buf_clear(answer);
    TRY(url_open(cx, w->url, PATIENCE_SECONDS, &u));
    enum rc rc = url_post(cx, u, STR("add-checkpoint"), body, PATIENCE_SECONDS, status, answer);
    url_close(u);
    return rc;
}

/* Its 409: from where it wants the proof to begin. */
static enum rc other_size(struct ctx *cx, struct str answer, const struct checkpoint *head, uint64_t *from)
{
    TRY(witness_size_read(cx, answer, from));
    if (*from <= head->size) return OK;
    return fail(cx, E_DENIED,
                "it has cosigned a head of %" PRIu64 " facts, and this ledger has %" PRIu64
                ": is this an older copy of it?",
                *from, head->size);
}

static enum rc ask(struct ctx *cx, struct log_reader *r, const struct witness_place *w, const struct checkpoint *head,
                   uint64_t from, struct str note, struct buf *answer)
{
    int64_t status = 0;
    scoped_buf request;
    buf_init(&request, LIMIT_WITNESS_REQUEST);
    TRY(put_request(cx, r, head, from, note, &request));
    TRY(post(cx, w, buf_view(&request), &status, answer));
    if (status == 409) {
        TRY(other_size(cx, buf_view(answer), head, &from));
        TRY(put_request(cx, r, head, from, note, &request));
        TRY(post(cx, w, buf_view(&request), &status, answer));
    }
    if (status == 200) return OK;
    return fail(cx, E_DENIED, "it answers %" PRId64 ": %s", status, str_visible(cx, str_trim(buf_view(answer))));
}

enum rc witnesses_ask(struct ctx *cx, struct log_reader *r, const struct witness_place *places, size_t n,
                      struct str before, struct str note, struct buf *cosigned, size_t *refused)
{
    struct note read;
    struct checkpoint head;
    scoped_buf answer, next;
    buf_init(&answer, LIMIT_NOTE);
    buf_init(&next, LIMIT_NOTE);
    TRY(note_read(cx, note, &read));
    TRY(checkpoint_read(cx, read.text, &head));
    buf_str(cosigned, note);
    *refused = 0;
    for (size_t i = 0; i < n; i++) {
        const struct witness_place *w = &places[i];
        enum rc rc = ask(cx, r, w, &head, cosigned_before(cx, before, head.origin, &w->key), note, &answer);
        if (rc == OK) {
            buf_clear(&next);
            rc = witness_lines_add(cx, buf_view(cosigned), buf_view(&answer), &w->key, &next);
        }
        if (rc == OK) {
            buf_clear(cosigned);
            buf_str(cosigned, buf_view(&next));
        } else {
            (*refused)++;
            fprintf(stderr, "sinetti: not cosigned by %s (%s): %s\n", str_visible(cx, w->key.name),
                    str_visible(cx, str_from(w->url)), cx->message);
        }
    }
    return buf_ok(cosigned);
}
