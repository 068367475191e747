/* Backups: taken while facts come in, put back whole or not at all, with a seam when they lack what was signed. */
#include "log_data.h"

#include "ledger/backup.h"
#include "ledger/heads.h"
#include "ledger/tiles_write.h"
#include "ledger/verify.h"
#include "store/store.h"

static const char *place, *file;
static const struct body by = {.actor = {"unknown", 7}, .credential = {"", 0}, .via = {"operator", 8}};

static int setup(void **state)
{
    if (log_setup(state)) return 1;
    place = arena_printf(&cx.arena, "%s/signer", folder).p;
    file = arena_printf(&cx.arena, "%s/backup", folder).p;
    return signer_create(&cx, place, STR("sinetti.example/acme")) != OK;
}

static void back_up(const char *to)
{
    struct log_reader *r = open_reader();
    if (log_backup(&cx, r, to) != OK) failed("%s", cx.message);
    log_reader_close(r);
}

static void add(int from, int to)
{
    struct log *l = open_log();
    put_many(l, from, to);
    log_close(l);
}

static enum rc sign_now(void)
{
    struct log *l = open_log();
    struct log_reader *r = open_reader();
    struct signer *s;
    scoped_buf note;
    buf_init(&note, 0);
    assert_int_equal(signer_open(&cx, place, &s), OK);
    enum rc rc = head_sign(&cx, l, r, s, &note);
    signer_close(s);
    log_reader_close(r);
    log_close(l);
    return rc;
}

static enum rc seam(struct head_seam *out)
{
    struct log *l = open_log();
    struct log_reader *r = open_reader();
    struct signer *s;
    assert_int_equal(signer_open(&cx, place, &s), OK);
    enum rc rc = head_restore(&cx, l, r, s, &by, STR("disk lost"), out);
    signer_close(s);
    log_reader_close(r);
    log_close(l);
    return rc;
}

static struct note_key key_now(void)
{
    struct signer *s;
    assert_int_equal(signer_open(&cx, place, &s), OK);
    struct note_key k = *signer_key(s);
    k.name = arena_str(&cx.arena, k.name);
    signer_close(s);
    return k;
}

static void verified(struct note_key key, struct verified *v)
{
    const char *out = arena_printf(&cx.arena, "%s/tiles-%ld", folder, random()).p;
    struct log_reader *r = open_reader();
    struct str note;
    struct reader_folder tiles;
    if (head_newest(&cx, r, &note) != OK || tiles_write(&cx, r, note, out) != OK) failed("%s", cx.message);
    log_reader_close(r);
    assert_int_equal(reader_folder_open(&cx, out, &tiles), OK);
    struct verify_options o = {.reader = reader_of_folder(&tiles), .key = key};
    if (verify_ledger(&cx, &o, v) != OK) failed("%s", cx.message);
    reader_folder_close(&tiles);
}

static atomic_bool stop;

static void *write_on(void *arg)
{
    struct log *l = arg;
    struct ctx own;
    ctx_init(&own);
    struct log_fact f = make_fact(&own, "note", "{\"text\":\"meanwhile\"}");
    enum rc rc = OK;
    while (rc == OK && !atomic_load(&stop)) rc = log_put(&own, l, &f, NULL);
    ctx_release(&own);
    return rc == OK ? NULL : "failed";
}

static void test_ledger_backup__while_facts_come_in(void **state)
{
    (void)state;
    pthread_t thread;
    void *trouble;
    struct stat st;
    add(0, 500);
    struct log *l = open_log();
    atomic_store(&stop, false);
    assert_int_equal(pthread_create(&thread, NULL, write_on, l), 0);
    usleep(20000);
    back_up(file);
    atomic_store(&stop, true);
    pthread_join(thread, &trouble);
    assert_null(trouble);
    log_close(l);
    assert_true(stat(file, &st) == 0 && (st.st_mode & 0777) == 0600);
    uint64_t all = sound_log();
    struct log_reader *r = open_reader();
    assert_int_equal(log_backup(&cx, r, file), E_CONFLICT);
    log_reader_close(r);
    struct log_restored out;
    if (log_restore(&cx, file, folder, &out) != OK) failed("%s", cx.message);
    assert_true(out.facts >= 500 && out.facts <= all);
    assert_non_null(out.kept);
    assert_int_equal(access(out.kept, F_OK), 0);
    assert_int_equal(sound_log(), out.facts);
    add(0, 3); /* one can go on */
    assert_int_equal(sound_log(), out.facts + 3);
}

static void test_ledger_backup__no_seam_when_all_is_there(void **state)
{
    (void)state;
    struct log_restored out;
    struct head_seam s;
    add(0, 20);
    assert_int_equal(sign_now(), OK);
    add(20, 25);
    back_up(file);
    add(25, 30); /* never under a signed head */
    assert_int_equal(log_restore(&cx, file, folder, &out), OK);
    assert_int_equal(seam(&s), OK);
    assert_false(s.seam);
    assert_int_equal(sign_now(), OK);
    assert_int_equal(sound_log(), 25);
}

static void test_ledger_backup__seam(void **state)
{
    (void)state;
    struct log_restored out;
    struct head_seam s;
    struct verified v;
    struct note_key first = key_now(), second;
    add(0, 300);
    back_up(file);
    add(300, 320);
    assert_int_equal(sign_now(), OK);
    add(320, 322);
    assert_int_equal(log_restore(&cx, file, folder, &out), OK);
    assert_int_equal(sign_now(), E_DENIED);
    assert_int_equal(seam(&s), OK);
    assert_true(s.seam && s.lost_from == 300 && s.lost_to == 320);
    assert_str(s.origin, STR("sinetti.example/acme/2"));
    assert_int_equal(seam(&s), OK);
    assert_false(s.seam); /* done once */
    add(0, 10);
    assert_int_equal(sign_now(), OK);
    verified(first, &v);
    assert_true(v.head.size == 311 && v.n_handovers == 1 && v.handovers[0].is_seam && v.handovers[0].is_trusted);
    assert_true(v.handovers[0].lost_from == 300 && v.handovers[0].lost_to == 320);
    assert_str(v.head.origin, STR("sinetti.example/acme/2"));
    /* again, and broken off: the next key was made, and then the machine stopped */
    second = key_now();
    const char *later = arena_printf(&cx.arena, "%s/backup-2", folder).p;
    back_up(later);
    add(10, 20);
    assert_int_equal(sign_now(), OK);
    assert_int_equal(log_restore(&cx, later, folder, &out), OK);
    struct signer *signer;
    struct note_key next;
    assert_int_equal(signer_open(&cx, place, &signer), OK);
    assert_int_equal(signer_begin_handover(&cx, signer, true, &next), OK);
    signer_close(signer);
    assert_int_equal(seam(&s), OK);
    assert_true(s.seam && s.lost_from == 311 && s.lost_to == 321);
    verified(first, &v);
    assert_true(v.n_handovers == 2 && v.handovers[1].is_trusted && v.head.size == 312);
    verified(second, &v);
    assert_str(v.head.origin, STR("sinetti.example/acme/3"));
    assert_int_equal(sound_log(), 312);
}

/* Another history is no older copy. */
static void test_ledger_backup__another_history(void **state)
{
    (void)state;
    struct log_restored out;
    struct head_seam s;
    add(0, 5);
    back_up(file);
    add(5, 8);
    assert_int_equal(sign_now(), OK);
    assert_int_equal(log_restore(&cx, file, folder, &out), OK);
    add(5, 12);
    assert_int_equal(seam(&s), E_DENIED);
    assert_non_null(strstr(cx.message, "no older copy"));
}

static void spoil(const char *sql)
{
    sqlite3 *db;
    assert_int_equal(store_open_file(&cx, file, STORE_WRITE, &db), OK);
    assert_int_equal(store_exec(&cx, db, sql), OK);
    assert_int_equal(store_exec(&cx, db, "PRAGMA journal_mode=DELETE"), OK);
    store_close(db);
}

static size_t things_in_folder(void)
{
    size_t n = 0;
    DIR *d = opendir(folder);
    while (readdir(d)) n++;
    closedir(d);
    return n;
}

static void test_ledger_backup__refuses(void **state)
{
    (void)state;
    struct log_restored out;
    add(0, 300);
    back_up(file);
    add(300, 305);
    struct log *l = open_log();
    assert_int_equal(log_restore(&cx, file, folder, &out), E_BUSY);
    log_close(l);
    size_t before = things_in_folder();
    assert_int_equal(log_restore(&cx, arena_printf(&cx.arena, "%s/none", folder).p, folder, &out), E_NOTFOUND);
    spoil("UPDATE bodies SET body = replace(body, '\"7\"', '\"8\"') WHERE n = 7");
    assert_int_equal(log_restore(&cx, file, folder, &out), E_CORRUPT);
    assert_non_null(strstr(cx.message, "fact 7"));
    spoil("UPDATE bodies SET body = replace(body, '\"8\"', '\"7\"') WHERE n = 7; UPDATE origins SET origin = "
          "'sinetti.example/other'");
    assert_int_equal(log_restore(&cx, file, folder, &out), E_CONFLICT);
    spoil("PRAGMA user_version = 9");
    assert_int_equal(log_restore(&cx, file, folder, &out), E_DENIED);
    FILE *f = fopen(file, "wb");
    for (int i = 0; i < 5000; i++) fputs("no database", f);
    fclose(f);
    assert_int_not_equal(log_restore(&cx, file, folder, &out), OK);
    assert_int_equal(sound_log(), 305);
    assert_true(things_in_folder() <= before);
}

/* What one restores for: the file is there and is no database any more. */
static void test_ledger_backup__over_damage(void **state)
{
    (void)state;
    struct log_restored out;
    struct log *l;
    add(0, 300);
    back_up(file);
    FILE *f = fopen(arena_printf(&cx.arena, "%s/ledger.db", folder).p, "r+b");
    for (int i = 0; i < 500; i++) fputs("broken ", f);
    fclose(f);
    assert_int_not_equal(log_open(&cx, folder, test_clock, &l), OK);
    if (log_restore(&cx, file, folder, &out) != OK) failed("%s", cx.message);
    assert_int_equal(sound_log(), 300);
    assert_int_equal(unlink(arena_printf(&cx.arena, "%s/ledger.db", folder).p), 0);
    assert_int_equal(log_restore(&cx, file, folder, &out), OK);
    assert_null(out.kept);
    assert_int_equal(sound_log(), 300);
}

int main(void)
{
#define CASE(name) cmocka_unit_test_setup_teardown(test_ledger_backup__##name, setup, log_teardown)
    const struct CMUnitTest tests[] = {
        CASE(while_facts_come_in), CASE(no_seam_when_all_is_there), CASE(seam), CASE(another_history), CASE(refuses),
        CASE(over_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
