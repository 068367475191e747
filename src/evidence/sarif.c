/* SARIF 2.1.0 (OASIS). A result without a level has that of its rule (3.27.10), and rules may stand behind the results:
 * then the file is read again, with the rules known. */
#include "evidence/readers.h"

#include "base/digest.h"
#include "base/limits.h"
#include "base/time.h"

enum {
    ROOT_VERSION,
    RUN,
    RUN_TIME,
    RUN_GOOD,
    RUN_RESULTS,
    RULE,
    RULE_ID,
    RULE_LEVEL,
    EXTENSION_RULE,
    RESULT,
    RESULT_RULE,
    RESULT_RULE_ID,
    RESULT_INDEX,
    RESULT_KIND,
    RESULT_LEVEL,
    RESULT_STATE,
    RESULT_WORDS,
    RESULT_PATH,
    RESULT_LINE,
    RESULT_WHOLE,
    RESULT_PART,
    SUPPRESSION,
    SUPPRESSION_STATUS
};

static const struct json_path paths[] = {
    {"version", ROOT_VERSION},
    {"runs/*", RUN},
    {"runs/*/invocations/*/endTimeUtc", RUN_TIME},
    {"runs/*/invocations/*/executionSuccessful", RUN_GOOD},
    {"runs/*/results", RUN_RESULTS},
    {"runs/*/tool/driver/rules/*", RULE},
    {"runs/*/tool/driver/rules/*/id", RULE_ID},
    {"runs/*/tool/driver/rules/*/defaultConfiguration/level", RULE_LEVEL},
    {"runs/*/tool/extensions/*/rules/*", EXTENSION_RULE},
    {"runs/*/tool/extensions/*/rules/*/id", RULE_ID},
    {"runs/*/tool/extensions/*/rules/*/defaultConfiguration/level", RULE_LEVEL},
    {"runs/*/results/*", RESULT},
    {"runs/*/results/*/ruleId", RESULT_RULE},
    {"runs/*/results/*/rule/id", RESULT_RULE_ID},
    {"runs/*/results/*/ruleIndex", RESULT_INDEX},
    {"runs/*/results/*/kind", RESULT_KIND},
    {"runs/*/results/*/level", RESULT_LEVEL},
    {"runs/*/results/*/baselineState", RESULT_STATE},
    {"runs/*/results/*/message/text", RESULT_WORDS},
    {"runs/*/results/*/locations/*/physicalLocation/artifactLocation/uri", RESULT_PATH},
    {"runs/*/results/*/locations/*/physicalLocation/region/startLine", RESULT_LINE},
    {"runs/*/results/*/fingerprints/**", RESULT_WHOLE},
    {"runs/*/results/*/partialFingerprints/**", RESULT_PART},
    {"runs/*/results/*/suppressions/*", SUPPRESSION},
    {"runs/*/results/*/suppressions/*/status", SUPPRESSION_STATUS},
};

#define NO_LEVEL LEVELS /* "none": no finding */
#define LEVEL_NOT_SAID (LEVELS + 1)

/* Levels of rules, by their ids and by their numbers in the driver; the first that says one counts. */
#define SLOTS (8 * LIMIT_EVIDENCE_RULES)
struct rules {
    struct slot {
        uint64_t key; /* 0: free */
        int level;
    } slots[SLOTS];
    size_t n;
};

struct sarif {
    struct reading *r;
    bool version, again;  /* again: rules were needed before they came */
    int64_t run, drivers; /* of the run: rules of its driver so far */
    bool tool_seen;       /* … it had rules */
    bool looked;          /* … it had results, if only none */
    struct rules *rules;
    /* the rule that is open */
    bool in_rule;
    uint64_t id, number;
    int rule_level;
    /* the result that is open */
    bool in_result;
    char rule_id[200], path[LIMIT_PATH], words[1024];
    size_t n_rule_id, n_path, n_words;
    int64_t index, line;
    int level;
    bool is_fail, is_absent, has_place, has_whole, has_part, suppressed, unsettled;
    struct digest whole, part;
};

/* Of a rule of a run; number: of the driver's, or -1 and its id. Never 0. */
static uint64_t key_of(int64_t run, int64_t number, struct str id)
{
    uint64_t h = 1469598103934665603U ^ (uint64_t)run * 11400714819323198485U;
    h = (h ^ (uint64_t)number) * 1099511628211U;
    for (size_t i = 0; i < id.n; i++) h = (h ^ (unsigned char)id.p[i]) * 1099511628211U;
    return h | 1;
}

static int level_of(struct str s)
{
    static const char *const words[] = {"note", "warning", "error", "none"};
    for (int i = 0; i < 4; i++)
        if (str_eq(s, str_from(words[i]))) return i;
    return -1;
}

static void put(char *to, size_t most, size_t *n, struct str s)
{
    *n = s.n < most ? s.n : most;
    memcpy(to, s.p, *n);
}

/* --- rules */

/* Where a key is, or would go. */
static struct slot *slot_of(struct rules *r, uint64_t key)
{
    size_t i = (key >> 1) % SLOTS;
    while (r->slots[i].key && r->slots[i].key != key) i = (i + 1) % SLOTS;
    return &r->slots[i];
}

static enum rc put_rule(struct sarif *s, uint64_t key)
{
    struct slot *slot = slot_of(s->rules, key);
    if (slot->key) return OK;
    if (s->rules->n++ == 2 * LIMIT_EVIDENCE_RULES) return fail(s->r->cx, E_LIMIT, "it has too many rules");
    *slot = (struct slot){key, s->rule_level};
    return OK;
}

/* A result's id may stand below its rule's, as CA1000/1 below CA1000 (3.27.5, 3.52.4): the nearest above it counts.
 * Where none is, the number tells. */
static int level_by_rule(struct sarif *s)
{
    for (size_t n = s->n_rule_id; n > 0; n--) {
        if (n < s->n_rule_id && s->rule_id[n] != '/') continue;
        const struct slot *slot = slot_of(s->rules, key_of(s->run, -1, (struct str){s->rule_id, n}));
        if (slot->key) return slot->level;
    }
    const struct slot *slot = slot_of(s->rules, key_of(s->run, s->index, STR("")));
    return slot->key ? slot->level : LEVEL_WARNING;
}

static enum rc take_rule(struct sarif *s, int id, enum json_event e, struct str value)
{
    if (id == RULE_ID) s->id = key_of(s->run, -1, str_slice(value, 0, sizeof s->rule_id));
    if (id == RULE_LEVEL && level_of(value) >= 0) s->rule_level = level_of(value);
    if (id != RULE && id != EXTENSION_RULE) return OK;
    if (e == SAW_OBJECT) {
        s->tool_seen = s->in_rule = true;
        s->id = 0;
        s->number = id == RULE ? key_of(s->run, s->drivers++, STR("")) : 0;
        s->rule_level = LEVEL_WARNING;
    } else if (e == SAW_END && s->in_rule) {
        s->in_rule = false;
        if (s->id) TRY(put_rule(s, s->id));
        if (s->number) TRY(put_rule(s, s->number));
    }
    return OK;
}

/* --- results */

static void begin_result(struct sarif *s)
{
    s->in_result = true;
    s->n_rule_id = s->n_path = s->n_words = 0;
    s->index = -1;
    s->line = 0;
    s->level = LEVEL_NOT_SAID;
    s->is_fail = true;
    s->is_absent = s->has_place = s->has_whole = s->has_part = s->suppressed = s->unsettled = false;
    digest_init(&s->whole);
    digest_init(&s->part);
}

/* What tells it from others: fingerprints as the tool made them; its words where there are none. The line is none of
 * it: lines move. */
static void make_print(struct sarif *s, uint8_t out[EVIDENCE_PRINT])
{
    struct digest d;
    uint8_t sum[32];
    digest_init(&d);
    digest_field(&d, (struct str){s->rule_id, s->n_rule_id});
    if (s->has_whole || s->has_part) {
        digest_final(s->has_whole ? &s->whole : &s->part, sum);
        digest_field(&d, (struct str){(char *)sum, sizeof sum});
    }
    if (!s->has_whole) digest_field(&d, (struct str){s->path, s->n_path});
    if (!s->has_whole && !s->has_part) digest_field(&d, (struct str){s->words, s->n_words});
    digest_final(&d, sum);
    memcpy(out, sum, EVIDENCE_PRINT);
}

static enum rc end_result(struct sarif *s)
{
    struct evidence *out = s->r->out;
    uint8_t print[EVIDENCE_PRINT];
    s->in_result = false;
    if (!s->is_fail || s->is_absent) return OK;
    if (s->level == LEVEL_NOT_SAID) {
        s->again = s->again || !s->tool_seen;
        s->level = level_by_rule(s);
    }
    if (s->level == NO_LEVEL) return OK;
    if (s->suppressed && !s->unsettled) {
        out->suppressed++;
        return OK;
    }
    out->findings[s->level]++;
    if (!s->r->sink->finding) return OK;
    make_print(s, print);
    return s->r->sink->finding(s->r->sink->arg, (enum evidence_level)s->level, print,
                               (struct str){s->rule_id, s->n_rule_id}, (struct str){s->path, s->n_path}, s->line);
}

static enum rc take_of_result(struct sarif *s, int id, enum json_event e, struct str value)
{
    int level = level_of(value);
    switch (id) {
    case RESULT_RULE:
    case RESULT_RULE_ID:
        put(s->rule_id, sizeof s->rule_id, &s->n_rule_id, value);
        break;
    case RESULT_INDEX:
        if (!str_to_i64(value, -1, INT32_MAX, &s->index)) s->index = -1;
        break;
    case RESULT_KIND: /* 3.27.9: anything but a failure is none to be mended */
        s->is_fail = str_eq(value, STR("fail"));
        break;
    case RESULT_LEVEL:
        if (e != SAW_TEXT || level < 0) return input_wrong(s->r->cx, s->r->in, "there is no such level");
        s->level = level;
        break;
    case RESULT_STATE: /* 3.27.24: it was there once */
        s->is_absent = str_eq(value, STR("absent"));
        break;
    case RESULT_WORDS:
        put(s->words, sizeof s->words, &s->n_words, value);
        break;
    case RESULT_PATH: /* the first place is where it is */
        if (!s->has_place) put(s->path, sizeof s->path, &s->n_path, value);
        s->has_place = true;
        break;
    case RESULT_LINE:
        if (!s->line && !str_to_i64(value, 0, INT32_MAX, &s->line)) s->line = 0;
        break;
    case RESULT_WHOLE:
        s->has_whole = true;
        digest_field(&s->whole, value);
        break;
    case RESULT_PART:
        s->has_part = true;
        digest_field(&s->part, value);
        break;
    case SUPPRESSION: /* 3.27.23: one that is under review or was rejected suppresses nothing */
        if (e == SAW_OBJECT) s->suppressed = true;
        break;
    case SUPPRESSION_STATUS:
        if (!str_eq(value, STR("accepted"))) s->unsettled = true;
        break;
    default:
        break;
    }
    return OK;
}

static enum rc end_run(struct sarif *s)
{
    return s->run < 0 || s->looked ? OK : fail(s->r->cx, E_INVALID, "a run has no results: it has not looked");
}

static enum rc take_of_run(struct sarif *s, int id, enum json_event e, struct str value)
{
    if (id == RUN && e == SAW_OBJECT) {
        TRY(end_run(s));
        s->run++;
        s->drivers = 0;
        s->tool_seen = s->looked = false;
    }
    if (id == RUN_RESULTS && e == SAW_ARRAY) s->looked = true;
    if (id == RUN_GOOD && e == SAW_FALSE) return input_wrong(s->r->cx, s->r->in, "the tool says that its run failed");
    if (id == RUN_TIME && e == SAW_TEXT && time_parse(value, &s->r->out->effective_at) != OK)
        s->r->out->effective_at = 0;
    return OK;
}

static enum rc take(void *arg, int id, enum json_event e, struct str value)
{
    struct sarif *s = arg;
    if (id == ROOT_VERSION) s->version = str_eq(value, STR("2.1.0"));
    if (id < RULE) return take_of_run(s, id, e, value);
    if (id <= EXTENSION_RULE) return take_rule(s, id, e, value);
    if (id == RESULT && e == SAW_OBJECT) begin_result(s);
    if (id == RESULT && e == SAW_END && s->in_result) return end_result(s);
    return id > RESULT ? take_of_result(s, id, e, value) : OK;
}

static enum rc walk(struct sarif *s)
{
    struct json_walk w = {.paths = paths, .n_paths = sizeof paths / sizeof *paths, .take = take, .arg = s};
    s->run = -1;
    s->in_rule = s->in_result = false;
    TRY(json_walk(s->r->cx, &w, s->r->in));
    if (s->run < 0) return fail(s->r->cx, E_INVALID, "it has no runs");
    return end_run(s);
}

static enum rc never(void *arg, enum evidence_level level, const uint8_t print[EVIDENCE_PRINT], struct str rule,
                     struct str path, int64_t line)
{
    (void)arg;
    (void)level;
    (void)print;
    (void)rule;
    (void)path;
    (void)line;
    return OK;
}

/* Findings are given once, when their levels are known: the first time through is without them. */
static enum rc read_all(struct sarif *s)
{
    const struct evidence_sink *wanted = s->r->sink, quiet = {.finding = wanted->finding ? never : NULL};
    struct evidence *out = s->r->out;
    if (wanted->finding) s->r->sink = &quiet;
    enum rc rc = walk(s);
    s->r->sink = wanted;
    TRY(rc);
    if (!s->version) return fail(s->r->cx, E_INVALID, "version is not 2.1.0, which is the SARIF that is read here");
    if (!s->again && !wanted->finding) return OK;
    memset(out->findings, 0, sizeof out->findings);
    out->suppressed = 0;
    input_init(s->r->in, s->r->in->fd);
    return walk(s);
}

enum rc read_sarif(struct reading *r)
{
    struct sarif *s = arena_new(&r->cx->arena, struct sarif);
    s->r = r;
    s->rules = arena_new(&r->cx->arena, struct rules);
    r->out->type = EVIDENCE_SARIF;
    return read_all(s);
}
