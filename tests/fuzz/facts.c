/* Any bytes as a payload of each kind, as a subject, as a name in one, as a pattern and as project.sql: what is taken
 * has one spelling, and what is refused says why. */
#include "base/limits.h"
#include "base/pattern.h"
#include "catalog/kind_sql.h"
#include "facts/schema.h"
#include "facts/subject.h"
#include "ledger/canonical.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct catalog *catalog;
static struct schema **schemas;

static void open_catalog(void)
{
    static struct ctx cx; /* for as long as the process */
    ctx_init(&cx);
    if (catalog_builtin(&cx, &catalog) != OK) __builtin_trap();
    schemas = arena_array(&cx.arena, struct schema *, catalog->n_kinds);
    for (size_t i = 0; i < catalog->n_kinds; i++)
        if (schema_new(&cx, &catalog->kinds[i], &schemas[i]) != OK) __builtin_trap();
}

static void check_payload(struct ctx *cx, struct str json)
{
    scoped_buf canonical;
    buf_init(&canonical, LIMIT_BODY);
    if (canonical_from(cx, json, 1, &canonical) != OK) return;
    for (size_t i = 0; i < catalog->n_kinds; i++) {
        enum rc rc = schema_check(cx, schemas[i], buf_view(&canonical));
        assert(rc == OK || (rc == E_INVALID && str_starts(str_from(cx->message), STR("payload"))));
    }
}

static void check_subject(struct ctx *cx, struct str s)
{
    enum subject_type type = SUBJECT_COUNT;
    scoped_buf spelled, again;
    enum rc rc = subject_check(cx, s, &type);
    assert(rc == OK ? type < SUBJECT_COUNT && str_starts(s, str_from(subject_type_name(type))) : rc == E_INVALID);
    buf_init(&spelled, 0);
    buf_init(&again, 0);
    subject_spell(&spelled, s);
    assert(str_is_utf8(buf_view(&spelled)));
    assert(subject_unspell(&again, buf_view(&spelled)) && str_eq(buf_view(&again), s));
}

/* The statements cover the text in order, and names change by one letter. */
static void check_sql(struct ctx *cx, struct str text)
{
    struct str rest = text;
    const char *end = text.p;
    for (struct str sql; (sql = kind_sql_next(&rest)).p;) {
        assert(sql.p >= end && sql.p + sql.n <= text.p + text.n && sql.n);
        end = sql.p + sql.n;
        struct str beside = kind_sql_beside(&cx->arena, sql, STR("note"), 'q');
        assert(beside.n == sql.n);
        for (size_t i = 0; i < sql.n; i++)
            assert(beside.p[i] == sql.p[i] || (beside.p[i] == 'q' && (sql.p[i] == 'p' || sql.p[i] == 'P')));
        (void)kind_sql_quotes(sql);
    }
}

static void check_pattern(struct str text)
{
    struct pattern *p = pattern_new(text);
    if (!p) return;
    assert(!pattern_fault(text));
    (void)pattern_matches(p, STR("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
    (void)pattern_matches(p, STR("refs/heads/main"));
    pattern_free(p);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx cx;
    struct str s = {(const char *)data, size};
    if (!catalog) open_catalog();
    ctx_init(&cx);
    check_payload(&cx, s);
    check_subject(&cx, s);
    check_sql(&cx, s);
    check_pattern(s);
    ctx_release(&cx);
    return 0;
}
