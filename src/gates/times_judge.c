#include "gates/times_judge.h"

#include <jansson.h>

#include "base/json.h"
#include "base/json_read.h"
#include "base/time.h"
#include "gates/approved_items.h"
#include "git/refname.h"
#include "store/store.h"

#define ITEMS_MOST 100 /* that hold for one repository */

struct rule {
    struct times times;
    struct str source, zone;
    int64_t number;
    const struct str *branches; /* patterns; none: every protected one */
    size_t n_branches;
};
struct reading {
    struct append *a;
    const struct push *push;
    struct rule *rules;
    size_t n;
};

/* --- items */

static bool is_for(const json_t *fields, const struct gate_place *place)
{
    const json_t *repositories = json_object_get(fields, "repositories"),
                 *projects = json_object_get(fields, "projects");
    if (!json_array_size(repositories) && !json_array_size(projects)) return true;
    return json_list_has(repositories, place->subject) || (place->project.n && json_list_has(projects, place->project));
}

/* "h0830" in seconds; -1: none */
static int64_t clock_of(const json_t *v)
{
    const char *s = json_string_value(v);
    int64_t n;
    if (!s || s[0] != 'h' || strlen(s) != 5 || !str_to_i64(str_from(s + 1), 0, 2400, &n) || n % 100 > 59) return -1;
    return n / 100 * 3600 + n % 100 * 60;
}

static unsigned days_of(const json_t *v)
{
    static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    const char *s = json_string_value(v);
    if (!s) return 0;
    if (strcmp(s, "every_day") == 0) return 0x7f;
    if (strcmp(s, "weekdays") == 0) return 0x1f;
    for (unsigned i = 0; i < 7; i++)
        if (strcmp(s, days[i]) == 0) return 1u << i;
    return 0;
}

static bool read_windows(struct ctx *cx, const json_t *rows, struct times *w)
{
    struct window *list = arena_array(&cx->arena, struct window, json_array_size(rows) + 1);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        struct window x = {days_of(json_object_get(row, "day")), clock_of(json_object_get(row, "from")),
                           clock_of(json_object_get(row, "until"))};
        if (!x.days || x.from < 0 || x.until <= x.from) return false;
        list[w->n_windows++] = x;
    }
    w->windows = list;
    return true;
}

static bool read_moment(const json_t *day, const json_t *clock, int64_t otherwise, int64_t *out)
{
    const char *s = json_string_value(day);
    int64_t second = json_string_length(clock) ? clock_of(clock) : otherwise;
    if (!s || second < 0 || time_parse(str_from(s), out) != OK) return false;
    *out += second;
    return true;
}

static bool read_freezes(struct ctx *cx, const json_t *rows, struct times *w)
{
    struct freeze *list = arena_array(&cx->arena, struct freeze, json_array_size(rows) + 1);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        const json_t *row = json_array_get(rows, i);
        struct freeze *f = &list[w->n_freezes++];
        if (!read_moment(json_object_get(row, "from_day"), json_object_get(row, "from_time"), 0, &f->from) ||
            !read_moment(json_object_get(row, "until_day"), json_object_get(row, "until_time"), DAY_SECONDS,
                         &f->until) ||
            f->until <= f->from)
            return false;
    }
    w->freezes = list;
    return true;
}

static void read_branches(struct ctx *cx, const json_t *list, struct rule *r)
{
    struct str *patterns = arena_array(&cx->arena, struct str, json_array_size(list) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct str p = str_trim(json_text(json_array_get(list, i)));
        if (!p.n) continue;
        patterns[r->n_branches++] = refname_full(&cx->arena, p);
    }
    r->branches = patterns;
}

static enum rc take(void *arg, const struct approved_item *i)
{
    struct reading *r = arg;
    struct ctx *cx = r->a->cx;
    if (!is_for(i->fields, r->push->place)) return OK;
    if (r->n == ITEMS_MOST)
        return fail(cx, E_LIMIT, "more than %d publishing times hold for one repository", ITEMS_MOST);
    struct rule *rule = &r->rules[r->n++];
    *rule = (struct rule){.source = i->subject,
                          .number = i->number,
                          .zone = arena_str(&cx->arena, str_trim(json_member(i->fields, "time_zone")))};
    rule->times.zone = zone_read(cx, rule->zone);
    read_branches(cx, json_object_get(i->fields, "branches"), rule);
    if (!rule->times.zone.file.n)
        return fail(cx, E_CORRUPT,
                    "PTI-%lld: \"%s\" is no time zone, so nothing is published: mend it and have it approved",
                    (long long)i->number, str_visible(cx, rule->zone));
    if (!read_windows(cx, json_object_get(i->fields, "windows"), &rule->times) ||
        !read_freezes(cx, json_object_get(i->fields, "freezes"), &rule->times))
        return fail(
            cx, E_CORRUPT,
            "PTI-%lld: a row ends before it begins or cannot be read, so nothing is published: mend it and have "
            "it approved",
            (long long)i->number);
    return OK;
}

/* --- a ref */

static bool holds_for(const struct rule *r, struct str ref)
{
    for (size_t i = 0; i < r->n_branches; i++)
        if (protection_matches(r->branches[i], ref)) return true;
    return r->n_branches == 0;
}

/* When all that hold are open. */
static int64_t all_open(const struct reading *r, struct str ref, int64_t t)
{
    for (int round = 0; round < 1000 && t != INT64_MAX; round++) {
        int64_t from = t;
        for (size_t i = 0; i < r->n && t != INT64_MAX; i++)
            if (holds_for(&r->rules[i], ref)) t = times_open_from(&r->rules[i].times, t);
        if (t == from) return t;
    }
    return INT64_MAX;
}

static struct str clock_text(struct ctx *cx, const struct rule *r, int64_t t)
{
    char text[32];
    if (t == INT64_MAX) return STR("");
    (void)time_format(t + zone_offset(&r->times.zone, t), text);
    return arena_printf(&cx->arena, "%.10s %.5s " STR_FMT, text, text + 11, STR_ARG(r->zone));
}

static void judge_ref(struct reading *r, struct push *p, size_t ref)
{
    struct push_time *out = NULL;
    for (size_t i = 0; i < r->n; i++) {
        const struct rule *rule = &r->rules[i];
        if (!holds_for(rule, p->refs[ref].name)) continue;
        enum times_state state = times_at(&rule->times, r->a->now);
        if (!out) {
            out = &p->times[p->n_times++];
            *out = (struct push_time){.ref = ref, .state = TIMES_OPEN};
        }
        if (out->source.n && state <= out->state) continue;
        out->state = state;
        out->source = rule->source;
        out->opens = state == TIMES_OPEN ? r->a->now : all_open(r, p->refs[ref].name, r->a->now);
        out->opens_text = clock_text(r->a->cx, rule, out->opens);
    }
}

/* --- emergencies */

/* Of a service that has this repository, or of itself. */
static const char emergency_sql[] =
    "SELECT r.subject, CASE WHEN s.n > r.n THEN s.state ELSE r.state END, s.at, r.content ->> '$.type', EXISTS (SELECT "
    "1 FROM json_each(r.content, '$.services') v JOIN fact_record x ON x.subject = v.value JOIN json_each(x.content, "
    "'$.repositories') y WHERE y.value = ?2) OR EXISTS (SELECT 1 FROM json_each(r.content, '$.repositories') y WHERE "
    "y.value = ?2) FROM fact_record r LEFT JOIN fact_step_last s ON s.subject = r.subject WHERE r.kind = 'change' AND "
    "r.number = ?1";

static enum rc read_emergency(struct append *a, struct push *p, struct str said)
{
    struct ctx *cx = a->cx;
    scoped_stmt *st = NULL;
    bool row;
    int64_t number;
    const char *shown = str_visible(cx, said);
    if (str_starts_nocase(said, STR("CHG-"))) said = str_slice(said, 4, said.n);
    if (!str_to_i64(said, 1, INT32_MAX, &number))
        return fail(cx, E_INVALID, "emergency: an item of the register of changes is expected, as in CHG-12");
    TRY(store_prepare(cx, a->db, STR(emergency_sql), &st));
    store_bind_int(st, 1, number);
    store_bind_str(st, 2, p->place->subject);
    TRY(store_step(cx, st, &row));
    if (!row) return fail(cx, E_DENIED, "emergency: there is no change %s", shown);
    bool hurried = str_eq(store_column_str(st, 1), STR("emergency")),
         approved = str_eq(store_column_str(st, 1), STR("approved"));
    if (!str_eq(store_column_str(st, 3), STR("emergency")) || !(hurried || approved))
        return fail(cx, E_DENIED, "emergency: %s is no emergency change that was decided on: its state is %s", shown,
                    str_visible(cx, store_column_str(st, 1)));
    if (sqlite3_column_int64(st, 2) + EMERGENCY_SECONDS <= a->now)
        return fail(cx, E_DENIED, "emergency: %s was decided on more than three days ago; write a new one", shown);
    if (!sqlite3_column_int(st, 4))
        return fail(cx, E_DENIED, "emergency: none of the services of %s has this repository", shown);
    p->emergency = arena_str(&cx->arena, store_column_str(st, 0));
    return OK;
}

enum rc times_judge(struct append *a, struct push *p)
{
    struct reading r = {a, p, arena_array(&a->cx->arena, struct rule, ITEMS_MOST), 0};
    struct str said = push_option(p, "emergency");
    bool asked = false, closed = false;
    p->n_times = 0;
    p->emergency = STR_NONE;
    if (!said.n) said = p->caller->emergency;
    for (size_t i = 0; i < p->n; i++) asked |= p->refs[i].protection && p->refs[i].commits > 0;
    if (!asked) return OK;
    TRY(approved_items_each(a->cx, a->db, "publishing_times", take, &r));
    p->times = arena_array(&a->cx->arena, struct push_time, p->n + 1);
    for (size_t i = 0; r.n && i < p->n; i++)
        if (p->refs[i].protection && p->refs[i].commits > 0) judge_ref(&r, p, i);
    for (size_t i = 0; i < p->n_times; i++) closed |= p->times[i].state != TIMES_OPEN;
    return closed && said.n ? read_emergency(a, p, said) : OK;
}

void times_put(struct ctx *cx, struct json *j, const struct push *p)
{
    static const char *const states[] = {"open", "closed", "frozen"};
    if (!p->n_times) return;
    json_key(j, "times");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_times; i++) {
        const struct push_time *t = &p->times[i];
        json_begin(j, '{');
        json_put_str(j, "ref", push_subject(cx, p->place, p->refs[t->ref].name));
        json_put_cstr(j, "state", states[t->state]);
        json_put_str(j, "source", t->source);
        if (t->state != TIMES_OPEN && t->opens != INT64_MAX) {
            json_put_int(j, "opens", t->opens);
            json_put_str(j, "opens_text", t->opens_text);
        }
        if (t->state != TIMES_OPEN && p->emergency.p) json_put_str(j, "emergency", p->emergency);
        json_end(j, '}');
    }
    json_end(j, ']');
}
