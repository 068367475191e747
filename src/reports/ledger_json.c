/* A verified ledger or proof as JSON (docs/verifying.md); later versions only add. */
#include "base/base64.h"
#include "base/json.h"
#include "reports/ledger.h"

static void put_key(struct json *j, const char *name, const struct note_key *key)
{
    scoped_buf vkey;
    buf_init(&vkey, 0);
    note_key_put(&vkey, key);
    json_put_str(j, name, buf_view(&vkey));
}

static void put_hash(struct json *j, const char *name, const struct hash *h)
{
    scoped_buf text;
    buf_init(&text, 0);
    base64_put(&text, h->b, sizeof h->b);
    json_put_str(j, name, buf_view(&text));
}

static void put_time(struct json *j, const char *name, int64_t us)
{
    char text[32];
    json_put_cstr(j, name, report_time_us(us, text));
}

static void put_count(struct json *j, const char *name, uint64_t n)
{
    json_put_int(j, name, (int64_t)n);
}

static void put_begin(struct json *j, const char *name, char bracket)
{
    json_key(j, name);
    json_begin(j, bracket);
}

static void put_head(struct json *j, const struct checkpoint *head)
{
    put_begin(j, "head", '{');
    json_put_str(j, "origin", head->origin);
    put_count(j, "size", head->size);
    put_hash(j, "root", &head->root);
    json_end(j, '}');
}

static void put_handover(struct json *j, const struct verify_handover *h)
{
    json_begin(j, '{');
    put_count(j, "fact", h->n);
    put_time(j, "at", h->at);
    json_put_cstr(j, "kind", h->is_seam ? "restored" : "rotation");
    put_key(j, "old", &h->old);
    put_key(j, "new", &h->new);
    json_put_bool(j, "trusted", h->is_trusted);
    json_put_bool(j, "gap", h->is_gap);
    if (h->is_seam) {
        put_count(j, "lost_from", h->lost_from);
        put_count(j, "lost_to", h->lost_to);
    }
    json_end(j, '}');
}

static void put_witnesses(struct json *j, const struct verify_witness *w, size_t n)
{
    put_begin(j, "witnesses", '[');
    for (size_t i = 0; i < n; i++) {
        json_begin(j, '{');
        put_key(j, "key", w[i].key);
        json_put_bool(j, "cosigned", w[i].has_cosigned);
        if (w[i].has_cosigned) put_time(j, "at", w[i].time > INT64_MAX / 1000000 ? INT64_MAX : w[i].time * 1000000);
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_bodies(struct json *j, const struct verified *v)
{
    put_begin(j, "bodies", '{');
    put_count(j, "checked", v->bodies);
    put_count(j, "erased", v->erased);
    put_count(j, "not_handed_over", v->not_handed_over);
    put_count(j, "still_there", v->still_there);
    put_count(j, "missing_bundles", v->no_bundle.n);
    if (v->no_bundle.n) json_put_str(j, "first_missing_bundle", v->no_bundle.first);
    json_end(j, '}');
}

static void put_wrong(struct json *j, const char *text, const struct verified *v)
{
    json_key(j, "wrong");
    if (!text) {
        json_nil(j);
        return;
    }
    json_begin(j, '{');
    json_put_cstr(j, "text", text);
    if (v && v->bad_file.p) json_put_str(j, "file", v->bad_file);
    if (v && v->bad_fact >= 0) json_put_int(j, "fact", v->bad_fact);
    json_end(j, '}');
}

static void put_not_checked(struct json *j, const struct ledger_report *r)
{
    const struct verified *v = r->found;
    put_begin(j, "not_checked", '[');
    if (!r->asked->n_witnesses && !r->asked->n_held) json_cstr(j, "other_history");
    if (v->erased) json_cstr(j, "erased_bodies");
    if (v->not_handed_over) json_cstr(j, "bodies_not_handed_over");
    if (v->unread.n) json_cstr(j, "unread_handovers");
    json_cstr(j, "truth");
    json_end(j, ']');
}

void report_ledger_json(struct ctx *cx, const struct ledger_report *r, struct buf *out)
{
    (void)cx;
    struct json j;
    const struct verified *v = r->found;
    json_init(&j, out, true);
    json_begin(&j, '{');
    json_put_bool(&j, "verified", !r->wrong);
    put_wrong(&j, r->wrong, v);
    put_head(&j, &v->head);
    put_count(&j, "facts_checked", v->facts);
    if (v->facts) {
        put_time(&j, "first_at", v->first_at);
        put_time(&j, "last_at", v->last_at);
    }
    put_bodies(&j, v);
    put_key(&j, "key_given", &r->asked->key);
    put_key(&j, "key_trusted", &v->key);
    put_begin(&j, "handovers", '[');
    for (size_t i = 0; i < v->n_handovers; i++) put_handover(&j, &v->handovers[i]);
    json_end(&j, ']');
    put_count(&j, "handovers_total", v->all_handovers);
    put_count(&j, "handovers_unread", v->unread.n);
    put_witnesses(&j, v->witnesses, r->asked->n_witnesses);
    put_begin(&j, "held", '[');
    for (size_t i = 0; i < r->asked->n_held; i++) {
        json_begin(&j, '{');
        json_put_cstr(&j, "file", r->asked->held[i].name);
        put_count(&j, "size", r->asked->held[i].head.size);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    put_not_checked(&j, r);
    json_end(&j, '}');
}

static void put_proven(struct json *j, const struct proof_report *r)
{
    const struct proven *p = r->found;
    put_head(j, &p->head);
    put_count(j, "fact", p->leaf.n);
    put_time(j, "at", p->leaf.at);
    json_put_int(j, "at_us", p->leaf.at);
    json_put_str(j, "kind", p->leaf.kind);
    put_witnesses(j, r->witnesses, r->n_witnesses);
    json_put_bool(j, "has_body", p->has_body);
    if (!p->has_body) return;
    json_put_str(j, "subject", p->body.subject);
    json_put_str(j, "actor", p->body.actor);
    json_put_str(j, "credential", p->body.credential);
    json_put_str(j, "via", p->body.via);
    json_put_str(j, "payload", p->body.payload); /* as it was recorded, byte for byte */
}

void report_proof_json(struct ctx *cx, const struct proof_report *r, struct buf *out)
{
    (void)cx;
    struct json j;
    json_init(&j, out, true);
    json_begin(&j, '{');
    json_put_bool(&j, "verified", !r->wrong);
    put_wrong(&j, r->wrong, NULL);
    put_key(&j, "key", r->key);
    if (!r->wrong) put_proven(&j, r);
    json_end(&j, '}');
}
