/* The statements of attest.h: in-toto's Statement v1, with our predicate of source provenance and SLSA's summary. */
#include "base/digest.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/time.h"
#include "gates/attest_properties.h"
#include "store/store.h"

#define STATEMENT "https://in-toto.io/Statement/v1"
#define POLICY "tag:sinetti,2026:source-policy/v1"

static struct str host_of(struct str origin)
{
    struct str host;
    return str_cut(&origin, '/', &host) ? host : origin;
}

static struct str uri_of(struct ctx *cx, const struct gate_place *place, struct str origin)
{
    return arena_printf(&cx->arena, "git+ssh://git@" STR_FMT "/" STR_FMT, STR_ARG(host_of(origin)),
                        STR_ARG(place->name));
}

static struct str page_of(struct ctx *cx, const struct gate_place *place, struct str origin, struct str commit)
{
    return arena_printf(&cx->arena, "https://" STR_FMT "/api/v1/repositories/" STR_FMT "/attestations/" STR_FMT,
                        STR_ARG(host_of(origin)), STR_ARG(place->id), STR_ARG(commit));
}

static void put_time(struct json *j, const char *key, int64_t at)
{
    char text[32];
    json_put_cstr(j, key, time_format(at, text));
}

static void begin(struct ctx *cx, struct json *j, const struct gate_place *place, struct str origin,
                  const struct revision *v, const char *type)
{
    json_begin(j, '{');
    json_put_cstr(j, "_type", STATEMENT);
    json_key(j, "subject");
    json_begin(j, '[');
    json_begin(j, '{');
    json_put_str(j, "uri", page_of(cx, place, origin, v->commit));
    json_key(j, "digest");
    json_begin(j, '{');
    json_put_str(j, "gitCommit", v->commit);
    if (!str_eq(v->after, v->commit)) json_put_str(j, "gitTag", v->after);
    json_end(j, '}');
    json_key(j, "annotations");
    json_begin(j, '{');
    json_key(j, "sourceRefs");
    json_begin(j, '[');
    json_str(j, v->name);
    json_end(j, ']');
    json_end(j, '}');
    json_end(j, '}');
    json_end(j, ']');
    json_put_cstr(j, "predicateType", type);
    json_key(j, "predicate");
    json_begin(j, '{');
}

static void put_list(struct json *j, const char *key, struct str words, char between)
{
    json_key(j, key);
    json_begin(j, '[');
    for (struct str word; str_cut(&words, between, &word);)
        if (word.n) json_str(j, word);
    json_end(j, ']');
}

/* --- provenance */

static enum rc put_query(struct ctx *cx, sqlite3 *db, struct json *j, const char *key, struct str sql, struct str a,
                         int64_t b)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(cx, db, sql, &st));
    store_bind_str(st, 1, a);
    store_bind_int(st, 2, b);
    json_key(j, key);
    json_begin(j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_str(j, store_column_str(st, 0));
    }
    json_end(j, ']');
    return OK;
}

/* Who approved, by the newest word of each before the move; how many of them counted stands beside it. */
static const char reviewers_sql[] =
    "SELECT r.actor FROM fact_review r WHERE r.subject = ?1 AND r.vote = 'approve' AND r.n < ?2 AND r.n = (SELECT "
    "max(x.n) FROM fact_review x WHERE x.subject = ?1 AND x.actor = r.actor AND x.n < ?2) AND r.commit_oid IN (SELECT "
    "s.commit_oid FROM fact_push_refs q JOIN fact_patch_set s ON s.subject = q.change AND s.number = q.patch_set WHERE "
    "q.n = ?2 AND q.change = ?1) AND r.actor NOT IN (SELECT p.value FROM fact_patch_set s JOIN fact_patch_set_people p "
    "ON p.n = s.n WHERE s.subject = ?1 AND s.n < ?2) ORDER BY r.n";
static const char people_sql[] =
    "SELECT DISTINCT p.value FROM fact_patch_set s JOIN fact_patch_set_people p ON p.n = s.n WHERE s.subject = ?1 AND "
    "s.number <= ?2 ORDER BY p.value";

static enum rc put_change(struct ctx *cx, sqlite3 *db, struct json *j, const struct revision *v)
{
    scoped_stmt *st = NULL;
    bool row;
    if (!v->change.n) return OK;
    TRY(store_prepare(
        cx, db,
        STR("SELECT commit_oid, base_oid FROM fact_patch_set WHERE subject = ?1 AND number = ?2 ORDER BY n LIMIT 1"),
        &st));
    store_bind_str(st, 1, v->change);
    store_bind_int(st, 2, v->patch_set);
    TRY(store_step(cx, st, &row));
    json_key(j, "change");
    json_begin(j, '{');
    json_put_str(j, "id", v->change);
    json_put_int(j, "patchSet", v->patch_set);
    if (row) {
        json_put_str(j, "commit", store_column_str(st, 0));
        json_put_str(j, "base", store_column_str(st, 1));
    }
    json_put_str(j, "uploader", v->uploader);
    TRY(put_query(cx, db, j, "people", STR(people_sql), v->change, v->patch_set));
    TRY(put_query(cx, db, j, "reviewers", STR(reviewers_sql), v->change, v->push));
    json_put_int(j, "approvals", v->approvals);
    json_put_int(j, "rejections", v->rejections);
    json_put_int(j, "required", v->reviewers);
    json_end(j, '}');
    return OK;
}

/* What points were asked, how strictly, and whether they held; the policy's digest is of exactly this text. */
static enum rc put_controls(struct ctx *cx, sqlite3 *db, struct json *out, const struct gate_place *place,
                            const struct revision *v, char policy[65])
{
    scoped_stmt *st = NULL;
    scoped_buf b;
    struct json j;
    struct digest d;
    uint8_t hash[32];
    buf_init(&b, LIMIT_BODY);
    json_init(&j, &b, false);
    TRY(store_prepare(cx, db,
                      STR("SELECT obligation, mode, min(ok) FROM fact_decision_verdicts WHERE n = ?1 AND subject IN "
                          "(?2, ?3) GROUP BY obligation, mode ORDER BY obligation, mode"),
                      &st));
    store_bind_int(st, 1, v->decision);
    store_bind_str(st, 2, v->ref);
    store_bind_str(st, 3, place->subject);
    json_begin(&j, '[');
    for (bool row;;) {
        TRY(store_step(cx, st, &row));
        if (!row) break;
        json_begin(&j, '{');
        json_put_str(&j, "point", store_column_str(st, 0));
        json_put_str(&j, "mode", store_column_str(st, 1));
        json_put_bool(&j, "held", sqlite3_column_int(st, 2) != 0);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    TRY(buf_ok(&b));
    digest_init(&d);
    digest_add(&d, buf_view(&b));
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, policy);
    json_key(out, "controls");
    json_raw(out, buf_view(&b));
    return OK;
}

static void put_since(struct json *j, const char *key, struct str oid)
{
    if (!oid.n) return;
    json_key(j, key);
    json_begin(j, '{');
    json_put_str(j, "gitCommit", oid);
    json_end(j, '}');
}

enum rc attest_provenance(struct ctx *cx, sqlite3 *db, const struct gate_place *place, struct str origin,
                          const struct revision *v, char policy[65], struct buf *out)
{
    struct json j;
    json_init(&j, out, false);
    begin(cx, &j, place, origin, v, ATTEST_PROVENANCE);
    json_put_str(&j, "repository", place->subject);
    json_put_str(&j, "repositoryUri", uri_of(cx, place, origin));
    json_put_str(&j, "ref", v->name);
    json_put_str(&j, "act", v->act);
    json_put_str(&j, "before", v->before);
    put_list(&j, "parents", str_slice(v->parents, 0, 256 * 41 - 1), ' '); /* an octopus may have more */
    json_put_int(&j, "commits", v->commits);
    json_put_str(&j, "gate", v->gate);
    json_put_str(&j, "actor", v->actor);
    put_time(&j, "movedAt", v->at);
    json_key(&j, "log");
    json_begin(&j, '{');
    json_put_str(&j, "origin", origin);
    json_put_int(&j, "push", v->push);
    json_put_int(&j, "decision", v->decision);
    json_end(&j, '}');
    TRY(put_change(cx, db, &j, v));
    put_list(&j, "always", STR("entitled-only forward-only never-deleted tags-written-once"), ' ');
    TRY(put_controls(cx, db, &j, place, v, policy));
    json_put_int(&j, "level", v->level);
    json_key(&j, "since");
    json_begin(&j, '{');
    put_since(&j, "history", v->history_since);
    put_since(&j, "controls", v->controls_since);
    put_since(&j, "twoPartyReview", v->review_since);
    json_end(&j, '}');
    properties_put_provenance(&j, v);
    json_end(&j, '}');
    json_end(&j, '}');
    return buf_ok(out);
}

/* --- summary */

enum rc attest_summary(struct ctx *cx, const struct gate_place *place, struct str origin, const struct revision *v,
                       const char *policy, struct str provenance, int64_t now, struct buf *out)
{
    struct json j;
    struct digest d;
    uint8_t hash[32];
    char hex[65];
    digest_init(&d);
    digest_add(&d, provenance);
    digest_final(&d, hash);
    digest_hex(hash, sizeof hash, hex);
    json_init(&j, out, false);
    begin(cx, &j, place, origin, v, ATTEST_SUMMARY);
    json_key(&j, "verifier");
    json_begin(&j, '{');
    json_put_str(&j, "id", arena_printf(&cx->arena, "https://" STR_FMT, STR_ARG(origin)));
    json_key(&j, "version");
    json_begin(&j, '{');
    json_put_cstr(&j, "sinetti", SINETTI_VERSION);
    json_end(&j, '}');
    json_end(&j, '}');
    put_time(&j, "timeVerified", now);
    json_put_str(&j, "resourceUri", uri_of(cx, place, origin));
    json_key(&j, "policy");
    json_begin(&j, '{');
    json_put_cstr(&j, "uri", POLICY);
    json_key(&j, "digest");
    json_begin(&j, '{');
    json_put_cstr(&j, "sha256", policy);
    json_end(&j, '}');
    json_end(&j, '}');
    json_key(&j, "inputAttestations");
    json_begin(&j, '[');
    json_begin(&j, '{');
    json_put_str(&j, "uri", page_of(cx, place, origin, v->commit));
    json_key(&j, "digest");
    json_begin(&j, '{');
    json_put_cstr(&j, "sha256", hex);
    json_end(&j, '}');
    json_end(&j, '}');
    json_end(&j, ']');
    json_put_cstr(&j, "verificationResult", "PASSED");
    json_key(&j, "verifiedLevels");
    json_begin(&j, '[');
    json_str(&j, arena_printf(&cx->arena, "SLSA_SOURCE_LEVEL_%d", v->level));
    for (size_t i = 0; i < v->n_properties; i++)
        if (v->properties[i].held) json_str(&j, v->properties[i].name);
    json_end(&j, ']');
    json_put_cstr(&j, "slsaVersion", "1.2");
    json_end(&j, '}');
    json_end(&j, '}');
    return buf_ok(out);
}
