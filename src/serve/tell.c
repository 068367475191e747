/* What operators are told, and signals of a process. */
#include "serve/inside.h"

#include "base/file.h"
#include "base/json.h"
#include "base/time.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

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
    (void)file_write_all(STDERR_FILENO, buf_view(&line)); /* whole: others write there too */
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
}

void serve_say_ready(struct serve *s, const char *link)
{
    (void)!write(s->ready, link, strlen(link) + 1);
    close(s->ready);
    s->ready = -1;
}
