/* The assessment as text for a terminal: where it stands, three things first, the tasks, what was found. */
#include "base/time.h"
#include "git/refname.h"
#include "reports/formats.h"
#include "reports/text_out.h"
#include "reports/words.h"

#define FINDINGS_SHOWN 3 /* of each point */
#define TITLE_COLUMNS 52
#define PRIORITY_COLUMNS 11
#define STATUS_COLUMNS 19

static void put_heading(struct text_out *t, const char *title)
{
    buf_char(t->out, '\n');
    text_tone(t, TONE_BOLD, str_from(title));
    buf_char(t->out, '\n');
}

static void put_head(struct ctx *cx, struct text_out *t, const struct assessment *a)
{
    enum lang lang = a->run.lang;
    char since[32], now[32];
    struct str branch = refname_short(a->repository.branch);
    text_tone(t, TONE_BOLD, arena_printf(&cx->arena, "Sinetti %s · %s", SINETTI_VERSION, word(WORD_PRODUCT, lang)));
    buf_printf(t->out, "\n%s: " STR_FMT "  ", word(WORD_LOOKED_AT, lang), STR_ARG(a->run.path));
    if (branch.n) buf_visible(t->out, branch);
    if (branch.n) buf_char(t->out, ' ');
    buf_printf(t->out, STR_FMT "\n", STR_ARG(str_slice(a->repository.head, 0, 12)));
    buf_printf(t->out, "%s: %s – %s · %lld %s, %lld %s · %lld %s\n", word(WORD_PERIOD, lang),
               time_format_date(a->run.since, since), time_format_date(a->run.now, now),
               (long long)a->repository.commits, word(WORD_COMMITS, lang), (long long)a->repository.period_commits,
               word(WORD_IN_PERIOD, lang), (long long)a->repository.files, word(WORD_FILES, lang));
    if (a->run.preset.n) buf_printf(t->out, "%s: " STR_FMT "\n", word(WORD_PRESET, lang), STR_ARG(a->run.preset));
    if (a->n_notices) put_heading(t, word(WORD_NOTICES, lang));
    for (size_t i = 0; i < a->n_notices; i++) {
        buf_cstr(t->out, "  · ");
        text_wrap(t, 4, 4, a->notices[i]);
    }
}

static void put_summary(struct text_out *t, const struct assessment *a)
{
    buf_char(t->out, '\n');
    for (int s = 0; s < STATUS_COUNT; s++) {
        buf_cstr(t->out, "  ");
        text_tone(t, a->summary[s] ? tone_of_status((enum status)s) : TONE_DIM,
                  str_from(word_status((enum status)s, a->run.lang)));
        buf_printf(t->out, " %lld", (long long)a->summary[s]);
    }
    buf_char(t->out, '\n');
}

static void put_finding(struct text_out *t, const struct finding *f, int indent, enum lang lang)
{
    buf_printf(t->out, "%*s", indent, "");
    int at = text_place(t, f);
    text_wrap(t, indent, indent + at, f->message);
    if (f->baseline)
        buf_printf(t->out, "%*s%s " STR_FMT ", " STR_FMT "\n", indent, "", word(WORD_BASELINE, lang),
                   STR_ARG(f->baseline_until), STR_ARG(f->baseline_owner));
    if (f->exception) buf_printf(t->out, "%*s%s\n", indent, "", word_exception(f->exception, lang));
}

static void put_fix(struct ctx *cx, struct text_out *t, struct str fix, int indent, enum lang lang)
{
    if (!fix.n) return;
    buf_printf(t->out, "%*s", indent, "");
    text_wrap(t, indent, indent, arena_printf(&cx->arena, "%s: " STR_FMT, word(WORD_FIX, lang), STR_ARG(fix)));
}

static void put_first(struct ctx *cx, struct text_out *t, const struct assessment *a)
{
    if (a->n_first) put_heading(t, word(WORD_FIRST, a->run.lang));
    for (size_t i = 0; i < a->n_first; i++) {
        buf_printf(t->out, "  %zu. ", i + 1);
        for (size_t k = 0; k < a->n_tasks; k++) {
            const struct catalog_task *def = a->tasks[k].def;
            if (!str_eq(def->key, a->first_of[i]->def->task)) continue;
            text_tone(t, TONE_BOLD, def->title[a->run.lang]);
            buf_printf(t->out, " (%s)\n", word_priority(rules_priority(&a->tasks[k]), a->run.lang));
        }
        put_finding(t, a->first[i], 5, a->run.lang);
        put_fix(cx, t, a->first[i]->fix, 5, a->run.lang);
    }
}

static void put_tasks(struct text_out *t, const struct assessment *a)
{
    enum lang lang = a->run.lang;
    put_heading(t, word(WORD_TASKS, lang));
    for (size_t i = 0; i < a->n_tasks; i++) {
        const struct task_result *task = &a->tasks[i];
        scoped_buf status;
        struct text_out plain = *t;
        buf_init(&status, 0);
        plain.out = &status;
        text_pad(&plain, str_from(word_status(task->status, lang)), STATUS_COLUMNS);
        buf_printf(t->out, " %2d  ", task->def->order);
        text_pad(t, task->def->title[lang], TITLE_COLUMNS);
        buf_cstr(t->out, "  ");
        text_pad(t, str_from(word_priority(rules_priority(task), lang)), PRIORITY_COLUMNS);
        text_tone(t, tone_of_status(task->status), buf_view(&status));
        text_verdicts(t, task);
        buf_char(t->out, '\n');
    }
    text_legend(t, lang);
}

static void put_obligation(struct ctx *cx, struct text_out *t, const struct obligation_result *o, enum lang lang)
{
    size_t shown = o->n_findings < FINDINGS_SHOWN ? o->n_findings : FINDINGS_SHOWN;
    buf_cstr(t->out, "  ");
    text_tone(t, tone_of_verdict(o->verdict), str_from(mark_of_verdict(o->verdict)));
    buf_char(t->out, ' ');
    struct str counts =
        arena_printf(&cx->arena, " (%lld %s, %lld %s, %lld %s)", (long long)o->population, word(WORD_IN_SCOPE, lang),
                     (long long)o->judged, word(WORD_JUDGED, lang), (long long)o->failing, word(WORD_FAILING, lang));
    text_wrap(t, 4, 4, arena_printf(&cx->arena, STR_FMT STR_FMT, STR_ARG(o->def->text[lang]), STR_ARG(counts)));
    for (size_t i = 0; i < shown; i++) put_finding(t, &o->findings[i], 6, lang);
    if (o->places > (int64_t)shown)
        buf_printf(t->out, "      … %lld %s\n", (long long)o->places - (long long)shown, word(WORD_MORE, lang));
    if (shown) put_fix(cx, t, o->findings[0].fix, 6, lang);
}

static void put_findings(struct ctx *cx, struct text_out *t, const struct assessment *a)
{
    bool any = false;
    for (size_t i = 0; i < a->n_tasks; i++) {
        const struct task_result *task = &a->tasks[i];
        bool titled = false;
        for (size_t k = 0; k < task->n_obligations; k++) {
            const struct obligation_result *o = &task->obligations[k];
            if (o->verdict != VERDICT_VIOLATED) continue;
            if (!any) put_heading(t, word(WORD_FINDINGS, a->run.lang));
            if (!titled) {
                buf_printf(t->out, "%2d  ", task->def->order);
                text_tone(t, TONE_BOLD, task->def->title[a->run.lang]);
                buf_char(t->out, '\n');
            }
            any = titled = true;
            put_obligation(cx, t, o, a->run.lang);
        }
    }
}

void report_text(struct ctx *cx, const struct assessment *a, const struct report_style *s, struct buf *out)
{
    struct text_out t;
    text_init(&t, s, out);
    put_head(cx, &t, a);
    put_summary(&t, a);
    put_first(cx, &t, a);
    put_tasks(&t, a);
    put_findings(cx, &t, a);
}
