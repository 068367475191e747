/* Any bytes as a request: method, path, query, headers and body are read, or refused with a problem that is whole JSON.
 * The first lines are method, path, query, Content-Type and Accept-Language; the rest is the body. */
#include "api/api_int.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct api *api;

/* Nothing of the folder is opened until a call asks for its databases. */
static void open_api(void)
{
    static struct ctx cx; /* for as long as the process */
    const struct api_options o = {.process = API_WORKER, .dir = "/nonexistent"};
    ctx_init(&cx);
    if (api_open(&cx, &o, &api) != OK) __builtin_trap();
}

static enum rc read_request(struct ctx *cx, struct api_call *call)
{
    TRY(api_read_query(cx, call));
    TRY(api_check_parameters(cx, call));
    return api_read_body(cx, call);
}

static void check_problem(struct ctx *cx, struct api_call *call, enum rc rc)
{
    json_error_t error;
    assert(rc == E_INVALID || rc == E_LIMIT);
    api_problem_write(cx, call, rc);
    json_t *problem = json_loadb(call->answer->body.p, call->answer->body.n, JSON_REJECT_DUPLICATES, &error);
    assert(problem && json_integer_value(json_object_get(problem, "status")) == call->answer->status);
    assert(call->answer->status >= 400 && call->answer->status < 500);
    json_decref(problem);
}

static void one(struct ctx *cx, struct str rest)
{
    struct str lines[5] = {STR_NONE};
    struct http_response answer;
    uint32_t allowed;
    for (size_t i = 0; i < 5; i++)
        if (!str_cut(&rest, '\n', &lines[i])) return;
    const struct http_header headers[] = {{STR("Content-Type"), lines[3]}, {STR("Accept-Language"), lines[4]}};
    const struct http_request request = {.method = lines[0],
                                         .path = lines[1],
                                         .query = lines[2],
                                         .headers = headers,
                                         .n_headers = 2,
                                         .body = rest.p ? rest : STR("")};
    struct api_call call = {.api = api, .request = &request, .answer = &answer, .everywhere = true};
    http_response_init(&answer);
    api_lang(&call);
    call.op = api_find(request.method, request.path, call.values, &allowed);
    if (call.op) {
        enum rc rc = read_request(cx, &call);
        if (rc != OK) check_problem(cx, &call, rc);
    }
    json_decref(call.body);
    http_response_release(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct ctx cx;
    if (!api) open_api();
    ctx_init(&cx);
    one(&cx, (struct str){(const char *)data, size});
    ctx_release(&cx);
    return 0;
}
