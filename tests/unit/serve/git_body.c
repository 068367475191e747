/* A body on its way into git: as it is or packed, in pieces of any size; what breaks off, is too long or no gzip. */
#include "unit.h"
#undef fail

#include "base/limits.h"
#include "serve/git_body.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct git_body body;
static int web, git; /* the ends that others have */

static void begin(bool packed, uint64_t most)
{
    int from[2], to[2];
    (void)signal(SIGPIPE, SIG_IGN);
    assert_int_equal(pipe2(from, O_CLOEXEC), 0);
    assert_int_equal(pipe2(to, O_CLOEXEC), 0);
    (void)fcntl(from[1], F_SETPIPE_SZ, 1 << 20);
    web = from[1];
    git = to[0];
    assert_true(git_body_open(&body, from[0], to[1], packed, most));
}

static void over(void)
{
    git_body_close(&body);
    if (web >= 0) close(web);
    if (git >= 0) close(git);
}

/* As web writes it, in blocks of `size`. */
static void send(struct str bytes, size_t size, bool end)
{
    while (bytes.n) {
        struct str part = str_slice(bytes, 0, size);
        uint32_t n = (uint32_t)part.n;
        assert_int_equal(write(web, &n, sizeof n), sizeof n);
        assert_int_equal(write(web, part.p, part.n), (ssize_t)part.n);
        bytes = str_slice(bytes, part.n, bytes.n);
    }
    const uint32_t none = 0;
    if (end) assert_int_equal(write(web, &none, sizeof none), sizeof none);
}

/* To the end, whichever it is; what git got in *out. */
static enum git_body_state run(struct buf *out)
{
    char block[4096];
    (void)fcntl(git, F_SETFL, O_NONBLOCK);
    for (;;) {
        enum git_body_state state = git_body_turn(&body);
        ssize_t n, all = 0;
        while ((n = read(git, block, sizeof block)) > 0) {
            buf_add(out, block, (size_t)n);
            all += n;
        }
        if (state > GIT_BODY_WRITES || (state == GIT_BODY_READS && !all)) return state;
    }
}

static struct str pack(struct buf *out, struct str bytes, size_t times)
{
    z_stream z = {0};
    char block[4096];
    assert_int_equal(deflateInit2(&z, 6, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    for (size_t i = 0; i <= times; i++) {
        z.next_in = (Bytef *)(uintptr_t)bytes.p;
        z.avail_in = i < times ? (uInt)bytes.n : 0;
        do {
            z.next_out = (Bytef *)block;
            z.avail_out = sizeof block;
            (void)deflate(&z, i < times ? Z_NO_FLUSH : Z_FINISH);
            buf_add(out, block, sizeof block - z.avail_out);
        } while (z.avail_out == 0);
    }
    (void)deflateEnd(&z);
    return buf_view(out);
}

static struct str text(void)
{
    static char bytes[200000];
    for (size_t i = 0; i < sizeof bytes; i++) bytes[i] = (char)('a' + i * i % 23);
    return (struct str){bytes, sizeof bytes};
}

static void test_serve_git_body__comes_through(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 1000, HTTP_FEED_BLOCK};
    for (int packed = 0; packed < 2; packed++)
        for (size_t i = 0; i < 3; i++) {
            scoped_buf zipped, got;
            buf_init(&zipped, 0);
            buf_init(&got, 0);
            struct str all = str_slice(text(), 0, i ? 200000 : 1000);
            begin(packed, all.n);
            send(packed ? pack(&zipped, all, 1) : all, sizes[i], true);
            assert_int_equal(run(&got), GIT_BODY_WHOLE);
            assert_true(str_eq(buf_view(&got), all));
            over();
        }
}

static void test_serve_git_body__breaks_off(void **state)
{
    (void)state;
    scoped_buf got, zipped;
    buf_init(&got, 0);
    buf_init(&zipped, 0);
    begin(false, 1 << 20);
    send(STR("half"), 4, false);
    assert_int_equal(run(&got), GIT_BODY_READS); /* it may go on */
    close(web);
    web = -1;
    assert_int_equal(run(&got), GIT_BODY_BROKEN);
    over();
    /* within a block, and with one that is longer than any */
    begin(false, 1 << 20);
    const uint32_t lengths[] = {100, HTTP_FEED_BLOCK + 1};
    assert_int_equal(write(web, lengths, 4), 4);
    close(web);
    web = -1;
    assert_int_equal(run(&got), GIT_BODY_BROKEN);
    over();
    begin(false, 1 << 20);
    assert_int_equal(write(web, lengths + 1, 4), 4);
    assert_int_equal(run(&got), GIT_BODY_BROKEN);
    over();
    /* gzip without its end, with something behind it, and none */
    struct str whole = pack(&zipped, text(), 1);
    const struct str bad[] = {str_slice(whole, 0, whole.n - 1), STR("no gzip")};
    for (size_t i = 0; i < 2; i++) {
        begin(true, 1 << 20);
        send(bad[i], 5000, true);
        assert_int_equal(run(&got), GIT_BODY_BAD);
        over();
    }
    for (size_t size = 5000; size <= HTTP_FEED_BLOCK; size += HTTP_FEED_BLOCK - 5000) {
        begin(true, 1 << 20);
        buf_char(&zipped, 'x');
        send(buf_view(&zipped), size, true);
        assert_int_equal(run(&got), GIT_BODY_BAD);
        over();
    }
}

static void test_serve_git_body__has_an_end(void **state)
{
    (void)state;
    scoped_buf got, zipped;
    buf_init(&got, 0);
    buf_init(&zipped, 0);
    begin(false, 199999);
    send(text(), 1000, true);
    assert_int_equal(run(&got), GIT_BODY_LONG);
    assert_true(got.n <= 199999);
    over();
    /* a thousandfold: git gets what may be, and not what it was packed from */
    static const char zeros[1 << 20];
    struct str bomb = pack(&zipped, (struct str){zeros, sizeof zeros}, 64);
    assert_true(bomb.n < sizeof zeros / 10);
    begin(true, 1 << 20);
    buf_clear(&got);
    send(bomb, HTTP_FEED_BLOCK, true);
    assert_int_equal(run(&got), GIT_BODY_LONG);
    assert_true(got.n <= 1 << 20);
    over();
}

static void test_serve_git_body__waits_for_git(void **state)
{
    (void)state;
    scoped_buf got;
    buf_init(&got, 0);
    begin(false, 1 << 20);
    send(text(), HTTP_FEED_BLOCK, true);
    assert_int_equal(git_body_turn(&body), GIT_BODY_WRITES); /* its pipe is full */
    assert_int_equal(git_body_turn(&body), GIT_BODY_WRITES);
    assert_int_equal(run(&got), GIT_BODY_WHOLE);
    assert_true(str_eq(buf_view(&got), text()));
    over();
    begin(false, 1 << 20);
    close(git);
    git = -1;
    send(text(), HTTP_FEED_BLOCK, true);
    assert_int_equal(git_body_turn(&body), GIT_BODY_REFUSED);
    over();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_serve_git_body__comes_through),
        cmocka_unit_test(test_serve_git_body__breaks_off),
        cmocka_unit_test(test_serve_git_body__has_an_end),
        cmocka_unit_test(test_serve_git_body__waits_for_git),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
