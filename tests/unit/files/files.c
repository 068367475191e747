/* Uploads: kept once, found by their owner for a day, swept when no item names them. */
#include "unit.h"
#undef fail

#include "base/digest.h"
#include "files/files.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW 1000000000
#define DAY 86400

static struct ctx cx;
static char dir[64];
static sqlite3 *state;

static int setup(void **s)
{
    (void)s;
    snprintf(dir, sizeof dir, "/tmp/sinetti-files-XXXXXX");
    ctx_init(&cx);
    if (!mkdtemp(dir)) return 1;
    return state_open(&cx, dir, STORE_WRITE, &state) == OK && state_migrate(&cx, state, &files_state) == OK ? 0 : 1;
}

static int teardown(void **s)
{
    char command[100];
    (void)s;
    store_close(state);
    ctx_release(&cx);
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static struct str digest_of(const char *content)
{
    struct digest d;
    uint8_t sum[32];
    char hex[65];
    digest_init(&d);
    digest_add(&d, str_from(content));
    digest_final(&d, sum);
    digest_hex(sum, sizeof sum, hex);
    return arena_str(&cx.arena, str_from(hex));
}

static void add(const char *content, const char *person, int64_t at)
{
    const char *path = arena_printf(&cx.arena, "%s/incoming", dir).p;
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs(content, f);
    fclose(f);
    const struct files_upload u = {.digest = digest_of(content),
                                   .person = str_from(person),
                                   .name = STR("a.txt"),
                                   .type = STR("text/plain"),
                                   .size = (int64_t)strlen(content),
                                   .at = at};
    assert_int_equal(files_add(&cx, state, dir, path, &u), OK);
    (void)unlink(path);
}

static bool is_there(const char *content)
{
    int fd;
    enum rc rc = files_open(&cx, dir, digest_of(content), &fd);
    if (rc == OK) close(fd);
    return rc == OK;
}

static bool is_found(const char *content, const char *person, int64_t now)
{
    struct files_upload u;
    bool found;
    assert_int_equal(files_find(&cx, state, digest_of(content), str_from(person), now, &u, &found), OK);
    return found;
}

static enum rc named(struct ctx *c, void *arg, struct str digest, bool *out)
{
    (void)c;
    *out = str_eq(digest, digest_of(arg));
    return OK;
}

static size_t sweep(int64_t now, const char *kept)
{
    size_t deleted;
    assert_int_equal(files_sweep(&cx, state, dir, now, named, (void *)(uintptr_t)kept, &deleted), OK);
    return deleted;
}

static void test_files_files__are_their_owners_for_a_day(void **s)
{
    (void)s;
    add("one", "person:a", NOW);
    assert_true(is_found("one", "person:a", NOW));
    assert_true(is_found("one", "person:a", NOW + DAY - 1));
    assert_false(is_found("one", "person:a", NOW + DAY));
    assert_false(is_found("one", "person:b", NOW));
    assert_false(is_found("two", "person:a", NOW));
}

static void test_files_files__sweep_what_no_item_names(void **s)
{
    (void)s;
    add("one", "person:a", NOW);
    add("two", "person:a", NOW);
    add("three", "person:a", NOW + DAY);
    assert_int_equal(sweep(NOW + DAY, "two"), 0); /* an item may be on its way yet */
    assert_int_equal(sweep(NOW + DAY + 3601, "two"), 1);
    assert_false(is_there("one"));
    assert_true(is_there("two"));
    assert_true(is_there("three"));
    assert_int_equal(sweep(NOW + DAY + 3601, ""), 0); /* what an item named once is asked for no more */
    assert_true(is_there("two"));
}

static void test_files_files__keep_what_another_has_handed_in_too(void **s)
{
    (void)s;
    add("one", "person:a", NOW);
    add("one", "person:b", NOW + DAY);
    assert_int_equal(sweep(NOW + DAY + 3601, ""), 0);
    assert_true(is_there("one"));
    assert_int_equal(sweep(NOW + 2 * DAY + 3601, ""), 1);
    assert_false(is_there("one"));
}

static void test_files_files__check_their_content(void **s)
{
    (void)s;
    add("one", "person:a", NOW);
    assert_int_equal(files_check(&cx, dir, digest_of("one")), OK);
    assert_int_equal(files_check(&cx, dir, digest_of("two")), E_NOTFOUND);
    assert_int_equal(files_check(&cx, dir, STR("../../etc/passwd")), E_NOTFOUND);
    struct str digest = digest_of("one");
    const char *path = arena_printf(&cx.arena, "%s/files/%.2s/" STR_FMT, dir, digest.p, STR_ARG(digest)).p;
    assert_int_equal(chmod(path, 0600), 0);
    FILE *f = fopen(path, "we");
    assert_non_null(f);
    fputs("other", f);
    fclose(f);
    assert_int_equal(files_check(&cx, dir, digest), E_CORRUPT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_files_files__are_their_owners_for_a_day, setup, teardown),
        cmocka_unit_test_setup_teardown(test_files_files__sweep_what_no_item_names, setup, teardown),
        cmocka_unit_test_setup_teardown(test_files_files__keep_what_another_has_handed_in_too, setup, teardown),
        cmocka_unit_test_setup_teardown(test_files_files__check_their_content, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
