/* Rules over what the organization has recorded. */
#include "base/time.h"
#include "catalog/views.h"
#include "rules/judge.h"

#define PERIOD_DAYS 365

size_t rules_count_points(const struct catalog *c)
{
    size_t n = 0;
    for (size_t i = 0; i < c->n_tasks; i++) n += c->tasks[i].n_obligations;
    return n;
}

enum rc rules_organization(struct ctx *cx, sqlite3 *db, const struct catalog *c, const struct organization_options *o,
                           struct obligation_result *results)
{
    /* whole days: within one, time alone moves nothing but what `due` and `changes_at` say */
    const int64_t since = o->at - PERIOD_DAYS * DAY_SECONDS;
    const struct rules_options rules = {.now = o->at,
                                        .since = since - (since % DAY_SECONDS + DAY_SECONDS) % DAY_SECONDS,
                                        .lang = o->lang,
                                        .preset = o->preset,
                                        .own = o->own,
                                        .texts = o->texts};
    size_t at = 0;
    bool ready = false;
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_obligations; k++, at++) {
            const struct catalog_obligation *def = &c->tasks[i].obligations[k];
            results[at] = (struct obligation_result){0};
            if (!def->org.sql.n || (o->wanted && !o->wanted[at])) continue;
            if (!ready) TRY(views_of_items(cx, db, c->records, c->n_records));
            ready = true;
            TRY(judge_obligation(cx, db, def, JUDGE_ORGANIZATION, &rules, NULL, &results[at]));
        }
    return OK;
}
