/* observe/cache: a run with what an earlier one kept ends with the tables of a run without, whatever happened between
 * them; a file that is not whole is not used. */
#include <fcntl.h>

#include "look.h"

#define COMMIT(at, subject)                                                                                            \
    "git add -A; GIT_COMMITTER_DATE='" #at " +0000' GIT_AUTHOR_DATE='" #at                                             \
    " +0000' git commit -q --allow-empty -m '" subject "';"

static struct fixture *f;
static const char *file; /* of the cache */

static int cache_setup(void **state)
{
    if (setup(state) != 0) return 1;
    f = *state;
    file = arena_printf(&f->cx.arena, "%s/cache", f->dir).p;
    run(f, "git init -q r; cd r; git config user.name Ann; printf 'int a;\\n' > a.c; printf '* ann@site.fi\\n' > "
           "CODEOWNERS;"
           "printf '# Changelog\\n\\n## 1.0.0 - 2023-11-01\\n- x\\n' > CHANGELOG.md; printf 'requests.get(u, "
           "verify=False)\\n' > t.py;" COMMIT(1690000000, "one") COMMIT(
               1695000000,
               "two\n\nReviewed-by: Bea Oy <bea@site.fi>") "git tag -a -m x v1.0.0;"
                                                           "git checkout -q -b side; echo 1 > side.c;" COMMIT(
                                                               1696000000, "side") "git checkout -q main; git merge -q "
                                                                                   "--no-ff -m merge side");
    return 0;
}

/* Keyed hashes are different in each run: each becomes the number in which it is met. */
struct names {
    struct str items[500];
    int n;
};

static int number_of(struct names *all, struct str hash)
{
    for (int i = 0; i < all->n; i++)
        if (str_eq(all->items[i], hash)) return i;
    assert_true(all->n < 500);
    all->items[all->n] = arena_str(&f->cx.arena, hash);
    return all->n++;
}

static bool is_keyed(const char *column)
{
    static const char *const keyed[] = {"author", "committer", "person", "tagger", "owner", "same_value"};
    for (size_t i = 0; i < sizeof keyed / sizeof *keyed; i++)
        if (strcmp(column, keyed[i]) == 0) return true;
    return false;
}

static void dump_table(sqlite3 *db, const char *table, struct names *names, struct buf *out)
{
    sqlite3_stmt *st;
    struct str columns = STR("");
    assert_int_equal(store_prepare(&f->cx, db, STR("SELECT name FROM pragma_table_info(?)"), &st), OK);
    store_bind_str(st, 1, str_from(table));
    while (sqlite3_step(st) == SQLITE_ROW) {
        struct str name = store_column_str(st, 0);
        if (is_keyed(arena_cstr(&f->cx.arena, name))) continue;
        columns =
            arena_printf(&f->cx.arena, STR_FMT "%s" STR_FMT, STR_ARG(columns), columns.n ? ", " : "", STR_ARG(name));
    }
    store_finalize(&st);
    struct str sql = arena_printf(&f->cx.arena, "SELECT * FROM %s ORDER BY " STR_FMT, table, STR_ARG(columns));
    assert_int_equal(store_prepare(&f->cx, db, sql, &st), OK);
    while (sqlite3_step(st) == SQLITE_ROW) {
        buf_printf(out, "%s", table);
        for (int i = 0; i < sqlite3_column_count(st); i++) {
            struct str value = store_column_str(st, i);
            if (!value.p)
                buf_cstr(out, " NULL");
            else if (is_keyed(sqlite3_column_name(st, i)))
                buf_printf(out, " #%d", number_of(names, value));
            else
                buf_printf(out, " '" STR_FMT "'", STR_ARG(value));
        }
        buf_char(out, '\n');
    }
    store_finalize(&st);
}

static struct str dump(sqlite3 *db)
{
    static struct names names;
    scoped_buf out;
    sqlite3_stmt *st;
    buf_init(&out, 0);
    names.n = 0;
    assert_int_equal(
        store_prepare(&f->cx, db, STR("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name"), &st), OK);
    int tables = 0;
    for (; sqlite3_step(st) == SQLITE_ROW; tables++)
        dump_table(db, arena_cstr(&f->cx.arena, store_column_str(st, 0)), &names, &out);
    store_finalize(&st);
    assert_true(tables > 20 && names.n > 0);
    return arena_str(&f->cx.arena, buf_view(&out));
}

/* With and without: the same tables and notices. What became of the cache is as said. */
static void same(const char *rev, int64_t since, int64_t now, const char *cache)
{
    struct look with = look_at(f, rev), without = with;
    with.o.since = without.o.since = since;
    with.o.now = without.o.now = now;
    with.o.cache = file;
    look_run(f, &with);
    look_run(f, &without);
    assert_str(with.seen.cache, cache);
    assert_str(without.seen.cache, "none");
    struct str a = dump(with.seen.db), b = dump(without.seen.db), x, y;
    while (str_cut(&a, '\n', &x) && str_cut(&b, '\n', &y))
        if (!str_eq(x, y)) fail_msg("with a cache\n" STR_FMT "\nwithout\n" STR_FMT, STR_ARG(x), STR_ARG(y));
    assert_true(!a.n && !b.n);
    assert_int_equal(with.seen.n_notices, without.seen.n_notices);
    for (size_t i = 0; i < with.seen.n_notices; i++) assert_true(str_eq(with.seen.notices[i], without.seen.notices[i]));
    look_end(&with);
    look_end(&without);
}

#define SINCE (T0 - YEAR)
#define NOW (T0 + 1000)

static void test_observe_cache__nothing_happened(void **state)
{
    (void)state;
    same("HEAD", SINCE, NOW, "rebuilt: there was none");
    same("HEAD", SINCE, NOW, "used");
    same("main", SINCE, NOW, "used"); /* another name for it */
    same("HEAD", SINCE, NOW + YEAR, "used");
    same("HEAD", SINCE, 1694000000, "used"); /* some commits are in the future then */
}

static void test_observe_cache__another_period(void **state)
{
    (void)state;
    same("HEAD", 1694000000, NOW, "rebuilt: there was none");
    same("HEAD", 1695500000, NOW, "used"); /* less of it */
    same("HEAD", 1694000000, NOW, "used"); /* and as it was */
    same("HEAD", 1600000000, NOW, "extended");
    same("HEAD", T0 + 5, NOW, "used");
}

static void test_observe_cache__commits_on_top(void **state)
{
    (void)state;
    same("HEAD", SINCE, NOW, "rebuilt: there was none");
    run(f, "cd r; printf 'int b;\\n' > b.c; rm t.py; git mv a.c moved.c;" COMMIT(1700000100, "three"));
    same("HEAD", SINCE, NOW, "extended");
    same("HEAD", SINCE, NOW, "used");
    run(f, "cd r; printf 'Ann <ann@site.fi> Bea Oy <bea@site.fi>\\n' > .mailmap; printf '/b.c @bea\\n' >> "
           "CODEOWNERS;" COMMIT(1700000200, "four"));
    same("HEAD", SINCE, NOW, "extended"); /* two persons have become one */
    run(f, "cd r; git rm -q .mailmap CHANGELOG.md;" COMMIT(1700000300, "five"));
    same("HEAD", SINCE, NOW, "extended"); /* and are two again */
    run(f, "cd r; git checkout -q -b other HEAD~1; echo 1 > o.c;" COMMIT(
               1700000250, "other") "git checkout -q main; git merge -q --no-ff -m merged other");
    same("HEAD", SINCE, NOW, "extended");
    run(f, "cd r; rm -r *;" COMMIT(1700000400, "empty"));
    same("HEAD", SINCE, NOW, "extended");
}

static void test_observe_cache__another_history(void **state)
{
    (void)state;
    same("HEAD", SINCE, NOW, "rebuilt: there was none");
    same("HEAD~1", SINCE, NOW, "extended");
    same("HEAD", SINCE, NOW, "extended");
    run(f, "cd r; git commit -q --amend -m again");
    same("HEAD", SINCE, NOW, "extended");
    run(f, "cd r; git checkout -q --orphan alone; printf 'int o;\\n' > o.c;" COMMIT(1700000100, "alone"));
    same("HEAD", SINCE, NOW, "extended"); /* v1.0.0 is not reached from here */
    same("main", SINCE, NOW, "extended");
}

static void test_observe_cache__refs(void **state)
{
    (void)state;
    same("HEAD", SINCE, NOW, "rebuilt: there was none");
    run(f, "cd r; git tag v1.1.0; git branch b");
    same("HEAD", SINCE, NOW, "extended");
    same("HEAD", SINCE, NOW, "used");
    run(f, "cd r; git tag -d v1.0.0 >/dev/null");
    same("HEAD", SINCE, NOW, "extended");
    run(f, "cd r; git pack-refs --all");
    same("HEAD", SINCE, NOW, "used"); /* they stand elsewhere, and say the same */
}

static void flip(off_t at)
{
    char byte;
    int fd = open(file, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pread(fd, &byte, 1, at), 1);
    byte ^= 4;
    assert_int_equal(pwrite(fd, &byte, 1, at), 1);
    close(fd);
}

static void test_observe_cache__damaged(void **state)
{
    (void)state;
    same("HEAD", SINCE, NOW, "rebuilt: there was none");
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    assert_int_equal(st.st_mode & 0777, 0600);
    for (int i = 1; i < 3; i++) {
        flip(st.st_size * i / 3);
        same("HEAD", SINCE, NOW, "rebuilt: damaged, or made by another version");
        same("HEAD", SINCE, NOW, "used");
    }
    assert_int_equal(truncate(file, st.st_size / 2), 0);
    same("HEAD", SINCE, NOW, "rebuilt: damaged, or made by another version");
}

/* Another repository's: nothing of it is left. */
static void test_observe_cache__of_another_repository(void **state)
{
    (void)state;
    same("HEAD", SINCE, NOW, "rebuilt: there was none");
    run(f, "rm -rf r; git init -q r; cd r; printf 'int x;\\n' > x.c;" COMMIT(1699000000,
                                                                             "x\n\nReviewed-by: Cid Oy <cid@site.fi>"));
    same("HEAD", SINCE, NOW, "extended");
    same("HEAD", SINCE, NOW, "used");
}

/* What is lost is not kept as if it were whole. */
static void test_observe_cache__shallow(void **state)
{
    (void)state;
    run(f, "mv r full; git clone -q --depth 2 file://$PWD/full r");
    same("HEAD", SINCE, NOW, "rebuilt: there was none");
    same("HEAD", SINCE, NOW, "extended");
    run(f, "cd r; git fetch -q --unshallow");
    same("HEAD", SINCE, NOW, "extended");
    same("HEAD", SINCE, NOW, "used");
}

/* A cache that cannot be written is said; the tables are there. */
static void test_observe_cache__cannot_be_written(void **state)
{
    (void)state;
    struct look l = look_at(f, "HEAD");
    l.o.cache = arena_printf(&f->cx.arena, "%s/none/cache", f->dir).p;
    look_run(f, &l);
    assert_int_equal(l.seen.n_notices, 1);
    assert_true(str_has(l.seen.notices[0], STR("none/cache")));
    expect(&l, "SELECT count(*) FROM d_commit", "4");
    expect(&l, "SELECT count(*) FROM sqlite_schema WHERE name GLOB 'm_*'", "0");
    look_end(&l);
}

#define CACHE_TEST(name) cmocka_unit_test_setup_teardown(name, cache_setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CACHE_TEST(test_observe_cache__nothing_happened),
        CACHE_TEST(test_observe_cache__another_period),
        CACHE_TEST(test_observe_cache__commits_on_top),
        CACHE_TEST(test_observe_cache__another_history),
        CACHE_TEST(test_observe_cache__refs),
        CACHE_TEST(test_observe_cache__damaged),
        CACHE_TEST(test_observe_cache__of_another_repository),
        CACHE_TEST(test_observe_cache__shallow),
        CACHE_TEST(test_observe_cache__cannot_be_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
