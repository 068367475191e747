/* rules/baseline: what is read, each refusal with its place, entries that end, and what writing keeps. */
#include "rules/baseline.h" /* before cmocka, whose fail is a macro */
#include "base/file.h"
#include "base/limits.h"

#include <fcntl.h>
#include <jansson.h>

#include "store/folder.h"
#include "unit.h"

#define NOW 1795514400 /* 2026-11-24T10:00:00Z */
#define ID1 "0123456789abcdef0123456789abcdef"
#define ID2 "1123456789abcdef0123456789abcdef"
#define ID3 "2123456789abcdef0123456789abcdef"
#define ENTRY(id, owner, until)                                                                                        \
    "{\"id\":\"" id "\",\"obligation\":\"t/p\",\"subject\":\"repo:self\",\"owner\":\"" owner "\",\"until\":\"" until   \
    "\"}"
#define BASELINE(entries) "{\"sinetti_baseline\":1,\"entries\":[" entries "]}"

static struct ctx cx;
static char folder[256];
static const char *file;

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    if (!folder_make(folder)) return 1;
    file = arena_printf(&cx.arena, "%s/baseline.json", folder).p;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    folder_remove(folder);
    ctx_release(&cx);
    return 0;
}

static enum rc read_str(struct str text, struct baseline **b)
{
    *b = NULL;
    assert_int_equal(file_replace(&cx, file, text), OK);
    enum rc rc = baseline_read(&cx, file, NOW, b);
    assert_int_equal(*b != NULL, rc == OK);
    return rc;
}

static struct baseline *good(const char *text)
{
    struct baseline *b;
    if (read_str(str_from(text), &b) != OK) fail_msg("%s", cx.message);
    return b;
}

static bool has(const struct baseline *b, const char *id)
{
    return baseline_find(b, str_from(id), NULL, NULL);
}

static void test_rules_baseline__finds(void **state)
{
    (void)state;
    struct str owner, until;
    struct baseline *b =
        good(BASELINE(ENTRY(ID3, "Team C", "2026-12-31") "," ENTRY(ID1, "Tiimi Ä", "2027-01-01T00:00:00Z")));
    assert_true(baseline_find(b, STR(ID3), &owner, &until));
    assert_true(str_eq(owner, STR("Team C")));
    assert_true(str_eq(until, STR("2026-12-31")));
    assert_true(baseline_find(b, STR(ID1), &owner, NULL));
    assert_true(str_eq(owner, STR("Tiimi Ä")));
    assert_false(has(b, ID2));
    assert_false(has(b, ""));
    assert_int_equal(baseline_ended(b), 0);
    assert_false(has(good(BASELINE("")), ID1));
    assert_false(has(NULL, ID1));
}

/* A date counts to the end of its day; a time to its second. */
static void test_rules_baseline__ends(void **state)
{
    (void)state;
    static const struct {
        const char *until;
        bool ended;
    } cases[] = {
        {"2026-11-24", false},
        {"2026-11-23", true},
        {"2026-11-24T10:00:00Z", false},
        {"2026-11-24T09:59:59Z", true},
        {"2026-11-24t09:59:59z", true},
        {"2026-11-24 09:59:59Z", true},
        {"2026-11-24T12:00:00+02:00", false},
        {"2026-11-24T11:59:59+02:00", true},
        {"9999-12-31", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const char *text =
            arena_printf(&cx.arena,
                         BASELINE("{\"id\":\"" ID1 "\",\"obligation\":\"t/p\",\"subject\":\"s\",\"owner\":\"o\","
                                  "\"until\":\"%s\"}," ENTRY(ID2, "o", "2027-01-01")),
                         cases[i].until)
                .p;
        struct baseline *b = good(text);
        if (has(b, ID1) == cases[i].ended || baseline_ended(b) != (size_t)cases[i].ended)
            fail_msg("until %s", cases[i].until);
        assert_true(has(b, ID2));
    }
}

/* Each refusal says which entry and field, or which line. */
static void test_rules_baseline__refuses(void **state)
{
    (void)state;
#define FIELDS(fields) BASELINE(ENTRY(ID1, "o", "2027-01-01") ",{" fields "}")
    static const struct {
        const char *text, *says;
    } cases[] = {
        {"", "line 1"},
        {"{\n\"sinetti_baseline\": 1,\n}", "line 3"},
        {"[]", "not an object"},
        {"{}", "\"sinetti_baseline\" is not 1"},
        {"{\"sinetti_baseline\": 2, \"entries\": []}", "\"sinetti_baseline\" is not 1"},
        {"{\"sinetti_baseline\": \"1\", \"entries\": []}", "\"sinetti_baseline\" is not 1"},
        {"{\"sinetti_baseline\": 1}", "\"entries\" is no list"},
        {"{\"sinetti_baseline\": 1, \"entries\": {}}", "\"entries\" is no list"},
        {"{\"sinetti_baseline\": 1, \"entries\": [], \"more\": 1}", "\"more\" is no field of a baseline"},
        {"{\"sinetti_baseline\": 1, \"sinetti_baseline\": 1, \"entries\": []}", "duplicate"},
        {BASELINE("7"), "entry 1: no object"},
        {FIELDS(""), "entry 2: \"id\" is missing"},
        {FIELDS("\"id\":7"), "entry 2: \"id\" is no text"},
        {FIELDS("\"id\":\" \""), "entry 2: \"id\" is empty"},
        {FIELDS("\"id\":\"" ID2 "\""), "entry 2: \"obligation\" is missing"},
        {FIELDS("\"id\":\"" ID2 "\",\"obligation\":\"t/p\""), "entry 2: \"subject\" is missing"},
        {FIELDS("\"id\":\"" ID2 "\",\"obligation\":\"t/p\",\"subject\":\"s\""), "entry 2: \"owner\" is missing"},
        {FIELDS("\"id\":\"" ID2 "\",\"obligation\":\"t/p\",\"subject\":\"s\",\"owner\":\"\""),
         "entry 2: \"owner\" is empty"},
        {FIELDS("\"id\":\"" ID2 "\",\"obligation\":\"t/p\",\"subject\":\"s\",\"owner\":\"o\""),
         "entry 2: \"until\" is missing"},
        {FIELDS("\"id\":\"" ID2 "\",\"note\":\"x\""), "entry 2: \"note\" is no field of an entry"},
        {FIELDS("\"\\u001b[2J\":1"), "entry 2: \"\\x1b[2J\" is no field of an entry"},
        {BASELINE(ENTRY("0123456789ABCDEF0123456789abcdef", "o", "2027-01-01")), "entry 1: \"id\" is not 32"},
        {BASELINE(ENTRY("0123456789abcdef0123456789abcde", "o", "2027-01-01")), "entry 1: \"id\" is not 32"},
        {BASELINE(ENTRY("0123456789abcdef0123456789abcdefa", "o", "2027-01-01")), "entry 1: \"id\" is not 32"},
        {BASELINE(ENTRY("0123456789abcdef0123456789abcdeg", "o", "2027-01-01")), "entry 1: \"id\" is not 32"},
        {BASELINE(ENTRY(ID1, "o", "2027-02-29")), "entry 1: \"until\" is no date"},
        {BASELINE(ENTRY(ID1, "o", "never")), "entry 1: \"until\" is no date"},
        {BASELINE(ENTRY(ID1, "a\\u001b[2Jb", "2027-01-01")), "entry 1: \"owner\" has characters"},
        {BASELINE(ENTRY(ID1, "a\\u202eb", "2027-01-01")), "entry 1: \"owner\" has characters"},
        {BASELINE(ENTRY(ID1, "a\\nb", "2027-01-01")), "entry 1: \"owner\" has characters"},
        {BASELINE("{\"id\":\"" ID1 "\",\"obligation\":\"t/p\",\"subject\":\"s\",\"owner\":\"o\","
                  "\"until\":\"2027-01-01\",\"reason\":\"a\\tb\"}"),
         "entry 1: \"reason\" has characters"},
        {BASELINE("{\"id\":\"" ID1 "\",\"obligation\":\"t/p\",\"subject\":\"s\",\"owner\":\"o\","
                  "\"until\":\"2027-01-01\",\"reason\":null}"),
         "entry 1: \"reason\" is no text"},
        {BASELINE(ENTRY(ID1, "o", "2027-01-01") "," ENTRY(ID2, "o", "2027-01-01") "," ENTRY(ID1, "p", "2028-01-01")),
         "two entries have the id " ID1},
        {BASELINE(ENTRY(ID1, "o", "2027-01-01")) "x", "line 1"},
    };
    struct baseline *b;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum rc rc = read_str(str_from(cases[i].text), &b);
        if (rc != E_INVALID) fail_msg("%s: %s", cases[i].text, rc_name(rc));
        if (!strstr(cx.message, cases[i].says) || !strstr(cx.message, file))
            fail_msg("%s: %s", cases[i].text, cx.message);
    }
    assert_int_equal(read_str(STR("{\"sinetti_baseline\": 1, \"entries\": []}\0"), &b), E_INVALID);
    assert_int_equal(read_str(STR("{\"sinetti_baseline\": 1, \"entries\": [\"\xff\"]}"), &b), E_INVALID);
}

static void test_rules_baseline__long_texts(void **state)
{
    (void)state;
    static const struct {
        int owner, subject;
        const char *says; /* NULL: fine */
    } cases[] = {{1000, 12000, NULL},
                 {1001, 10, "entry 1: \"owner\" is too long"},
                 {10, 20000, "entry 1: \"subject\" is too long"},
                 {20000, 10, "entry 1: \"owner\" is too long"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct baseline *b;
        struct str text = arena_printf(&cx.arena,
                                       BASELINE("{\"id\":\"" ID1 "\",\"obligation\":\"t/p\",\"subject\":\"%0*d\","
                                                "\"owner\":\"%0*d\",\"until\":\"2027-01-01\"}"),
                                       cases[i].subject, 1, cases[i].owner, 1);
        enum rc rc = read_str(text, &b);
        assert_int_equal(rc, cases[i].says ? E_INVALID : OK);
        if (cases[i].says) assert_non_null(strstr(cx.message, cases[i].says));
    }
}

static void test_rules_baseline__limits(void **state)
{
    (void)state;
    struct baseline *b;
    scoped_buf text;
    buf_init(&text, 0);
    buf_cstr(&text, "{\"sinetti_baseline\":1,\"entries\":[0");
    for (int i = 0; i < LIMIT_BASELINE_ENTRIES; i++) buf_cstr(&text, ",0");
    buf_cstr(&text, "]}");
    assert_int_equal(read_str(buf_view(&text), &b), E_LIMIT);
    assert_non_null(strstr(cx.message, "more than 100000 entries"));
    int fd = open(file, O_WRONLY);
    assert_true(fd >= 0 && ftruncate(fd, (off_t)LIMIT_BASELINE + 1) == 0);
    close(fd);
    assert_int_equal(baseline_read(&cx, file, NOW, &b), E_LIMIT);
}

static void test_rules_baseline__no_file(void **state)
{
    (void)state;
    struct baseline *b;
    assert_int_equal(baseline_read(&cx, file, NOW, &b), E_NOTFOUND);
    assert_int_equal(baseline_read(&cx, folder, NOW, &b), E_IO);
    assert_int_equal(mkfifo(file, 0600), 0); /* and it waits for nobody */
    assert_int_equal(baseline_read(&cx, file, NOW, &b), E_IO);
    assert_null(b);
}

/* Two points: the first with keys, the second with findings alone. */
static struct finding findings[] = {{.id = STR(ID3),
                                     .subject = STR("file:self/\xff"
                                                    "c")},
                                    {.id = STR(ID1), .subject = STR("file:self/a")}};
static struct finding_key keys[] = {{STR(ID2), STR("repo:self")}, {STR(ID2), STR("repo:self")}};
static struct catalog_obligation defs[] = {{.task = STR("t"), .key = STR("p2")}, {.task = STR("t"), .key = STR("p1")}};
static struct obligation_result points[] = {
    {.def = &defs[0], .findings = findings, .n_findings = 1, .keys = keys, .n_keys = 2},
    {.def = &defs[1], .findings = findings, .n_findings = 2}};
static struct task_result task = {.obligations = points, .n_obligations = 2};
static const struct assessment assessed = {.tasks = &task, .n_tasks = 1};

static const char *field(size_t entry, const char *name)
{
    json_error_t error;
    json_t *top = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
    if (!top) fail_msg("%s", error.text);
    json_t *v = json_object_get(json_array_get(json_object_get(top, "entries"), entry), name);
    const char *out = json_is_string(v) ? arena_cstr(&cx.arena, str_from(json_string_value(v))) : NULL;
    json_decref(top);
    return out;
}

static void test_rules_baseline__writes(void **state)
{
    (void)state;
    assert_int_equal(baseline_write(&cx, &assessed, NULL, STR("Team Ä"), NOW, file), OK);
    /* by obligation, then id; each id once */
    static const char *const ids[] = {ID1, ID3, ID2}, *const of[] = {"t/p1", "t/p1", "t/p2"},
                             *const subjects[] = {"file:self/a",
                                                  "file:self/\xef\xbf\xbd"
                                                  "c",
                                                  "repo:self"};
    for (size_t i = 0; i < 3; i++) {
        assert_string_equal(field(i, "id"), ids[i]);
        assert_string_equal(field(i, "obligation"), of[i]);
        assert_string_equal(field(i, "subject"), subjects[i]);
        assert_string_equal(field(i, "owner"), "Team Ä");
        assert_string_equal(field(i, "until"), "2026-11-24");
        assert_null(field(i, "reason"));
    }
    assert_null(field(3, "id"));
    struct baseline *b;
    assert_int_equal(baseline_read(&cx, file, NOW, &b), OK);
    assert_true(has(b, ID1) && has(b, ID2) && has(b, ID3));
    static const struct assessment none;
    findings[1].exception = EXCEPTION_WAIVED; /* what is excused needs no entry */
    assert_int_equal(baseline_write(&cx, &assessed, NULL, STR("o"), NOW, file), OK);
    findings[1].exception = EXCEPTION_NONE;
    assert_string_equal(field(0, "id"), ID3);
    assert_string_equal(field(1, "id"), ID2);
    assert_null(field(2, "id"));
    assert_int_equal(baseline_write(&cx, &none, NULL, STR("o"), NOW, file), OK);
    assert_int_equal(baseline_read(&cx, file, NOW, &b), OK);
}

/* Who has an entry keeps it, to its end; what has ended gets the new owner, but its reason stays. */
static void test_rules_baseline__writing_keeps(void **state)
{
    (void)state;
    struct baseline *old = good(BASELINE(
        "{\"id\":\"" ID1 "\",\"obligation\":\"x/y\",\"subject\":\"s\",\"owner\":\"first\","
        "\"until\":\"2026-12-24\",\"reason\":\"legacy\"},"
        "{\"id\":\"" ID2 "\",\"obligation\":\"x/y\",\"subject\":\"s\",\"owner\":\"second\","
        "\"until\":\"2026-01-01\",\"reason\":\"soon\"}," ENTRY("ffffffffffffffffffffffffffffffff", "o", "2027-01-01")));
    assert_int_equal(baseline_ended(old), 1);
    assert_int_equal(baseline_write(&cx, &assessed, old, STR("new"), NOW + 86400, file), OK);
    assert_string_equal(field(0, "owner"), "first");
    assert_string_equal(field(0, "until"), "2026-12-24");
    assert_string_equal(field(0, "reason"), "legacy");
    assert_string_equal(field(0, "obligation"), "t/p1"); /* what it is of is told anew */
    assert_string_equal(field(1, "owner"), "new");
    assert_null(field(1, "reason"));
    assert_string_equal(field(2, "owner"), "new");
    assert_string_equal(field(2, "until"), "2026-11-25");
    assert_string_equal(field(2, "reason"), "soon");
    assert_null(field(3, "id")); /* what is mended is no more */
}

/* What could not be read again is not written. */
static void test_rules_baseline__write_refuses(void **state)
{
    (void)state;
    static const char *const owners[] = {"", "  ", "a\nb", "a\x1b[2J", "\xe2\x80\xae", "\xff"};
    for (size_t i = 0; i < sizeof owners / sizeof *owners; i++) {
        if (baseline_write(&cx, &assessed, NULL, str_from(owners[i]), NOW, file) != E_INVALID)
            fail_msg("owner %zu is taken", i);
        assert_non_null(strstr(cx.message, "owner"));
    }
    static char much[1001];
    memset(much, 'o', sizeof much);
    assert_int_equal(baseline_write(&cx, &assessed, NULL, (struct str){much, 1001}, NOW, file), E_INVALID);
    assert_int_not_equal(access(file, F_OK), 0);
    assert_int_equal(baseline_write(&cx, &assessed, NULL, (struct str){much, 1000}, NOW, file), OK);
    struct obligation_result many = {.def = &defs[0], .keys = keys, .n_keys = LIMIT_BASELINE_ENTRIES + 1};
    struct task_result t = {.obligations = &many, .n_obligations = 1};
    struct assessment a = {.tasks = &t, .n_tasks = 1};
    assert_int_equal(baseline_write(&cx, &a, NULL, STR("o"), NOW, file), E_LIMIT);
    const char *nowhere = arena_printf(&cx.arena, "%s/none/baseline.json", folder).p;
    assert_int_equal(baseline_write(&cx, &assessed, NULL, STR("o"), NOW, nowhere), E_IO);
}

#define BASELINE_TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        BASELINE_TEST(test_rules_baseline__finds),         BASELINE_TEST(test_rules_baseline__ends),
        BASELINE_TEST(test_rules_baseline__refuses),       BASELINE_TEST(test_rules_baseline__long_texts),
        BASELINE_TEST(test_rules_baseline__limits),        BASELINE_TEST(test_rules_baseline__no_file),
        BASELINE_TEST(test_rules_baseline__writes),        BASELINE_TEST(test_rules_baseline__writing_keeps),
        BASELINE_TEST(test_rules_baseline__write_refuses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
