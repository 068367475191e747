/* Libraries of others: what is refused, each fault at its line; and that nothing of the catalog changes by one. */
#include <jansson.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "../facts/facts_data.h"
#include "catalog/library.h"
#include "exchange/shelf_import.h"

static struct facts *f;
static struct log_reader *reader;

#define HEAD "urn: urn:example:risk:library:house\nref_id: House\nname: House rules\nversion: "
#define REST                                                                                                           \
    "\nprovider: example\nobjects:\n  framework:\n    urn: urn:example:risk:framework:house\n    ref_id: "             \
    "house-rules\n"                                                                                                    \
    "    name: House rules\n    requirement_nodes:\n"
#define NODE(id, more)                                                                                                 \
    "    - {urn: 'urn:example:risk:req_node:house:" id "', assessable: true, ref_id: '" id "'" more "}\n"
#define HOUSE HEAD "2" REST NODE("a.1", ", name: Doors <b>are</b> locked") NODE("a.2", ", name: Keys")
#define SETS                                                                                                           \
    "urn: urn:example:risk:library:map\nref_id: map\nname: Map\nversion: 1\nobjects:\n  requirement_mapping_sets:\n"   \
    "  - urn: urn:example:risk:req_mapping_set:map\n    source_framework_urn: " ISO "\n    target_framework_urn: "
#define ISO "urn:intuitem:risk:framework:iso27001-2022"
#define CSF "urn:intuitem:risk:framework:nist-csf-2.0"
#define PAIR(relation)                                                                                                 \
    "    - {source_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.7.1', target_requirement_urn: "        \
    "'urn:intuitem:risk:req_node:nist-csf-2.0:pr.ps-06', relationship: " relation "}\n"
#define ASVS "chapter_id,chapter_name,section_id,section_name,req_id,req_description,L\n"

static int setup(void **state)
{
    int rc = facts_setup(state);
    if (rc) return rc;
    f = open_facts(catalog);
    return log_reader_open(&cx, folder, &reader);
}

static int teardown(void **state)
{
    log_reader_close(reader);
    facts_close(f);
    return facts_teardown(state);
}

static struct shelf_import *looked_at(struct str text)
{
    struct shelf_import *i;
    if (log_reader_refresh(&cx, reader) != OK) failed("%s", cx.message);
    if (shelf_import_read(&cx, log_reader_db(reader), NULL, catalog, text, &i) != OK) failed("%s", cx.message);
    return i;
}

static json_t *told(struct str text)
{
    struct json j;
    scoped_buf b;
    buf_init(&b, 0);
    json_init(&j, &b, false);
    struct shelf_import *i = looked_at(text);
    shelf_import_report(i, &j);
    shelf_import_close(i);
    json_t *r = json_loadb(b.p, b.n, 0, NULL);
    assert_non_null(r);
    return r;
}

static void taken(const char *text)
{
    static int times;
    const struct records_by by = {.actor = {STR(ANN), STR(""), STR("person")}};
    char key[16];
    (void)snprintf(key, sizeof key, "%d", times++);
    struct shelf_import *i = looked_at(str_from(text));
    if (shelf_import_apply(&cx, i, f, &by, str_from(key)) != OK) failed("%s", cx.message);
    shelf_import_close(i);
}

static struct catalog *shelf(void)
{
    struct catalog *c;
    struct shelf_told *all;
    size_t n;
    scoped_buf image;
    buf_init(&image, 0);
    if (log_reader_refresh(&cx, reader) != OK) failed("%s", cx.message);
    if (shelf_make(&cx, log_reader_db(reader), catalog, NULL, STR(""), &image, &all, &n) != OK ||
        catalog_open_beside(&cx, catalog, buf_view(&image), &c) != OK)
        failed("%s", cx.message);
    return c;
}

static const struct {
    const char *text, *words; /* words: of the first fault */
    int line;
} wrong[] = {
    {"", "the file is empty", 0},
    {"\xff\xfe", "the file is not UTF-8 text", 0},
    {"a: b\n", "the file is no library", 0},
    {"{\"a\": 1}", "this JSON is no ASVS", 0},
    {"{\"a\": 1, \"a\": 2}", "duplicate", 1},
    {HEAD "one" REST NODE("a.1", ""), "the library's version is no whole number", 1},
    {HEAD "1" REST "    - {assessable: true}\n", "a requirement has no urn", 12},
    {"urn: javascript:alert(1)\nname: x\nversion: 1\nobjects:\n  framework:\n    ref_id: x\n    name: x\n"
     "    requirement_nodes:\n" NODE("a.1", ""),
     "this is no urn: javascript:alert(1)", 1},
    {"urn: 'urn:a:<b>'\nname: x\nversion: 1\nobjects:\n  framework:\n    ref_id: x\n    name: x\n"
     "    requirement_nodes:\n" NODE("a.1", ""),
     "this is no urn", 1},
    {HEAD "1\nname: Twice" REST NODE("a.1", ""), "name", 5},
    {HEAD "1\nprovider: [x" REST NODE("a.1", ""), "", -1},
    {HOUSE "  - [", "", -1},
    {"a: &a [x,x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b,*b]\n"
     "d: &d [*c,*c,*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d,*d,*d]\n"
     "f: &f [*e,*e,*e,*e,*e,*e,*e,*e,*e,*e]\nobjects: [*f,*f,*f,*f,*f,*f,*f,*f,*f,*f]\n",
     "", -1},
    {SETS CSF "\n    requirement_mappings:\n" PAIR("cousin"), "the relationship \"cousin\" is not known", 11},
    {SETS CSF "\n    requirement_mappings:\n" PAIR("equal") PAIR("subset"), "the pair stands in line 11 too, as equal",
     12},
    {ASVS "V1,a,V1.1,b,,c,1\n", "chapter_id, section_id and req_id are expected", 2},
    {ASVS "V1,a,V1.1,b,V1.1.1,c,1\nV1,a,V1.1,b,V1.1.1,c,1\n", "V1.1.1 stands here twice", 3},
    {ASVS "V1,\"a\n", "", -1},
};

static void test_exchange_shelf__refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        json_t *r = told(str_from(wrong[i].text)), *fault = json_array_get(json_object_get(r, "faults"), 0);
        if (!fault || !strstr(json_string_value(json_object_get(fault, "text")), wrong[i].words))
            failed("case %zu: %s", i, json_dumps(r, 0));
        if (wrong[i].line >= 0) assert_int_equal(json_integer_value(json_object_get(fault, "line")), wrong[i].line);
        json_decref(r);
    }
}

/* Twenty thousand requirements of one id are told apart in no time; one more is too many. */
static void test_exchange_shelf__very_many(void **state)
{
    (void)state;
    scoped_buf b;
    buf_init(&b, 0);
    buf_cstr(&b, HEAD "1" REST);
    for (int i = 0; i < 20001; i++) buf_printf(&b, "    - {urn: 'urn:e:%d', assessable: true, ref_id: X}\n", i);
    json_t *r = told(buf_view(&b)), *fault = json_array_get(json_object_get(r, "faults"), 0);
    assert_string_equal(json_string_value(json_object_get(fault, "text")), "more than 20000 requirements");
    json_decref(r);
}

static void assert_fault(struct str text, const char *words)
{
    json_t *r = told(text), *fault = json_array_get(json_object_get(r, "faults"), 0);
    if (!fault || !strstr(json_string_value(json_object_get(fault, "text")), words)) failed("%s", json_dumps(r, 0));
    json_decref(r);
}

static void test_exchange_shelf__beside_the_catalog(void **state)
{
    (void)state;
    taken(SETS "urn:example:risk:framework:house\n    requirement_mappings:\n"
               "    - {source_requirement_urn: 'urn:intuitem:risk:req_node:iso27001-2022:a.7.1', "
               "target_requirement_urn: 'urn:example:risk:req_node:house:a.1', relationship: intersect}\n");
    struct catalog *c = shelf();
    assert_int_equal(c->n_libraries, catalog->n_libraries); /* it waits */
    catalog_free(c);
    taken(HOUSE);
    c = shelf();
    const struct catalog_framework *house = catalog_find_framework(c, STR("house-rules"));
    const struct catalog_library *map = catalog_find_library(c, STR("map"));
    assert_non_null(house);
    assert_non_null(map);
    assert_int_equal(map->n_pairs, 1);
    assert_ptr_equal(map->pairs[0].to, &house->controls[0]);
    assert_true(house->controls[0].outside);
    /* what is judged by is what it was */
    assert_string_equal(c->digest, catalog->digest);
    assert_int_equal(c->n_tasks, catalog->n_tasks);
    assert_int_equal(c->n_frameworks, catalog->n_frameworks + 1);
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_controls; k++) {
            const struct catalog_mapping *m = &c->tasks[i].controls[k], *was = &catalog->tasks[i].controls[k];
            assert_true(str_eq(m->framework->key, was->framework->key) && str_eq(m->control->id, was->control->id));
            assert_ptr_equal(m->framework, &c->frameworks[was->framework - catalog->frameworks]);
        }
    catalog_free(c);
    /* older, of another, of the program's own, another's framework */
    assert_fault(STR(HEAD "1" REST NODE("a.1", "")), "version 1 is older than the 2 that is there");
    assert_fault(STR("urn: urn:other\nref_id: House\nname: x\nversion: 3\nobjects:\n  framework:\n    ref_id: other\n"
                     "    name: x\n    requirement_nodes:\n" NODE("a.1", "")),
                 "the key house is of another library");
    assert_fault(STR("urn: urn:other\nref_id: other\nname: x\nversion: 3\nobjects:\n  framework:\n    ref_id: "
                     "house-rules\n    name: x\n    requirement_nodes:\n" NODE("a.1", "")),
                 "the library \"House rules\" has the framework house-rules already");
    assert_fault(STR("urn: urn:other\nref_id: other\nname: x\nversion: 3\nobjects:\n  framework:\n    ref_id: "
                     "iso27001-2022\n    name: x\n    requirement_nodes:\n" NODE("a.1", "")),
                 "the program's own catalog has the framework iso27001-2022");
    json_t *r = told(STR(HOUSE));
    assert_string_equal(json_string_value(json_object_get(r, "change")), "same");
    json_decref(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_exchange_shelf__refused),
                                       cmocka_unit_test(test_exchange_shelf__very_many),
                                       cmocka_unit_test(test_exchange_shelf__beside_the_catalog)};
    return cmocka_run_group_tests(tests, setup, teardown);
}
