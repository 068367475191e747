/* Items of registers through their life, and every way to get something in force that nobody has approved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "../facts/facts_data.h"
#include "records/records.h"

#define CARL "person:cbcdefghij234567klmn"
#define OFFICER (1U << ROLE_SECURITY_OFFICER)
#define DEVELOPER (1U << ROLE_DEVELOPER)
#define CONTENT "{\"purpose\":\"Why\",\"applies_to\":\"All teams\",\"text\":\"We review.\"}"

static struct facts *f;
static struct log_reader *reader;

#define assert_str(s, text) assert_string_equal(arena_cstr(&cx.arena, (s)), (text))

static void add_role(const char *person, const char *role, const char *state)
{
    add(f, "role", person,
        arena_printf(&cx.arena, "{\"role\":\"%s\",\"scope\":\"org\",\"state\":\"%s\"}", role, state).p);
}

static int setup(void **state)
{
    int rc = facts_setup(state);
    if (rc) return rc;
    f = open_facts(catalog);
    add(f, "person", ANN, PERSON("ann"));
    add(f, "person", BEN, PERSON("ben"));
    add(f, "person", CARL, PERSON("carl"));
    add_role(BEN, "security_officer", "granted");
    add_role(CARL, "security_officer", "granted");
    return log_reader_open(&cx, folder, &reader);
}

static int teardown(void **state)
{
    log_reader_close(reader);
    facts_close(f);
    return facts_teardown(state);
}

static struct records_by by(const char *person, uint32_t roles)
{
    return (struct records_by){{str_from(person), STR(""), STR("person")}, roles};
}

static char told[2048];

static void tell(void *arg, const char *field, const char *text)
{
    size_t n = strlen(told);
    (void)arg;
    (void)snprintf(told + n, sizeof told - n, "%s: %s\n", field, text);
}

static enum rc put(const char *person, const char *kind, const char *content, struct records_answer *item, bool fresh)
{
    struct records_by who = by(person, DEVELOPER);
    struct records_draft d = {.kind = catalog_find_record(catalog, str_from(kind)),
                              .title = STR("How we work"),
                              .owner = STR(ANN),
                              .content = str_from(content)};
    struct str seen = fresh ? STR("") : arena_str(&cx.arena, (struct str){item->digest, 64});
    struct str subject = fresh ? STR("") : item->subject;
    told[0] = 0;
    return records_put(&cx, f, catalog, &who, &d, subject, seen, tell, NULL, item);
}

static enum rc step(const char *person, uint32_t roles, const char *name, struct records_answer *item)
{
    struct records_by who = by(person, roles);
    struct str seen = arena_str(&cx.arena, (struct str){item->digest, 64});
    told[0] = 0;
    return records_move(&cx, f, catalog, &who, item->subject, seen, str_from(name), STR("because"), tell, NULL, item);
}

static struct records_item get(const struct records_answer *item)
{
    struct records_item out;
    if (log_reader_refresh(&cx, reader) != OK) failed("%s", cx.message);
    if (records_get(&cx, log_reader_db(reader), catalog, item->subject, &out) != OK) failed("%s", cx.message);
    return out;
}

static void test_records_records__lives_from_draft_to_retirement(void **state)
{
    (void)state;
    struct records_answer a;
    assert_int_equal(put(ANN, "policy", CONTENT, &a, true), OK);
    assert_int_equal(a.number, 1);
    assert_int_equal(a.version, 1);
    assert_str(a.state, "draft");
    assert_int_equal(step(ANN, DEVELOPER, "submit", &a), OK);
    assert_int_equal(step(BEN, OFFICER, "approve", &a), OK);
    struct records_item item = get(&a);
    assert_str(item.state, "in_force");
    assert_int_equal(item.phase, PHASE_IN_FORCE);
    assert_true(item.approved);
    assert_true(item.review_due > 0);
    assert_int_equal(step(ANN, DEVELOPER, "retire", &a), OK); /* its owner */
    assert_int_equal(get(&a).phase, PHASE_CLOSED);
    assert_int_equal(put(ANN, "policy", "{}", &a, false), E_CONFLICT); /* not edited any more */
    assert_int_equal(put(ANN, "policy", CONTENT, &a, true), OK);
    assert_int_equal(a.number, 2);
}

static void test_records_records__what_is_left_open_is_not_approved(void **state)
{
    (void)state;
    struct records_answer a;
    assert_int_equal(
        put(ANN, "policy",
            "{\"purpose\":\"To [fill in: what for]\",\"applies_to\":\"All of [us]\",\"text\":\"- [ ] [fill in: \\n"
            "[täydennä: mitä] [a](b)\"}",
            &a, true),
        OK);
    assert_int_equal(step(ANN, DEVELOPER, "submit", &a), OK);
    assert_int_equal(step(BEN, OFFICER, "approve", &a), E_INVALID);
    assert_string_equal(told, "purpose: is to be filled in where \"[fill in: what for]\" stands\n"
                              "text: is to be filled in where \"[täydennä: mitä]\" stands\n");
    assert_int_equal(step(ANN, DEVELOPER, "retire", &a), OK); /* what is given up needs no more work */
}

/* Whatever is in the catalog can be begun, in every language, by who knows nothing yet. */
static void test_records_records__takes_every_ready_record(void **state)
{
    (void)state;
    assert_true(catalog->n_templates > 0);
    for (size_t i = 0; i < catalog->n_templates; i++)
        for (int l = 0; l < LANG_COUNT; l++) {
            const struct record_template *r = &catalog->templates[i];
            struct records_draft checked, d = {.kind = catalog_find_record(catalog, r->kind),
                                               .title = r->title[l],
                                               .owner = STR(ANN),
                                               .content = r->content[l],
                                               .shows = r->shows,
                                               .n_shows = r->n_shows};
            told[0] = 0;
            if (records_check(&cx, catalog, &d, tell, NULL, &checked) != OK)
                failed(STR_FMT "/" STR_FMT ": %s", STR_ARG(r->kind), STR_ARG(r->key), told);
        }
}

static void test_records_records__starts_all_or_none(void **state)
{
    (void)state;
    struct records_by who = by(ANN, DEVELOPER);
    struct records_answer a[2];
    struct records_draft d[2];
    const struct record_template *r = catalog_find_template(catalog, STR("definition_of_done"), STR("team"));
    assert_non_null(r);
    for (int i = 0; i < 2; i++)
        d[i] = (struct records_draft){.kind = catalog_find_record(catalog, r->kind),
                                      .title = r->title[i ? LANG_FI : LANG_EN],
                                      .owner = STR(ANN),
                                      .content = r->content[i ? LANG_FI : LANG_EN],
                                      .origin = STR("definition_of_done/team")};
    d[1].owner = STR("person:zzzzzzzzzzzzzzzzzzzz");
    assert_int_equal(records_start(&cx, f, catalog, &who, d, 2, a), E_INVALID);
    d[1].owner = STR(ANN);
    assert_int_equal(records_start(&cx, f, catalog, &who, d, 2, a), OK);
    assert_int_equal(a[0].number, 1); /* nothing was made before */
    assert_int_equal(a[1].number, 2);
    assert_str(get(&a[1]).origin, "definition_of_done/team");
    d[0].once = d[1].once = true;
    d[1].origin = STR("definition_of_done/other");
    assert_int_equal(records_start(&cx, f, catalog, &who, d, 2, a), OK);
    assert_int_equal(a[0].number, 0); /* left out: it was begun already */
    assert_int_equal(a[1].number, 3);
    assert_int_equal(put(ANN, "definition_of_done", "{\"team\":\"Ours\"}", &a[1], false), OK);
    assert_str(get(&a[1]).origin, "definition_of_done/other"); /* a new version is from there too */
}

static void test_records_records__approval_falls_with_an_edit(void **state)
{
    (void)state;
    struct records_answer a;
    assert_int_equal(put(ANN, "policy", CONTENT, &a, true), OK);
    assert_int_equal(step(ANN, DEVELOPER, "submit", &a), OK);
    assert_int_equal(step(BEN, OFFICER, "approve", &a), OK);
    struct records_answer edited = a;
    assert_int_equal(
        put(ANN, "policy", "{\"purpose\":\"Why\",\"applies_to\":\"All\",\"text\":\"We do not.\"}", &edited, false), OK);
    struct records_item item = get(&edited);
    assert_str(item.state, "draft");
    assert_false(item.approved);
    assert_int_equal(item.version, 2);
    /* who still looks at the first version approves nothing */
    assert_int_equal(step(CARL, OFFICER, "approve", &a), E_CONFLICT);
    assert_int_equal(put(BEN, "policy", CONTENT, &a, false), E_CONFLICT);
    assert_non_null(strstr(cx.message, "version 2"));
    assert_int_equal(
        put(ANN, "policy", "{\"purpose\":\"Why\",\"applies_to\":\"All\",\"text\":\"We do not.\"}", &edited, false),
        E_CONFLICT); /* nothing changed */
}

static void test_records_records__nobody_approves_their_own(void **state)
{
    (void)state;
    struct records_answer a;
    assert_int_equal(put(BEN, "policy", CONTENT, &a, true), OK);
    assert_int_equal(step(ANN, DEVELOPER, "submit", &a), OK);
    assert_int_equal(step(ANN, DEVELOPER, "approve", &a), E_DENIED); /* no role for it */
    assert_int_equal(step(BEN, OFFICER, "approve", &a), E_DENIED);   /* wrote it */
    /* another edits a word: both have written now */
    assert_int_equal(
        put(CARL, "policy", "{\"purpose\":\"Why\",\"applies_to\":\"X\",\"text\":\"We review.\"}", &a, false), OK);
    assert_int_equal(step(BEN, OFFICER, "approve", &a), E_DENIED);
    assert_int_equal(step(CARL, OFFICER, "approve", &a), E_DENIED);
    assert_str(get(&a).state, "in_review");
}

static void test_records_records__what_is_missing_is_told_before_a_move(void **state)
{
    (void)state;
    struct records_answer a;
    assert_int_equal(put(ANN, "policy", "{\"purpose\":\"Why\"}", &a, true), OK);
    assert_int_equal(step(ANN, DEVELOPER, "submit", &a), E_INVALID);
    assert_string_equal(told, "applies_to: is missing\ntext: is missing\n");
    assert_str(get(&a).state, "draft");
    assert_int_equal(step(BEN, OFFICER, "approve", &a), E_CONFLICT); /* from a draft */
    assert_int_equal(step(BEN, OFFICER, "fly", &a), E_NOTFOUND);
}

static void test_records_records__content_is_held_to_its_kind(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *content, *said;
    } rows[] = {
        {"policy", "{\"colour\":\"red\"}", "colour: is no field of this kind\n"},
        {"policy", "{\"purpose\":1}", "purpose: is not a text\n"},
        {"policy", "{\"purpose\":\"a\\nb\"}",
         "purpose: has line breaks or hidden characters: write one visible line\n"},
        {"policy", "{\"text\":\"\\u202e\"}", "text: has hidden characters: remove them\n"},
        {"policy", "{\"related\":\"x\"}", "related: is not a list\n"},
        {"policy", "{\"related\":[\"repo:abcdefghij234567klmn\"]}",
         "related[0]: does not lead to what this field may lead to\n"},
        {"metric", "{\"target\":\"1e3\"}", "target: is no decimal number like 12 or 12.5\n"},
        {"metric", "{\"direction\":\"up\"}", "direction: is none of the choices\n"},
        {"metric", "{\"cycle\":-1}", "cycle: is no number of days up to 36,500\n"},
        {"exception", "{\"until\":\"2026-13-01\"}", "until: is no date like 2026-06-30\n"},
        {"service", "{\"public\":\"yes\"}", "public: is neither true nor false\n"},
        {"service", "{\"endpoints\":[{\"address\":\"a\",\"port\":1}]}",
         "endpoints[0].port: is no column of the table\n"},
        {"service", "{\"endpoints\":[\"a\"]}", "endpoints[0]: is no row of the table\n"},
        {"training", "{\"people\":[\"org\"]}", "people[0]: is no person\n"},
        {"training", "{\"evidence\":[\"../../x\"]}", "evidence[0]: is no attachment\n"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct records_answer a;
        assert_int_equal(put(ANN, rows[i].kind, rows[i].content, &a, true), E_INVALID);
        assert_string_equal(told, rows[i].said);
    }
    struct records_answer a;
    assert_int_equal(put(ANN, "policy", "{\"purpose\":1.5}", &a, true), E_INVALID);
    assert_int_equal(put(ANN, "policy", "{\"purpose\":\"a\",\"purpose\":\"b\"}", &a, true), E_INVALID);
    assert_int_equal(put(ANN, "training", "{\"people\":[\"person:zzzzzzzzzz234567zzzz\"]}", &a, true), E_INVALID);
    assert_non_null(strstr(cx.message, "there is no person"));
}

static void test_records_records__shows_only_points_of_its_kind(void **state)
{
    (void)state;
    struct records_by who = by(ANN, DEVELOPER);
    const struct str good[] = {STR("source-code-management/code-access-controlled"),
                               STR("code-review-rules/rules-defined")};
    const struct str bad[] = {STR("appsec-metrics/metrics-documented")};
    told[0] = 0;
    struct records_draft d = {.kind = catalog_find_record(catalog, STR("policy")),
                              .title = STR("T"),
                              .owner = STR(""),
                              .content = STR(CONTENT),
                              .shows = good,
                              .n_shows = 2};
    struct records_answer a;
    assert_int_equal(records_put(&cx, f, catalog, &who, &d, STR(""), STR(""), tell, NULL, &a), OK);
    struct records_item item = get(&a);
    assert_int_equal(item.n_shows, 2);
    assert_str(item.shows[0], "code-review-rules/rules-defined"); /* in byte order */
    d.shows = bad;
    d.n_shows = 1;
    assert_int_equal(records_put(&cx, f, catalog, &who, &d, STR(""), STR(""), NULL, NULL, &a), E_INVALID);
    d.shows = (const struct str[]){good[0], good[0]};
    d.n_shows = 2;
    assert_int_equal(records_put(&cx, f, catalog, &who, &d, STR(""), STR(""), NULL, NULL, &a), E_INVALID);
}

static void test_records_records__review_starts_the_cycle_anew(void **state)
{
    (void)state;
    struct records_answer a;
    struct records_by ben = by(BEN, OFFICER), ann = by(ANN, DEVELOPER);
    assert_int_equal(put(ANN, "policy", CONTENT, &a, true), OK);
    assert_int_equal(step(ANN, DEVELOPER, "submit", &a), OK);
    struct str seen = arena_str(&cx.arena, (struct str){a.digest, 64});
    assert_int_equal(records_review(&cx, f, catalog, &ben, a.subject, seen, &a), E_CONFLICT); /* not in force */
    assert_int_equal(step(BEN, OFFICER, "approve", &a), OK);
    int64_t due = get(&a).review_due;
    for (int i = 0; i < 100; i++) { /* a clock that leaps is not believed */
        atomic_fetch_add(&test_time, DAY - 1000000);
        add(f, "note", "org", "{\"text\":\"time goes on\"}");
    }
    assert_int_equal(records_review(&cx, f, catalog, &ann, a.subject, seen, &a), E_DENIED);
    assert_int_equal(records_review(&cx, f, catalog, &ben, a.subject, seen, &a), OK);
    assert_true(get(&a).review_due >= due + 99 * 86400);
    assert_true(get(&a).approved);
}

static void test_records_records__acceptance_is_once_for_a_version(void **state)
{
    (void)state;
    struct records_answer a;
    struct records_by ann = by(ANN, DEVELOPER), machine = by("system", 0);
    assert_int_equal(put(BEN, "policy", CONTENT, &a, true), OK);
    struct str seen = arena_str(&cx.arena, (struct str){a.digest, 64});
    assert_int_equal(records_accept(&cx, f, catalog, &ann, a.subject, seen, &a), E_CONFLICT); /* not in force */
    assert_int_equal(step(ANN, DEVELOPER, "submit", &a), OK);
    assert_int_equal(step(CARL, OFFICER, "approve", &a), OK);
    assert_int_equal(records_accept(&cx, f, catalog, &machine, a.subject, seen, &a), E_DENIED);
    assert_int_equal(records_accept(&cx, f, catalog, &ann, a.subject, seen, &a), OK);
    assert_int_equal(records_accept(&cx, f, catalog, &ann, a.subject, seen, &a), OK);
    int64_t n;
    assert_int_equal(log_reader_refresh(&cx, reader), OK);
    assert_int_equal(
        store_get_int(&cx, log_reader_db(reader), "SELECT count(*) FROM fact_step WHERE step = 'acceptance'", &n), OK);
    assert_int_equal(n, 1);
}

static void test_records_records__data_copy_needs_owner_and_another_to_attest(void **state)
{
    (void)state;
    struct records_answer set, env, a;
    const uint32_t data_owner = 1U << ROLE_DATA_OWNER;
    assert_int_equal(put(ANN, "data_set", "{}", &set, true), OK);
    assert_int_equal(put(ANN, "environment", "{}", &env, true), OK);
    const char *content =
        arena_printf(&cx.arena,
                     "{\"data\":\"" STR_FMT "\",\"data_owner\":\"" BEN "\",\"environment\":\"" STR_FMT
                     "\",\"masking\":\"m\",\"purpose\":\"p\",\"risks\":\"r\",\"scope\":\"s\",\"until\":\"2026-12-01\","
                     "\"why_not_made\":\"w\"}",
                     STR_ARG(set.subject), STR_ARG(env.subject))
            .p;
    assert_int_equal(put(ANN, "data_copy", content, &a, true), OK);
    assert_int_equal(step(ANN, DEVELOPER, "ask", &a), OK);
    assert_int_equal(step(ANN, data_owner, "approve", &a), E_DENIED);            /* asked for it */
    assert_int_equal(step(CARL, OFFICER, "approve", &a), E_DENIED);              /* not the data's owner */
    assert_int_equal(step(CARL, OFFICER | data_owner, "approve", &a), E_DENIED); /* of some data, not of this */
    assert_int_equal(step(BEN, data_owner, "approve", &a), OK);
    assert_int_equal(put(ANN, "data_copy", "{}", &a, false), E_CONFLICT); /* what was approved stays */
    assert_int_equal(step(ANN, DEVELOPER, "remove", &a), OK);
    assert_int_equal(step(ANN, DEVELOPER, "attest", &a), E_DENIED); /* removed it */
    assert_int_equal(step(CARL, OFFICER, "attest", &a), OK);
    assert_str(get(&a).state, "destroyed");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(test_records_records__##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(lives_from_draft_to_retirement),
        T(what_is_left_open_is_not_approved),
        T(takes_every_ready_record),
        T(starts_all_or_none),
        T(approval_falls_with_an_edit),
        T(nobody_approves_their_own),
        T(what_is_missing_is_told_before_a_move),
        T(content_is_held_to_its_kind),
        T(shows_only_points_of_its_kind),
        T(review_starts_the_cycle_anew),
        T(acceptance_is_once_for_a_version),
        T(data_copy_needs_owner_and_another_to_attest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
