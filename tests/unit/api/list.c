/* Pages of lists: every item once, whatever it is sorted by; cursors that were changed; tables for spreadsheets. */
#include "unit.h"
#undef fail

#include "api_data.h"

/* Seven rows, some of them alike in what they are sorted by. */
/* clang-format off */
#define ROW(id, name, size, done)                                                                                      \
    "{\"id\":\"" id "\",\"name\":\"" name "\",\"size\":" size ",\"made\":86400,\"done\":" done ",\"tags\":[1,2]}"
#define ROWS                                                                                                           \
    "SELECT value ->> 'id' AS id, value ->> 'name' AS name, value ->> 'size' AS size, value ->> 'made' AS made, "      \
    "value ->> 'done' AS done, value -> 'tags' AS tags FROM json_each('["                                              \
    ROW("1", "b", "3", "1") ","                                                                                        \
    ROW("2", "a", "3", "0") ","                                                                                        \
    ROW("3", "=1+2", "1", "1") ","                                                                                     \
    ROW("4", "b", "-2", "0") ","                                                                                       \
    ROW("5", "c,\\\"d\\\"", "3", "1") ","                                                                              \
    ROW("6", "b", "10", "0") ","                                                                                       \
    ROW("7", "é", "0", "1")                                                                                            \
    "]') WHERE (:name IS NULL OR value ->> 'name' = :name)"
/* clang-format on */
#define FIRST(order, way)                                                                                              \
    "SELECT *, " order " AS _sort, id AS _key FROM (" ROWS ") ORDER BY " order " " way ", id " way " LIMIT :limit"
#define MORE(order, way, sign)                                                                                         \
    "SELECT *, " order " AS _sort, id AS _key FROM (" ROWS ") WHERE (" order ", id) " sign                             \
    " (:after_sort, :after_key) ORDER BY " order " " way ", id " way " LIMIT :limit"

static const struct api_order orders[] = {
    {"name", FIRST("name", "ASC"), MORE("name", "ASC", ">")},
    {"-name", FIRST("name", "DESC"), MORE("name", "DESC", "<")},
    {"size", FIRST("size", "ASC"), MORE("size", "ASC", ">")},
    {"-size", FIRST("size", "DESC"), MORE("size", "DESC", "<")},
};
static const struct api_column columns[] = {{"id", API_STRING},    {"name", API_STRING},  {"size", API_INTEGER},
                                            {"made", API_TIME},    {"done", API_BOOLEAN}, {"tags", API_JSON},
                                            {"absent", API_STRING}};
static struct api_list list = {"rows", false, false, orders, 4, "SELECT count(*) FROM (" ROWS ")", columns, 7};
static const struct api_parameter parameters[] = {
    {"name", false, false, API_STRING, 0, 40, {"", 0}, NULL, 0},
    {"limit", false, false, API_INTEGER, 1, 200, {"", 0}, NULL, 0},
    {"cursor", false, false, API_STRING, 1, 1024, {"", 0}, NULL, 0},
    {"sort", false, false, API_STRING, 1, 10, {"", 0}, NULL, 0},
    {"format", false, false, API_STRING, 1, 10, {"", 0}, NULL, 0},
};
static const struct api_answer answers[] = {{200, "application/json", NULL}};
static const struct api_operation op = {.id = "rows_list",
                                        .method = "GET",
                                        .path = "/api/v1/rows",
                                        .permission = API_PUBLIC,
                                        .scope = API_SCOPE_ORG,
                                        .parameters = parameters,
                                        .n_parameters = 5,
                                        .answers = answers,
                                        .n_answers = 1,
                                        .list = &list};

static struct databases *databases;
static struct pool *pool;

static int list_setup(void **state)
{
    if (api_setup(state)) return -1;
    const struct pool_options o = {folder, false, NULL, test_now};
    WELL(pool_open(&cx, &o, &pool));
    WELL(pool_take(&cx, pool, &databases));
    return 0;
}

/* The same with filters that are put in when they are given. */
static int given_setup(void **state)
{
    list.given = true;
    return list_setup(state);
}

static int list_teardown(void **state)
{
    list.given = false;
    pool_give(pool, databases);
    pool_close(pool);
    return api_teardown(state);
}

struct wish {
    const char *name, *limit, *cursor, *sort, *format;
};

/* The page; *body until the next call. */
static enum rc page(struct wish w, const char **body)
{
    static struct http_response r;
    static char text[1 << 14];
    const char *const given[] = {w.name, w.limit, w.cursor, w.sort, w.format};
    const struct http_request request = {.method = STR("GET"), .path = STR("/api/v1/rows")};
    struct api_call *call = arena_new(&cx.arena, struct api_call);
    http_response_init(&r);
    *call = (struct api_call){.api = web,
                              .op = &op,
                              .request = &request,
                              .answer = &r,
                              .everywhere = true,
                              .ledger = databases->ledger,
                              .databases = databases};
    for (size_t i = 0; i < 5; i++) call->values[i] = str_from(given[i]);
    json_init(&call->out, &r.body, false);
    enum rc rc = api_list_run(&cx, call);
    snprintf(text, sizeof text, STR_FMT, STR_ARG(buf_view(&r.body)));
    *body = text;
    http_response_release(&r);
    return rc;
}

static json_t *page_json(struct wish w)
{
    const char *text;
    json_error_t error;
    if (page(w, &text) != OK) failed("%s", cx.message);
    json_t *out = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!out) failed("%s: %s", error.text, text);
    return out;
}

static void test_api_list__every_item_once(void **state)
{
    (void)state;
    static const char *const wanted[] = {"3 2 1 4 6 5 7", "7 5 6 4 1 2 3", "4 7 3 1 2 5 6", "6 5 2 1 3 7 4"};
    static const char *const limits[] = {"1", "2", "3", "6", "7", "8", "200"};
    for (size_t o = 0; o < 4; o++)
        for (size_t l = 0; l < sizeof limits / sizeof *limits; l++) {
            char got[64] = "", cursor[2000] = "";
            for (int pages = 0; pages < 10; pages++) {
                json_t *p = page_json((struct wish){NULL, limits[l], cursor[0] ? cursor : NULL, orders[o].name, NULL});
                size_t i;
                json_t *one;
                assert_int_equal(json_integer_value(json_object_get(p, "total")), 7);
                json_array_foreach(json_object_get(p, "items"), i, one)
                {
                    if (got[0]) strcat(got, " ");
                    strcat(got, json_string_value(json_object_get(one, "id")));
                }
                const char *next = json_string_value(json_object_get(p, "next"));
                snprintf(cursor, sizeof cursor, "%s", next ? next : "");
                json_decref(p);
                if (!cursor[0]) break;
            }
            assert_string_equal(got, wanted[o]);
        }
}

static void test_api_list__types(void **state)
{
    (void)state;
    const char *text;
    assert_int_equal(page((struct wish){"c,\"d\"", NULL, NULL, NULL, NULL}, &text), OK);
    assert_string_equal(
        text, "{\"items\":[{\"id\":\"5\",\"name\":\"c,\\\"d\\\"\",\"size\":3,\"made\":\"1970-01-02T00:00:00Z\","
              "\"done\":true,\"tags\":[1,2]}],\"next\":null,\"total\":1}");
    assert_int_equal(page((struct wish){"nobody", NULL, NULL, NULL, NULL}, &text), OK);
    assert_string_equal(text, "{\"items\":[],\"next\":null,\"total\":0}");
}

static void test_api_list__cursors(void **state)
{
    (void)state;
    const char *text;
    json_t *p = page_json((struct wish){NULL, "2", NULL, "name", NULL});
    const char *good = json_string_value(json_object_get(p, "next"));
    char bad[2000];
    assert_int_equal(page((struct wish){NULL, "5", good, "name", NULL}, &text), OK);
    /* of another order, or other filters */
    assert_int_equal(page((struct wish){NULL, "2", good, "size", NULL}, &text), E_INVALID);
    assert_int_equal(page((struct wish){"b", "2", good, "name", NULL}, &text), E_INVALID);
    assert_int_equal(page((struct wish){"", "2", good, "name", NULL}, &text), E_INVALID);
    for (size_t i = 0; i < strlen(good); i++) {
        snprintf(bad, sizeof bad, "%s", good);
        bad[i] = bad[i] == 'A' ? 'B' : 'A';
        assert_int_equal(page((struct wish){NULL, "2", bad, "name", NULL}, &text), E_INVALID);
        bad[i] = 0;
        assert_int_equal(page((struct wish){NULL, "2", bad, "name", NULL}, &text), E_INVALID);
    }
    json_decref(p);
}

static void test_api_list__csv(void **state)
{
    (void)state;
    const char *text;
    assert_int_equal(page((struct wish){NULL, NULL, NULL, "name", "csv"}, &text), OK);
    assert_string_equal(text, "id,name,size,made,done,tags,absent\r\n"
                              "3,\"'=1+2\",1,1970-01-02T00:00:00Z,true,\"[1,2]\",\r\n"
                              "2,a,3,1970-01-02T00:00:00Z,false,\"[1,2]\",\r\n"
                              "1,b,3,1970-01-02T00:00:00Z,true,\"[1,2]\",\r\n"
                              "4,b,-2,1970-01-02T00:00:00Z,false,\"[1,2]\",\r\n"
                              "6,b,10,1970-01-02T00:00:00Z,false,\"[1,2]\",\r\n"
                              "5,\"c,\"\"d\"\"\",3,1970-01-02T00:00:00Z,true,\"[1,2]\",\r\n"
                              "7,é,0,1970-01-02T00:00:00Z,true,\"[1,2]\",\r\n");
}

/* Of every list of the API: its statements prepare, and give the columns its items are documented with. */
static void test_api_list__of_the_api(void **state)
{
    (void)state;
    for (size_t i = 0; i < api_operations_n; i++) {
        const struct api_list *l = api_operations[i].list;
        for (size_t o = 0; l && !l->derived && o < l->n_orders; o++) {
            sqlite3_stmt *st;
            WELL(pool_statement(&cx, databases, databases->ledger, l->orders[o].first, &st));
            for (size_t c = 0; c < l->n_columns; c++) {
                bool found = false;
                for (int k = 0; k < sqlite3_column_count(st); k++)
                    found = found || !strcmp(sqlite3_column_name(st, k), l->columns[c].name);
                if (!found) failed("%s: no column is called %s", l->name, l->columns[c].name);
            }
            WELL(pool_statement(&cx, databases, databases->ledger, l->orders[o].more, &st));
        }
    }
}

#define CASE(name) cmocka_unit_test_setup_teardown(test_api_list__##name, list_setup, list_teardown)
#define GIVEN(name) cmocka_unit_test_setup_teardown(test_api_list__##name, given_setup, list_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(every_item_once),  CASE(types),  CASE(cursors),  CASE(csv), CASE(of_the_api),
        GIVEN(every_item_once), GIVEN(types), GIVEN(cursors), GIVEN(csv)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
