/* What operators are told, and signals of a process. */
#include "serve/inside.h"

#include "base/file.h"
#include "base/json.h"
#include "base/time.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define STOPS_AFTER 45 /* seconds after SIGTERM: more than the supervisor waits, which may be gone */
#define PATIENCE 1000  /* milliseconds */

/* A pipe whose reader sleeps holds nobody up: what is told is less than a pipe takes at once. */
static bool is_read(void)
{
    struct pollfd p = {.fd = STDERR_FILENO, .events = POLLOUT};
    return poll(&p, 1, PATIENCE) > 0;
}

static void put_line(const char *process, const char *level, const char *text)
{
    char at[32];
    struct json j;
    scoped_buf line;
    buf_init(&line, 8 * KIB);
    json_init(&j, &line, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "at", time_format(time_now(), at));
    json_put_cstr(&j, "level", level);
    json_put_cstr(&j, "process", process);
    json_put_cstr(&j, "message", text);
    json_end(&j, '}');
    buf_char(&line, '\n');
    if (is_read()) (void)file_write_all(STDERR_FILENO, buf_view(&line)); /* whole: others write there too */
}

void serve_tell(const char *process, const char *level, const char *fmt, ...)
{
    char text[1024];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    put_line(process, level, text);
}

void serve_wait_for_end(void)
{
    sigset_t ends;
    int number;
    sigemptyset(&ends);
    sigaddset(&ends, SIGTERM);
    while (sigwait(&ends, &number) != 0) {
    }
    /* from here on it ends, if not by itself: SIGALRM has no handler */
    sigset_t alarms;
    sigemptyset(&alarms);
    sigaddset(&alarms, SIGALRM);
    (void)pthread_sigmask(SIG_UNBLOCK, &alarms, NULL);
    (void)alarm(STOPS_AFTER);
}

/* Whose child we are when it is gone, is not ours to tell. */
void serve_reload(const struct serve *s)
{
    if (getppid() == s->supervisor) (void)kill(s->supervisor, SIGHUP);
}

void serve_say_ready(struct serve *s, const char *link)
{
    (void)!write(s->ready, link, strlen(link) + 1);
    close(s->ready);
    s->ready = -1;
}
