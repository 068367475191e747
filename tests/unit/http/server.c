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
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static struct ctx cx;
static struct http_server *server;
static uint16_t port;
static int log_status;
static struct http_exchange *volatile kept;
static int64_t volatile fed; /* bytes of the last body that followed; -1: it broke off */
static int stream_end = -1;  /* where the test writes what is streamed */

/* Threads that answer. They are joined before the test ends: a thread that is just ending when the process does is in
 * the way of the search for leaks. */
#define MOST_THREADS 64
static pthread_mutex_t threads_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_t threads[MOST_THREADS];
static size_t n_threads;

static void begin(void *(*run)(void *), void *arg)
{
    pthread_mutex_lock(&threads_lock);
    assert_true(n_threads < MOST_THREADS);
    assert_int_equal(pthread_create(&threads[n_threads++], NULL, run, arg), 0);
    pthread_mutex_unlock(&threads_lock);
}

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

/* Reads a body that follows, slowly or not, and answers with how much of it came, and whether it had an end. */
struct feeding {
    struct http_exchange *x;
    int fd;
    bool slow;
};

static bool read_all(int fd, void *out, size_t n)
{
    ssize_t got = 1;
    for (size_t at = 0; at < n && got > 0; at += (size_t)got) got = read(fd, (char *)out + at, n - at);
    return got > 0;
}

static void *read_feed(void *arg)
{
    struct feeding f = *(struct feeding *)arg;
    static char block[HTTP_FEED_BLOCK];
    uint32_t n = 0;
    uint64_t all = 0;
    bool wrong = false, more = true;
    struct http_response r;
    free(arg);
    while ((more = read_all(f.fd, &n, sizeof n)) && n && (more = n <= sizeof block && read_all(f.fd, block, n))) {
        for (uint32_t i = 0; i < n; i++) wrong |= block[i] != (char)('a' + (all + i) % 23);
        all += n;
        if (f.slow) usleep(1000);
    }
    close(f.fd);
    fed = more && !n ? (int64_t)all : -1;
    http_response_init(&r);
    buf_printf(&r.body, "%s %llu%s|", fed >= 0 ? "whole" : "broken", (unsigned long long)all, wrong ? " wrong" : "");
    http_answer(f.x, &r);
    return NULL;
}

static void handle_feed(struct http_exchange *x, struct str path)
{
    int ends[2];
    struct feeding *f = calloc(1, sizeof *f);
    assert_true(http_exchange_request(x)->follows);
    if (str_eq(path, STR("/feed/refused"))) {
        free(f);
        http_refuse(x, 403, "Forbidden", "not you");
        return;
    }
    assert_int_equal(pipe(ends), 0);
    http_feed(x, ends[1]);
    if (str_eq(path, STR("/feed/closed"))) { /* whoever was to read it is gone */
        free(f);
        close(ends[0]);
        begin(later, x);
    } else {
        *f = (struct feeding){x, ends[0], str_eq(path, STR("/feed/slow"))};
        begin(read_feed, f);
    }
}

static void handle(void *arg, struct http_exchange *x)
{
    (void)arg;
    struct str path = http_exchange_request(x)->path;
    int ends[2];
    if (str_eq(path, STR("/later")))
        begin(later, x);
    else if (http_exchange_request(x)->follows)
        handle_feed(x, path);
    else if (str_starts(path, STR("/file"))) {
        struct http_response r;
        FILE *file = tmpfile();
        assert_non_null(file);
        fputs("0123456789", file);
        fflush(file);
        http_response_init(&r);
        http_response_header(&r, "ETag", STR("\"tag\""));
        http_answer_stream(x, &r, dup(fileno(file)));
        fclose(file);
    } else if (str_eq(path, STR("/never")))
        kept = x;
    else if (str_starts(path, STR("/stream")) && pipe(ends) == 0) {
        stream_end = ends[1];
        struct http_response r;
        http_response_init(&r);
        http_response_header(&r, "Content-Type",
                             str_eq(path, STR("/stream/events")) ? STR("text/event-stream") : STR("text/plain"));
        http_answer_stream(x, &r, ends[0]);
    } else
        echo(x);
}

static size_t most_body(void *arg, struct str method, struct str path, bool *follows)
{
    (void)arg;
    *follows = str_starts(path, STR("/feed"));
    return !str_eq(method, STR("POST")) ? 0 : *follows ? 10 * MIB : 1000;
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
    while (n_threads) pthread_join(threads[--n_threads], NULL); /* nobody begins any more */
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

/* A body of n bytes that read_feed() knows, in chunks or with its length. */
static void send_feed(int fd, const char *path, size_t n, bool chunked)
{
    scoped_buf b;
    buf_init(&b, 64 * MIB);
    buf_printf(&b, "POST %s HTTP/1.1\r\nHost: h\r\nConnection: close\r\n", path);
    if (chunked)
        buf_cstr(&b, "Transfer-Encoding: chunked\r\n\r\n");
    else
        buf_printf(&b, "Content-Length: %zu\r\n\r\n", n);
    for (size_t i = 0; i < n; i++) {
        size_t chunk = n - i < 7777 ? n - i : 7777;
        if (chunked && i % 7777 == 0) buf_printf(&b, "%s%zx\r\n", i ? "\r\n" : "", chunk);
        buf_char(&b, (char)('a' + i % 23));
    }
    if (chunked) buf_cstr(&b, "\r\n0\r\n\r\n");
    assert_true(file_write_all(fd, buf_view(&b)));
}

static void test_http_server__bodies_that_follow(void **state)
{
    (void)state;
    static const size_t sizes[] = {1, 7777, 65536, 65537, 9999999};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        for (int chunked = 0; chunked < 2; chunked++)
            for (int slow = 0; slow < 2; slow++) {
                char expected[60];
                int fd = dial();
                send_feed(fd, slow ? "/feed/slow" : "/feed", sizes[i], chunked);
                snprintf(expected, sizeof expected, "\r\n\r\nwhole %zu|", sizes[i]);
                has(take(fd, NULL), expected);
                close(fd);
            }
    /* none at all is none that follows */
    has(ask("POST /feed HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), "POST /feed plain|");
    /* another request after one, on the same connection */
    const char *both = ask("POST /feed HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab"
                           "GET /2 HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    has(both, "whole 2|");
    has(both, "GET /2 plain|");
}

static void test_http_server__bodies_that_follow_and_are_not_taken(void **state)
{
    (void)state;
    /* refused by the head: who waits for leave to send is told at once, who does not when all is read past */
    has(ask("POST /feed/refused HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 9\r\n\r\n"),
        "HTTP/1.1 403 ");
    int fd = dial();
    send_feed(fd, "/feed/refused", 3000000, false);
    has(take(fd, NULL), "HTTP/1.1 403 ");
    close(fd);
    /* nobody reads it any more */
    fd = dial();
    send_feed(fd, "/feed/closed", 3000000, true);
    has(take(fd, NULL), "POST /feed/closed plain|");
    close(fd);
    has(ask("POST /feed HTTP/1.1\r\nHost: h\r\nContent-Length: 99999999\r\n\r\n"), "HTTP/1.1 413 ");
}

static void test_http_server__bodies_that_break_off(void **state)
{
    (void)state;
    static const char *const parts[] = {"Content-Length: 10\r\n\r\nabc",
                                        "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n5\r\nde",
                                        "Transfer-Encoding: chunked\r\n\r\nnonsense\r\n"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        char text[200];
        fed = 0;
        int fd = dial();
        snprintf(text, sizeof text, "POST /feed HTTP/1.1\r\nHost: h\r\n%s", parts[i]);
        assert_true(file_write_all(fd, str_from(text)));
        if (i == 2) (void)take(fd, NULL);
        close(fd);
        for (int wait = 0; wait < 500 && fed == 0; wait++) usleep(10000);
        if (fed != -1) print_error("part %zu\n", i);
        assert_int_equal(fed, -1);
    }
    has(ask("GET /x HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), "GET /x plain|");
}

static const char *ask_part(const char *headers)
{
    char text[200];
    snprintf(text, sizeof text, "GET /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\n%s\r\n", headers);
    return ask(text);
}

static void test_http_server__files_and_their_parts(void **state)
{
    (void)state;
    const char *whole = ask_part("");
    has(whole, "HTTP/1.1 200 ");
    has(whole, "Content-Length: 10\r\n");
    has(whole, "\r\n\r\n0123456789");
    static const char *const parts[][3] = {{"Range: bytes=2-4\r\n", "bytes 2-4/10", "\r\n\r\n234"},
                                           {"Range: bytes=7-\r\n", "bytes 7-9/10", "\r\n\r\n789"},
                                           {"Range: bytes=-3\r\n", "bytes 7-9/10", "\r\n\r\n789"},
                                           {"Range: bytes=-99\r\n", "bytes 0-9/10", "\r\n\r\n0123456789"},
                                           {"Range: bytes=9-99\r\n", "bytes 9-9/10", "\r\n\r\n9"},
                                           {"If-Range: \"tag\"\r\nRange: bytes=0-0\r\n", "bytes 0-0/10", "\r\n\r\n0"}};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        const char *part = ask_part(parts[i][0]);
        has(part, "HTTP/1.1 206 ");
        has(part, parts[i][1]);
        has(part, parts[i][2]);
    }
    has(ask_part("Range: bytes=10-\r\n"), "HTTP/1.1 416 ");
    has(ask_part("Range: bytes=-0\r\n"), "bytes */10");
    /* as if not asked for */
    static const char *const whole_ones[] = {"Range: bytes=4-2\r\n",     "Range: bytes=-\r\n",
                                             "Range: bytes=1-2,4-5\r\n", "Range: lines=1-2\r\n",
                                             "Range: bytes=x-2\r\n",     "If-Range: \"other\"\r\nRange: bytes=0-0\r\n"};
    for (size_t i = 0; i < sizeof whole_ones / sizeof *whole_ones; i++) has(ask_part(whole_ones[i]), "HTTP/1.1 200 ");
    const char *head = ask("HEAD /file HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    has(head, "Content-Length: 10\r\n");
    assert_null(strstr(head, "0123"));
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
    has(take(fd, "0\r\n\r\n"), "0\r\n\r\n");
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
        cmocka_unit_test_setup_teardown(test_http_server__bodies_that_follow, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_server__bodies_that_follow_and_are_not_taken, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_server__bodies_that_break_off, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_server__files_and_their_parts, setup, teardown),
        cmocka_unit_test_setup_teardown(test_http_server__stops, setup, teardown),
    };
    (void)signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
