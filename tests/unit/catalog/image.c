/* The compiled image: the same for the same folder, the same catalog again, and no damage that goes unseen. */
#include "catalog/image.h"
#include "catalog/library.h"
#include "catalog/record.h"

#include "base/digest.h"
#include "base/limits.h"
#include "catalog/compile.h"

#include <ftw.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include "unit.h"

#include "find.h"

#include "folder.h"

static char dir[64];
static struct ctx cx;
static struct buf image;

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
    (void)st, (void)type, (void)at;
    return remove(path);
}

static void no_fault(void *arg, const struct catalog_fault *f)
{
    (void)arg;
    print_error(STR_FMT ":%d: " STR_FMT "\n", STR_ARG(f->file), f->line, STR_ARG(f->text));
}

static void compile(struct buf *out)
{
    size_t faults = 1;
    assert_int_equal(catalog_compile(&cx, dir, no_fault, NULL, &faults, out), OK);
    assert_int_equal(faults, 0);
}

static int setup(void **state)
{
    (void)state;
    folder_make(dir);
    ctx_init(&cx);
    buf_init(&image, LIMIT_CATALOG_IMAGE);
    compile(&image);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    buf_release(&image);
    ctx_release(&cx);
    return nftw(dir, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* Opens a copy of exactly n bytes, so that reading past them is seen. */
static enum rc open_copy(const char *bytes, size_t n, struct catalog **c)
{
    char *copy = malloc(n ? n : 1);
    assert_non_null(copy);
    memcpy(copy, bytes, n);
    return image_open(&cx, (struct str){copy, n}, true, c);
}

static void assert_str(struct str s, const char *expected)
{
    assert_string_equal(arena_cstr(&cx.arena, s), expected);
}

static void test_catalog_image__gives_back_what_the_folder_says(void **state)
{
    (void)state;
    struct catalog *c;
    assert_int_equal(open_copy(image.p, image.n, &c), OK);
    assert_int_equal(c->n_frameworks, 2);
    assert_str(c->frameworks[0].key, "fw-1.0");
    assert_false(c->frameworks[0].legacy);
    assert_true(c->frameworks[1].legacy);
    assert_true(c->frameworks[0].controls[0].heading);
    assert_str(c->frameworks[0].controls[1].group, "1");
    assert_true(c->frameworks[0].controls[2].outside);
    assert_str(c->frameworks[0].controls[2].framework, "fw-1.0");

    assert_int_equal(c->n_tasks, 2);
    const struct catalog_task *t = catalog_find_task(c, STR("first"));
    assert_ptr_equal(t, &c->tasks[0]);
    assert_int_equal(t->priority, PRIORITY_HIGH);
    assert_str(t->theme, "the_theme");
    assert_str(t->policy_title[LANG_FI], "Politiikka");
    assert_int_equal(t->n_controls, 2);
    assert_str(t->controls[0].control->id, "1.1"); /* current frameworks first, whatever the file's order */
    assert_str(t->controls[0].source, "own_judgement");
    assert_str(t->controls[1].framework->key, "old");
    assert_str(t->obligations[0].needs[1], "memo");
    assert_int_equal(t->obligations[0].sql.n, 0);

    t = catalog_find_task(c, STR("second"));
    const struct catalog_obligation *o = &t->obligations[0]; /* by point */
    assert_str(o->key, "shown");
    assert_str(o->task, "second");
    assert_int_equal(o->point, 1);
    assert_int_equal(o->strength, STRENGTH_RECOMMENDED);
    assert_int_equal(o->aspect, ASPECT_OPERATION);
    assert_int_equal(o->type, EVIDENCE_PRACTICE);
    assert_true(o->check && o->enabled);
    assert_str(o->message[LANG_FI], "{title} ei näytä sitä.");
    assert_str(o->fix[LANG_EN], "Mend it.");
    assert_str(o->evidence, "a commit that shows it.");
    assert_str(o->blind_spots, "all else.");
    assert_true(str_starts(o->sql, STR("-- Evidence:")));
    assert_null(catalog_find_task(c, STR("third")));
    assert_non_null(find_framework(c, "old"));
    assert_null(find_framework(c, ""));
    catalog_free(c);
}

static void test_catalog_image__gives_back_libraries(void **state)
{
    (void)state;
    struct catalog *c;
    assert_int_equal(open_copy(image.p, image.n, &c), OK);
    assert_int_equal(c->n_libraries, 1);
    const struct catalog_library *l = catalog_find_library(c, STR("two"));
    assert_str(l->urn, "urn:x:risk:library:two");
    assert_int_equal(l->version, 2);
    assert_str(l->references[0].category, "physical");
    assert_ptr_equal(l->suggestions[0].reference, &l->references[0]);
    assert_str(l->suggestions[0].control->id, "1.1");
    assert_int_equal(l->n_pairs, 2);
    const struct catalog_pair *p = &l->pairs[0]; /* by place, whatever the file's order */
    assert_str(p->from->id, "1.1");
    assert_ptr_equal(p->to_framework, catalog_find_framework(c, STR("old")));
    assert_int_equal(p->relation, RELATION_SUBSET);
    assert_int_equal(relation_turned(p->relation), RELATION_SUPERSET);
    assert_int_equal(p->strength, 50);
    assert_int_equal(l->pairs[1].strength, -1);
    assert_str(l->pairs[1].set, "urn:x:set");
    catalog_free(c);
}

static void test_catalog_image__gives_back_kinds_of_record(void **state)
{
    (void)state;
    struct catalog *c;
    assert_int_equal(open_copy(image.p, image.n, &c), OK);
    assert_int_equal(c->n_records, 2);
    const struct record_kind *k = catalog_find_record(c, STR("paper"));
    assert_str(k->prefix, "PAP");
    assert_str(k->plural[LANG_FI], "Paperit");
    assert_int_equal(k->n_fields, 6);
    assert_true(k->fields[0].required && k->fields[0].type == FIELD_MARKDOWN);
    assert_str(k->fields[1].choices[1].title[LANG_FI], "Lyhyt");
    assert_str(record_find_field(k, STR("pages"))->is, "long");
    assert_str(record_find_field(k, STR("related"))->to[1], "repo");
    assert_str(record_find_field(k, STR("parts"))->columns[0].key, "name");
    assert_int_equal(record_find_state(k, STR("approved")), 1);
    assert_int_equal(k->states[1].edit, 0);
    assert_int_equal(k->states[2].edit, -1);
    const struct record_move *m = record_find_move(k, STR("approve"));
    assert_int_equal(m->from, 1);
    assert_int_equal(m->to, 1);
    assert_int_equal(m->people, 2);
    assert_true(m->approves && !m->reason);
    assert_str(m->other_than[0], "editor");
    assert_int_equal(k->review_days, 365);
    assert_str(k->accept[0], "developer");
    assert_null(record_find_move(k, STR("publish")));
    assert_null(catalog_find_record(c, STR("book")));
    const struct record_template *r = catalog_find_template(c, STR("paper"), STR("rules"));
    assert_non_null(r);
    assert_str(r->title[LANG_FI], "Säännöt: [täydennä: tiimi]");
    assert_str(r->shows[0], "first/named");
    assert_str(r->content[LANG_EN], "{\"why\":\"We [fill in: what].\",\"sort\":\"long\",\"pages\":\"12\","
                                    "\"parts\":[{\"name\":\"One\"},{\"name\":\"ISO\"}]}");
    assert_null(catalog_find_template(c, STR("memo"), STR("rules")));
    catalog_free(c);
}

static void test_catalog_image__presets_adopt_names_and_strengths(void **state)
{
    (void)state;
    struct catalog *c;
    assert_int_equal(open_copy(image.p, image.n, &c), OK);
    const struct catalog_preset *few = catalog_find_preset(c, STR("few")), *page = catalog_find_preset(c, STR("page"));
    const struct catalog_task *second = catalog_find_task(c, STR("second"));
    const struct catalog_obligation *shown = &second->obligations[0], *also = &second->obligations[1];
    assert_true(catalog_adopts(few, shown));
    assert_false(catalog_adopts(few, also));
    assert_true(catalog_adopts(page, shown));
    assert_true(catalog_adopts(page, also));
    assert_false(catalog_adopts(page, &catalog_find_task(c, STR("first"))->obligations[0]));
    assert_false(catalog_adopts(NULL, shown));
    assert_null(catalog_find_preset(c, STR("none")));
    assert_str(page->adopts[0], "second/also"); /* sorted */
    catalog_free(c);
}

static void test_catalog_image__off_switches_a_rule_off(void **state)
{
    (void)state;
    const char *task = NULL;
    for (int i = 0; i < N_RIGHT; i++)
        if (!strcmp(right_catalog[i].path, "tasks/second/task.yaml")) task = right_catalog[i].content;
    assert_non_null(task);
    scoped_buf b, off;
    buf_init(&b, 0);
    buf_init(&off, LIMIT_CATALOG_IMAGE);
    buf_cstr(&b, task);
    buf_cstr(&b, "    off: not sure enough yet\n");
    folder_put(dir, "tasks/second/task.yaml", b.p, b.n);
    compile(&off);
    struct catalog *c;
    assert_int_equal(open_copy(off.p, off.n, &c), OK);
    assert_false(catalog_find_task(c, STR("second"))->obligations[0].enabled);
    catalog_free(c);
}

static void test_catalog_image__same_folder_same_bytes(void **state)
{
    (void)state;
    scoped_buf again;
    buf_init(&again, LIMIT_CATALOG_IMAGE);
    compile(&again);
    assert_true(str_eq(buf_view(&again), buf_view(&image)));
}

static void test_catalog_image__digest_follows_the_content(void **state)
{
    (void)state;
    struct catalog *c, *d;
    assert_int_equal(open_copy(image.p, image.n, &c), OK);
    assert_int_equal(strlen(c->digest), 64);
    folder_put(dir, "presets/few.yaml", "key: few\ntitle: {en: Fewer, fi: Vähän}\nadopts: [second/shown]\n", 63);
    assert_int_equal(catalog_load(&cx, dir, &d), OK);
    assert_string_not_equal(c->digest, d->digest);
    catalog_free(c);
    catalog_free(d);
}

static void test_catalog_image__every_flipped_byte_is_seen(void **state)
{
    (void)state;
    for (size_t i = 0; i < image.n; i++) {
        struct catalog *c;
        image.p[i] = (char)(image.p[i] ^ 0x41);
        assert_int_equal(open_copy(image.p, image.n, &c), E_CORRUPT);
        assert_null(c);
        image.p[i] = (char)(image.p[i] ^ 0x41);
    }
}

static void test_catalog_image__every_truncation_is_seen(void **state)
{
    (void)state;
    struct catalog *c;
    for (size_t n = 0; n < image.n; n++) assert_int_equal(open_copy(image.p, n, &c), E_CORRUPT);
    buf_char(&image, 0);
    assert_int_equal(open_copy(image.p, image.n, &c), E_CORRUPT);
}

static void sign(char *bytes, size_t n)
{
    struct digest d;
    digest_init(&d);
    digest_add(&d, (struct str){bytes, n - IMAGE_DIGEST});
    digest_final(&d, (uint8_t *)bytes + n - IMAGE_DIGEST);
}

/* With the digest made right again the decoder alone stands between bad numbers and us. */
static void test_catalog_image__bad_numbers_under_a_right_digest(void **state)
{
    (void)state;
    size_t refused = 0;
    for (size_t i = 16; i < image.n - IMAGE_DIGEST; i++) {
        struct catalog *c;
        char old = image.p[i];
        image.p[i] = (char)(old ^ 0xff);
        sign(image.p, image.n);
        enum rc rc = open_copy(image.p, image.n, &c);
        assert_true(rc == OK || rc == E_CORRUPT);
        refused += rc != OK;
        catalog_free(c);
        image.p[i] = old;
    }
    assert_true(refused > 500);
}

static void test_catalog_image__load_names_the_first_fault(void **state)
{
    (void)state;
    struct catalog *c;
    folder_put(dir, "presets/few.yaml", "key: few\nnonsense: 1\n", 21);
    assert_int_equal(catalog_load(&cx, dir, &c), E_INVALID);
    assert_null(c);
    assert_non_null(strstr(cx.message, "presets/few.yaml:1: "));
    assert_int_equal(catalog_load(&cx, "/nonexistent", &c), E_NOTFOUND);
    assert_null(c);
}

static void test_catalog_image__built_in_catalog_opens(void **state)
{
    (void)state;
    struct catalog *c;
    assert_int_equal(catalog_builtin(&cx, &c), OK);
    assert_true(c->n_frameworks > 0);
    assert_str(c->frameworks[0].key, "iso27001-2022");
    catalog_free(c);
}

static void test_catalog_image__words_of_the_enums(void **state)
{
    (void)state;
    assert_string_equal(strength_name(STRENGTH_EXAMPLE), "example");
    assert_string_equal(priority_name(PRIORITY_CRITICAL), "critical");
    assert_string_equal(aspect_name(ASPECT_DESIGN), "design");
    assert_string_equal(evidence_type_name(EVIDENCE_RECORD), "record");
    assert_string_equal(lang_name(LANG_FI), "fi");
    assert_string_equal(lang_name(LANG_COUNT), "");
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(test_catalog_image__##name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(gives_back_what_the_folder_says),
        T(gives_back_libraries),
        T(gives_back_kinds_of_record),
        T(presets_adopt_names_and_strengths),
        T(off_switches_a_rule_off),
        T(same_folder_same_bytes),
        T(digest_follows_the_content),
        T(every_flipped_byte_is_seen),
        T(every_truncation_is_seen),
        T(bad_numbers_under_a_right_digest),
        T(load_names_the_first_fault),
        T(built_in_catalog_opens),
        T(words_of_the_enums),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
