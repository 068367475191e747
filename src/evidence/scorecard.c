/* OpenSSF Scorecard's JSON (`scorecard --format json`). */
#include "evidence/readers.h"

#include "base/time.h"

struct card {
    struct reading *r;
    bool checks, score;
};

enum { DATE, SCORE, CHECK };

static const struct json_path paths[] = {{"date", DATE}, {"score", SCORE}, {"checks/*", CHECK}};

/* "7.3" in tenths; -1 says that nothing could be scored. */
static bool tenths(struct str s, int64_t *out)
{
    struct str whole;
    int64_t n, rest = 0;
    if (!str_cut(&s, '.', &whole) || !str_to_i64(whole, -1, 10, &n)) return false;
    if (s.n && !str_to_i64(str_slice(s, 0, 1), 0, 9, &rest)) return false;
    *out = n < 0 ? -1 : 10 * n + rest;
    return *out <= 100;
}

static enum rc take(void *arg, int id, enum json_event e, struct str value)
{
    struct card *c = arg;
    if (id == DATE && e == SAW_TEXT && time_parse(value, &c->r->out->effective_at) != OK) c->r->out->effective_at = 0;
    if (id == SCORE) c->score = e == SAW_NUMBER && tenths(value, &c->r->out->score);
    if (id == CHECK && e == SAW_OBJECT) c->checks = true;
    return OK;
}

enum rc read_scorecard(struct reading *r)
{
    struct card c = {.r = r};
    struct json_walk w = {.paths = paths, .n_paths = sizeof paths / sizeof *paths, .take = take, .arg = &c};
    r->out->type = EVIDENCE_SCORECARD;
    TRY(json_walk(r->cx, &w, r->in));
    if (!c.score) return fail(r->cx, E_INVALID, "score is no number from 0 to 10");
    return c.checks ? OK : fail(r->cx, E_INVALID, "it has no checks");
}
