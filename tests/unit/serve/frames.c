/* Messages between web and worker: what goes in comes out, in any number of frames; what does not read is dropped. */
#include "unit.h"
#undef fail

#include "base/limits.h"
#include "serve/frames.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct ctx cx;
static int ends[2];

static int setup(void **state)
{
    (void)state;
    ctx_init(&cx);
    return socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends);
}

static int teardown(void **state)
{
    (void)state;
    close(ends[0]);
    close(ends[1]);
    ctx_release(&cx);
    return 0;
}

static void put_request(struct buf *out)
{
    static const struct http_header headers[] = {
        {STR("Cookie"), STR("a=b")}, {STR("x-request-id"), STR("forged")}, {STR("Empty"), STR("")}};
    const struct http_request r = {.method = STR("POST"),
                                   .path = STR("/api/v1/x"),
                                   .query = STR("q=1"),
                                   .body = STR("{}"),
                                   .peer = STR("192.0.2.1"),
                                   .secure = true,
                                   .headers = headers,
                                   .n_headers = 3};
    buf_init(out, 0);
    frames_put_request(out, &r, STR("0123"));
}

static void test_serve_frames__a_request(void **state)
{
    (void)state;
    struct buf message;
    struct http_request r;
    put_request(&message);
    assert_true(frames_get_request(&cx, buf_view(&message), &r));
    assert_true(str_eq(r.method, STR("POST")) && str_eq(r.path, STR("/api/v1/x")) && str_eq(r.query, STR("q=1")));
    assert_true(str_eq(r.body, STR("{}")) && str_eq(r.peer, STR("192.0.2.1")) && r.secure);
    assert_int_equal(r.n_headers, 3);
    assert_true(str_eq(http_request_header(&r, "X-Request-Id"), STR("0123"))); /* and no other */
    assert_true(http_request_header(&r, "Empty").p != NULL);
    buf_release(&message);
}

/* Every shorter one, every longer one, and many with a byte changed: refused, or read without harm. */
static void test_serve_frames__broken_ones(void **state)
{
    (void)state;
    struct buf message;
    struct http_request r;
    put_request(&message);
    for (size_t n = 0; n < message.n; n++) {
        char *cut = malloc(n ? n : 1); /* of its own, so that a sanitizer sees what is read beyond */
        memcpy(cut, message.p, n);
        assert_false(frames_get_request(&cx, (struct str){cut, n}, &r));
        free(cut);
    }
    buf_char(&message, 'x');
    assert_false(frames_get_request(&cx, buf_view(&message), &r));
    message.n--;
    for (size_t i = 0; i < message.n; i++)
        for (int v = 0; v < 256; v += 51) {
            char *changed = malloc(message.n);
            memcpy(changed, message.p, message.n);
            changed[i] = (char)v;
            (void)frames_get_request(&cx, (struct str){changed, message.n}, &r);
            free(changed);
        }
    buf_release(&message);
}

static void test_serve_frames__an_answer(void **state)
{
    (void)state;
    struct http_response r, got;
    struct str who;
    scoped_buf message;
    buf_init(&message, 0);
    http_response_init(&r);
    http_response_init(&got);
    r.status = 201;
    buf_cstr(&r.body, "made");
    http_response_header(&r, "Location", STR("/x"));
    frames_put_answer(&message, &r, STR("f1"));
    assert_true(frames_get_answer(&cx, buf_view(&message), &got, &who));
    assert_int_equal(got.status, 201);
    assert_true(str_eq(buf_view(&got.body), STR("made")) && str_eq(who, STR("f1")));
    assert_int_equal(got.n_headers, 1);
    http_response_release(&got);
    for (size_t n = 0; n < message.n; n++) {
        http_response_init(&got);
        assert_false(frames_get_answer(&cx, str_slice(buf_view(&message), 0, n), &got, &who));
        http_response_release(&got);
    }
    message.p[0] = 99; /* a status that is none */
    message.p[1] = 0;
    http_response_init(&got);
    assert_false(frames_get_answer(&cx, buf_view(&message), &got, &who));
    http_response_release(&got);
    http_response_release(&r);
}

struct sending {
    struct str body;
    int passed;
};

static void *send_it(void *arg)
{
    struct sending *s = arg;
    return frames_send(ends[0], FRAME_REQUEST, 7, s->body, s->passed) ? arg : NULL;
}

static void test_serve_frames__in_parts(void **state)
{
    (void)state;
    static const size_t sizes[] = {0, 1, LIMIT_SERVE_FRAME, LIMIT_SERVE_FRAME + 1, 5 * LIMIT_SERVE_FRAME + 17};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        scoped_buf b;
        buf_init(&b, 0);
        for (size_t k = 0; k < sizes[i]; k++) buf_char(&b, (char)(k * 7 + i));
        int pipes[2];
        assert_int_equal(pipe(pipes), 0);
        struct sending s = {b.n ? buf_view(&b) : STR(""), i == 1 || i == 4 ? pipes[1] : -1};
        struct frames f;
        pthread_t t;
        frames_init(&f, ends[1]);
        pthread_create(&t, NULL, send_it, &s);
        while (frames_receive(&f, true) == 0) continue;
        void *sent;
        pthread_join(t, &sent);
        assert_non_null(sent);
        assert_true(f.kind == FRAME_REQUEST && f.id == 7);
        assert_true(f.body.n == sizes[i] && (!b.n || memcmp(f.body.p, b.p, b.n) == 0));
        assert_int_equal(f.passed >= 0, s.passed >= 0);
        frames_release(&f);
        close(pipes[0]);
        close(pipes[1]);
    }
    char *much = calloc(1, LIMIT_SERVE_MESSAGE + 1);
    assert_false(frames_send(ends[0], FRAME_REQUEST, 1, (struct str){much, LIMIT_SERVE_MESSAGE + 1}, -1));
    free(much);
}

/* A sender that died between two parts: its half is dropped, the next message comes whole. */
static void test_serve_frames__half_a_message(void **state)
{
    (void)state;
    struct {
        uint32_t kind, part;
        uint64_t id;
        uint32_t total, zero;
        char bytes[4];
    } half = {FRAME_REQUEST, 0, 3, 100, 0, "abc"}, lost = {FRAME_REQUEST, 5, 9, 100, 0, "abc"},
      lie = {FRAME_REQUEST, 0, 4, 2, 0, "abc"}, huge = {FRAME_REQUEST, 0, 5, UINT32_MAX, 0, "abc"};
    struct frames f;
    frames_init(&f, ends[1]);
    assert_true(write(ends[0], &half, sizeof half) > 0);
    assert_true(write(ends[0], &lost, sizeof lost) > 0);
    assert_true(write(ends[0], &lie, sizeof lie) > 0);
    assert_true(write(ends[0], &huge, sizeof huge) > 0);
    assert_true(write(ends[0], "xy", 2) == 2);
    assert_true(frames_send(ends[0], FRAME_ANSWER, 8, STR("whole"), -1));
    int got = 0;
    for (int i = 0; i < 10 && !got; i++) got = frames_receive(&f, true);
    assert_int_equal(got, 1);
    assert_true(f.kind == FRAME_ANSWER && f.id == 8 && str_eq(buf_view(&f.body), STR("whole")));
    frames_release(&f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_serve_frames__a_request, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_frames__broken_ones, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_frames__an_answer, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_frames__in_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_serve_frames__half_a_message, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
