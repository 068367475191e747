#include "notices/phrase.h"

#include <time.h>

struct str phrase_date(struct ctx *cx, const struct zone *z, enum lang lang, int64_t t)
{
    static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                         "July",    "August",   "September", "October", "November", "December"};
    time_t at = (time_t)(t + zone_offset(z, t));
    struct tm tm = {0};
    (void)gmtime_r(&at, &tm);
    return lang == LANG_FI ? arena_printf(&cx->arena, "%d.%d.%d", tm.tm_mday, tm.tm_mon + 1, tm.tm_year + 1900)
                           : arena_printf(&cx->arena, "%d %s %d", tm.tm_mday, months[tm.tm_mon], tm.tm_year + 1900);
}

/* With the date, or what else it says, in the place of %s. */
static const char *const why[NOTICE_WHATS][LANG_COUNT] = {
    [NOTICE_TASK_OVERDUE] = {"Was due %s and is not done", "Määräpäivä oli %s, eikä tehtävä ole valmis"},
    [NOTICE_TASK_DUE] = {"Due %s", "Määräpäivä %s"},
    [NOTICE_REVIEW_OVERDUE] = {"Its review was due %s", "Katselmointi oli määrä tehdä viimeistään %s"},
    [NOTICE_REVIEW_DUE] = {"Its review is due %s", "Katselmoitava viimeistään %s"},
    [NOTICE_ITEM_REVIEW_OVERDUE] = {"Its review was due %s", "Katselmointi oli määrä tehdä viimeistään %s"},
    [NOTICE_ITEM_REVIEW_DUE] = {"Its review is due %s", "Katselmoitava viimeistään %s"},
    [NOTICE_ITEM_OVERDUE] = {"Past its date: %s", "Päivä on mennyt: %s"},
    [NOTICE_ITEM_DUE] = {"Its date comes: %s", "Päivä lähestyy: %s"},
    [NOTICE_JOB_FAILING] = {"The server tries in vain: %s", "Palvelimelta ei onnistu: %s"},
    [NOTICE_CRITICAL_CANDIDATE] = {"New code looks critical, and nothing names it: %s",
                                   "Uusi koodi vaikuttaa kriittiseltä, eikä sitä ole nimetty: %s"},
    [NOTICE_READING] = {"To be read and accepted", "Luettava ja hyväksyttävä"},
    [NOTICE_APPROVAL] = {"Waits for your decision, until %s", "Odottaa päätöstäsi %s asti"},
    [NOTICE_SOLO_REVIEW] = {"Was done alone and waits for a second person", "Tehtiin yksin ja odottaa toista henkilöä"},
    [NOTICE_ITEM_MOVE] = {"Waits for you: %s", "Odottaa sinua: %s"},
    [NOTICE_DECIDED] = {"Your request was decided: %s", "Pyyntösi on ratkaistu: %s"},
    [NOTICE_MENTION] = {"%s mentioned you", "%s mainitsi sinut"},
    [NOTICE_WAIVER_ENDING] = {"Its exception ends %s", "Poikkeuslupa päättyy %s"},
    [NOTICE_WAIVER_ENDED] = {"Its exception ended %s; it counts again",
                             "Poikkeuslupa päättyi %s; kohta arvioidaan taas"},
    [NOTICE_ROLE_ENDING] = {"A role of yours ends %s", "Roolisi päättyy %s"},
};

static struct str move_title(const struct notices_options *o, enum lang lang, const struct notice *n)
{
    struct str rest = str_slice(n->subject, sizeof "record:" - 1, n->subject.n), kind;
    (void)str_cut(&rest, '/', &kind);
    const struct record_kind *k = catalog_find_record(o->catalog, kind);
    const struct record_move *m = k ? record_find_move(k, n->detail) : NULL;
    return m ? m->title[lang] : STR("");
}

static struct str date_of_field(struct ctx *cx, const struct notices_options *o, const struct zone *z, enum lang lang,
                                const struct notice *n)
{
    struct str rest = str_slice(n->subject, sizeof "record:" - 1, n->subject.n), kind;
    (void)str_cut(&rest, '/', &kind);
    const struct record_kind *k = catalog_find_record(o->catalog, kind);
    const struct record_field *f = k ? record_find_field(k, n->detail) : NULL;
    static const struct zone utc = {{"", 0}};
    (void)z;
    struct str day = phrase_date(cx, &utc, lang, n->due - 1); /* the day itself, whose whole is good */
    return f ? arena_printf(&cx->arena, STR_FMT " " STR_FMT, STR_ARG(f->label[lang]), STR_ARG(day)) : day;
}

static struct str job_name(enum lang lang, struct str job)
{
    if (str_eq(job, STR("mirror"))) return lang == LANG_FI ? STR("työntö peiliin") : STR("to push to the mirror");
    return lang == LANG_FI ? STR("sisällön poisto historiasta") : STR("to take contents out of the history");
}

static struct str what_else(struct ctx *cx, const struct notices_options *o, const struct zone *z, enum lang lang,
                            const struct notice *n)
{
    switch (n->what) {
    case NOTICE_ITEM_OVERDUE:
    case NOTICE_ITEM_DUE:
        return date_of_field(cx, o, z, lang, n);
    case NOTICE_ITEM_MOVE:
        return move_title(o, lang, n);
    case NOTICE_JOB_FAILING:
        return job_name(lang, n->detail);
    case NOTICE_MENTION:
        return n->title.n ? n->title : lang == LANG_FI ? STR("Joku") : STR("Somebody");
    case NOTICE_DECIDED:
        return str_eq(n->detail, STR("approved")) ? lang == LANG_FI ? STR("hyväksytty") : STR("approved")
               : lang == LANG_FI ? STR("hylätty")
                                                  : STR("rejected");
    case NOTICE_CRITICAL_CANDIDATE:
        return n->detail;
    case NOTICE_TASK_OVERDUE:
    case NOTICE_TASK_DUE:
    case NOTICE_REVIEW_OVERDUE:
    case NOTICE_REVIEW_DUE:
    case NOTICE_ITEM_REVIEW_OVERDUE:
    case NOTICE_ITEM_REVIEW_DUE:
    case NOTICE_READING:
    case NOTICE_APPROVAL:
    case NOTICE_SOLO_REVIEW:
    case NOTICE_WAIVER_ENDING:
    case NOTICE_WAIVER_ENDED:
    case NOTICE_ROLE_ENDING:
    case NOTICE_WHATS:
        break;
    }
    return n->due ? phrase_date(cx, z, lang, n->due) : STR("");
}

struct str phrase_why(struct ctx *cx, const struct notices_options *o, const struct zone *z, enum lang lang,
                      const struct notice *n)
{
    scoped_buf b;
    struct str rest = str_from(why[n->what][lang]), before;
    buf_init(&b, 0);
    bool hole = str_cut(&rest, '%', &before);
    buf_str(&b, before);
    if (hole) {
        buf_str(&b, what_else(cx, o, z, lang, n));
        buf_str(&b, str_slice(rest, 1, rest.n));
    }
    return arena_str(&cx->arena, buf_view(&b));
}

struct str phrase_heading(struct ctx *cx, enum lang lang, size_t n)
{
    if (n == 1) return lang == LANG_FI ? STR("Yksi asia odottaa sinua") : STR("One thing waits for you");
    return lang == LANG_FI ? arena_printf(&cx->arena, "%zu asiaa odottaa sinua", n)
                           : arena_printf(&cx->arena, "%zu things wait for you", n);
}
