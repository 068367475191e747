#include "cli/verify_input.h"

#include "base/file.h"
#include "cli/url.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

enum rc verify_file_read(struct ctx *cx, const char *path, size_t max, struct str *out)
{
    const char *shown = str_visible(cx, str_from(path));
    scoped_buf bytes;
    buf_init(&bytes, max);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return fail(cx, E_NOTFOUND, "%s: %s", shown, strerror(errno));
    bool fine = file_read_all(fd, &bytes);
    int number = errno;
    close(fd);
    if (!fine) return fail(cx, E_IO, "%s: %s", shown, strerror(number));
    if (bytes.failed) return fail(cx, E_LIMIT, "%s: over %zu bytes", shown, max);
    *out = arena_str(&cx->arena, buf_view(&bytes));
    return OK;
}

enum rc verify_key_read(struct ctx *cx, const char *option, const char *value, enum note_type type,
                        struct note_key *out)
{
    struct str text = str_from(value);
    if (value[0] == '@') TRY(verify_file_read(cx, value + 1, 4 * KIB, &text));
    if (note_key_read(cx, str_trim(text), out) != OK) {
        struct str why = arena_printf(&cx->arena, "%s", cx->message);
        return fail(cx, E_INVALID, "%s: %s", option, why.p);
    }
    if (out->type == type) return OK;
    return fail(cx, E_INVALID, "%s: this is the key of a %s", option, type == NOTE_ED25519 ? "witness" : "ledger");
}

enum rc verify_held_read(struct ctx *cx, const char *path, struct verify_held *out)
{
    struct str bytes;
    struct note note;
    out->name = str_visible(cx, str_from(path));
    TRY(verify_file_read(cx, path, LIMIT_NOTE, &bytes));
    if (note_read(cx, bytes, &note) == OK && checkpoint_read(cx, note.text, &out->head) == OK) return OK;
    struct str why = arena_printf(&cx->arena, "%s", cx->message);
    return fail(cx, E_CORRUPT, "%s: no checkpoint: %s", out->name, why.p);
}

static enum rc check_witness(struct ctx *cx, const struct note *note, struct verify_witness *w)
{
    enum rc rc = note_verify(cx, note, w->key, &w->time);
    w->has_cosigned = rc == OK;
    return rc;
}

enum rc verify_proof_bytes(struct ctx *cx, struct str bytes, const struct note_key *key, struct verify_witness *w,
                           size_t n, struct proven *out)
{
    struct proof p;
    struct note note;
    TRY(proof_read(cx, bytes, &p));
    TRY(proof_verify(cx, &p, key, out));
    TRY(note_read(cx, p.note, &note));
    for (size_t i = 0; i < n; i++) TRY(check_witness(cx, &note, &w[i]));
    return OK;
}

enum rc verify_place_open(struct ctx *cx, const char *place, int64_t seconds, struct verify_place *out)
{
    *out = (struct verify_place){.folder.fd = -1};
    if (url_is_one(place)) {
        TRY(url_open(cx, place, seconds, &out->url));
        out->reader = url_reader(out->url);
        return OK;
    }
    TRY(reader_folder_open(cx, place, &out->folder));
    out->reader = reader_of_folder(&out->folder);
    return OK;
}

void verify_place_close(struct verify_place *p)
{
    url_close(p->url);
    reader_folder_close(&p->folder);
}
