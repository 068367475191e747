/* The project's own catalog: right, complete in its frameworks, and true to the facts it was made from (where those
 * are). */
#include "catalog/catalog.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "unit.h"

#include "find.h"
#include <jansson.h>

static struct ctx cx;
static struct catalog *catalog;

static const char *source_dir(void)
{
    const char *dir = getenv("SINETTI_SOURCE");
    return dir ? dir : ".";
}

static void print_fault(void *arg, const struct catalog_fault *f)
{
    (void)arg;
    print_error("catalog/" STR_FMT ":%d: " STR_FMT ". " STR_FMT "\n", STR_ARG(f->file), f->line, STR_ARG(f->text),
                STR_ARG(f->remedy));
}

static int setup(void **state)
{
    (void)state;
    size_t faults = 0;
    ctx_init(&cx);
    const char *dir = arena_printf(&cx.arena, "%s/catalog", source_dir()).p;
    if (catalog_check(&cx, dir, print_fault, NULL, &faults) != OK || faults) return -1;
    return catalog_load(&cx, dir, &catalog) == OK ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    catalog_free(catalog);
    ctx_release(&cx);
    return 0;
}

/* Published counts of what each framework has below its headings. */
static void test_catalog_data__frameworks_are_complete(void **state)
{
    (void)state;
    static const struct {
        const char *key;
        size_t controls, headings;
        bool legacy;
    } expected[] = {
        {"iso27001-2022", 93, 4, false}, {"iso27001-2013", 114, 49, true}, {"csf-2.0", 106, 28, false},
        {"csf-1.1", 108, 28, true},      {"ssdf-1.1", 42, 23, false},      {"nis2-art21-2", 10, 0, false},
    };
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        const struct catalog_framework *f = find_framework(catalog, expected[i].key);
        size_t headings = 0;
        if (!f) {
            fail_msg("no framework %s", expected[i].key);
            continue;
        }
        for (size_t k = 0; k < f->n_controls; k++) {
            headings += f->controls[k].heading;
            assert_true(f->controls[k].title.n > 0);
        }
        assert_int_equal(f->n_controls - headings, expected[i].controls);
        assert_int_equal(headings, expected[i].headings);
        assert_int_equal(f->legacy, expected[i].legacy);
    }
    assert_true(str_eq(catalog->frameworks[0].key, STR("iso27001-2022")));
}

static void test_catalog_data__page_preset_adopts_all_that_is_no_must(void **state)
{
    (void)state;
    const struct catalog_preset *page = catalog_find_preset(catalog, STR("page"));
    assert_non_null(page);
    for (size_t i = 0; i < catalog->n_tasks; i++)
        for (size_t k = 0; k < catalog->tasks[i].n_obligations; k++) {
            const struct catalog_obligation *o = &catalog->tasks[i].obligations[k];
            assert_int_equal(catalog_adopts(page, o), o->strength != STRENGTH_MUST);
        }
}

static void test_catalog_data__small_team_adopts_fewer(void **state)
{
    (void)state;
    const struct catalog_preset *page = catalog_find_preset(catalog, STR("page")),
                                *small = catalog_find_preset(catalog, STR("small-team"));
    assert_non_null(small);
    assert_true(small->n_adopts < page->n_adopts);
    for (size_t i = 0; i < small->n_adopts; i++)
        assert_false(str_eq(small->adopts[i], STR("code-review-rules/two-reviewers")));
}

static json_t *facts(const char *name)
{
    const char *path = arena_printf(&cx.arena, "%s/../shared/%s", source_dir(), name).p;
    json_t *top = json_load_file(path, 0, NULL);
    if (!top) {
        print_message("skipped: %s is not there\n", name);
        skip();
    }
    return top;
}

static const char *framework_of(json_t *control)
{
    const char *name = json_string_value(json_object_get(control, "framework"));
    const char *edition = json_string_value(json_object_get(control, "edition"));
    const char *prefix = strstr(name, "27001") ? "iso27001" : strstr(name, "27018") ? "iso27018" : "csf";
    return arena_printf(&cx.arena, "%s-%s", prefix, edition).p;
}

static const struct catalog_mapping *mapping(const struct catalog_task *t, const char *framework, const char *id)
{
    for (size_t i = 0; i < t->n_controls; i++)
        if (str_eq(t->controls[i].framework->key, str_from(framework)) &&
            str_eq(t->controls[i].control->id, str_from(id)))
            return &t->controls[i];
    return NULL;
}

/* Each control the page names stands in its task, as the page's; and nothing else claims to be the page's. */
static void test_catalog_data__page_controls_are_all_there(void **state)
{
    (void)state;
    json_t *top = facts("catalog-facts.json"), *fact, *control;
    size_t i, k;
    int wrong = 0;
    json_array_foreach(json_object_get(top, "tasks"), i, fact)
    {
        const char *key = json_string_value(json_object_get(fact, "key"));
        const struct catalog_task *t = catalog_find_task(catalog, str_from(key));
        if (!t) continue; /* counted by the test of tasks */
        size_t of_page = 0;
        json_array_foreach(json_object_get(fact, "controls"), k, control)
        {
            const char *id = json_string_value(json_object_get(control, "id")), *framework = framework_of(control);
            const struct catalog_mapping *m = mapping(t, framework, id);
            if (m && str_eq(m->source, STR("page"))) continue;
            print_error("%s: %s %s is not mapped as the page's\n", key, framework, id);
            wrong++;
        }
        for (size_t c = 0; c < t->n_controls; c++) of_page += str_eq(t->controls[c].source, STR("page"));
        if (of_page != json_array_size(json_object_get(fact, "controls"))) {
            print_error("%s: %zu controls are said to be the page's\n", key, of_page);
            wrong++;
        }
    }
    json_decref(top);
    assert_int_equal(wrong, 0);
}

static bool is_asked(const char *strength)
{
    return strcmp(strength, "rationale") != 0 && strcmp(strength, "title-only") != 0;
}

static int check_points(const struct catalog_task *t, json_t *points)
{
    json_t *point;
    size_t i, asked = 0;
    int wrong = 0;
    json_array_foreach(points, i, point)
    {
        const char *strength = json_string_value(json_object_get(point, "strength"));
        int n = (int)json_integer_value(json_object_get(point, "n"));
        if (!is_asked(strength)) continue;
        asked++;
        const struct catalog_obligation *found = NULL;
        for (size_t k = 0; k < t->n_obligations; k++)
            if (t->obligations[k].point == n) found = &t->obligations[k];
        if (found && !strcmp(strength_name(found->strength), strength)) continue;
        print_error(STR_FMT ": point %d (%s) %s\n", STR_ARG(t->key), n, strength,
                    found ? "has another strength" : "is missing");
        wrong++;
    }
    if (t->n_obligations == asked) return wrong;
    print_error(STR_FMT ": %zu points, not %zu\n", STR_ARG(t->key), t->n_obligations, asked);
    return wrong + 1;
}

static void test_catalog_data__every_requirement_point_is_there(void **state)
{
    (void)state;
    json_t *top = facts("catalog-facts.json"), *fact;
    size_t i;
    int wrong = 0;
    json_array_foreach(json_object_get(top, "tasks"), i, fact)
    {
        const char *key = json_string_value(json_object_get(fact, "key"));
        const struct catalog_task *t = catalog_find_task(catalog, str_from(key));
        if (!t) {
            print_error("no task %s\n", key);
            wrong++;
            continue;
        }
        if (t->order != json_integer_value(json_object_get(fact, "order"))) {
            print_error("%s: order %d\n", key, t->order);
            wrong++;
        }
        wrong += check_points(t, json_object_get(fact, "requirement_points"));
    }
    json_decref(top);
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_catalog_data__frameworks_are_complete),
        cmocka_unit_test(test_catalog_data__page_preset_adopts_all_that_is_no_must),
        cmocka_unit_test(test_catalog_data__small_team_adopts_fewer),
        cmocka_unit_test(test_catalog_data__page_controls_are_all_there),
        cmocka_unit_test(test_catalog_data__every_requirement_point_is_there),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
