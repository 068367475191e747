/* What a developer reads before a commit goes on: what it brings, the worst first, and how to fix it. At most a
 * screenful. */
#include "reports/text_out.h"
#include "reports/words.h"

#include <stdlib.h>

#define MOST_SHOWN 6

struct item {
    const struct task_result *task;
    const struct obligation_result *o;
    const struct finding *f;
};

static int compare(const void *x, const void *y)
{
    const struct item *a = x, *b = y;
    int d = rules_is_must(b->o) - rules_is_must(a->o);
    if (!d) d = (int)rules_priority(a->task) - (int)rules_priority(b->task);
    if (!d) d = str_cmp(a->f->path, b->f->path);
    if (!d) d = (a->f->line > b->f->line) - (a->f->line < b->f->line);
    if (!d) d = a->task->def->order - b->task->def->order;
    return d ? d : str_cmp(a->f->id, b->f->id);
}

/* Accepted and excused ones are left out. */
static size_t collect(const struct assessment *a, struct item *items, int64_t *hidden)
{
    size_t n = 0;
    *hidden = 0;
    for (size_t i = 0; i < a->n_tasks; i++)
        for (size_t k = 0; k < a->tasks[i].n_obligations; k++) {
            const struct obligation_result *o = &a->tasks[i].obligations[k];
            *hidden += o->places - (int64_t)o->n_findings;
            for (size_t m = 0; m < o->n_findings; m++) {
                if (o->findings[m].baseline || o->findings[m].exception) continue;
                if (items) items[n] = (struct item){&a->tasks[i], o, &o->findings[m]};
                n++;
            }
        }
    return n;
}

static bool same_place(const struct item *a, const struct item *b)
{
    return a->f->path.n && a->f->line && a->f->line == b->f->line && str_eq(a->f->path, b->f->path);
}

/* One line often breaks several points: it is told once, by its worst one, and the others are named. Items behind the
 * first of a place move to just behind it. Returns how many places there are; `first` gets where each begins. */
static size_t group(struct ctx *cx, struct item *items, size_t n, size_t *first)
{
    struct item *grouped = arena_array(&cx->arena, struct item, n + 1);
    bool *taken = arena_array(&cx->arena, bool, n + 1);
    size_t places = 0, at = 0;
    for (size_t i = 0; i < n; i++) {
        if (taken[i]) continue;
        first[places++] = at;
        for (size_t k = i; k < n && (k == i || places <= MOST_SHOWN); k++) {
            if (taken[k] || (k != i && !same_place(&items[i], &items[k]))) continue;
            taken[k] = true;
            grouped[at++] = items[k];
        }
    }
    if (n) memcpy(items, grouped, n * sizeof *items);
    first[places] = n;
    return places;
}

static void put_names(struct ctx *cx, struct text_out *t, const struct item *items, size_t n, enum lang lang)
{
    scoped_buf names;
    buf_init(&names, 0);
    for (size_t i = 0; i < n; i++)
        buf_printf(&names, "%s" STR_FMT "/" STR_FMT, i ? ", " : "", STR_ARG(items[i].o->def->task),
                   STR_ARG(items[i].o->def->key));
    text_tone(t, TONE_DIM,
              arena_printf(&cx->arena, "  " STR_FMT " (%s)\n", STR_ARG(buf_view(&names)),
                           word_priority(rules_priority(items[0].task), lang)));
}

static void put(struct ctx *cx, struct text_out *t, const struct item *item, size_t n, enum lang lang)
{
    bool must = rules_is_must(item->o);
    text_tone(t, must ? TONE_BAD : TONE_FAIR, must ? STR("✗ ") : STR("! "));
    int at = text_place(t, item->f);
    text_wrap(t, 2, 2 + at, item->f->message);
    buf_cstr(t->out, "  ");
    text_wrap(t, 2, 2, arena_printf(&cx->arena, "%s: " STR_FMT, word(WORD_FIX, lang), STR_ARG(item->f->fix)));
    put_names(cx, t, item, n, lang);
    if (item->f->allow.n)
        text_tone(t, TONE_DIM,
                  arena_printf(&cx->arena, "  %s sinetti:allow " STR_FMT " …\n", word(WORD_ALLOW, lang),
                               STR_ARG(item->f->allow)));
}

void report_check(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out)
{
    struct text_out t;
    int64_t hidden;
    size_t n = collect(a, NULL, &hidden);
    struct item *items = arena_array(&cx->arena, struct item, n + 1);
    size_t *first = arena_array(&cx->arena, size_t, n + 1);
    text_init(&t, s, out);
    for (size_t i = 0; i < a->n_notices; i++) text_wrap(&t, 0, 0, a->notices[i]);
    (void)collect(a, items, &hidden);
    if (n) qsort(items, n, sizeof *items, compare);
    size_t places = group(cx, items, n, first), shown = places < MOST_SHOWN ? places : MOST_SHOWN;
    for (size_t i = 0; i < shown; i++) put(cx, &t, &items[first[i]], first[i + 1] - first[i], a->run.lang);
    int64_t more = (int64_t)(n - first[shown]) + hidden;
    if (more)
        buf_printf(out, "… %lld %s: sinetti check --format json\n", (long long)more, word(WORD_MORE, a->run.lang));
    if (!n) buf_printf(out, "%s\n", word(WORD_ALL_FINE, a->run.lang));
}
