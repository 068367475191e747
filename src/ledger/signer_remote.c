/* A signer in another process, as the others see it. */
#include "ledger/signer_inside.h"
#include "ledger/signer_wire.h"

#include "base/base64.h"
#include "ledger/canonical.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#define PATIENCE_SECONDS 20 /* for a signer that does not answer: it may be gone, and its socket held by others */

struct remote {
    struct signer base;
    int fd;
    struct buf request, answer, last;
    char name[LIMIT_NOTE_NAME + 1]; /* of the key */
};

static enum rc strange(struct ctx *cx)
{
    return fail(cx, E_IO, "signer: an answer that does not read");
}

/* What every answer tells. */
static enum rc read_state(struct ctx *cx, struct remote *r, struct str answer)
{
    struct str vkey, last;
    int64_t size;
    if (!canonical_str(&cx->arena, canonical_find(answer, "key"), &vkey) ||
        !canonical_str(&cx->arena, canonical_find(answer, "last"), &last) ||
        !canonical_int(canonical_find(answer, "size"), &size) || size < 0)
        return strange(cx);
    TRY(note_key_read(cx, vkey, &r->base.key));
    memcpy(r->name, r->base.key.name.p, r->base.key.name.n);
    r->base.key.name.p = r->name;
    r->base.size = (uint64_t)size;
    buf_clear(&r->last);
    buf_str(&r->last, last);
    r->base.last = r->last.n ? buf_view(&r->last) : STR("");
    return OK;
}

/* Sends what is in r->request; the answer is left in r->answer. */
static enum rc ask(struct ctx *cx, struct remote *r)
{
    int64_t rc;
    struct str message, answer;
    if (r->request.failed) return fail(cx, E_LIMIT, "signer: a request too long");
    TRY(wire_send(cx, r->fd, buf_view(&r->request)));
    TRY(wire_receive(cx, r->fd, &r->answer));
    answer = buf_view(&r->answer);
    if (canonical_check(cx, answer) != OK || !canonical_int(canonical_find(answer, "rc"), &rc) || rc < OK ||
        rc > E_INTERNAL)
        return strange(cx);
    TRY(read_state(cx, r, answer));
    if (rc == OK) return OK;
    if (!canonical_str(&cx->arena, canonical_find(answer, "message"), &message)) return strange(cx);
    return fail(cx, (enum rc)rc, STR_FMT, STR_ARG(message));
}

static void begin(struct remote *r)
{
    buf_clear(&r->request);
    buf_char(&r->request, '{');
}

static void put_text(struct remote *r, const char *key, struct str text)
{
    buf_printf(&r->request, "%s\"%s\":", r->request.n > 1 ? "," : "", key);
    canonical_put_str(&r->request, text);
}

static void put_hashes(struct remote *r, const char *key, const struct hash *p, size_t n)
{
    buf_printf(&r->request, "%s\"%s\":", r->request.n > 1 ? "," : "", key);
    wire_put_hashes(&r->request, p, n);
}

static enum rc finish(struct ctx *cx, struct remote *r, const char *verb)
{
    put_text(r, "verb", str_from(verb));
    buf_char(&r->request, '}');
    return ask(cx, r);
}

static void put_head(struct remote *r, const struct checkpoint *head)
{
    scoped_buf text;
    buf_init(&text, 0);
    checkpoint_put(&text, head);
    buf_str(&text, head->extensions);
    put_text(r, "head", buf_view(&text));
}

static enum rc take_note(struct ctx *cx, struct remote *r, struct buf *note)
{
    struct str text;
    if (!canonical_str(&cx->arena, canonical_find(buf_view(&r->answer), "note"), &text)) return strange(cx);
    buf_str(note, text);
    return OK;
}

static enum rc remote_sign(struct ctx *cx, struct signer *s, const struct checkpoint *head, const struct hash *proof,
                           size_t n, struct buf *note)
{
    struct remote *r = (struct remote *)s;
    begin(r);
    put_head(r, head);
    put_hashes(r, "proof", proof, n);
    TRY(finish(cx, r, "sign"));
    return take_note(cx, r, note);
}

static enum rc remote_begin(struct ctx *cx, struct signer *s, bool restored, struct note_key *next)
{
    struct remote *r = (struct remote *)s;
    struct str vkey;
    begin(r);
    buf_printf(&r->request, "\"restored\":%s", restored ? "true" : "false");
    TRY(finish(cx, r, "begin"));
    if (!canonical_str(&cx->arena, canonical_find(buf_view(&r->answer), "next"), &vkey)) return strange(cx);
    return note_key_read(cx, vkey, next);
}

static enum rc remote_cancel(struct ctx *cx, struct signer *s)
{
    begin((struct remote *)s);
    return finish(cx, (struct remote *)s, "cancel");
}

static enum rc remote_hand_over(struct ctx *cx, struct signer *s, const struct handover_ask *ask_for, struct buf *note)
{
    struct remote *r = (struct remote *)s;
    begin(r);
    put_text(r, "body", ask_for->body);
    put_hashes(r, "consistency", ask_for->consistency, ask_for->n_consistency);
    put_head(r, &ask_for->head);
    put_hashes(r, "inclusion", ask_for->inclusion, ask_for->n_inclusion);
    put_text(r, "leaf", ask_for->leaf);
    buf_cstr(&r->request, ",\"salt\":");
    wire_put_hex(&r->request, ask_for->salt, SALT_SIZE);
    TRY(finish(cx, r, "hand_over"));
    return take_note(cx, r, note);
}

static enum rc remote_end(struct ctx *cx, struct signer *s)
{
    begin((struct remote *)s);
    return finish(cx, (struct remote *)s, "end");
}

static enum rc remote_source(struct ctx *cx, struct signer *s, enum signer_form form, struct str data,
                             uint8_t public[32], uint8_t signature[64])
{
    struct remote *r = (struct remote *)s;
    struct str key, said;
    begin(r);
    buf_cstr(&r->request, "\"data\":");
    wire_put_hex(&r->request, (const uint8_t *)data.p, data.n);
    buf_printf(&r->request, ",\"form\":%d", (int)form);
    TRY(finish(cx, r, "source"));
    struct str answer = buf_view(&r->answer);
    if (!canonical_str(&cx->arena, canonical_find(answer, "public"), &key) ||
        !canonical_str(&cx->arena, canonical_find(answer, "signature"), &said) || !hex_read_exact(public, 32, key) ||
        !hex_read_exact(signature, 64, said))
        return strange(cx);
    return OK;
}

static void remote_close(struct signer *s)
{
    struct remote *r = (struct remote *)s;
    close(r->fd);
    buf_release(&r->request);
    buf_release(&r->answer);
    buf_release(&r->last);
    free(r);
}

static const struct signer_ops remote_ops = {remote_close,     remote_sign, remote_begin, remote_cancel,
                                             remote_hand_over, remote_end,  remote_source};

enum rc signer_connect_fd(struct ctx *cx, int fd, struct signer **out)
{
    struct remote *r = calloc(1, sizeof *r);
    *out = NULL;
    if (!r) {
        close(fd);
        return fail(cx, E_IO, "out of memory");
    }
    r->base.ops = &remote_ops;
    r->fd = fd;
    buf_init(&r->request, LIMIT_BODY);
    buf_init(&r->answer, LIMIT_BODY);
    buf_init(&r->last, LIMIT_NOTE);
    begin(r);
    enum rc rc = finish(cx, r, "look");
    if (rc == OK)
        *out = &r->base;
    else
        remote_close(&r->base);
    return rc;
}

enum rc signer_connect(struct ctx *cx, const char *path, struct signer **out)
{
    struct sockaddr_un at = {.sun_family = AF_UNIX};
    *out = NULL;
    if (strlen(path) >= sizeof at.sun_path) return fail(cx, E_INVALID, "signer: the path of the socket is too long");
    memcpy(at.sun_path, path, strlen(path));
    const struct timeval patience = {PATIENCE_SECONDS, 0};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0 ||
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) != 0 ||
        connect(fd, (struct sockaddr *)&at, sizeof at) != 0) {
        int failure = errno;
        if (fd >= 0) close(fd);
        return fail(cx, failure == ENOENT || failure == ECONNREFUSED ? E_NOTFOUND : E_IO,
                    "signer: %s: cannot connect: %s", str_visible(cx, str_from(path)), strerror(failure));
    }
    return signer_connect_fd(cx, fd, out);
}
