#include "identity/identity_int.h"
#include "identity/names.h"
#include "identity/people_int.h"

/* A set of strings by hash, doubled when it is half full. */
struct taken {
    struct str key, owner; /* owner: a person:ID */
    struct str text;       /* as it stands there */
};
struct likenesses {
    struct taken *slots;
    size_t n, room; /* room: a power of two */
};

static size_t hash(struct str s)
{
    uint64_t h = 14695981039346656037ULL; /* FNV-1a; who names people to make it slow is limited by their number */
    for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.p[i]) * 1099511628211ULL;
    return (size_t)(h ^ (h >> 29));
}

static struct taken *slot(struct taken *slots, size_t room, struct str key)
{
    size_t i = hash(key) & (room - 1);
    while (slots[i].key.p && !str_eq(slots[i].key, key)) i = (i + 1) & (room - 1);
    return &slots[i];
}

static void grow(struct ctx *cx, struct likenesses *l)
{
    size_t room = l->room * 2;
    struct taken *slots = arena_array(&cx->arena, struct taken, room);
    for (size_t i = 0; i < l->room; i++)
        if (l->slots[i].key.p) *slot(slots, room, l->slots[i].key) = l->slots[i];
    l->slots = slots;
    l->room = room;
}

/* Whoever has it already; NULL when it was free. */
static const struct taken *take(struct ctx *cx, struct likenesses *l, char word, struct str skeleton, struct str owner,
                                struct str text)
{
    if (2 * (l->n + 1) > l->room) grow(cx, l);
    struct str key = arena_printf(&cx->arena, "%c" STR_FMT, word, STR_ARG(skeleton));
    struct taken *t = slot(l->slots, l->room, key);
    if (t->key.p) return str_eq(t->owner, owner) ? NULL : t;
    *t = (struct taken){.key = key, .owner = owner, .text = text};
    l->n++;
    return NULL;
}

static enum rc take_all(struct ctx *cx, struct likenesses *l, bool address, struct str text, struct str owner,
                        const struct taken **of)
{
    struct name_skeleton s;
    TRY(name_skeleton(cx, text, &s));
    *of = take(cx, l, address ? 'a' : 'n', s.folded, owner, text);
    if (!*of && !address) *of = take(cx, l, 'c', s.cased, owner, text);
    return OK;
}

static enum rc each(struct ctx *cx, sqlite3 *db, const char *sql, bool address, struct str but, struct likenesses *l)
{
    scoped_stmt *st = NULL;
    enum rc rc = OK;
    const struct taken *of;
    TRY(store_prepare(cx, db, str_from(sql), &st));
    store_bind_str(st, 1, but);
    while (next_row(cx, st, &rc))
        TRY(take_all(cx, l, address, arena_str(&cx->arena, store_column_str(st, 1)),
                     arena_str(&cx->arena, store_column_str(st, 0)), &of));
    return rc;
}

enum rc likenesses_read(struct ctx *cx, sqlite3 *db, struct str but, struct likenesses **out)
{
    struct likenesses *l = arena_new(&cx->arena, struct likenesses);
    l->room = 64;
    l->slots = arena_array(&cx->arena, struct taken, l->room);
    *out = l;
    TRY(each(cx, db, "SELECT subject, name FROM fact_person WHERE state = 'active' AND subject IS NOT ?1", false, but,
             l));
    return each(cx, db,
                "SELECT p.subject, a.value FROM fact_person p JOIN fact_person_addresses a ON a.n = p.n "
                "WHERE p.state = 'active' AND p.subject IS NOT ?1",
                true, but, l);
}

enum rc likenesses_add(struct ctx *cx, struct likenesses *l, const struct person *p, const char *where)
{
    const struct taken *of;
    TRY(take_all(cx, l, false, p->name, p->id, &of));
    if (of)
        return fail(cx, E_CONFLICT, "%sname: \"%s\" can be taken for \"%s\", who is here already (" STR_FMT ")", where,
                    str_visible(cx, p->name), str_visible(cx, of->text), STR_ARG(of->owner));
    for (size_t i = 0; i < p->n_addresses; i++) {
        TRY(take_all(cx, l, true, p->addresses[i], p->id, &of));
        if (of)
            return fail(cx, E_CONFLICT,
                        "%saddresses: \"%s\" can be taken for \"%s\", which is somebody's already (" STR_FMT ")", where,
                        str_visible(cx, p->addresses[i]), str_visible(cx, of->text), STR_ARG(of->owner));
    }
    return OK;
}
