/* Items of registers: reading one, writing versions, moving, reviewing, accepting. The list is lists/items.sql. */
#include "api/item.h"
#include "api/show.h"
#include "base/json_read.h"
#include "base/limits.h"
#include "files/files.h"
#include "ledger/canonical.h"
#include "store/store.h"

#include <stdlib.h>

API_OPERATION(items_get)
{
    struct records_item item;
    TRY(item_read(cx, call, call->ledger, &item));
    return item_put(cx, call, call->ledger, &item);
}

/* --- an earlier version */

#define VERSION                                                                                                        \
    "SELECT v.n, v.digest, b.body ->> '$.payload' FROM fact_record_versions v LEFT JOIN bodies b ON b.n = v.n WHERE "  \
    "v.subject = ?1 AND v.seq = ?2"

static enum rc put_version(struct ctx *cx, struct api_call *call, struct str subject, int64_t version)
{
    scoped_stmt *st = NULL;
    struct json *j = &call->out;
    bool row;
    TRY(store_prepare(cx, call->ledger, STR(VERSION), &st));
    store_bind_str(st, 1, subject);
    store_bind_int(st, 2, version);
    TRY(store_step(cx, st, &row));
    if (!row) return api_fail(cx, call, E_NOTFOUND, "there is no such version", "sellaista versiota ei ole");
    struct str payload = store_column_str(st, 2), title = STR_NONE, owner = STR_NONE, content = STR("{}"),
               shows = STR("[]"), value;
    if (payload.p) {
        (void)canonical_str(&cx->arena, canonical_find(payload, "title"), &title);
        (void)canonical_str(&cx->arena, canonical_find(payload, "owner"), &owner);
        if (canonical_str(&cx->arena, canonical_find(payload, "content"), &value)) content = value;
        shows = canonical_find(payload, "shows");
    }
    json_begin(j, '{');
    json_put_str(j, "subject", subject);
    json_put_int(j, "version", version);
    show_text(j, "title", title);
    show_text(j, "owner", owner);
    json_key(j, "content");
    json_raw(j, content);
    json_key(j, "shows");
    json_raw(j, shows.p ? shows : STR("[]"));
    TRY(item_put_names(cx, call, call->ledger, content));
    TRY(item_put_files(cx, call, call->ledger, sqlite3_column_int64(st, 0)));
    show_column_text(j, "digest", st, 1);
    json_put_bool(j, "erased", !payload.p);
    json_end(j, '}');
    return OK;
}

API_OPERATION(items_version)
{
    struct records_item item;
    TRY(item_read(cx, call, call->ledger, &item));
    return put_version(cx, call, item.subject, api_value_int(call, "version", 0));
}

#define ACCEPTED                                                                                                       \
    "SELECT version FROM fact_step WHERE subject = ?1 AND step = 'acceptance' AND actor = ?2 ORDER BY n DESC LIMIT 1"

/* What somebody has accepted they had before them, so it is theirs to see again. */
API_OPERATION(guidebook_accepted)
{
    scoped_stmt *st = NULL;
    struct records_item item;
    bool row;
    TRY(item_read(cx, call, call->ledger, &item));
    TRY(store_prepare(cx, call->ledger, STR(ACCEPTED), &st));
    store_bind_str(st, 1, item.subject);
    store_bind_str(st, 2, call->who.person);
    TRY(store_step(cx, st, &row));
    if (!row)
        return api_fail(cx, call, E_NOTFOUND, "you have accepted no version of it",
                        "et ole hyväksynyt siitä mitään versiota");
    return put_version(cx, call, item.subject, sqlite3_column_int64(st, 0));
}

/* --- writing */

/* Told faults are the answer; else what the engine said is. */
static enum rc outcome(struct ctx *cx, struct api_call *call, enum rc rc)
{
    if (rc == E_INVALID && call->n_errors) return api_faults(cx, call);
    return rc;
}

/* What stands in the tables now, for the answer. */
static enum rc answer(struct ctx *cx, struct api_call *call, struct str subject)
{
    struct records_item item;
    TRY(records_get(cx, call->ledger, call->catalog, subject, &item));
    return item_put(cx, call, call->ledger, &item);
}

/* What is known of the files that the content may name: those the item named before, and what the one who writes has
 * handed in. */
static enum rc find_files(struct ctx *cx, struct api_call *call, const struct record_kind *k, struct str subject,
                          struct str content, struct records_draft *d)
{
    struct str *digests = arena_array(&cx->arena, struct str, LIMIT_RECORD_FILES + 1);
    struct records_file *before = NULL;
    size_t n, n_before = 0;
    scoped_buf canonical;
    buf_init(&canonical, LIMIT_BODY);
    TRY(canonical_from(cx, content, 2, &canonical));
    records_files_of(cx, k, buf_view(&canonical), digests, &n);
    if (!n) return OK;
    if (subject.n) TRY(records_files(cx, call->ledger, subject, &before, &n_before));
    struct records_file *files = arena_array(&cx->arena, struct records_file, n_before + n);
    for (size_t i = 0; i < n_before; i++) files[d->n_files++] = before[i];
    for (size_t i = 0; i < n; i++) {
        struct files_upload u;
        bool found;
        TRY(files_find(cx, call->state, digests[i], call->who.person, call->now, &u, &found));
        if (found) files[d->n_files++] = (struct records_file){u.digest, u.name, u.type, u.person, u.size, u.at};
    }
    d->files = files;
    return OK;
}

static enum rc put(struct ctx *cx, struct api_call *call, const struct record_kind *k, struct str subject,
                   struct str seen, struct str owner_else, struct records_answer *out)
{
    struct item_telling t = {cx, call};
    struct records_by by = item_by(call);
    const json_t *content = json_object_get(call->body, "content"), *shows = json_object_get(call->body, "shows");
    char *text = json_dumps(content, JSON_COMPACT);
    if (!text) return fail(cx, E_INTERNAL, "out of memory");
    size_t n;
    struct str *names = json_list(&cx->arena, shows, &n);
    struct str owner = api_field(call->body, "owner");
    struct records_draft d = {.kind = k,
                              .title = api_field(call->body, "title"),
                              .owner = owner.p ? owner : owner_else,
                              .content = str_from(text),
                              .shows = names,
                              .n_shows = n};
    enum rc rc = find_files(cx, call, k, subject, d.content, &d);
    if (rc == OK) rc = records_put(cx, call->facts, call->catalog, &by, &d, subject, seen, item_tell, &t, out);
    free(text);
    return outcome(cx, call, rc);
}

API_OPERATION(items_create)
{
    struct records_answer done = {0};
    const struct record_kind *k;
    TRY(item_kind(cx, call, &k));
    TRY(put(cx, call, k, STR(""), STR(""), call->who.person, &done));
    api_created(cx, call,
                arena_printf(&cx->arena, "/api/v1/registers/" STR_FMT "/items/" STR_FMT, STR_ARG(k->key),
                             STR_ARG(str_slice(done.subject, 8 + k->key.n, done.subject.n))));
    return answer(cx, call, done.subject);
}

API_OPERATION(items_put)
{
    struct records_answer done;
    struct records_item item;
    TRY(item_read(cx, call, call->ledger, &item));
    TRY(api_match(cx, call, (uint64_t)item.n));
    TRY(put(cx, call, item.kind, item.subject, item.digest, item.owner, &done));
    return answer(cx, call, item.subject);
}

API_OPERATION(items_move)
{
    struct item_telling t = {cx, call};
    struct records_answer done;
    struct records_item item;
    struct records_by by = item_by(call);
    struct str reason = api_field(call->body, "reason");
    TRY(item_read(cx, call, call->ledger, &item));
    TRY(outcome(cx, call,
                records_move(cx, call->facts, call->catalog, &by, item.subject, api_field(call->body, "digest"),
                             api_field(call->body, "move"), reason.p ? reason : STR(""), item_tell, &t, &done)));
    return answer(cx, call, item.subject);
}

API_OPERATION(items_review)
{
    struct records_answer done;
    struct records_item item;
    struct records_by by = item_by(call);
    TRY(item_read(cx, call, call->ledger, &item));
    TRY(records_review(cx, call->facts, call->catalog, &by, item.subject, api_field(call->body, "digest"), &done));
    return answer(cx, call, item.subject);
}

API_OPERATION(items_accept)
{
    struct records_answer done;
    struct records_item item;
    struct records_by by = item_by(call);
    TRY(item_read(cx, call, call->ledger, &item));
    TRY(records_accept(cx, call->facts, call->catalog, &by, item.subject, api_field(call->body, "digest"), &done));
    json_begin(&call->out, '{');
    json_put_str(&call->out, "subject", item.subject);
    json_put_str(&call->out, "digest", item.digest);
    json_end(&call->out, '}');
    return OK;
}
