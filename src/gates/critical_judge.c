/* Whose approvals fill a need: by people, groups and roles as they are within the unit that decides. */
#include "base/json.h"
#include "gates/critical_int.h"
#include "identity/identity.h"
#include "store/store.h"

#define PEOPLE_MOST 1000 /* of one need */
#define OWNERS_PUT 20    /* named in the fact */
#define PATH_PUT 1000

struct judging {
    struct append *a;
    struct str project, change;
    struct str *people; /* named by the need, each once */
    size_t n;
};

static void add(struct judging *j, struct str person)
{
    for (size_t i = 0; i < j->n; i++)
        if (str_eq(j->people[i], person)) return;
    if (j->n < PEOPLE_MOST) j->people[j->n++] = arena_str(&j->a->cx->arena, person);
}

/* All a statement finds; `one`: only when it is nobody else. */
static enum rc add_found(struct judging *j, const char *sql, struct str arg, bool one)
{
    scoped_stmt *st = NULL;
    bool row;
    struct str first = STR_NONE;
    size_t n = 0;
    TRY(store_prepare(j->a->cx, j->a->db, str_from(sql), &st));
    store_bind_str(st, 1, arg);
    for (;; n++) {
        TRY(store_step(j->a->cx, st, &row));
        if (!row) break;
        if (n == 0) first = arena_str(&j->a->cx->arena, store_column_str(st, 0));
        if (!one) add(j, store_column_str(st, 0));
    }
    if (one && n == 1) add(j, first);
    return OK;
}

static const char members_sql[] = "SELECT m.value FROM fact_group g JOIN fact_group_members m ON m.n = g.n WHERE "
                                  "g.state = 'active' AND g.subject = ?1";
/* A team of hosts is a group of that name: all of it, or what stands behind the last slash. */
static const char team_sql[] =
    "SELECT m.value FROM fact_group g JOIN fact_group_members m ON m.n = g.n WHERE g.state = 'active' AND g.subject = "
    "(SELECT subject FROM fact_group WHERE state = 'active' AND (name = ?1 COLLATE NOCASE OR (instr(?1, '/') AND name "
    "= replace(?1, rtrim(?1, replace(?1, '/', '')), '') COLLATE NOCASE)) ORDER BY name = ?1 COLLATE NOCASE DESC LIMIT "
    "1)";
static const char account_sql[] =
    "SELECT DISTINCT p.subject FROM fact_person_accounts a JOIN fact_person p ON p.n = a.n "
    "WHERE a.name = ?1 COLLATE NOCASE AND p.state = 'active' LIMIT 2";

static enum rc add_name(struct judging *j, const struct critical_name *name)
{
    struct str person;
    if (strcmp(name->kind, "person") == 0) {
        add(j, name->text);
        return OK;
    }
    if (strcmp(name->kind, "group") == 0) return add_found(j, members_sql, name->text, false);
    if (strcmp(name->kind, "team") == 0) return add_found(j, team_sql, name->text, false);
    if (strcmp(name->kind, "role") == 0) return OK; /* a host's own roles are nobody's here */
    if (strcmp(name->kind, "email") == 0) {
        TRY(identity_of_address(j->a->cx, j->a->db, name->text, &person));
        if (person.p) add(j, person);
        return OK;
    }
    /* an account of that name; GitLab's groups are written alike */
    size_t before = j->n;
    TRY(add_found(j, account_sql, name->text, true));
    return j->n > before ? OK : add_found(j, team_sql, name->text, false);
}

static enum rc had_part(const struct judging *j, struct str person, bool *out)
{
    scoped_stmt *st = NULL;
    *out = false;
    if (!j->change.p) return OK;
    TRY(store_prepare(j->a->cx, j->a->db,
                      STR("SELECT 1 FROM fact_patch_set s JOIN fact_patch_set_people p ON p.n = s.n WHERE s.subject = "
                          "?1 AND p.value = ?2"),
                      &st));
    store_bind_str(st, 1, j->change);
    store_bind_str(st, 2, person);
    return store_step(j->a->cx, st, out);
}

static enum rc judge_person(const struct judging *j, struct critical_need *n, struct str person)
{
    struct identity_who who;
    bool part;
    TRY(identity_of(j->a->cx, j->a->db, j->a->now, person, &who));
    if (who.credential == CREDENTIAL_NONE) return OK; /* left, or never was */
    n->known++;
    if (!identity_may(&who, "code.review", j->project)) return OK;
    TRY(had_part(j, person, &part));
    if (!part) n->owners[n->n_owners++] = person;
    return OK;
}

static bool has_ticked(struct str ticked, const struct critical_need *n)
{
    for (size_t i = 0; i < n->n_items; i++)
        if (!str_has(ticked, str_from(n->items[i].key))) return false;
    return true;
}

static void count(struct critical_need *n, const struct approvals *given)
{
    n->approvals = n->unticked = 0;
    for (int64_t i = 0; i < given->approvals; i++)
        for (size_t k = 0; k < n->n_owners; k++) {
            if (!str_eq(n->owners[k], given->people[i])) continue;
            if (has_ticked(given->ticked[i], n))
                n->approvals++;
            else
                n->unticked++;
        }
}

static enum rc judge_need(struct judging *j, struct critical_need *n, const struct approvals *given)
{
    j->n = 0;
    for (size_t i = 0; i < n->n_names; i++) TRY(add_name(j, &n->names[i]));
    n->owners = arena_array(&j->a->cx->arena, struct str, j->n + 1);
    n->n_owners = 0;
    n->known = 0;
    for (size_t i = 0; i < j->n; i++) TRY(judge_person(j, n, j->people[i]));
    count(n, given);
    return OK;
}

/* Safe to show, cut at a character's end. */
static struct str shown_path(struct ctx *cx, struct str path)
{
    struct str s = str_from(str_visible(cx, path));
    if (s.n <= PATH_PUT) return s;
    size_t n = PATH_PUT;
    while (n && ((unsigned char)s.p[n] & 0xc0) == 0x80) n--;
    return str_slice(s, 0, n);
}

static void put_need(struct ctx *cx, struct json *j, const struct push *p, const struct critical_need *n)
{
    json_begin(j, '{');
    json_put_str(j, "ref", push_subject(cx, p->place, p->refs[n->ref].name));
    json_put_str(j, "source", n->source);
    if (n->line) json_put_int(j, "line", n->line);
    json_put_str(j, "path", shown_path(cx, n->paths[0]));
    json_put_int(j, "files", n->files);
    json_key(j, "owners");
    json_begin(j, '[');
    for (size_t i = 0; i < n->n_owners && i < OWNERS_PUT; i++) json_str(j, n->owners[i]);
    json_end(j, ']');
    json_put_int(j, "known", n->known);
    json_put_int(j, "wanted", n->wanted);
    json_put_int(j, "approvals", n->approvals);
    json_put_int(j, "unticked", n->unticked);
    json_end(j, '}');
}

void critical_put(struct ctx *cx, struct json *j, const struct push *p)
{
    size_t put = 0;
    if (!p->n_needs) return;
    json_key(j, "critical");
    json_begin(j, '[');
    for (int met = 0; met < 2; met++)
        for (size_t i = 0; i < p->n_needs && put < CRITICAL_PUT; i++)
            if (critical_is_met(&p->needs[i]) == met) {
                put_need(cx, j, p, &p->needs[i]);
                put++;
            }
    json_end(j, ']');
}

bool critical_is_met(const struct critical_need *n)
{
    return n->approvals >= n->wanted;
}

enum rc critical_judge(struct append *a, struct push *p, size_t ref, struct str project, const struct approvals *given,
                       struct str change)
{
    struct judging j = {a, project, change, arena_array(&a->cx->arena, struct str, PEOPLE_MOST), 0};
    const struct definition *now;
    size_t n;
    if (!p->critical_known) return OK;
    TRY(definitions_read(a->cx, a->db, p->place->subject, &now, &n));
    if (definitions_state(now, n) != p->definitions)
        return fail(a->cx, E_CONFLICT, "what is critical here has just changed; try again");
    for (size_t i = 0; i < p->n_needs; i++)
        if (p->needs[i].ref == ref) TRY(judge_need(&j, &p->needs[i], given));
    return OK;
}
