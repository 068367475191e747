/* Kinds that are never erased: the verifier's own list, the document's and the catalog's are one. */
#include "files.h"

#include <dirent.h>

#include "ledger/kept.h"

static struct arena arena;

static void test_ledger_kept__as_documented(void **state)
{
    (void)state;
    struct str rest = file_bytes(&arena, arena_printf(&arena, "%s/docs/formats/subjects.md", source_dir()).p), line;
    size_t kinds = 0, kept = 0;
    assert_non_null(rest.p);
    const char *table = str_find(rest, STR("| kind | subject | kept |"));
    assert_non_null(table);
    rest = str_slice(rest, (size_t)(table - rest.p), rest.n);
    (void)str_cut(&rest, '\n', &line);
    (void)str_cut(&rest, '\n', &line);
    while (str_cut(&rest, '\n', &line) && str_starts(line, STR("| `"))) {
        struct str cell[4] = {{0}};
        for (size_t i = 0; i < 4; i++) assert_true(str_cut(&line, '|', &cell[i]));
        struct str kind = str_trim(cell[1]);
        kind = str_slice(kind, 1, kind.n - 1);
        bool yes = str_eq(str_trim(cell[3]), STR("yes"));
        if (kind_is_kept(kind) != yes) failed(STR_FMT, STR_ARG(kind));
        kinds++;
        kept += yes;
    }
    assert_true(kinds >= 29); /* the table was found, and is no half of it */
    assert_true(kept >= 24);
    assert_false(kind_is_kept(STR("something_new")));
    assert_false(kind_is_kept(STR("")));
}

static void test_ledger_kept__as_in_the_catalog(void **state)
{
    (void)state;
    const char *folder = arena_printf(&arena, "%s/catalog/facts", source_dir()).p;
    DIR *d = opendir(folder);
    size_t kinds = 0;
    assert_non_null(d);
    for (struct dirent *e; (e = readdir(d));) {
        if (e->d_name[0] == '.') continue;
        struct str schema = file_bytes(&arena, arena_printf(&arena, "%s/%s/schema.yaml", folder, e->d_name).p);
        if (!schema.p) continue;
        if (kind_is_kept(str_from(e->d_name)) != str_has(schema, STR("\nkept: true\n"))) failed("%s", e->d_name);
        kinds++;
    }
    closedir(d);
    assert_true(kinds >= 28);
}

static int setup(void **state)
{
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    arena_release(&arena);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_ledger_kept__as_documented, setup, teardown),
        cmocka_unit_test_setup_teardown(test_ledger_kept__as_in_the_catalog, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
