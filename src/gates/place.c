#include "gates/place.h"

#include <stdlib.h>

#include "store/store.h"

const char *gate_mode_name(enum gate_mode m)
{
    static const char *const names[] = {"observe", "warn", "block"};
    return names[m];
}

static const char *const hosts[GATE_HOSTS] = {"hosted", "bare", "gitolite", "gitea", "gitlab"};

const char *gate_host_name(enum gate_host h)
{
    return hosts[h];
}

bool gate_host_find(struct str name, enum gate_host *out)
{
    for (int h = GATE_BARE; h < GATE_HOSTS; h++)
        if (str_eq(name, str_from(hosts[h]))) {
            *out = (enum gate_host)h;
            return true;
        }
    return false;
}

bool gate_host_takes_changes(enum gate_host h)
{
    return h == GATE_HOSTED || h == GATE_BARE || h == GATE_GITOLITE;
}

enum rc gate_place_find(struct ctx *cx, sqlite3 *db, const char *dir, struct str name, struct gate_place *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct gate_place){0};
    while (str_starts(name, STR("/"))) name = str_slice(name, 1, name.n);
    if (str_ends(name, STR(".git"))) name = str_slice(name, 0, name.n - 4);
    TRY(store_prepare(cx, db,
                      STR("SELECT subject, name, project, main, accounts, location, gate FROM fact_repository WHERE "
                          "state = 'active' AND (hosted OR gate IS NOT NULL) AND (subject = ?1 OR name = ?1) ORDER BY "
                          "hosted IS NULL LIMIT 1"),
                      &st));
    store_bind_str(st, 1, name);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_NOTFOUND, "there is no repository \"%s\", or it is not for you", str_visible(cx, name));
    struct str location, *fields[] = {&out->subject, &out->name, &out->project, &out->main, &out->accounts, &location};
    for (int i = 0; i < 6; i++) *fields[i] = arena_str(&cx->arena, store_column_str(st, i));
    out->id = str_slice(out->subject, sizeof "repo:" - 1, out->subject.n);
    out->dir = dir;
    if (gate_host_find(store_column_str(st, 6), &out->host))
        out->path = arena_cstr(&cx->arena, location);
    else
        out->path = arena_printf(&cx->arena, "%s/hosted/" STR_FMT ".git", dir, STR_ARG(out->id)).p;
    return OK;
}

static bool is_name(struct str s)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    if (s.n == 0 || s.n > 100 || s.p[0] == '.' || s.p[0] == '-' || str_ends(s, STR(".git")) ||
        str_ends(s, STR(".lock")))
        return false;
    for (size_t i = 0; i < s.n; i++)
        if (!memchr(good, s.p[i], sizeof good - 1)) return false;
    return true;
}

enum rc gate_place_check_name(struct ctx *cx, struct str name)
{
    return is_name(name) ? OK
                         : fail(cx, E_INVALID,
                                "a repository's name is of letters, digits, `.`, `_` and `-`, at most 100, and begins "
                                "with no sign");
}

/* --- protections */

static enum rc read_publishers(struct ctx *cx, sqlite3 *db, int64_t n, struct protection *p)
{
    scoped_stmt *st = NULL;
    struct str *list = arena_array(&cx->arena, struct str, 200);
    bool row;
    TRY(store_prepare(cx, db, STR("SELECT value FROM fact_protection_publishers WHERE n = ?1 ORDER BY seq LIMIT 200"),
                      &st));
    store_bind_int(st, 1, n);
    p->publishers = list;
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        list[p->n_publishers++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
}

#define PROTECTIONS_MOST 200

static enum rc read_rows(struct ctx *cx, sqlite3 *db, struct str repository, struct protection *list, size_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, db,
                      STR("SELECT n, pattern, reviewers, method, signatures, resolved FROM fact_protection WHERE "
                          "subject = ?1 AND state = "
                          "'active' ORDER BY length(pattern) DESC, pattern"),
                      &st));
    store_bind_str(st, 1, repository);
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        if (*n == PROTECTIONS_MOST)
            return fail(cx, E_LIMIT, "a repository has at most %d protections", PROTECTIONS_MOST);
        struct protection *p = &list[(*n)++];
        *p = (struct protection){.pattern = arena_str(&cx->arena, store_column_str(st, 1)),
                                 .reviewers = sqlite3_column_int64(st, 2),
                                 .method = arena_str(&cx->arena, store_column_str(st, 3)),
                                 .signatures = sqlite3_column_int(st, 4) != 0,
                                 .resolved = sqlite3_column_int(st, 5)};
        TRY(read_publishers(cx, db, sqlite3_column_int64(st, 0), p));
    }
}

enum rc protections_read(struct ctx *cx, sqlite3 *db, const struct gate_place *place, const struct protection **list,
                         size_t *n)
{
    struct protection *all = arena_array(&cx->arena, struct protection, PROTECTIONS_MOST + 1);
    *list = all;
    *n = 0;
    TRY(read_rows(cx, db, place->subject, all, n));
    /* whatever was said or taken back, nobody's word alone moves the main branch */
    if (!protection_of(all, *n, place->main))
        all[(*n)++] =
            (struct protection){.pattern = place->main, .reviewers = PROTECTION_REVIEWERS, .method = STR("merge")};
    return OK;
}

/* Where to go on when what follows a star does not fit: it takes in one more. */
struct star {
    size_t pattern, ref; /* pattern: SIZE_MAX: there is none */
};

bool protection_matches(struct str pattern, struct str ref)
{
    struct star one = {SIZE_MAX, 0}, deep = one; /* deep: `**`, which takes in folders too */
    size_t p = 0, r = 0;
    while (r < ref.n) {
        if (p < pattern.n && pattern.p[p] == '*') {
            size_t begin = p;
            while (p < pattern.n && pattern.p[p] == '*') p++;
            if (p - begin > 1) deep = (struct star){p, r};
            one = (struct star){p - begin > 1 ? SIZE_MAX : p, r};
        } else if (p < pattern.n && pattern.p[p] == ref.p[r]) {
            p++;
            r++;
        } else if (one.pattern != SIZE_MAX && ref.p[one.ref] != '/') {
            p = one.pattern;
            r = ++one.ref;
        } else if (deep.pattern != SIZE_MAX) {
            p = deep.pattern;
            r = ++deep.ref;
            one.pattern = SIZE_MAX;
        } else {
            return false;
        }
    }
    while (p < pattern.n && pattern.p[p] == '*') p++;
    return p == pattern.n;
}

const struct protection *protection_of(const struct protection *list, size_t n, struct str ref)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(list[i].pattern, ref)) return &list[i];
    for (size_t i = 0; i < n; i++)
        if (protection_matches(list[i].pattern, ref)) return &list[i];
    return NULL;
}

enum rc protection_publisher(struct ctx *cx, sqlite3 *db, const struct protection *p, struct str person, bool *out)
{
    scoped_stmt *st = NULL;
    *out = p->n_publishers == 0;
    TRY(store_prepare(cx, db,
                      STR("SELECT 1 FROM fact_group g JOIN fact_group_members m ON m.n = g.n WHERE g.subject = ?1 AND "
                          "g.state = 'active' AND m.value = ?2"),
                      &st));
    for (size_t i = 0; !*out && i < p->n_publishers; i++) {
        *out = str_eq(p->publishers[i], person);
        if (*out || !str_starts(p->publishers[i], STR("group:"))) continue;
        store_bind_str(st, 1, p->publishers[i]);
        store_bind_str(st, 2, person);
        TRY(store_step(cx, st, out));
        sqlite3_reset(st);
    }
    return OK;
}
