/* A data folder with people, the API opened on it as web and as worker, and requests to it. */
#ifndef SINETTI_TESTS_UNIT_API_API_DATA_H
#define SINETTI_TESTS_UNIT_API_API_DATA_H

#include "../identity/identity_data.h"

#include "api/api_int.h"
#include "hooks/hooks.h"
#include "mail/mail.h"
#include "notices/notices.h"

static struct api *web, *worker;

static inline struct api *open_api(enum api_process process, unsigned per_second)
{
    struct api *a = NULL;
    const struct api_options o = {.process = process,
                                  .dir = folder,
                                  .catalog = catalog,
                                  .facts = process == API_WORKER ? the_facts : NULL,
                                  .per_second = per_second,
                                  .now = test_now};
    WELL(api_open(&cx, &o, &a));
    return a;
}

static inline int api_setup(void **state)
{
    if (identity_setup(state)) return -1;
    WELL(state_migrate(&cx, state_db, &api_state));
    WELL(state_migrate(&cx, state_db, &mail_state));
    WELL(state_migrate(&cx, state_db, &hooks_state));
    WELL(state_migrate(&cx, state_db, &notices_state));
    worker = open_api(API_WORKER, 0);
    web = open_api(API_WEB, 0);
    return 0;
}

static inline int api_teardown(void **state)
{
    api_close(web);
    api_close(worker);
    return identity_teardown(state);
}

/* --- one request, and what came of it */

static struct api_done done;
static struct http_response answer;
static char answered[1 << 16]; /* the body */
static struct ctx call_cx;

static inline void ask(struct api *a, const char *method, const char *path, const char *query, const char *body,
                       const char *const *headers)
{
    struct http_header list[16];
    struct http_request r = {.method = str_from(method),
                             .path = str_from(path),
                             .query = str_from(query),
                             .headers = list,
                             .body = str_from(body),
                             .peer = STR("192.0.2.1")};
    for (; headers && headers[r.n_headers * 2]; r.n_headers++)
        list[r.n_headers] =
            (struct http_header){str_from(headers[r.n_headers * 2]), str_from(headers[r.n_headers * 2 + 1])};
    static bool before;
    if (before) {
        http_response_release(&answer);
        ctx_release(&call_cx);
    }
    before = true;
    ctx_init(&call_cx);
    http_response_init(&answer);
    api_handle(&call_cx, a, &r, &answer, &done);
    struct str text = answer.fixed.p ? answer.fixed : buf_view(&answer.body);
    snprintf(answered, sizeof answered, STR_FMT, STR_ARG(text));
}

#define HEADERS(...)                                                                                                   \
    (const char *const[])                                                                                              \
    {                                                                                                                  \
        __VA_ARGS__, NULL                                                                                              \
    }
#define AS(token) HEADERS("Authorization", (token))

static inline const char *got_header(const char *name)
{
    for (size_t i = 0; i < answer.n_headers; i++)
        if (str_eq_nocase(answer.headers[i].name, str_from(name)))
            return arena_cstr(&call_cx.arena, answer.headers[i].value);
    return "";
}

#define ANSWERED(status_, part)                                                                                        \
    do {                                                                                                               \
        if (answer.status != (status_) || !strstr(answered, part))                                                     \
            failed("%d %s, wanted %d %s", answer.status, answered, status_, part);                                     \
    } while (0)

static inline const char *token_of(struct str person, const char *only)
{
    struct token_made made;
    const struct str permissions = str_from(only);
    const struct token_wish wish = {.name = STR("a test"), .only = &permissions, .n_only = 1, .until = the_time + 3600};
    const struct identity_who w = {.credential = CREDENTIAL_SESSION, .person = person, .fingerprint = STR("")};
    WELL(identity_token_create(&cx, the, &w, &wish, &made));
    return arena_printf(&cx.arena, "Bearer %s", made.secret).p;
}

#endif
