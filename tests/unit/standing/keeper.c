/* What registers come to is kept up to date by and by, and is then what it would be made from nothing. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "../facts/facts_data.h"
#include "base/time.h"
#include "records/records.h"
#include "standing/standing.h"
#include "store/store.h"

#define MOST 12
#define OWNER (1U << ROLE_DATA_OWNER | 1U << ROLE_SECURITY_OFFICER | 1U << ROLE_DEVELOPMENT_MANAGER)
#define DEVELOPER (1U << ROLE_DEVELOPER)

static struct facts *f;
static struct keeper *k;
static int64_t now;

static int setup(void **state)
{
    int rc = facts_setup(state);
    if (rc) return rc;
    const struct facts_options fo = {.now = test_clock, .start = test_machine_start, .clock_is_right = true};
    if (facts_open(&cx, folder, catalog, &fo, &f) != OK) return -1;
    add(f, "person", ANN, PERSON("ann"));
    add(f, "person", BEN, PERSON("ben"));
    static const char *const roles[] = {"data_owner", "security_officer", "development_manager"};
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        add(f, "role", BEN,
            arena_printf(&cx.arena, "{\"role\":\"%s\",\"scope\":\"org\",\"state\":\"granted\"}", roles[i]).p);
    const struct keeper_options o = {.catalog = catalog};
    now = 1767225600 + 3 * DAY_SECONDS; /* the facts' clock follows */
    return keeper_open(&cx, folder, &o, &k) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    keeper_close(k);
    facts_close(f);
    return facts_teardown(state);
}

/* --- registers to which anything happens */

static struct str data_set, environment;

struct item {
    struct records_answer a;
    const char *kind;
};
static struct item items[MOST];
static size_t n_items;

static const char *content(const char *kind)
{
    char date[32];
    time_format_date(now + (rand() % 100 - 20) * DAY_SECONDS, date);
    if (!strcmp(kind, "policy"))
        return arena_printf(&cx.arena, "{\"purpose\":\"Why %d\",\"applies_to\":\"All\",\"text\":\"We.\"}", rand()).p;
    return arena_printf(&cx.arena,
                        "{\"data\":\"" STR_FMT "\",\"data_owner\":\"" BEN "\",\"environment\":\"" STR_FMT
                        "\",\"until\":\"%s\","
                        "\"scope\":\"%d\",\"purpose\":\"p\",\"why_not_made\":\"w\",\"risks\":\"r\",\"masking\":\"m\"}",
                        STR_ARG(data_set), STR_ARG(environment), date, rand())
        .p;
}

static void write_item(struct item *i, bool fresh)
{
    struct records_by who = {{STR(ANN), STR(""), STR("person")}, DEVELOPER};
    struct str shows = STR("production-data-safeguards/copy-removed");
    struct records_draft d = {.kind = catalog_find_record(catalog, str_from(i->kind)),
                              .title = STR("An item"),
                              .owner = STR(ANN),
                              .content = str_from(content(i->kind)),
                              .shows = &shows,
                              .n_shows = !strcmp(i->kind, "data_copy") && rand() % 2};
    struct str seen = fresh ? STR("") : arena_str(&cx.arena, str_from(i->a.digest));
    (void)(records_put(&cx, f, catalog, &who, &d, fresh ? STR("") : i->a.subject, seen, NULL, NULL, &i->a) == OK);
}

static void move(struct item *i)
{
    static const char *const names[] = {"ask", "approve", "remove", "attest", "refuse", "submit", "retire", "return"};
    const bool ben = rand() % 2;
    struct records_by who = {{ben ? STR(BEN) : STR(ANN), STR(""), STR("person")}, ben ? OWNER : DEVELOPER};
    struct records_answer out;
    for (size_t n = 0, at = (size_t)rand(); n < sizeof names / sizeof *names; n++)
        if (records_move(&cx, f, catalog, &who, i->a.subject, arena_str(&cx.arena, str_from(i->a.digest)),
                         str_from(names[(at + n) % (sizeof names / sizeof *names)]), STR("why"), NULL, NULL,
                         &out) == OK)
            return;
}

static struct str linked(const char *kind)
{
    struct records_by who = {{STR(ANN), STR(""), STR("person")}, DEVELOPER};
    struct records_answer a;
    struct records_draft d = {.kind = catalog_find_record(catalog, str_from(kind)),
                              .title = STR("A thing"),
                              .owner = STR(ANN),
                              .content = STR("{}")};
    if (records_put(&cx, f, catalog, &who, &d, STR(""), STR(""), NULL, NULL, &a) != OK) failed("%s", cx.message);
    return a.subject;
}

static void begin(void)
{
    data_set = linked("data_set");
    environment = linked("environment");
    n_items = 0;
}

static void happen(void)
{
    atomic_store(&test_time, now * 1000000);
    switch (rand() % 6) {
    case 0:
        if (n_items < MOST) {
            items[n_items].kind = rand() % 4 ? "data_copy" : "policy";
            write_item(&items[n_items++], true);
        }
        break;
    case 1:
        if (n_items) write_item(&items[(size_t)rand() % n_items], false);
        break;
    case 2:
        add(f, "note", "org", "{\"text\":\"nothing of this concerns it\"}");
        break;
    default:
        if (n_items) move(&items[(size_t)rand() % n_items]);
        break;
    }
}

/* --- all of derived.db as text */

static void dump_table(sqlite3 *db, const char *table, struct buf *out)
{
    scoped_stmt *st = NULL;
    const char *columns = strcmp(table, "refreshed") ? "*" : "facts, last_fact, catalog, preset";
    struct str sql = arena_printf(&cx.arena, "SELECT %s FROM %s ORDER BY 1, 2, 3, 4", columns, table);
    assert_int_equal(store_prepare(&cx, db, sql, &st), OK);
    buf_printf(out, "== %s\n", table);
    for (bool row;;) {
        assert_int_equal(store_step(&cx, st, &row), OK);
        if (!row) return;
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            buf_str(out, store_column_str(st, i));
            buf_char(out, i + 1 < sqlite3_column_count(st) ? '|' : '\n');
        }
    }
}

static struct str dump(void)
{
    static const char *const tables[] = {"refreshed",          "point",      "task",    "day",
                                         "organization_point", "item_shows", "finding", "example"};
    sqlite3 *db;
    scoped_buf out;
    buf_init(&out, 0);
    assert_int_equal(store_open_file(&cx, arena_printf(&cx.arena, "%s/derived.db", folder).p, STORE_READ, &db), OK);
    for (size_t i = 0; i < sizeof tables / sizeof *tables; i++) dump_table(db, tables[i], &out);
    store_close(db);
    return arena_str(&cx.arena, buf_view(&out));
}

static void refresh(bool anew, struct refreshed *r)
{
    if ((anew ? keeper_rebuild(&cx, k, now, r) : keeper_refresh(&cx, k, now, r)) != OK) failed("%s", cx.message);
}

static void test_standing_keeper__by_and_by_is_from_nothing(void **state)
{
    (void)state;
    struct refreshed r;
    size_t partly = 0, seen = 0;
    begin();
    for (unsigned seed = 1; seed <= 3; seed++) {
        srand(seed);
        for (int step = 0; step < 60; step++) {
            for (int i = rand() % 3; i >= 0; i--) happen();
            static const int64_t later[] = {0, 0, 1, 700, 4000, 86400, 5 * 86400};
            now += later[(size_t)rand() % (sizeof later / sizeof *later)];
            refresh(false, &r);
            partly += !r.whole;
            if (rand() % 3) continue;
            struct str by_and_by = dump();
            seen += str_has(by_and_by, STR("org|")) && str_has(by_and_by, STR("record:data_copy/"));
            refresh(true, &r);
            struct str anew = dump();
            if (!str_eq(by_and_by, anew))
                failed("seed %u, step %d:\n" STR_FMT "\n--- anew\n" STR_FMT, seed, step, STR_ARG(by_and_by),
                       STR_ARG(anew));
        }
    }
    assert_true(partly > 20 && seen > 5); /* it was about something */
}

static int64_t number(const char *sql)
{
    sqlite3 *db;
    int64_t n;
    assert_int_equal(store_open_file(&cx, arena_printf(&cx.arena, "%s/derived.db", folder).p, STORE_READ, &db), OK);
    assert_int_equal(store_get_int(&cx, db, sql, &n), OK);
    store_close(db);
    return n;
}

/* An append asks only the rules that read its kind; time moves the others. */
static void test_standing_keeper__what_an_append_touches(void **state)
{
    (void)state;
    struct refreshed r;
    struct item copy = {.kind = "data_copy"}, policy = {.kind = "policy"};
    begin();
    refresh(false, &r);
    write_item(&policy, true);
    refresh(false, &r);
    assert_int_equal(r.scopes, 0);
    write_item(&copy, true);
    refresh(false, &r);
    assert_int_equal(r.scopes, 0); /* a draft is nothing yet */
    assert_false(r.whole);
    assert_int_equal(number("SELECT count(*) FROM organization_point"), number("SELECT count(*) FROM organization_point"
                                                                               " WHERE verdict = 'no_evidence'"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        TEST(test_standing_keeper__by_and_by_is_from_nothing),
        TEST(test_standing_keeper__what_an_append_touches),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
