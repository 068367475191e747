/* Where an organization stands, as text and as JSON. */
#include "base/json.h"
#include "base/time.h"
#include "reports/reports.h"
#include "reports/text_out.h"
#include "reports/words.h"

#define TITLE_COLUMNS 52
#define PRIORITY_COLUMNS 11
#define STATUS_COLUMNS 19
#define MOST_FINDINGS 3 /* of a point, in text */

static void put_repository(struct text_out *t, const struct standing_repository *r, enum lang lang)
{
    static const char *const words[][LANG_COUNT] = {
        {"not assessed yet", "ei vielä arvioitu"},
        {"assessed", "arvioitu"},
        {"too long ago: counts less", "liian kauan sitten: painaa vähemmän"},
    };
    char date[32];
    buf_cstr(t->out, "  ");
    text_pad(t, r->name, 40);
    if (r->verdicts < 0)
        text_tone(t, TONE_BAD, str_from(words[0][lang]));
    else
        buf_printf(t->out, "%s %s", words[1][lang], time_format_date(r->at, date));
    if (r->stale) {
        buf_cstr(t->out, " (");
        text_tone(t, TONE_FAIR, str_from(words[2][lang]));
        buf_char(t->out, ')');
    }
    buf_char(t->out, '\n');
}

static void put_task(struct text_out *t, const struct task_result *task, enum lang lang)
{
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
    if (task->exceptions) buf_printf(t->out, "  %s", word(WORD_EXCEPTIONS, lang));
    buf_char(t->out, '\n');
}

/* What fails in registers: of each point the first ones, each with how to fix it. */
static void put_organization(struct text_out *t, const struct standing *s, enum lang lang)
{
    static const char *const words[][LANG_COUNT] = {
        {"In the registers", "Rekistereissä"}, {"more; --format json names them", "muuta; --format json nimeää ne"}};
    bool any = false;
    for (size_t i = 0; i < s->n_tasks; i++)
        for (size_t k = 0; k < s->tasks[i].n_obligations; k++) {
            const struct obligation_result *o = &s->tasks[i].obligations[k];
            if (o->verdict != VERDICT_VIOLATED) continue;
            for (size_t f = 0; f < o->n_findings && f < MOST_FINDINGS; f++) {
                if (o->findings[f].exception != EXCEPTION_NONE) continue;
                if (!any) buf_char(t->out, '\n');
                if (!any) text_tone(t, TONE_BOLD, str_from(words[0][lang]));
                if (!any) buf_char(t->out, '\n');
                any = true;
                buf_cstr(t->out, "  ");
                text_tone(t, TONE_BAD, o->findings[f].message);
                buf_printf(t->out, "\n    " STR_FMT "\n", STR_ARG(o->findings[f].fix));
            }
            if (o->n_findings > MOST_FINDINGS)
                buf_printf(t->out, "    … %zu %s\n", o->n_findings - MOST_FINDINGS, words[1][lang]);
        }
}

static void standing_text(struct ctx *cx, const struct standing *s, enum lang lang, const struct report_style *style,
                          struct buf *out)
{
    static const char *const titles[][LANG_COUNT] = {{"Standing on %s", "Tilanne %s"},
                                                     {"Repositories", "Repositoriot"}};
    struct text_out t;
    char date[32];
    text_init(&t, style, out);
    time_format_date(s->at, date);
    struct str rest = str_from(titles[0][lang]), head;
    (void)str_cut(&rest, '%', &head);
    text_tone(&t, TONE_BOLD,
              arena_printf(&cx->arena, "Sinetti %s · " STR_FMT "%s\n", SINETTI_VERSION, STR_ARG(head), date));
    buf_char(out, '\n');
    for (int i = 0; i < STATUS_COUNT; i++) {
        buf_cstr(out, "  ");
        text_tone(&t, s->summary[i] ? tone_of_status((enum status)i) : TONE_DIM,
                  str_from(word_status((enum status)i, lang)));
        buf_printf(out, " %lld", (long long)s->summary[i]);
    }
    buf_cstr(out, "\n\n");
    text_tone(&t, TONE_BOLD, str_from(titles[1][lang]));
    buf_char(out, '\n');
    for (size_t i = 0; i < s->n_repositories; i++) put_repository(&t, &s->repositories[i], lang);
    buf_char(out, '\n');
    text_tone(&t, TONE_BOLD, str_from(word(WORD_TASKS, lang)));
    buf_char(out, '\n');
    for (size_t i = 0; i < s->n_tasks; i++) put_task(&t, &s->tasks[i], lang);
    put_organization(&t, s, lang);
    text_legend(&t, lang);
}

/* Of rules over the organization; those of repositories are in their reports. */
static void put_findings(struct json *j, const struct obligation_result *o)
{
    json_key(j, "findings");
    json_begin(j, '[');
    for (size_t i = 0; i < o->n_findings; i++) {
        const struct finding *f = &o->findings[i];
        json_begin(j, '{');
        json_put_str(j, "id", f->id);
        json_put_str(j, "subject", f->subject);
        json_put_str(j, "message", f->message);
        json_put_str(j, "fix", f->fix);
        if (f->exception != EXCEPTION_NONE) json_put_cstr(j, "exception", exception_name(f->exception));
        json_end(j, '}');
    }
    json_end(j, ']');
}

static void put_point(struct json *j, const struct obligation_result *o)
{
    json_begin(j, '{');
    json_put_str(j, "key", o->def->key);
    json_put_cstr(j, "strength", strength_name(o->def->strength));
    json_put_bool(j, "adopted", o->adopted);
    json_put_cstr(j, "verdict", verdict_name(o->verdict));
    json_put_cstr(j, "assurance", assurance_name(o->assurance));
    json_put_int(j, "population", o->population);
    json_put_int(j, "judged", o->judged);
    json_put_int(j, "failing", o->failing);
    if (o->n_findings) put_findings(j, o);
    json_end(j, '}');
}

static void standing_json(const struct standing *s, struct buf *out)
{
    struct json j;
    char time[32];
    json_init(&j, out, true);
    json_begin(&j, '{');
    json_put_int(&j, "schema_version", 1);
    json_put_cstr(&j, "at", time_format(s->at, time));
    json_key(&j, "summary");
    json_begin(&j, '{');
    for (int i = 0; i < STATUS_COUNT; i++) json_put_int(&j, status_name((enum status)i), s->summary[i]);
    json_end(&j, '}');
    json_key(&j, "repositories");
    json_begin(&j, '[');
    for (size_t i = 0; i < s->n_repositories; i++) {
        const struct standing_repository *r = &s->repositories[i];
        json_begin(&j, '{');
        json_put_str(&j, "subject", r->subject);
        json_put_str(&j, "name", r->name);
        if (r->verdicts >= 0) {
            json_put_int(&j, "verdicts", r->verdicts);
            json_put_cstr(&j, "at", time_format(r->at, time));
            json_put_str(&j, "catalog", r->catalog);
            json_put_bool(&j, "stale", r->stale);
        }
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_key(&j, "tasks");
    json_begin(&j, '[');
    for (size_t i = 0; i < s->n_tasks; i++) {
        const struct task_result *t = &s->tasks[i];
        json_begin(&j, '{');
        json_put_str(&j, "key", t->def->key);
        json_put_cstr(&j, "status", status_name(t->status));
        json_put_bool(&j, "exceptions", t->exceptions);
        json_put_cstr(&j, "designed", verdict_name(t->designed));
        json_put_cstr(&j, "operating", verdict_name(t->operating));
        json_put_cstr(&j, "assurance", assurance_name(t->assurance));
        json_key(&j, "obligations");
        json_begin(&j, '[');
        for (size_t k = 0; k < t->n_obligations; k++) put_point(&j, &t->obligations[k]);
        json_end(&j, ']');
        json_end(&j, '}');
    }
    json_end(&j, ']');
    json_end(&j, '}');
    buf_char(out, '\n');
}

void report_standing(struct ctx *cx, const struct standing *s, bool json, enum lang lang,
                     const struct report_style *style, struct buf *out)
{
    if (json)
        standing_json(s, out);
    else
        standing_text(cx, s, lang, style, out);
}
