/* From a request to its answer: what is refused, by whom it may be asked, and how errors are told. */
#include "unit.h"
#undef fail

#include "api_data.h"

static void test_api_handle__finds_the_operation(void **state)
{
    (void)state;
    ask(web, "GET", "/api/v1/session", "", "", NULL);
    ANSWERED(200, "\"person\":null");
    assert_string_equal(done.op->id, "session_get");
    assert_int_equal(strlen(got_header("X-Request-Id")), 32);
    ask(web, "HEAD", "/api/v1/session", "", "", NULL);
    assert_int_equal(answer.status, 200);
    static const char *const none[] = {"/",
                                       "/api/v1",
                                       "/api/v1/",
                                       "/api/v1/session/",
                                       "/api/v1//session",
                                       "/api/v2/session",
                                       "/api/v1/sessio",
                                       "/api/v1/sessions",
                                       "api/v1/session",
                                       "/api/v1/session/x/y/z",
                                       ""};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
        ask(web, "GET", none[i], "", "", NULL);
        ANSWERED(404, "\"type\":\"/api/#not_found\"");
        assert_null(done.op);
    }
    ask(web, "PATCH", "/api/v1/roles", "", "", NULL);
    ANSWERED(405, "/api/#method");
    assert_string_equal(got_header("Allow"), "GET, HEAD");
    assert_string_equal(got_header("Content-Type"), "application/problem+json");
    ask(web, "GET", "/api/", "", "", NULL);
    ANSWERED(200, "<!doctype html>");
    ask(web, "GET", "/api", "", "", NULL);
    assert_int_equal(answer.status, 308);
}

static void test_api_handle__who_may(void **state)
{
    (void)state;
    struct str ann = person_made("Ann Aalto", "ann@example.org");
    grant(ann, ROLE_ADMIN, "org", 0);
    const char *token = token_of(ann, "tasks.read");
    ask(web, "GET", "/api/v1/roles", "", "", NULL);
    ANSWERED(401, "/api/#signed_out");
    ask(worker, "GET", "/api/v1/roles", "", "", AS(token));
    ANSWERED(200, "\"role\":\"auditor\"");
    static const char *const wrong[] = {"Bearer snt_nobody", "Bearer ", "Basic YTpi", "Bearer", ""};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ask(web, "GET", "/api/v1/session", "", "", AS(wrong[i]));
        ANSWERED(401, "/api/#signed_out");
        assert_string_equal(got_header("WWW-Authenticate"), "Bearer");
    }
    /* a token that is no good is not made up for by a cookie */
    struct session_made s = session_of(ann);
    const char *cookie = arena_printf(&cx.arena, "a=b; sinetti=%s", s.cookie).p;
    ask(web, "GET", "/api/v1/session", "", "", HEADERS("Cookie", cookie));
    ANSWERED(200, "\"name\":\"Ann Aalto\"");
    ask(web, "GET", "/api/v1/session", "", "", HEADERS("Cookie", cookie, "Authorization", "Bearer snt_nobody"));
    ANSWERED(401, "/api/#signed_out");
    WELL(identity_person_leave(&cx, the, &operator_, ann));
    ask(worker, "GET", "/api/v1/roles", "", "", AS(token));
    ANSWERED(401, "/api/#signed_out");
    ask(web, "GET", "/api/v1/session", "", "", HEADERS("Cookie", cookie));
    ANSWERED(200, "\"person\":null");
}

static void test_api_handle__session_tells_rights(void **state)
{
    (void)state;
    struct str ann = person_made("Ann Aalto", "ann@example.org");
    struct facts_answer a;
    const struct body project =
        make_body("project", "project:abcdefghij234567klmn", "{\"name\":\"p\",\"title\":\"P\",\"state\":\"active\"}");
    WELL(facts_append(&cx, the_facts, &(struct facts_request){.facts = &project, .n = 1}, &a));
    grant(ann, ROLE_EMPLOYEE, "org", 0);
    grant(ann, ROLE_DEVELOPER, "project:abcdefghij234567klmn", the_time + 7200);
    struct session_made s = session_of(ann);
    ask(web, "GET", "/api/v1/session", "", "", HEADERS("Cookie", arena_printf(&cx.arena, "sinetti=%s", s.cookie).p));
    ANSWERED(200, "\"permissions\":[\"organization.read\",\"frameworks.read\"]");
    ANSWERED(200, "{\"project\":\"project:abcdefghij234567klmn\",\"name\":\"P\",\"permissions\":[\"people.read\","
                  "\"tasks.read\"");
    /* a token has what it was narrowed to and no more */
    ask(worker, "GET", "/api/v1/session", "", "", AS(token_of(ann, "organization.read")));
    ANSWERED(200, "\"permissions\":[\"organization.read\"],\"projects\":[{\"project\":\"project:abcdefghij234567klmn\","
                  "\"name\":\"P\","
                  "\"permissions\":[]}]");
    the_time += 7300;
    ask(worker, "GET", "/api/v1/session", "", "", HEADERS("Cookie", arena_printf(&cx.arena, "sinetti=%s", s.cookie).p));
    ANSWERED(200, "\"projects\":[]");
}

static void test_api_handle__parameters(void **state)
{
    (void)state;
    ask(web, "GET", "/api/v1/session", "x=1&y", "", NULL);
    ANSWERED(422, "\"errors\":[{\"field\":\"x\",\"detail\":\"there is no such thing\"},{\"field\":\"y\"");
    ask(web, "GET", "/api/v1/session", "x=%zz", "", NULL);
    ANSWERED(400, "/api/#malformed");
    ask(web, "GET", "/api/v1/session", "x=%00", "", NULL);
    ANSWERED(400, "/api/#malformed");
    ask(web, "GET", "/api/v1/session", "", "{}", NULL);
    ANSWERED(400, "this takes no body");
    char many[4096] = "a=1";
    for (int i = 0; i < 400; i++) strcat(many, "&b=2");
    ask(web, "GET", "/api/v1/session", many, "", NULL);
    ANSWERED(422, "\"field\":\"b\"");
}

static void test_api_handle__languages(void **state)
{
    (void)state;
    static const struct {
        const char *accept, *title;
    } cases[] = {{"fi", "Kirjaudu"},
                 {"fi-FI,fi;q=0.9,en;q=0.8", "Kirjaudu"},
                 {"en, fi", "Sign in"},
                 {"sv, fi;q=0.1", "Kirjaudu"},
                 {"en;q=0.3, fi;q=0.7", "Kirjaudu"},
                 {"fi;q=0, en", "Sign in"},
                 {"fil", "Sign in"},
                 {"*", "Sign in"},
                 {";;,,q=", "Sign in"},
                 {"fi;q=0.001,en;q=0.002", "Sign in"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        ask(web, "GET", "/api/v1/roles", "", "", HEADERS("Accept-Language", cases[i].accept));
        ANSWERED(401, cases[i].title);
    }
}

static void test_api_handle__tags(void **state)
{
    (void)state;
    ask(web, "GET", "/api/v1/session", "", "", NULL);
    const char *tag = arena_cstr(&cx.arena, str_from(got_header("ETag")));
    assert_true(strlen(tag) > 10);
    const char *same = arena_printf(&cx.arena, "\"x\", W/%s", tag).p;
    ask(web, "GET", "/api/v1/session", "", "", HEADERS("If-None-Match", same));
    assert_int_equal(answer.status, 304);
    assert_int_equal(answered[0], 0);
    assert_string_equal(got_header("ETag"), tag);
    ask(web, "GET", "/api/v1/session", "", "", HEADERS("If-None-Match", "\"x\""));
    assert_int_equal(answer.status, 200);
}

static void test_api_handle__rates(void **state)
{
    (void)state;
    struct api *slow = open_api(API_WEB, 5);
    struct str ann = person_made("Ann Aalto", "ann@example.org");
    const char *token = token_of(ann, "tasks.read");
    int refused = 0;
    for (int i = 0; i < 40; i++) {
        ask(slow, "GET", "/api/v1/session", "", "", AS("Bearer snt_guess"));
        refused += answer.status == 429;
    }
    ANSWERED(429, "/api/#too_many");
    assert_string_equal(got_header("Retry-After"), "1");
    assert_true(refused >= 15 && refused <= 20);
    ask(slow, "GET", "/api/v1/session", "", "", AS(token)); /* somebody else's share is their own */
    assert_int_equal(answer.status, 200);
    api_close(slow);
}

/* What a room below says may name files of ours. */
static void test_api_handle__keeps_inside_text_inside(void **state)
{
    (void)state;
    const char *moved = path_of("moved.db");
    struct api *fresh = open_api(API_WEB, 0);
    assert_int_equal(rename(path_of("ledger.db"), moved), 0);
    ask(fresh, "GET", "/api/v1/session", "", "", NULL);
    assert_int_equal(answer.status, 500);
    if (strstr(answered, folder)) failed("%s", answered);
    if (!strstr(done.fault, "ledger.db")) failed("the operator is told \"%s\"", done.fault);
    assert_int_equal(rename(moved, path_of("ledger.db")), 0);
    api_close(fresh);
}

/* Web passes on what is not only reading, and what is when the use of a session is to be noted; worker does all. */
static void test_api_handle__worker(void **state)
{
    (void)state;
    ask(worker, "GET", "/api/v1/session", "", "", HEADERS("X-Request-Id", "0123456789abcdef0123456789abcdef"));
    ANSWERED(200, "\"person\":null");
    assert_false(done.elsewhere);
    assert_string_equal(done.id, "0123456789abcdef0123456789abcdef");
    ask(web, "GET", "/api/v1/session", "", "", HEADERS("X-Request-Id", "0123456789abcdef0123456789abcdef"));
    assert_string_not_equal(done.id, "0123456789abcdef0123456789abcdef");
    struct session_made s = session_of(person_made("Ann Aalto", "ann@example.org"));
    const char *const *cookie = HEADERS("Cookie", arena_printf(&cx.arena, "sinetti=%s", s.cookie).p);
    ask(web, "GET", "/api/v1/session", "", "", cookie);
    assert_false(done.elsewhere);
    the_time += 3600;
    ask(web, "GET", "/api/v1/session", "", "", cookie);
    assert_true(done.elsewhere);
    ask(worker, "GET", "/api/v1/session", "", "", cookie);
    ANSWERED(200, "Ann Aalto");
    ask(web, "GET", "/api/v1/session", "", "", cookie);
    assert_false(done.elsewhere);
}

#define CASE(name) cmocka_unit_test_setup_teardown(test_api_handle__##name, api_setup, api_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(finds_the_operation),
        CASE(who_may),
        CASE(session_tells_rights),
        CASE(parameters),
        CASE(languages),
        CASE(tags),
        CASE(rates),
        CASE(keeps_inside_text_inside),
        CASE(worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
