/* Git's side of a push: names, how refs would move, whose commits they are. */
#include "gates/push.h"

#include "base/limits.h"
#include "facts/subject.h"
#include "gates/checks.h"
#include "gates/critical.h"
#include "gates/expunge.h"
#include "gates/push_scan.h"
#include "gates/ref_names.h"
#include "git/oid.h"
#include "observe/commit.h"

#define SAID_MOST (16U << 20)

const char *push_kind_name(enum push_kind k)
{
    static const char *const names[] = {"branch", "tag", "change", "other"};
    return names[k];
}

const char *push_act_name(enum push_act a)
{
    static const char *const names[] = {"create", "update", "rewind", "delete"};
    return names[a];
}

struct str push_option(const struct push *p, const char *key)
{
    struct str name = str_from(key);
    for (size_t i = 0; i < p->n_options; i++)
        if (str_starts(p->options[i], name) && p->options[i].n > name.n && p->options[i].p[name.n] == '=')
            return str_slice(p->options[i], name.n + 1, p->options[i].n);
    return STR_NONE;
}

struct str push_subject(struct ctx *cx, const struct gate_place *place, struct str name)
{
    scoped_buf b;
    buf_init(&b, LIMIT_PATH * 4);
    buf_printf(&b, "ref:" STR_FMT "/", STR_ARG(place->id));
    subject_spell(&b, name);
    return arena_str(&cx->arena, buf_view(&b));
}

/* --- names */

static void classify_name(struct push_ref *r)
{
    r->kind = str_starts(r->name, STR("refs/heads/"))  ? PUSH_BRANCH
              : str_starts(r->name, STR("refs/tags/")) ? PUSH_TAG
              : str_starts(r->name, STR("refs/for/"))  ? PUSH_CHANGE
                                                       : PUSH_OTHER;
    if (!ref_name_is_plain(r->name))
        r->shape = "name";
    else if (r->kind == PUSH_OTHER)
        r->shape = "namespace";
    else if (r->kind == PUSH_CHANGE && oid_is_zero(r->after))
        r->shape = "no_change";
}

/* Two names that a file system, or a reader, takes for one. */
static struct str folded(struct ctx *cx, struct str s)
{
    struct str out = arena_str(&cx->arena, s);
    for (size_t i = 0; i < out.n; i++)
        if (out.p[i] >= 'A' && out.p[i] <= 'Z') ((char *)(uintptr_t)out.p)[i] = (char)(out.p[i] + 'a' - 'A');
    return out;
}

/* --- asking git */

static enum rc ask(struct ctx *cx, const struct git *g, const char *const *argv, struct str input, struct str *said,
                   int *code)
{
    scoped_buf out;
    buf_init(&out, SAID_MOST);
    TRY(hosted_run(cx, g, argv, input, &out, code, NULL));
    *said = arena_str(&cx->arena, buf_view(&out));
    return OK;
}

static enum rc is_ancestor(struct ctx *cx, const struct git *g, struct str a, struct str b, bool *out)
{
    const char *const argv[] = {"merge-base", "--is-ancestor", arena_cstr(&cx->arena, a), arena_cstr(&cx->arena, b),
                                NULL};
    struct str said;
    int code;
    TRY(ask(cx, g, argv, STR_NONE, &said, &code));
    *out = code == 0;
    return code > 1 ? fail(cx, E_CORRUPT, "the history of what was pushed cannot be followed") : OK;
}

/* Branches that are protected, as they are now. */
struct tips {
    struct tip {
        struct str oid;
        int64_t reviewers;
    } * list;
    size_t n, cap;
};

static void add_tip(struct ctx *cx, struct tips *t, struct str oid, int64_t reviewers)
{
    if (t->n == t->cap) {
        struct tip *more = arena_array(&cx->arena, struct tip, t->cap ? 2 * t->cap : 64);
        if (t->n) memcpy(more, t->list, t->n * sizeof *more);
        t->cap = t->cap ? 2 * t->cap : 64;
        t->list = more;
    }
    t->list[t->n++] = (struct tip){oid, reviewers};
}

/* What they hold is not new, as `^oid` lines for rev-list: of those where at least so many had to approve it. */
static void exclude_tips(struct buf *input, const struct tips *t, int64_t reviewers)
{
    for (size_t i = 0; i < t->n; i++)
        if (t->list[i].reviewers >= reviewers) buf_printf(input, "^" STR_FMT "\n", STR_ARG(t->list[i].oid));
}

/* And whether a name that begins is to be. */
static enum rc read_branches(struct ctx *cx, const struct git *g, struct push *p, struct tips *tips)
{
    static const char *const argv[] = {"for-each-ref", "--format=%(objectname) %(refname)", "refs/heads", "refs/tags",
                                       NULL};
    struct str rest, line, oid, *there;
    size_t n = 0;
    int code;
    TRY(ask(cx, g, argv, STR_NONE, &rest, &code));
    there = arena_array(&cx->arena, struct str, rest.n / 52 + 1);
    while (str_cut(&rest, '\n', &line)) {
        if (!str_cut(&line, ' ', &oid) || !line.n) continue;
        const struct protection *rule =
            str_starts(line, STR("refs/heads/")) ? protection_of(p->protections, p->n_protections, line) : NULL;
        if (rule) add_tip(cx, tips, oid, rule->reviewers);
        there[n++] = line;
    }
    return ref_names_judge(cx, p, there, n);
}

/* How many commits rev-list finds; *known false: it cannot be told, as of an object that is no commit. */
static enum rc count(struct ctx *cx, const struct git *g, const struct buf *input, int64_t *n, bool *known)
{
    static const char *const argv[] = {"rev-list", "--count", "--stdin", NULL};
    struct str said;
    int code;
    if (buf_ok(input) != OK) return fail(cx, E_LIMIT, "the repository has too many protected branches");
    TRY(ask(cx, g, argv, buf_view(input), &said, &code));
    *known = code == 0 && str_to_i64(str_trim(said), 0, INT64_MAX, n);
    return OK;
}

/* For rev-list: what a protected branch would gain. An approval is for one branch: what another holds was not approved
 * for this one. A branch that begins may begin where one is that asks for as much. */
static void put_gain(struct buf *input, const struct push_ref *r, const struct tips *tips)
{
    buf_printf(input, STR_FMT "\n", STR_ARG(r->after));
    if (r->act == PUSH_CREATE)
        exclude_tips(input, tips, r->protection->reviewers);
    else
        buf_printf(input, "^" STR_FMT "\n", STR_ARG(r->before));
}

static enum rc count_new(struct ctx *cx, const struct git *g, struct push_ref *r, const struct tips *tips)
{
    scoped_buf input;
    bool known;
    buf_init(&input, SAID_MOST);
    put_gain(&input, r, tips);
    TRY(count(cx, g, &input, &r->commits, &known));
    return known ? OK : fail(cx, E_CORRUPT, "the history of what was pushed cannot be followed");
}

enum rc push_target(struct ctx *cx, const struct git *g, struct str rest, struct str *branch, struct str *topic)
{
    *branch = *topic = STR_NONE;
    if (str_starts(rest, STR("refs/heads/"))) rest = str_slice(rest, 11, rest.n);
    for (size_t end = rest.n; end > 0;) {
        struct str oid, name = arena_printf(&cx->arena, "refs/heads/" STR_FMT, STR_ARG(str_slice(rest, 0, end)));
        TRY(hosted_ref(cx, g, name, &oid));
        if (oid.p) {
            *branch = name;
            *topic = str_slice(rest, end + (end < rest.n), rest.n);
            return OK;
        }
        while (end > 0 && rest.p[--end] != '/') continue;
    }
    return OK;
}

/* --- each kind */

static enum rc read_branch(struct ctx *cx, const struct git *g, const struct gate_place *place, struct push_ref *r,
                           const struct tips *tips)
{
    bool forward = true;
    if (!r->protection) return OK;
    if (r->act == PUSH_UPDATE) TRY(is_ancestor(cx, g, r->before, r->after, &forward));
    if (!forward) r->act = PUSH_REWIND;
    if (r->act == PUSH_DELETE) return OK;
    if (r->act == PUSH_REWIND && place->host == GATE_HOSTED) return OK; /* refused; other hosts may let it in */
    if (r->act == PUSH_CREATE && !tips->n && str_eq(r->name, place->main)) return OK; /* continuity begins here */
    return count_new(cx, g, r, tips);
}

static enum rc type_of(struct ctx *cx, const struct git *g, struct str oid, struct str *type)
{
    const char *const argv[] = {"cat-file", "-t", arena_cstr(&cx->arena, oid), NULL};
    int code;
    TRY(ask(cx, g, argv, STR_NONE, type, &code));
    *type = str_trim(*type);
    return OK;
}

static bool is_new_tag(const struct push_ref *r)
{
    return r->kind == PUSH_TAG && r->act == PUSH_CREATE;
}

/* Whether all that these tags name is on a protected branch: commits, for a file or a tree by itself nobody has looked
 * at. */
static enum rc are_published(struct ctx *cx, const struct git *g, const struct tips *tips, const struct push_ref *refs,
                             size_t n, bool *out)
{
    scoped_buf input;
    int64_t others = 0;
    bool known;
    buf_init(&input, SAID_MOST);
    for (size_t i = 0; i < n; i++)
        if (is_new_tag(&refs[i])) buf_printf(&input, STR_FMT "^{commit}\n", STR_ARG(refs[i].after));
    *out = input.n && tips->n;
    if (!*out) return OK;
    exclude_tips(&input, tips, 0);
    TRY(count(cx, g, &input, &others, &known));
    *out = known && others == 0;
    return OK;
}

#define TAGS_APART 20

/* They are told apart only when one of them is wrong: a thousand good ones are one question. */
static enum rc read_tags(struct ctx *cx, const struct git *g, struct push *p, const struct tips *tips)
{
    bool all;
    TRY(are_published(cx, g, tips, p->refs, p->n, &all));
    for (size_t i = 0, told = 0; i < p->n; i++) {
        struct push_ref *r = &p->refs[i];
        r->published = is_new_tag(r) && all;
        if (is_new_tag(r) && !all && told++ < TAGS_APART) TRY(are_published(cx, g, tips, r, 1, &r->published));
    }
    return OK;
}

struct people {
    struct ctx *cx;
    struct push *push;
    struct push_ref *ref;
    struct str *list;
    size_t n;
    int64_t commits;
};
#define PEOPLE_MOST 3000

static enum rc add_address(struct people *a, struct str address)
{
    for (size_t i = 0; i < a->n; i++)
        if (str_eq_nocase(a->list[i], address)) return OK;
    if (a->n == PEOPLE_MOST) return fail(a->cx, E_LIMIT, "a change has more than %d authors", PEOPLE_MOST);
    a->list[a->n++] = arena_str(&a->cx->arena, address);
    return OK;
}

static enum rc take_commit(void *arg, const struct git_commit *c)
{
    struct people *a = arg;
    struct commit_facts said;
    if (a->commits++ == 0) a->ref->message = arena_str(&a->cx->arena, c->message);
    TRY(add_address(a, c->author_email));
    TRY(add_address(a, c->committer_email));
    commit_read(&a->cx->arena, c->message, c->n_parents, &said);
    for (size_t i = 0; i < said.n_trailers; i++)
        if (str_eq(said.trailers[i].key, STR("co-authored-by"))) TRY(add_address(a, said.trailers[i].email));
    return OK;
}

static enum rc read_change(struct ctx *cx, struct git *g, struct push *p, struct push_ref *r)
{
    struct str tip, type, name = str_slice(r->name, sizeof "refs/for/" - 1, r->name.n);
    int64_t missing;
    if (r->shape) return OK;
    TRY(push_target(cx, g, name, &r->target, &r->topic));
    if (!r->target.p) {
        r->shape = "no_target";
        return OK;
    }
    if (push_option(p, "topic").p) r->topic = push_option(p, "topic");
    TRY(type_of(cx, g, r->after, &type));
    if (!str_eq(type, STR("commit"))) {
        r->shape = "no_commit";
        return OK;
    }
    TRY(hosted_ref(cx, g, r->target, &tip));
    bool only;
    enum rc rc = git_only_merge_base(cx, g, tip, r->after, &r->base, &only);
    if (rc == E_NOTFOUND) r->shape = "unrelated";
    if (rc == E_NOTFOUND) return OK;
    TRY(rc);
    if (!only) { /* a difference from one of them hides what the change takes back of the others */
        r->shape = "many_bases";
        return OK;
    }
    if (str_eq(r->base, r->after)) {
        r->shape = "nothing_new";
        return OK;
    }
    struct people a = {cx, p, r, arena_array(&cx->arena, struct str, PEOPLE_MOST), 0, 0};
    const struct git_log_options o = {.head = r->after, .exclude = r->base, .since = INT64_MIN};
    TRY(git_log(cx, g, &o, take_commit, &a, &missing));
    r->commits = a.commits;
    p->addresses = a.list;
    p->n_addresses = a.n;
    return hosted_tree(cx, g, r->after, &r->tree);
}

static enum rc read_ref(struct ctx *cx, struct git *g, struct push *p, struct push_ref *r, const struct tips *tips)
{
    if (r->kind == PUSH_CHANGE) return read_change(cx, g, p, r);
    if (r->kind != PUSH_BRANCH || r->shape) return OK;
    struct str type;
    if (r->protection && r->act != PUSH_DELETE) {
        TRY(type_of(cx, g, r->after, &type));
        if (!str_eq(type, STR("commit"))) r->shape = "no_commit";
    }
    return r->shape ? OK : read_branch(cx, g, p->place, r, tips);
}

/* --- signatures */

enum rc push_read_signatures(struct ctx *cx, sqlite3 *db, const struct git *g, struct push_ref *r, struct str revisions)
{
    struct signatures *s = arena_new(&cx->arena, struct signatures);
    TRY(signatures_of_commits(cx, db, g, revisions, s));
    r->signatures = s;
    return OK;
}

static enum rc read_commit_signatures(struct ctx *cx, sqlite3 *db, const struct git *g, struct push *p,
                                      struct push_ref *r, const struct tips *tips)
{
    scoped_buf input;
    const struct protection *rule =
        r->kind == PUSH_CHANGE ? protection_of(p->protections, p->n_protections, r->target) : r->protection;
    r->signing = rule && rule->signatures;
    buf_init(&input, SAID_MOST);
    if (r->kind == PUSH_CHANGE)
        buf_printf(&input, STR_FMT "\n^" STR_FMT "\n", STR_ARG(r->after), STR_ARG(r->base));
    else if (r->signing && r->commits)
        put_gain(&input, r, tips);
    return input.n ? push_read_signatures(cx, db, g, r, buf_view(&input)) : OK;
}

/* A tag is as good as what it names: the main branch says whether it is signed. */
static enum rc read_tag_signatures(struct ctx *cx, sqlite3 *db, const struct git *g, struct push *p)
{
    const struct protection *rule = protection_of(p->protections, p->n_protections, p->place->main);
    struct str *oids = arena_array(&cx->arena, struct str, p->n);
    struct signatures all;
    size_t n = 0;
    for (size_t i = 0; rule && rule->signatures && i < p->n; i++)
        if (is_new_tag(&p->refs[i]) && !p->refs[i].shape) oids[n++] = p->refs[i].after;
    if (!n) return OK;
    TRY(signatures_of_tags(cx, db, g, oids, n, &all));
    for (size_t i = 0, k = 0; i < p->n; i++) {
        struct push_ref *r = &p->refs[i];
        if (!is_new_tag(r) || r->shape) continue;
        struct signatures *one = arena_new(&cx->arena, struct signatures);
        *one = (struct signatures){&all.list[k++], 1};
        if (!one->list->found && !str_eq(one->list->name, str_slice(r->name, sizeof "refs/tags/" - 1, r->name.n)))
            one->list->found = "bad"; /* signed for another name */
        r->signing = true;
        r->signatures = one;
    }
    return OK;
}

static void find_twins(struct ctx *cx, struct push *p)
{
    struct str *names = arena_array(&cx->arena, struct str, p->n);
    for (size_t i = 0; i < p->n; i++) names[i] = folded(cx, p->refs[i].name);
    str_sort(names, p->n);
    for (size_t k = 1; k < p->n; k++)
        for (size_t i = 0; str_eq(names[k], names[k - 1]) && i < p->n; i++)
            if (str_eq_nocase(p->refs[i].name, names[k])) p->refs[i].shape = "twin";
}

/* What is there besides matters to a branch or tag that begins, and to no other. */
static bool begins(const struct push *p)
{
    for (size_t i = 0; i < p->n; i++)
        if (p->refs[i].act == PUSH_CREATE && p->refs[i].kind != PUSH_CHANGE) return true;
    return false;
}

static void classify(struct push *p)
{
    size_t changes = 0;
    bool takes = gate_host_takes_changes(p->place->host);
    for (size_t i = 0; i < p->n; i++) {
        struct push_ref *r = &p->refs[i];
        r->act = oid_is_zero(r->before) ? PUSH_CREATE : oid_is_zero(r->after) ? PUSH_DELETE : PUSH_UPDATE;
        classify_name(r);
        if (r->kind == PUSH_BRANCH) r->protection = protection_of(p->protections, p->n_protections, r->name);
        if (r->kind == PUSH_CHANGE && changes++) r->shape = "one_change";
        if (r->kind == PUSH_CHANGE && !takes) r->shape = "no_changes_here";
    }
    for (size_t i = 0; p->place->host != GATE_HOSTED && changes && changes < p->n && i < p->n; i++)
        if (p->refs[i].kind == PUSH_CHANGE && !p->refs[i].shape) p->refs[i].shape = "apart";
}

static enum rc read_refs(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p)
{
    struct tips tips = {0};
    if (begins(p)) TRY(read_branches(cx, g, p, &tips));
    for (size_t i = 0; i < p->n; i++) TRY(read_ref(cx, g, p, &p->refs[i], &tips));
    TRY(read_tags(cx, g, p, &tips));
    for (size_t i = 0; i < p->n; i++) {
        struct push_ref *r = &p->refs[i];
        bool gains = r->kind == PUSH_BRANCH && r->act != PUSH_DELETE;
        if (!r->shape && (gains || r->kind == PUSH_CHANGE)) TRY(read_commit_signatures(cx, db, g, p, r, &tips));
    }
    return read_tag_signatures(cx, db, g, p);
}

static enum rc look_through(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p)
{
    struct str *gone;
    TRY(expunge_ids(cx, db, p->place->subject, &gone, &p->n_gone));
    p->gone = gone;
    TRY(push_scan(cx, g, p));
    return critical_find(cx, db, g, p);
}

/* What is found is every ref's that would bring it: one push, one look. */
static void blame(struct push *p)
{
    bool takes = gate_host_takes_changes(p->place->host);
    const struct {
        const char *shape;
        bool is;
    } found[] = {{"too_much", p->too_much},
                 {"large", p->large.p != NULL},
                 {"taken_out", p->back.p != NULL},
                 {"odd_path", p->odd.p && takes},
                 {"lfs", p->lfs && takes}};
    for (size_t i = 0; i < p->n; i++) {
        struct push_ref *r = &p->refs[i];
        if (oid_is_zero(r->after)) continue;
        r->secrets = p->secrets;
        for (size_t k = 0; k < sizeof found / sizeof *found && !r->shape; k++)
            if (found[k].is) r->shape = found[k].shape;
    }
}

enum rc push_read(struct ctx *cx, sqlite3 *db, struct git *g, struct push *p)
{
    if (p->n > PUSH_REFS) return fail(cx, E_LIMIT, "a push moves at most %d refs at once", PUSH_REFS);
    TRY(protections_read(cx, db, p->place, &p->protections, &p->n_protections));
    classify(p);
    find_twins(cx, p);
    TRY(read_refs(cx, db, g, p));
    TRY(critical_read(cx, db, g, p));
    if (!p->scanned) TRY(look_through(cx, db, g, p));
    blame(p);
    return checks_read(cx, db, g, p);
}
