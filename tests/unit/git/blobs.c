#include "fixture.h"

#include <pthread.h>

struct blobs_seen {
    const struct str *oids;
    size_t n, next, missing, skipped;
    uint64_t bytes;
    bool in_order;
};

static enum rc see(void *arg, size_t i, struct str content, bool missing)
{
    struct blobs_seen *s = arg;
    s->in_order = s->in_order && i == s->next++;
    s->missing += missing;
    s->skipped += !missing && !content.p;
    s->bytes += content.n;
    return OK;
}

static enum rc list(void *arg, const struct git_entry *e)
{
    struct blobs_seen *s = arg;
    struct str *to = (struct str *)(uintptr_t)&s->oids[s->n++];
    char *p = malloc(e->oid.n);
    assert_non_null(p);
    memcpy(p, e->oid.p, e->oid.n);
    *to = (struct str){p, e->oid.n};
    return OK;
}

#define MANY 3000

static void *read_all(void *arg)
{
    struct {
        struct git *g;
        struct blobs_seen s;
        enum rc rc;
    } *job = arg;
    struct ctx cx;
    struct git_blobs *b = NULL;
    ctx_init(&cx);
    job->rc = git_blobs_open(&cx, job->g, &b);
    for (int i = 0; i < 3 && job->rc == OK; i++) {
        job->s.next = 0;
        job->rc = git_blobs_read(&cx, b, job->s.oids, job->s.n, 1 << 20, see, &job->s);
    }
    git_blobs_close(b);
    ctx_release(&cx);
    return NULL;
}

static void test_git_blobs__many_in_threads(void **state)
{
    struct fixture *f = *state;
    run(f,
        "git init -q repo && cd repo && for i in $(seq 3000); do printf 'blob\\ndata 6\\n%05d\\n\\n' $i; done >../in;"
        " { printf 'commit refs/heads/main\\ncommitter A <a> 1700000000 +0000\\ndata 1\\nx\\n'; for i in $(seq 3000);"
        " do printf 'M 100644 inline f%s\\ndata 6\\n%05d\\n\\n' $i $i; done; } | git fast-import --quiet");
    struct git *g = open_good(f, "repo");
    struct str oids[MANY];
    struct blobs_seen all = {.oids = oids};
    assert_int_equal(git_tree(&f->cx, g, resolve(f, g, "HEAD"), list, &all), OK);
    assert_int_equal(all.n, MANY);
    struct {
        struct git *g;
        struct blobs_seen s;
        enum rc rc;
    } jobs[2];
    pthread_t threads[2];
    for (int i = 0; i < 2; i++) {
        jobs[i].g = g;
        jobs[i].s = (struct blobs_seen){.oids = oids, .n = MANY, .in_order = true};
        assert_int_equal(pthread_create(&threads[i], NULL, read_all, &jobs[i]), 0);
    }
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(jobs[i].rc, OK);
        assert_true(jobs[i].s.in_order);
        assert_int_equal(jobs[i].s.bytes, 3 * MANY * 6);
        assert_int_equal(jobs[i].s.missing + jobs[i].s.skipped, 0);
    }
    for (size_t i = 0; i < MANY; i++) free((char *)(uintptr_t)oids[i].p);
    git_close(g);
}

static void test_git_blobs__sizes_and_kinds(void **state)
{
    struct fixture *f = *state;
    run(f, "git init -q repo && cd repo && printf '' >empty && printf 12345 >five && printf 123456 >six && head -c "
           "1000000 /dev/zero >mega &&"
           " head -c 40000000 /dev/zero >huge && git add . && git commit -qm one");
    struct git *g = open_good(f, "repo");
    static const char *const names[] = {"empty", "five", "six", "huge", "mega", "five"};
    struct str oids[8];
    for (size_t i = 0; i < 6; i++) {
        char script[64];
        (void)snprintf(script, sizeof script, "git -C repo rev-parse HEAD:%s", names[i]);
        oids[i] = arena_str(&f->cx.arena, str_from(run(f, script)));
    }
    oids[6] = resolve(f, g, "HEAD"); /* no blob */
    oids[7] = STR("1111111111111111111111111111111111111111");
    struct git_blobs *b;
    assert_int_equal(git_blobs_open(&f->cx, g, &b), OK);
    struct blobs_seen s = {.in_order = true};
    assert_int_equal(git_blobs_read(&f->cx, b, oids, 8, 5, see, &s), OK);
    assert_true(s.in_order);
    assert_int_equal(s.next, 8);
    assert_int_equal(s.bytes, 10);  /* five, twice */
    assert_int_equal(s.skipped, 4); /* six, huge, mega, the commit */
    assert_int_equal(s.missing, 1);
    git_blobs_close(b);
    git_close(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        GIT_TEST(test_git_blobs__many_in_threads),
        GIT_TEST(test_git_blobs__sizes_and_kinds),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
