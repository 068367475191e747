/* People from CSV: all or none, every fault with its line, whatever the file is like. */
#include "identity_data.h"

#include "identity/import.h"

#include "unit.h"

static struct import_result of(const char *text, bool dry)
{
    struct import_result r;
    WELL(identity_import(&cx, the, &operator_, str_from(text), dry, &r));
    return r;
}

static const char *people(void)
{
    return rows("SELECT name FROM fact_person ORDER BY name");
}

static void test_identity_import__forms(void **state)
{
    (void)state;
    struct import_result r = of(
        "\xef\xbb\xbf"
        "Name,ADDRESS\r\n\"Virta, Anna\",\"a@example.org; b@example.org\"\r\n\r\n\"Ben \"\"Benny\"\" K\",c@example.org",
        false);
    if (r.all_faults) failed("line %d: " STR_FMT, (int)r.faults[0].line, STR_ARG(r.faults[0].text));
    assert_int_equal(r.people, 2);
    assert_string_equal(people(), "Ben \"Benny\" K\nVirta, Anna\n");
    assert_string_equal(rows("SELECT count(*) FROM fact_person_addresses"), "3\n");
    uint64_t size = sound_log();
    r = of("address,name,until,role\nd@example.org,Cai,2030-01-01,partner\ne@example.org,Dora,,developer\n", true);
    assert_true(r.people == 2 && r.roles == 2 && r.all_faults == 0);
    assert_int_equal(sound_log(), size); /* dry */
    r = of("address,name,until,role\nd@example.org,Cai,2030-01-01,partner\ne@example.org,Dora,,developer\n", false);
    assert_int_equal(sound_log(), size + 4);
    assert_string_equal(rows("SELECT role, until FROM fact_role ORDER BY role"), "developer|\npartner|1893456000\n");
}

static void test_identity_import__faults(void **state)
{
    (void)state;
    person_made("Anna", "anna@example.org");
    static const struct {
        const char *text;
        int64_t line;
        const char *field, *said;
    } bad[] = {
        {"", 1, "", "first line"},
        {"name\nX\n", 1, "", "first line"},
        {"name,address,mood\n", 1, "", "mood"},
        {"name,name,address\n", 1, "", "each once"},
        {"name,address\n", 1, "", "nobody"},
        {"name,address\nBen\n", 2, "", "1 fields, and 2"},
        {"name,address\nBen,b@example.org,x\n", 2, "", "3 fields"},
        {"name,address\n\"Ben,b@example.org\n", 2, "", "quote"},
        {"name,address\n\"Ben\"x,b@example.org\n", 2, "", "quote"},
        {"name,address\nBen,\n", 2, "address", "empty"},
        {"name,address\nBen,b@\n", 2, "address", "like name@example.org"},
        {"name,address\nB\x01n,b@example.org\n", 2, "name", "control"},
        {"name,address\nANNA,b@example.org\n", 2, "name", "taken for"},
        {"name,address\nBen,Anna@example.org\n", 2, "address", "taken for"},
        {"name,address\nBen,b@example.org\nBEN,c@example.org\n", 3, "name", "taken for"},
        {"name,address\n\"Ben\nB\",b@example.org\nCai,c\n", 4, "address", "like name"},
        {"name,address,role\nBen,b@example.org,admin\n", 2, "role", "two people"},
        {"name,address,role\nBen,b@example.org,boss\n", 2, "role", "no role"},
        {"name,address,role\nBen,b@example.org,auditor\n", 2, "role", "end"},
        {"name,address,role,until\nBen,b@example.org,auditor,soon\n", 2, "until", "date"},
        {"name,address,role,until\nBen,b@example.org,auditor,2020-01-01\n", 2, "role", "past"},
        {"name,address,role,until\nBen,b@example.org,,2030-01-01\n", 2, "until", "no role"},
        {"name,address\nB\xff,b@example.org\n", 0, "", "UTF-8"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct import_result r = of(bad[i].text, false);
        bool found = false;
        for (size_t k = 0; k < r.n_faults; k++)
            found |= r.faults[k].line == bad[i].line && str_eq(r.faults[k].field, str_from(bad[i].field)) &&
                     str_has(r.faults[k].text, str_from(bad[i].said));
        if (!found)
            failed("%zu: %d faults; the first on line %d, " STR_FMT ": " STR_FMT, i, (int)r.all_faults,
                   r.n_faults ? (int)r.faults[0].line : -1, STR_ARG(r.n_faults ? r.faults[0].field : STR_NONE),
                   STR_ARG(r.n_faults ? r.faults[0].text : STR_NONE));
        assert_int_equal(r.people, 0);
    }
    assert_string_equal(people(), "Anna\n");
}

static void test_identity_import__limits(void **state)
{
    (void)state;
    struct import_result r;
    scoped_buf many;
    buf_init(&many, 0);
    buf_cstr(&many, "name,address\n");
    for (int i = 0; i <= IMPORT_LINES; i++) buf_printf(&many, "x,y%d\n", i);
    REFUSED(identity_import(&cx, the, &operator_, buf_view(&many), false, &r), E_LIMIT, "in parts");
    buf_clear(&many);
    for (size_t i = 0; i < IMPORT_BYTES + 1; i++) buf_char(&many, ',');
    REFUSED(identity_import(&cx, the, &operator_, buf_view(&many), false, &r), E_LIMIT, "in parts");
    buf_clear(&many);
    buf_cstr(&many, "name,address\n");
    for (int i = 0; i < 1000; i++) buf_cstr(&many, "Same,same\n");
    WELL(identity_import(&cx, the, &operator_, buf_view(&many), false, &r));
    assert_true(r.n_faults == IMPORT_FAULTS && r.all_faults > 1000);
}

/* Every cut of a good file, and each byte of it changed: an answer, and never half of it. */
static void test_identity_import__damaged(void **state)
{
    (void)state;
    static const char good[] = "name,address,role\n\"A, B\",a@example.org,developer\nCai,\"c@example.org\",\n";
    uint64_t size = sound_log();
    for (size_t i = 0; i < sizeof good - 1; i++) {
        char text[sizeof good];
        struct import_result r;
        WELL(identity_import(&cx, the, &operator_, (struct str){good, i}, true, &r));
        for (int k = 0; k < 4; k++) {
            memcpy(text, good, sizeof good);
            text[i] = "\",\n\0"[k];
            WELL(identity_import(&cx, the, &operator_, (struct str){text, sizeof good - 1}, true, &r));
        }
    }
    assert_int_equal(sound_log(), size);
}

#define WITH(f) cmocka_unit_test_setup_teardown(f, identity_setup, identity_teardown)
int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_identity_import__forms),
        WITH(test_identity_import__faults),
        WITH(test_identity_import__limits),
        WITH(test_identity_import__damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
