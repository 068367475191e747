/* Payloads against the schemas of the built-in catalog: what is taken, and the path of what is wrong. */
#include "facts/schema.h"

#include "base/limits.h"
#include "facts/subject.h"
#include "ledger/canonical.h"

#include "unit.h"

#define ID "abcdefghij234567klmn"
#define ID2 "bbcdefghij234567klmn"
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

static struct ctx cx;
static struct catalog *catalog;

/* NULL wanted: it is taken; else part of the message. */
static void check(const char *kind, const char *json, const char *wanted)
{
    const struct catalog_kind *k = catalog_find_kind(catalog, str_from(kind));
    struct schema *s;
    scoped_buf canonical;
    buf_init(&canonical, LIMIT_BODY);
    assert_non_null(k);
    assert_int_equal(schema_new(&cx, k, &s), OK);
    if (canonical_from(&cx, str_from(json), 1, &canonical) != OK) fail_msg("%s: %s", json, cx.message);
    enum rc rc = schema_check(&cx, s, buf_view(&canonical));
    if (!wanted && rc != OK) fail_msg("%s %s: %s", kind, json, cx.message);
    if (wanted && (rc != E_INVALID || !strstr(cx.message, wanted)))
        fail_msg("%s %s: %d, \"%s\", not \"%s\"", kind, json, rc, cx.message, wanted);
    schema_free(s);
}

#define PERSON(accounts) "{\"name\":\"Ann\",\"addresses\":[],\"accounts\":" accounts ",\"state\":\"active\"}"

static void test_facts_schema__paths(void **state)
{
    (void)state;
    check("person", PERSON("[]"), NULL);
    check("person", PERSON("[{\"host\":\"a\",\"name\":\"b\"}]"), NULL);
    check("person", PERSON("[{\"host\":\"a\",\"name\":\"b\"},{\"host\":\"a\",\"name\":\"b\"},{\"name\":\"b\"}]"),
          "payload.accounts[2].host: is missing");
    check("person", PERSON("[{\"host\":\"a\"}]"), "payload.accounts[0].name: is missing");
    check("person", PERSON("[{\"host\":\"a\",\"name\":\"b\",\"z\":1}]"),
          "payload.accounts[0].z: there is no such field");
    check("person", PERSON("[{\"a\":1,\"host\":\"a\",\"name\":\"b\"}]"),
          "payload.accounts[0].a: there is no such field");
    check("person", PERSON("[[]]"), "payload.accounts[0]: array, it is to be object");
    check("person", PERSON("null"), "payload.accounts: null, it is to be array");
    check("person", PERSON("[{\"host\":7,\"name\":\"b\"}]"), "payload.accounts[0].host: integer, it is to be string");
    check("person", "{}", "payload.accounts: is missing");
    check("person", "{\"name\":\"Ann\",\"addresses\":[],\"accounts\":[]}", "payload.state: is missing");
    check("person", "{\"name\":\"Ann\",\"addresses\":[],\"accounts\":[],\"state\":\"away\"}",
          "payload.state: \"away\" is not among: active, left");
    check("person", "{\"name\":\"Ann\",\"addresses\":[],\"accounts\":[],\"state\":\"act\\u0069ve\"}", NULL);
}

static void test_facts_schema__bounds(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, LIMIT_BODY);
    buf_cstr(&b, "{\"text\":\"");
    for (int i = 0; i < 65536; i++) buf_char(&b, 'x');
    size_t n = b.n;
    buf_cstr(&b, "\"}");
    buf_char(&b, 0);
    check("note", b.p, NULL);
    b.n = n;
    buf_cstr(&b, "x\"}");
    buf_char(&b, 0);
    check("note", b.p, "payload.text: 65537 bytes, the most is 65536");
    b.n = n - 1; /* two bytes in one escaped character */
    buf_cstr(&b, "\\u00e4\"}");
    buf_char(&b, 0);
    check("note", b.p, "payload.text: 65537 bytes");
#define POLICY(tolerance)                                                                                              \
    "{\"mode\":\"warn\",\"parameters\":[],\"tolerance\":" tolerance ",\"effective_at\":1,\"reason\":\"\"}"
    check("policy", POLICY("0"), NULL);
    check("policy", POLICY("1000"), NULL);
    check("policy", POLICY("1001"), "payload.tolerance: 1001, the most is 1000");
    check("policy", POLICY("-1"), "payload.tolerance: -1, the least is 0");
    check("policy", POLICY("\"0\""), "payload.tolerance: string, it is to be integer");
    check("policy", POLICY("true"), "payload.tolerance: boolean, it is to be integer");
    buf_clear(&b);
    buf_cstr(&b, "{\"mode\":\"warn\",\"parameters\":[");
    for (int i = 0; i < 101; i++) buf_printf(&b, "%s{\"name\":\"a\",\"value\":\"\"}", i ? "," : "");
    buf_cstr(&b, "],\"tolerance\":0,\"effective_at\":1,\"reason\":\"\"}");
    buf_char(&b, 0);
    check("policy", b.p, "payload.parameters: 101 items, the most is 100");
}

static void test_facts_schema__patterns_and_more(void **state)
{
    (void)state;
    check("catalog", "{\"digest\":\"" DIGEST "\",\"program\":\"0.1.0\"}", NULL);
    check("catalog", "{\"digest\":\"" DIGEST "0\",\"program\":\"0.1.0\"}", "payload.digest: 65 bytes, the most is 64");
    check("catalog", "{\"digest\":\"ABC\",\"program\":\"0.1.0\"}",
          "payload.digest: \"ABC\" is not like ^[0-9a-f]{64}$");
#define WAIVER(about, by) "{\"about\":\"" about "\",\"until\":9,\"reason\":\"x\",\"approved_by\":[" by "]}"
    check("waiver", WAIVER("*", "\"person:" ID "\""), NULL);
    check("waiver", WAIVER("repo:" ID, ""), NULL);
    check("waiver", WAIVER("repo:self", ""), "payload.about: subject \"repo:self\"");
    check("waiver", WAIVER("*", "\"person:" ID "\",\"person:" ID2 "\""), NULL);
    check("waiver", WAIVER("*", "\"person:" ID2 "\",\"person:" ID "\",\"person:" ID2 "\""),
          "payload.approved_by: \"person:" ID2 "\" stands twice");
    check("waiver", WAIVER("*", "\"Ann\""), "payload.approved_by[0]: \"Ann\" is not like");
    check("waiver", "{\"about\":\"*\",\"until\":9,\"reason\":\"x\",\"approved_by\":[],\"withdrawn\":false}",
          "payload.withdrawn: \"false\" is not among: true");
    check("erasure", "{\"n\":1,\"reason\":\"x\",\"approved_by\":[\"person:" ID "\"]}",
          "payload.approved_by: 1 items, the least is 2");
    check("rotation",
          "{\"old\":\"sinetti.example/acme+a1f0ca09+Adt1AI4Ll5yCux7zceNfexyat5lH+WmaJDQ57hmZzKFh\","
          "\"new\":\"sinetti.example/"
          "acme+60a7c4e9+AeYqPaZNubLW9wwpTt13G4sWHbT5LDQMTtG3U1pozFD8s\",\"reason\":\"yearly\"}",
          NULL);
    check("rotation", "{\"old\":\"nonsense\",\"new\":\"nonsense\",\"reason\":\"\"}",
          "payload.new: \"nonsense\" is not like");
    check("repository", "{\"name\":\"a\",\"project\":\"\",\"main\":\"refs/heads/main\",\"state\":\"active\"}", NULL);
    check("repository", "{\"name\":\"a\",\"project\":\"\",\"main\":\"refs/heads/a b\",\"state\":\"active\"}",
          "payload.main");
}

/* What a message shows of a payload cannot move the reader's terminal. */
static void test_facts_schema__messages_are_safe(void **state)
{
    (void)state;
    check("person", "{\"name\":\"Ann\",\"addresses\":[],\"accounts\":[],\"state\":\"a\\u001b[2Jx\"}", "\"a\\x1b[2Jx\"");
    assert_null(strchr(cx.message, 0x1b));
}

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return catalog_builtin(&cx, &catalog) != OK;
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    ctx_release(&cx);
    return 0;
}

/* --- schemas of one's own, and all that is wrong at once */

#define TEXT                                                                                                           \
    {                                                                                                                  \
        .type = SCHEMA_STRING, .least = 1, .most = 5, .pattern = { "^[a-z]*$", 8 }                                     \
    }
static const struct catalog_field inner_fields[] = {{STR("x"), true, {.type = SCHEMA_INTEGER, .least = 0, .most = 9}}};
static const struct catalog_schema inner = {.type = SCHEMA_OBJECT, .fields = inner_fields, .n_fields = 1};
static const struct catalog_field own_fields[] = {
    {STR("any"), false, {.type = SCHEMA_OBJECT, .open = true}},
    {STR("list"), false, {.type = SCHEMA_ARRAY, .most = 3, .items = &inner}},
    {STR("may_be_null"), false, {.type = SCHEMA_INTEGER, .least = 1, .most = 9, .nullable = true}},
    {STR("name"), true, TEXT},
};
static const struct catalog_schema own = {.type = SCHEMA_OBJECT, .fields = own_fields, .n_fields = 4};

static void note(void *arg, const struct schema_found *f)
{
    static const char *const words[] = {"missing", "unknown", "type", "value", "least", "most", "pattern"};
    struct buf *out = arg;
    buf_printf(out, "%s%s %s %lld", out->n ? ", " : "", f->path, words[f->what], (long long)f->number);
    if (f->what == SCHEMA_UNKNOWN ? f->schema != NULL : f->schema == NULL) fail_msg("the schema of %s", f->path);
}

static void check_own(const char *json, const char *wanted)
{
    struct schema *s;
    scoped_buf canonical, said;
    buf_init(&canonical, LIMIT_BODY);
    buf_init(&said, 4 * KIB);
    assert_int_equal(schema_new_of(&cx, &own, &s), OK);
    assert_int_equal(canonical_from(&cx, str_from(json), 0, &canonical), OK);
    assert_int_equal(schema_check_all(&cx, s, buf_view(&canonical), note, &said), OK);
    if (!str_eq(buf_view(&said), str_from(wanted))) fail_msg("%s: %.*s, not %s", json, (int)said.n, said.p, wanted);
    schema_free(s);
}

static void test_facts_schema__all_faults(void **state)
{
    (void)state;
    check_own("{\"name\":\"abc\"}", "");
    check_own("{\"name\":\"abc\",\"any\":{\"a\":[1,{\"b\":null}]},\"may_be_null\":null}", "");
    check_own("{\"name\":null}", "name type 0");
    check_own("{}", "name missing 0");
    check_own("{\"may_be_null\":0,\"zz\":1,\"any\":7,\"name\":\"abcdefg\"}",
              "any type 0, may_be_null least 0, name most 7, zz unknown 0");
    check_own(
        "{\"name\":\"A\",\"list\":[{\"x\":10},{},{\"x\":\"1\",\"y\":2},{\"x\":99}]}",
        "list[0].x most 10, list[1].x missing 0, list[2].x type 0, list[2].y unknown 0, list most 4, name pattern 0");
    check_own("{\"name\":\"\",\"list\":{}}", "list type 0, name least 0");
}

/* Whoever sends rubbish without end hears of the first hundred. */
static void test_facts_schema__many_faults(void **state)
{
    (void)state;
    struct schema *s;
    scoped_buf json, canonical, said;
    buf_init(&json, LIMIT_BODY);
    buf_init(&canonical, LIMIT_BODY);
    buf_init(&said, 64 * KIB);
    for (int i = 0; i < 500; i++) buf_printf(&json, "%s\"z%d\":1", i ? "," : "{", i);
    buf_char(&json, '}');
    assert_int_equal(schema_new_of(&cx, &own, &s), OK);
    assert_int_equal(canonical_from(&cx, buf_view(&json), 0, &canonical), OK);
    assert_int_equal(schema_check_all(&cx, s, buf_view(&canonical), note, &said), E_LIMIT);
    schema_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts_schema__all_faults),
        cmocka_unit_test(test_facts_schema__many_faults),
        cmocka_unit_test(test_facts_schema__paths),
        cmocka_unit_test(test_facts_schema__bounds),
        cmocka_unit_test(test_facts_schema__patterns_and_more),
        cmocka_unit_test(test_facts_schema__messages_are_safe),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
