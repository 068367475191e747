#include "notices/wishes.h"

static const char *const words[WISH_WHENS] = {"now", "daily", "weekly", "none"};

const char *wish_when_word(enum wish_when w)
{
    return w < WISH_WHENS ? words[w] : "";
}

bool wish_when_find(struct str word, enum wish_when *out)
{
    for (int i = 0; i < WISH_WHENS; i++)
        if (str_eq(word, str_from(words[i]))) {
            *out = (enum wish_when)i;
            return true;
        }
    return false;
}

enum rc wishes_get(struct ctx *cx, sqlite3 *state, struct str person, bool leads, struct wishes *out)
{
    scoped_stmt *st = NULL;
    bool row;
    *out = (struct wishes){.when = {[NOTICE_WORK] = WISH_DAILY, [NOTICE_EXCEPTIONS] = WISH_DAILY}, .summary = leads};
    TRY(store_prepare(
        cx, state,
        STR("SELECT work, approvals, mentions, exceptions, summary, quiet_from, quiet_to, weekends FROM wish "
            "WHERE person = ?1"),
        &st));
    store_bind_str(st, 1, person);
    TRY(store_step(cx, st, &row));
    if (!row) return OK;
    for (int g = 0; g < NOTICE_GROUPS; g++)
        if (!wish_when_find(store_column_str(st, g), &out->when[g])) out->when[g] = WISH_NONE;
    out->summary = sqlite3_column_int(st, 4);
    out->quiet_from = sqlite3_column_int(st, 5);
    out->quiet_to = sqlite3_column_int(st, 6);
    out->weekends = sqlite3_column_int(st, 7);
    out->chosen = true;
    return OK;
}

enum rc wishes_put(struct ctx *cx, sqlite3 *state, struct str person, const struct wishes *w, int64_t now)
{
    scoped_stmt *st = NULL;
    if (w->quiet_from < 0 || w->quiet_from > 23 || w->quiet_to < 0 || w->quiet_to > 23)
        return fail(cx, E_INVALID, "quiet hours: 0 to 23 are expected");
    TRY(store_prepare(cx, state, STR("INSERT OR REPLACE INTO wish VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
                      &st));
    store_bind_str(st, 1, person);
    for (int g = 0; g < NOTICE_GROUPS; g++) store_bind_str(st, 2 + g, str_from(wish_when_word(w->when[g])));
    store_bind_int(st, 6, w->summary);
    store_bind_int(st, 7, w->quiet_from);
    store_bind_int(st, 8, w->quiet_to);
    store_bind_int(st, 9, w->weekends);
    store_bind_int(st, 10, now);
    return store_run(cx, st);
}

bool wishes_quiet(const struct wishes *w, int hour, int weekday)
{
    int from = w->quiet_from, to = w->quiet_to;
    if (w->weekends && (weekday == 0 || weekday == 6)) return true;
    if (from == to) return false;
    return from < to ? hour >= from && hour < to : hour >= from || hour < to;
}
