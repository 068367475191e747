#include "ledger/shared_check.h"

#include "ledger/checkpoint.h"
#include "ledger/facts_seen.h"
#include "ledger/kept.h"
#include "ledger/note.h"
#include "ledger/shared.h"
#include "store/config.h"
#include "store/store.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

struct walk {
    struct ctx *cx;
    struct log_check *c;
    struct log_reader *reader;
    struct facts_seen seen;
    struct frontier frontier;
    struct numbers missing;
    sqlite3_stmt *request, *note;
    int64_t requests;
};

static void found(struct walk *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void found(struct walk *w, const char *fmt, ...)
{
    char text[1200] = "PostgreSQL, ";
    size_t n = strlen(text);
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text + n, sizeof text - n, fmt, args);
    va_end(args);
    w->c->problems++;
    if (w->c->found) w->c->found(w->c->arg, text);
}

/* --- entries and bodies */

/* As this server has them, as far as it has. */
static enum rc compare(struct walk *w, uint64_t n, struct str leaf, struct str salt, struct str body)
{
    struct str own, own_body = STR_NONE;
    const uint8_t *own_salt = NULL;
    if (n >= log_reader_size(w->reader)) return OK;
    TRY(log_reader_entry(w->cx, w->reader, n, &own));
    if (!str_eq(own, leaf)) found(w, "entry %" PRIu64 ": not what this server has seen", n);
    enum rc rc = log_reader_body(w->cx, w->reader, n, &own_salt, &own_body);
    if (rc != OK && rc != E_NOTFOUND) return rc;
    if (rc == OK && body.p &&
        (!str_eq(own_body, body) || !str_eq(salt, (struct str){(const char *)own_salt, SALT_SIZE})))
        found(w, "body %" PRIu64 ": not what this server has seen", n);
    return OK;
}

static void check_body(struct walk *w, struct ctx *own, const struct leaf *leaf, struct str salt, struct str body)
{
    struct body read;
    if (salt.n != SALT_SIZE)
        found(w, "body %" PRIu64 ": its salt is damaged", leaf->n);
    else if (facts_seen_body(own, &w->seen, leaf, (const uint8_t *)salt.p, body, &read) != OK)
        found(w, "fact %" PRIu64 ": %s", leaf->n, own->message);
}

static void missing_until(struct walk *w, uint64_t n)
{
    if (w->seen.n + 1 == n) found(w, "entry %" PRIu64 ": missing", w->seen.n);
    if (w->seen.n + 1 < n) found(w, "entries %" PRIu64 " to %" PRIu64 ": missing", w->seen.n, n - 1);
    w->seen.n = n;
}

static enum rc take_fact(void *arg, int64_t n, struct str bytes, struct str salt, struct str body)
{
    struct walk *w = arg;
    struct ctx own;
    struct leaf leaf;
    struct hash hash;
    missing_until(w, (uint64_t)n);
    ctx_init(&own);
    bool proper = facts_seen_leaf(&own, &w->seen, bytes, &leaf) == OK;
    if (!proper) {
        found(w, "entry %lld: %s", (long long)n, own.message);
        w->seen.n = (uint64_t)n + 1;
    } else if (body.p) {
        check_body(w, &own, &leaf, salt, body);
    } else if (kind_is_kept(leaf.kind)) {
        found(w, "body %lld: missing, and its kind is never erased", (long long)n);
    }
    ctx_release(&own);
    if (!body.p && !numbers_add(&w->missing, (uint64_t)n)) return fail(w->cx, E_IO, "out of memory");
    merkle_leaf(bytes, &hash);
    frontier_append(&w->frontier, &hash, NULL, NULL);
    if (n % 4096 == 0) ctx_progress(w->cx, "checking PostgreSQL", n, 0);
    return compare(w, (uint64_t)n, bytes, salt, body);
}

static enum rc take_stray(void *arg, int64_t n, struct str leaf, struct str salt, struct str body)
{
    struct walk *w = arg;
    (void)salt, (void)body;
    if (leaf.p)
        found(w, "entry %lld: it is not within the log", (long long)n);
    else
        found(w, "body %lld: there is no such fact", (long long)n);
    return OK;
}

static void check_missing(struct walk *w)
{
    for (size_t i = 0; i < w->missing.n; i++)
        if (!numbers_have(&w->seen.erased, w->missing.p[i]))
            found(w, "body %" PRIu64 ": missing, and no erasure says why", w->missing.p[i]);
    for (size_t i = 0; i < w->seen.erased.n; i++)
        if (!numbers_have(&w->missing, w->seen.erased.p[i]))
            found(w, "body %" PRIu64 ": it was erased, and is there", w->seen.erased.p[i]);
}

static void check_head(struct walk *w, const struct shared_head *head)
{
    struct hash kept, made;
    if (head->state.frontier.size != w->frontier.size) {
        found(w, "head: it says %" PRIu64 " entries, there are %" PRIu64, head->state.frontier.size, w->frontier.size);
        return;
    }
    frontier_root(&head->state.frontier, &kept);
    frontier_root(&w->frontier, &made);
    if (!hash_eq(&kept, &made)) found(w, "head: its root is not that of the entries");
    if (head->state.at != w->seen.at) found(w, "head: its time is not that of the last entry");
    if (head->state.frontier.size < log_reader_size(w->reader))
        found(w, "head: it lacks facts that this server has seen, from number %" PRIu64 " on", w->frontier.size);
}

/* --- what travels beside */

static enum rc take_request(void *arg, struct str id, int64_t n, int64_t facts)
{
    struct walk *w = arg;
    bool row;
    if (n < 0 || (uint64_t)n >= log_reader_size(w->reader)) return OK;
    w->requests++;
    store_bind_int(w->request, 1, n);
    TRY(store_step(w->cx, w->request, &row));
    if (!row || !str_eq(store_column_blob(w->request, 0), id) || sqlite3_column_int64(w->request, 1) != facts)
        found(w, "request of fact %lld: not what this server has seen", (long long)n);
    sqlite3_reset(w->request);
    return OK;
}

static enum rc take_note(void *arg, int64_t size, bool handover, struct str text)
{
    struct walk *w = arg;
    struct ctx own;
    struct note note;
    struct checkpoint head;
    struct hash root;
    struct merkle_nodes nodes = log_reader_nodes(w->reader);
    ctx_init(&own);
    const char *name = handover ? "handover" : "checkpoint";
    if (note_read(&own, text, &note) != OK || checkpoint_read(&own, note.text, &head) != OK)
        found(w, "%s %lld: %s", name, (long long)size, own.message);
    else if (size < 0 || head.size != (uint64_t)size || head.size > w->frontier.size)
        found(w, "%s %lld: of another size, or past the end", name, (long long)size);
    else if (head.size <= log_reader_size(w->reader) &&
             (merkle_root_of(&nodes, head.size, &root) != OK || !hash_eq(&root, &head.root)))
        found(w, "%s %lld: its root is not that of the entries", name, (long long)size);
    ctx_release(&own);
    return OK;
}

/* --- */

static enum rc check_all(struct walk *w, struct shared *s, struct shared_head *head)
{
    int64_t own = 0;
    sqlite3 *db = log_reader_db(w->reader);
    TRY(store_prepare(w->cx, db, STR("SELECT id, facts FROM requests WHERE n = ?1"), &w->request));
    TRY(shared_snapshot(w->cx, s));
    enum rc rc = shared_head_read(w->cx, s, head);
    if (rc == E_CORRUPT) { /* then what belongs to the log is not known */
        found(w, "head: its size, time and frontier do not fit");
        return OK;
    }
    TRY(rc);
    uint64_t size = head->state.frontier.size;
    TRY(shared_rows(w->cx, s, 0, size, take_fact, w));
    missing_until(w, size);
    TRY(shared_strays(w->cx, s, size, take_stray, w));
    check_missing(w);
    check_head(w, head);
    TRY(shared_requests(w->cx, s, 0, size, take_request, w));
    TRY(store_get_int(w->cx, db, "SELECT count(*) FROM requests", &own));
    if (own != w->requests)
        found(w, "requests: there are %lld, this server has seen %lld", (long long)w->requests, (long long)own);
    return shared_notes(w->cx, s, take_note, w);
}

enum rc shared_check(struct ctx *cx, const char *dir, struct log_reader *r, struct log_check *c, bool *is_shared,
                     uint64_t *size)
{
    struct walk w = {.cx = cx, .c = c, .reader = r};
    struct shared_head head = {0};
    struct config config;
    struct shared *s = NULL;
    scoped_stmt *st = NULL;
    bool row;
    TRY(config_read(cx, dir, &config));
    *is_shared = config_log_is_shared(&config);
    if (!*is_shared) return OK;
    TRY(store_prepare(cx, log_reader_db(r), STR("SELECT origin FROM origins WHERE size = 0"), &st));
    TRY(store_step(cx, st, &row));
    const struct shared_place place = {.url = config.log, .only_look = true};
    frontier_init(&w.frontier);
    enum rc rc = shared_open(cx, &place, row ? store_column_str(st, 0) : STR(""), &s);
    if (rc == OK) rc = check_all(&w, s, &head);
    *size = head.state.frontier.size;
    shared_close(s);
    store_finalize(&w.request);
    numbers_release(&w.missing);
    facts_seen_release(&w.seen);
    return rc;
}
