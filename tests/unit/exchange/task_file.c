/* Tasks from a file: what each cell may be, in both languages, and each fault at its own line. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

#include "../facts/facts_data.h"
#include "exchange/task_file.h"
#include "ledger/log_reader.h"

static struct facts *f;
static struct log_reader *reader;

static int setup(void **state)
{
    int rc = facts_setup(state);
    if (rc) return rc;
    f = open_facts(catalog);
    add(f, "person", ANN, PERSON("ann"));
    return log_reader_open(&cx, folder, &reader);
}

static int teardown(void **state)
{
    log_reader_close(reader);
    facts_close(f);
    return facts_teardown(state);
}

static json_t *told(const char *text)
{
    struct task_file *t;
    struct json j;
    scoped_buf b;
    FILE *file = tmpfile();
    assert_non_null(file);
    (void)fputs(text, file);
    rewind(file);
    if (task_file_read(&cx, catalog, fileno(file), STR("x.csv"), &t) != OK) failed("%s", cx.message);
    (void)fclose(file);
    if (task_file_compare(&cx, t, log_reader_db(reader)) != OK) failed("%s", cx.message);
    buf_init(&b, 0);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    task_file_report(t, LANG_EN, &j);
    json_end(&j, '}');
    json_t *r = json_loadb(b.p, b.n, 0, NULL);
    assert_non_null(r);
    return r;
}

static const struct {
    const char *text, *field, *after; /* of the one task that changes; field NULL: a fault is expected, `after` in it */
    int line;                         /* of the fault */
} cases[] = {
    {"name,status\ncode-review-rules,Fully done\n", "claim", "fully_done", 0},
    {"Tehtävän nimi;TILA\ncode-review-rules;PÄÄOSIN tehty\n", "claim", "mostly_done", 0},
    {"title\tdue date\ncode-review-rules\t1.2.2027\n", "due", "2027-02-01", 0},
    {"name,due\ncode-review-rules,2027-02-28\n", "due", "2027-02-28", 0},
    {"name,review cycle\ncode-review-rules,90\n", "review_days", "90", 0},
    {"name,prioriteetti\ncode-review-rules,Matala\n", "priority", "low", 0},
    {"name,kuvaus\ncode-review-rules,'=1+1\n", "description", "=1+1", 0},
    {"name,due\ncode-review-rules,2027-02-30\n", NULL, "is no day", 2},
    {"name,due\ncode-review-rules,02/03/2027\n", NULL, "is no day", 2},
    {"name,due\ncode-review-rules,31.13.2027\n", NULL, "is no day", 2},
    {"name,review_days\ncode-review-rules,-1\n", NULL, "is no number of days", 2},
    {"name,status\n\ncode-review-rules,great\n", NULL, "is no status", 3},
    {"name,priority\ncode-review-rules,P1\n", NULL, "is no priority", 2},
    {"name,task\ncode-review-rules,x\n", NULL, "two columns", 1},
    {"status\nFully done\n", NULL, "no column with the tasks' names", 1},
    {"name,due\ncode-review-rules\n", NULL, "another number of cells", 2},
    {"name\ncode-review-rules\nrelease-log\ncode-review-rules\n", NULL, "stands in line 2 too", 4},
    {"", NULL, "is empty", 1},
    {"name\n\"code\n", NULL, "", 2},
};

static void test_exchange_task_file__cells(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        json_t *r = told(cases[i].text), *fault = json_array_get(json_object_get(r, "faults"), 0);
        json_t *fields = json_object_get(json_array_get(json_object_get(r, "tasks"), 0), "fields");
        json_t *one = json_array_get(fields, 0);
        if (cases[i].field) {
            if (fault || json_array_size(fields) != 1) failed("case %zu: %s", i, json_dumps(r, 0));
            assert_string_equal(json_string_value(json_object_get(one, "field")), cases[i].field);
            assert_string_equal(json_string_value(json_object_get(one, "after")), cases[i].after);
        } else {
            if (!fault || !strstr(json_string_value(json_object_get(fault, "text")), cases[i].after))
                failed("case %zu: %s", i, json_dumps(r, 0));
            assert_int_equal(json_integer_value(json_object_get(fault, "line")), cases[i].line);
        }
        json_decref(r);
    }
}

/* What was computed here does not come back as what somebody has said. */
static void test_exchange_task_file__ours(void **state)
{
    (void)state;
    json_t *r =
        told("key,title,status,assurance,due\ncode-review-rules,Code-review-rules,fully_done,strong,2027-02-28\n");
    json_t *own = told("key,name,status,assurance,due\nx,code-review-rules,fully_done,strong,2027-02-28\n");
    json_t *theirs = told("name,status,assurance\ncode-review-rules,fully_done,strong\n");
    json_t *tasks = json_object_get(own, "tasks"), *one = json_object_get(json_array_get(tasks, 0), "fields");
    assert_int_equal(json_array_size(json_object_get(r, "faults")), 0);
    assert_int_equal(json_array_size(one), 1);
    assert_string_equal(json_string_value(json_object_get(json_array_get(one, 0), "field")), "due");
    assert_int_equal(json_integer_value(json_object_get(own, "claims")), 0);
    assert_int_equal(json_integer_value(json_object_get(theirs, "claims")), 1);
    json_decref(r);
    json_decref(own);
    json_decref(theirs);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test_setup_teardown(test_exchange_task_file__cells, setup, teardown),
                                       cmocka_unit_test_setup_teardown(test_exchange_task_file__ours, setup, teardown)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
