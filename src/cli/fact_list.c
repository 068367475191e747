/* sinetti fact list, fact show: what the log holds. */
#include "base/digest.h"
#include "base/time.h"
#include "cli/common.h"
#include "cli/data.h"
#include "cli/fact.h"
#include "cli/remote_rows.h"
#include "ledger/canonical.h"
#include "ledger/log_reader.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdio.h>

struct seen {
    struct leaf leaf;
    struct body body;
    bool erased;
};

static enum rc read_fact(struct ctx *cx, struct log_reader *r, uint64_t n, struct seen *out)
{
    struct str bytes;
    const uint8_t *salt;
    TRY(log_reader_entry(cx, r, n, &bytes));
    TRY(leaf_read(cx, arena_str(&cx->arena, bytes), &out->leaf));
    enum rc rc = log_reader_body(cx, r, n, &salt, &bytes);
    out->erased = rc == E_NOTFOUND;
    if (rc != OK) return out->erased ? OK : rc;
    uint8_t digest[32];
    body_digest(salt, bytes, digest);
    if (memcmp(digest, out->leaf.digest, sizeof digest) != 0)
        return fail(cx, E_CORRUPT, "fact %" PRIu64 ": its body is not what was recorded: run `sinetti fsck`", n);
    return body_read(cx, arena_str(&cx->arena, bytes), &out->body);
}

/* Canonical JSON, with what a terminal would obey escaped; it stands in strings alone. */
static void put_json(struct buf *out, struct str json)
{
    for (size_t i = 0, n; i < json.n; i += n) {
        uint32_t c = 0;
        n = str_char(json, i, &c);
        if (!n) n = 1;
        if (!char_is_deceptive(c))
            buf_add(out, json.p + i, n);
        else if (c < 0x10000)
            buf_printf(out, "\\u%04x", c);
        else
            buf_printf(out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10), 0xdc00 + ((c - 0x10000) & 0x3ff));
    }
}

static void put_field(struct buf *out, const char *name, struct str value)
{
    scoped_buf text;
    buf_init(&text, 0);
    canonical_put_str(&text, value);
    buf_printf(out, ",\"%s\":", name);
    put_json(out, buf_view(&text));
}

/* One line: what the leaf says, and the body's fields, NULL when it was erased. */
static void put_as_json(struct buf *out, const struct seen *s)
{
    char digest[65];
    digest_hex(s->leaf.digest, sizeof s->leaf.digest, digest);
    buf_printf(out, "{\"n\":%" PRIu64 ",\"at\":%" PRId64 ",\"digest\":\"%s\"", s->leaf.n, s->leaf.at, digest);
    put_field(out, "kind", s->leaf.kind);
    if (s->erased) {
        buf_cstr(out, ",\"erased\":true}\n");
        return;
    }
    put_field(out, "subject", s->body.subject);
    put_field(out, "actor", s->body.actor);
    put_field(out, "credential", s->body.credential);
    put_field(out, "via", s->body.via);
    buf_cstr(out, ",\"payload\":");
    put_json(out, s->body.payload);
    buf_cstr(out, "}\n");
}

static void put_as_line(struct buf *out, const struct seen *s)
{
    char at[32];
    buf_printf(out, "%8" PRIu64 "  %s  %-12.*s  ", s->leaf.n, time_format(s->leaf.at / 1000000, at),
               STR_ARG(s->leaf.kind));
    if (s->erased) {
        buf_cstr(out, "(erased)\n");
        return;
    }
    buf_visible(out, s->body.subject);
    buf_printf(out, "  " STR_FMT "  " STR_FMT "\n", STR_ARG(s->body.actor), STR_ARG(s->body.via));
}

static void put_as_text(struct buf *out, const struct seen *s)
{
    char at[32], digest[65];
    digest_hex(s->leaf.digest, sizeof s->leaf.digest, digest);
    buf_printf(out, "fact        %" PRIu64 "\nrecorded    %s (%" PRId64 " µs)\nkind        " STR_FMT "\n", s->leaf.n,
               time_format(s->leaf.at / 1000000, at), s->leaf.at, STR_ARG(s->leaf.kind));
    if (s->erased) {
        buf_printf(out, "digest      %s\nits body was erased\n", digest);
        return;
    }
    buf_cstr(out, "subject     ");
    buf_visible(out, s->body.subject);
    buf_printf(out, "\nactor       " STR_FMT "\n", STR_ARG(s->body.actor));
    if (s->body.credential.n) buf_printf(out, "credential  " STR_FMT "\n", STR_ARG(s->body.credential));
    buf_printf(out, "via         " STR_FMT "\ndigest      %s\npayload     ", STR_ARG(s->body.via), digest);
    put_json(out, s->body.payload);
    buf_char(out, '\n');
}

typedef void writer(struct buf *out, const struct seen *s);

static enum rc print_fact(struct ctx *cx, struct log_reader *r, uint64_t n, writer *put)
{
    struct ctx own; /* one fact's memory after the other */
    struct seen s = {0};
    scoped_buf out;
    buf_init(&out, 0);
    ctx_init(&own);
    enum rc rc = read_fact(&own, r, n, &s);
    if (rc == OK) put(&out, &s);
    if (rc != OK)
        rc = fail(cx, rc, "%s", own.message);
    else if (fwrite(out.p, 1, out.n, stdout) != out.n)
        rc = fail(cx, E_IO, "standard output: cannot write");
    ctx_release(&own);
    return rc;
}

enum rc fact_show(struct ctx *cx, struct fact_arguments *a)
{
    struct log_reader *r;
    TRY(data_follow(cx, a->data, a->catalog));
    TRY(log_reader_open(cx, a->data, &r));
    uint64_t size = log_reader_size(r), n = (uint64_t)a->number;
    enum rc rc = n < size ? print_fact(cx, r, n, a->json ? put_as_json : put_as_text)
                          : fail(cx, E_NOTFOUND, "there is no fact %" PRIu64 ": the ledger has %" PRIu64, n, size);
    log_reader_close(r);
    return rc;
}

static enum rc list(struct ctx *cx, struct fact_arguments *a, struct log_reader *r)
{
    int64_t tables;
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_get_int(cx, log_reader_db(r), "SELECT count(*) FROM sqlite_schema WHERE name = 'facts'", &tables));
    if (!tables)
        return log_reader_size(r) == 0 ? OK : fail(cx, E_CONFLICT, "no facts were put into tables yet: add one");
    TRY(store_prepare(cx, log_reader_db(r),
                      STR("SELECT n FROM facts WHERE n > ?1 AND (?2 IS NULL OR kind = ?2) AND (?3 IS NULL OR subject = "
                          "?3) ORDER BY n LIMIT ?4"),
                      &st));
    store_bind_int(st, 1, a->after);
    store_bind_str(st, 2, str_from(a->kind));
    store_bind_str(st, 3, str_from(a->subject));
    store_bind_int(st, 4, a->limit);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        TRY(print_fact(cx, r, (uint64_t)sqlite3_column_int64(st, 0), a->json ? put_as_json : put_as_line));
    }
}

enum rc fact_list_server(struct ctx *cx, struct fact_arguments *a)
{
    const struct remote_rows rows = {.operation = "events_list",
                                     .asked = {{"kind", a->kind}, {"subject", a->subject}},
                                     .columns = {"n", "at", "kind", "subject", "actor", "via", "summary"},
                                     .limit = a->limit > 0 ? a->limit : 0,
                                     .json = a->json};
    return remote_rows_print(cx, &a->remote, &rows);
}

enum rc fact_list(struct ctx *cx, struct fact_arguments *a)
{
    struct log_reader *r;
    TRY(data_follow(cx, a->data, a->catalog));
    TRY(log_reader_open(cx, a->data, &r));
    enum rc rc = list(cx, a, r);
    log_reader_close(r);
    return rc;
}
