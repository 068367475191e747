/* A real server on loopback: answers now and later, streams, limits, and how it stops. */
#include "unit.h"
#undef fail

#include "base/file.h"
#include "base/limits.h"
#include "http/http.h"

#include <arpa/inet.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct ctx cx;
static struct http_server *server;
static uint16_t port;
static int log_status;
static struct http_exchange *volatile kept;
static int stream_end = -1; /* where the test writes what is streamed */

static void echo(struct http_exchange *x)
{
    const struct http_request *q = http_exchange_request(x);
    struct http_response r;
    http_response_init(&r);
    buf_printf(&r.body, STR_FMT " " STR_FMT " %s|", STR_ARG(q->method), STR_ARG(q->path), q->secure ? "tls" : "plain");
    buf_str(&r.body, q->body);
    http_response_header(&r, "Content-Type", STR("text/plain"));
    if (str_eq(q->path, STR("/split"))) http_response_header(&r, "X-Split", STR("a\r\nSet-Cookie: b=c"));
    if (str_eq(q->path, STR("/nothing"))) {
        buf_clear(&r.body);
        r.status = 204;
        r.n_headers = 0;
    }
    http_answer(x, &r);
}

static void *later(void *arg)
{
    usleep(50000);
    echo(arg);
    return NULL;
}

static void handle(void *arg, struct http_exchange *x)
{
    (void)arg;
    struct str path = http_exchange_request(x)->path;
    pthread_t t;
    int ends[2];
    if (str_eq(path, STR("/later"))) {
        pthread_create(&t, NULL, later, x);
        pthread_detach(t);
    } else if (str_eq(path, STR("/never")))
        kept = x;
    else if (str_starts(path, STR("/stream")) && pipe(ends) == 0) {
        stream_end = ends[1];
        http_answer_stream(x, str_eq(path, STR("/stream/events")) ? "text/event-stream" : "text/plain", ends[0]);
    } else
        echo(x);
}

static size_t most_body(void *arg, struct str method, struct str path)
{
    (void)arg, (void)path;
    return str_eq(method, STR("POST")) ? 1000 : 0;
}

static void note(void *arg, const struct http_request *r, const struct http_done *d)
{
    (void)arg, (void)r;
    log_status = d->status;
}

static int setup(void **state)
{
    static const struct http_header always[] = {{STR("X-Content-Type-Options"), STR("nosniff")}};
    struct http_options o = {
        .threads = 2, .always = always, .n_always = 1, .most_body = most_body, .handle = handle, .log = note};
    (void)state;
    ctx_init(&cx);
    log_status = -1;
    kept = NULL;
    if (http_listen(&cx, "127.0.0.1", 0, &o.fd) != OK) return 1;
    port = http_port(o.fd);
    return http_start(&cx, &o, &server) == OK ? 0 : 1;
}

static int teardown(void **state)
{
    (void)state;
    http_stop(server, 5);
    server = NULL;
    ctx_release(&cx);
    return 0;
}

static int dial(void)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    struct timeval patience = {10, 0};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    assert_int_equal(connect(fd, (struct sockaddr *)&at, sizeof at), 0);
    return fd;
}

/* What comes until the connection ends, or until `enough` has come. */
static const char *take(int fd, const char *enough)
{
    static char text[65536];
    size_t n = 0;
    ssize_t got;
    text[0] = 0;
    while (!(enough && strstr(text, enough)) && (got = read(fd, text + n, sizeof text - n - 1)) > 0) {
        n += (size_t)got;
        text[n] = 0;
    }
    return text;
}

static const char *ask(const char *request)
{
    int fd = dial();
    assert_true(file_write_all(fd, str_from(request)));
    const char *text = take(fd, NULL);
    close(fd);
    return text;
}

#define has(text, part)                                                                                                \
    do {                                                                                                               \
        const char *text_ = (text);                                                                                    \
        if (!strstr(text_, part)) print_error("no \"%s\" in:\n%s\n", part, text_);                                     \
        assert_non_null(strstr(text_, part));                                                                          \
    } while (0)

static void test_http_server__answers(void **state)
{
    (void)state;
    has(ask("GET /a%20b?c HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), "\r\n\r\nGET /a b plain|");
    has(ask("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), "X-Content-Type-Options: nosniff");
    has(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello"), "POST / plain|hello");
    has(ask("POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"),
        "POST / plain|hello");
    const char *head = ask("HEAD /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    has(head, "Content-Length: 13\r\n");
    assert_null(strstr(head, "GET /x"));
    has(ask("GET /nothing HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), "HTTP/1.1 204 ");
    /* two in a row on one connection */
    const char *both = ask("GET /1 HTTP/1.1\r\nHost: h\r\n\r\nGET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    has(both, "GET /1 plain|");
    has(both, "GET /2 plain|");
}

static void test_http_server__answers_later(void **state)
{
    (void)state;
    for (int i = 0; i < 5; i++)
        has(ask("POST /later HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi"),
            "POST /later plain|hi");
    assert_int_equal(log_status, 200);
}

static void test_http_server__limits(void **state)
{
    (void)state;
    has(ask("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 1001\r\n\r\n"), "HTTP/1.1 413 ");
    has(ask("GET / HTTP/1.1\r\nHost: h\r\nContent-Length: 1\r\n\r\nx"), "HTTP/1.1 413 ");
    scoped_buf b;
    buf_init(&b, 0);
    buf_cstr(&b, "POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 11; i++) buf_printf(&b, "64\r\n%0100d\r\n", 0);
    buf_cstr(&b, "0\r\n\r\n");
    has(ask(buf_view(&b).p), "HTTP/1.1 413 ");
    buf_clear(&b);
    buf_printf(&b, "GET /%05000d HTTP/1.1\r\nHost: h\r\n\r\n", 0);
    has(ask(buf_view(&b).p), "HTTP/1.1 414 ");
    buf_clear(&b);
    buf_cstr(&b, "GET / HTTP/1.1\r\nHost: h\r\n");
    for (int i = 0; i < 70; i++) buf_printf(&b, "X-%d: y\r\n", i);
    buf_cstr(&b, "\r\n");
    has(ask(buf_view(&b).p), "HTTP/1.1 431 ");
}

static void test_http_server__no_header_is_split(void **state)
{
    (void)state;
    const char *text = ask("GET /split HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    has(text, "HTTP/1.1 500 ");
    assert_null(strstr(text, "Set-Cookie"));
}

static void test_http_server__streams(void **state)
{
    (void)state;
    int fd = dial();
    assert_true(file_write_all(fd, STR("GET /stream/events HTTP/1.1\r\nHost: h\r\n\r\n")));
    has(take(fd, "\r\n\r\n"), "text/event-stream");
    for (int i = 0; i < 3; i++) {
        usleep(20000);
        assert_true(file_write_all(stream_end, STR("data: one\n\n")));
        has(take(fd, "data: one"), "data: one");
    }
    close(stream_end);
    has(take(fd, "\r\n0\r\n\r\n"), "0\r\n\r\n");
    close(fd);
    /* a client that goes away: the writer hears of it */
    fd = dial();
    assert_true(file_write_all(fd, STR("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")));
    take(fd, "\r\n\r\n");
    close(fd);
    bool gone = false;
    for (int i = 0; i < 500 && !gone; i++) {
        gone = write(stream_end, "x", 1) < 0;
        usleep(10000);
    }
    assert_true(gone);
    close(stream_end);
}

/* What the handler never answers is answered by the server when it stops; the late answer goes nowhere. */
static void test_http_server__stops(void **state)
{
    (void)state;
    int fd = dial(), idle = dial(), stream = dial();
    assert_true(file_write_all(stream, STR("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n")));
    take(stream, "\r\n\r\n");
    int writer = stream_end;
    assert_true(file_write_all(fd, STR("GET /never HTTP/1.1\r\nHost: h\r\n\r\n")));
    for (int i = 0; i < 500 && !kept; i++) usleep(10000);
    assert_non_null(kept);
    assert_int_equal(http_in_hand(server), 1);
    http_stop(server, 1);
    server = NULL;
    has(take(fd, NULL), "HTTP/1.1 503 ");
    echo(kept);
    close(fd);
    close(idle);
    close(stream);
    close(writer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_http_server__answers, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_server__answers_later, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_server__limits, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_server__no_header_is_split, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_server__streams, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_server__stops, setup, teardown),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
