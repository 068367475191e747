#include "gates/unblock.h"

#include "identity/rights.h"
#include "store/store.h"

#define SHOWN 4   /* names */
#define ASKED 500 /* people who are looked at for them */
#define NAME_MOST 100

struct asking {
    struct ctx *cx;
    sqlite3 *db;
    int64_t now;
    const struct push *push;
    struct str change;                  /* whose makers are none of them; STR_NONE */
    const struct protection *publishes; /* whose publishers they are to be; NULL */
    struct buf *out;
};

static enum rc is_one(struct asking *a, const char *permission, struct str person, bool *out)
{
    struct identity_who who;
    *out = false;
    TRY(identity_of(a->cx, a->db, a->now, person, &who));
    if (who.credential == CREDENTIAL_NONE || who.bot || !identity_may(&who, permission, a->push->place->project))
        return OK;
    *out = true;
    if (a->change.n) TRY(change_had_part(a->cx, a->db, a->change, person, out));
    if (a->change.n) *out = !*out;
    return *out && a->publishes ? protection_publisher(a->cx, a->db, a->publishes, person, out) : OK;
}

/* "LABEL: NAME, NAME …" of people who have that permission here, but for who asks. */
static enum rc put_line(struct asking *a, const char *permission, const char *label, const char *nobody)
{
    scoped_stmt *st = NULL;
    int64_t found = 0;
    TRY(store_prepare(a->cx, a->db,
                      STR("SELECT subject, name FROM fact_person WHERE state = 'active' AND subject <> ?1 ORDER BY "
                          "name, subject LIMIT ?2"),
                      &st));
    store_bind_str(st, 1, a->push->caller->person);
    store_bind_int(st, 2, ASKED);
    buf_printf(a->out, "  %s: ", label);
    for (bool row, one; found <= SHOWN;) {
        TRY(store_step(a->cx, st, &row));
        if (!row) break;
        TRY(is_one(a, permission, arena_str(&a->cx->arena, store_column_str(st, 0)), &one));
        if (!one) continue;
        buf_cstr(a->out, found == SHOWN ? " …" : found ? ", " : "");
        if (found++ < SHOWN) buf_visible(a->out, str_slice(store_column_str(st, 1), 0, NAME_MOST));
    }
    buf_printf(a->out, "%s\n", found ? "" : nobody);
    return OK;
}

/* Points that reviewers' approvals meet. */
static bool wants_approval(const struct gate_fault *f)
{
    return f->obligation &&
           (str_eq(f->obligation->key, STR("rules-enforced")) || str_eq(f->obligation->key, STR("two-reviewers")));
}

enum rc unblock_tell(struct ctx *cx, sqlite3 *db, int64_t now, const struct push *p, const struct decided *d,
                     struct buf *out)
{
    struct asking a = {.cx = cx, .db = db, .now = now, .push = p, .out = out};
    const struct push_ref *review = NULL, *publish = NULL;
    bool point = false, fi = p->caller->lang == LANG_FI;
    struct identity_who who;
    for (size_t i = 0; !d->allowed && i < d->n_faults; i++) {
        const struct gate_fault *f = &d->faults[i];
        if (f->mode != MODE_BLOCK) continue;
        point |= f->obligation != NULL;
        if (wants_approval(f)) review = &p->refs[f->ref];
        if (f->word && str_ends(str_from(f->word), STR("no_publisher"))) publish = &p->refs[f->ref];
    }
    if (!point && !publish) return OK;
    TRY(identity_of(cx, db, now, p->caller->person, &who));
    if (who.credential == CREDENTIAL_NONE || !identity_may(&who, "people.read", p->place->project)) return OK;
    a.change = review ? review->change : STR_NONE;
    if (review)
        TRY(put_line(&a, "code.review", fi ? "hyväksyä voi" : "can approve",
                     fi ? "ei kukaan muu: pääkäyttäjä voi antaa roolin, jolla voi"
                        : "nobody else: an Admin can give somebody a role that may"));
    a.change = STR_NONE;
    a.publishes = publish ? publish->protection : NULL;
    if (publish)
        TRY(put_line(&a, "code.publish", fi ? "julkaista voi" : "can publish",
                     fi ? "ei kukaan muu: haaran suojaus nimeää julkaisijat"
                        : "nobody else: the branch's protection names its publishers"));
    a.publishes = NULL;
    if (point)
        TRY(put_line(&a, "code.override", fi ? "hätätilanteessa portin voi ohittaa" : "can break glass in an emergency",
                     fi ? "ei kukaan muu" : "nobody else"));
    return OK;
}
