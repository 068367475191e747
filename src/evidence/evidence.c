#include "evidence/evidence.h"

#include "base/limits.h"
#include "evidence/readers.h"

const char *evidence_format_name(enum evidence_format t)
{
    static const char *const names[] = {"junit", "sarif", "cyclonedx", "lcov", "cobertura", "in_toto", "scorecard"};
    return names[t];
}

const char *evidence_level_name(enum evidence_level l)
{
    static const char *const names[] = {"note", "warning", "error"};
    return names[l];
}

int64_t read_count(struct str s)
{
    int64_t n;
    return str_to_i64(str_trim(s), 0, 999999999999999, &n) ? n : 0;
}

/* --- what it is */

typedef enum rc reader(struct reading *r);

struct seeing {
    struct reading *r;
    reader *found;
    bool statement;
};

#define FOUND E_CONFLICT /* how the looking is ended */

enum { KEY_RUNS, KEY_BOM, KEY_PAYLOAD, KEY_CARD, KEY_TYPE };

static const struct json_path keys[] = {{"runs", KEY_RUNS},
                                        {"bomFormat", KEY_BOM},
                                        {"payloadType", KEY_PAYLOAD},
                                        {"scorecard", KEY_CARD},
                                        {"_type", KEY_TYPE}};

static enum rc see_key(void *arg, int id, enum json_event e, struct str value)
{
    static reader *const readers[] = {read_sarif, read_cyclonedx_json, read_in_toto, read_scorecard, NULL};
    struct seeing *s = arg;
    (void)e;
    (void)value;
    s->found = readers[id];
    s->statement = id == KEY_TYPE;
    return FOUND;
}

static enum rc see_root(void *arg, const struct xml_element *e, bool at_end)
{
    struct seeing *s = arg;
    (void)at_end;
    if (str_eq(e->name, STR("testsuites")) || str_eq(e->name, STR("testsuite")))
        s->found = read_junit;
    else if (str_eq(e->name, STR("coverage")) && xml_attribute(e, "line-rate").p)
        s->found = read_cobertura;
    else if (str_eq(e->name, STR("bom")) && str_starts(e->space, STR("http://cyclonedx.org/schema/bom/")))
        s->found = read_cyclonedx_xml;
    return FOUND;
}

static enum rc unknown(struct ctx *cx)
{
    return fail(cx, E_INVALID,
                "it is none of JUnit XML, SARIF 2.1.0, CycloneDX, LCOV, Cobertura, an in-toto statement in "
                "a DSSE envelope, and Scorecard's JSON");
}

static enum rc recognize(struct reading *r, reader **out)
{
    struct seeing s = {.r = r};
    struct input *in = r->in;
    bool more;
    enum rc rc = OK;
    TRY(input_more(r->cx, in, &more));
    if (!more) return fail(r->cx, E_INVALID, "it is empty");
    struct str head = {(const char *)in->piece, in->n};
    if (str_starts(head, STR("\xef\xbb\xbf"))) head = str_slice(head, 3, head.n);
    head = str_trim(head);
    if (str_starts(head, STR("TN:")) || str_starts(head, STR("SF:"))) {
        s.found = read_lcov;
    } else if (str_starts(head, STR("{"))) {
        struct json_walk w = {.paths = keys, .n_paths = sizeof keys / sizeof *keys, .take = see_key, .arg = &s};
        rc = json_walk(r->cx, &w, in);
    } else if (str_starts(head, STR("<"))) {
        const struct xml_walk w = {see_root, &s};
        rc = xml_walk(r->cx, &w, in);
    }
    if (rc != OK && rc != FOUND) return rc;
    input_init(in, in->fd);
    *out = s.found;
    if (s.statement)
        return fail(r->cx, E_INVALID, "an in-toto statement that is not signed: put it into a DSSE envelope");
    return s.found ? OK : unknown(r->cx);
}

enum rc evidence_read(struct ctx *cx, sqlite3 *db, int fd, const struct evidence_sink *sink, struct evidence *out)
{
    static const struct evidence_sink none = {0};
    struct input *in = arena_new(&cx->arena, struct input);
    struct reading r = {cx, db, in, sink ? sink : &none, out};
    reader *read = NULL;
    *out = (struct evidence){.score = -1};
    input_init(in, fd);
    TRY(recognize(&r, &read));
    return read(&r);
}
