/* One request, from its path to its answer. */
#include "api/api_int.h"
#include "base/digest.h"
#include "base/time.h"
#include "ledger/canonical.h"

#include <arpa/inet.h>
#include <sodium.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#if defined __SANITIZE_ADDRESS__
#define CHECKS_ANSWERS true /* as tests are built: what is documented is what is answered */
#else
#define CHECKS_ANSWERS false
#endif

extern const char api_reference_css[];

/* --- the page that tells all of it */

static bool answer_document(const struct http_request *r, struct http_response *answer)
{
    bool is_page = str_eq(r->path, STR("/api/")), is_style = str_eq(r->path, STR("/api/reference.css"));
    if (!str_eq(r->method, STR("GET")) && !str_eq(r->method, STR("HEAD"))) return false;
    if (str_eq(r->path, STR("/api"))) {
        answer->status = 308;
        http_response_header(answer, "Location", STR("/api/"));
        return true;
    }
    if (!is_page && !is_style) return false;
    answer->status = 200;
    answer->fixed = is_page ? api_document_page : str_from(api_reference_css);
    http_response_header(answer, "Content-Type", is_page ? STR("text/html; charset=utf-8") : STR("text/css"));
    return true;
}

/* --- steps */

static enum rc no_such(struct ctx *cx, struct api_call *call, uint32_t allowed)
{
    if (!allowed)
        return api_refuse(cx, call, E_NOTFOUND, "not_found", "no operation has this path; /api/ tells which there are",
                          "tällä polulla ei ole toimintoa; /api/ kertoo, mitä on");
    scoped_buf words;
    buf_init(&words, 100);
    for (size_t i = 0; i < api_methods_n; i++)
        if (allowed & 1u << i) buf_printf(&words, "%s%s%s", words.n ? ", " : "", api_methods[i], i ? "" : ", HEAD");
    struct str list = arena_str(&cx->arena, buf_view(&words));
    api_header(call, "Allow", list);
    return api_refuse(cx, call, E_INVALID, "method", "what can be done here is %s", "täällä voi tehdä: %s", list.p);
}

/* An address, of IPv6 the network that one household has. */
static struct str network_of(struct ctx *cx, struct str peer)
{
    uint8_t bytes[16];
    char text[INET6_ADDRSTRLEN];
    const char *address = arena_cstr(&cx->arena, peer);
    if (inet_pton(AF_INET6, address, bytes) != 1) return peer;
    memset(bytes + 8, 0, 8);
    return inet_ntop(AF_INET6, bytes, text, sizeof text) ? arena_str(&cx->arena, str_from(text)) : peer;
}

static enum rc count_request(struct ctx *cx, struct api_call *call, struct str name)
{
    struct timespec t;
    if (!call->api->rates) return OK;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    if (rates_take(call->api->rates, name, (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000)) return OK;
    api_header(call, "Retry-After", STR("1"));
    return api_refuse(cx, call, E_LIMIT, "too_many", "wait a second, then go on", "odota sekunti ja jatka sitten");
}

enum rc api_take_databases(struct ctx *cx, struct api_call *call)
{
    enum rc rc = pool_take(cx, call->api->pool, &call->databases);
    if (rc != OK && rc != E_BUSY)
        call->problem = api_problem_find("internal"); /* not what the caller named is missing */
    if (rc != OK) return rc;
    struct databases *d = call->databases;
    call->ledger = d->ledger;
    call->derived = d->derived;
    call->state = d->state;
    call->identity = d->identity;
    return OK;
}

enum rc api_count_caller(struct ctx *cx, struct api_call *call)
{
    bool is_somebody = call->who.credential != CREDENTIAL_NONE;
    return count_request(cx, call, is_somebody ? call->who.fingerprint : network_of(cx, call->request->peer));
}

/* Everything that can be said before anything is done. */
static enum rc admit(struct ctx *cx, struct api_call *call)
{
    TRY(api_take_databases(cx, call));
    enum rc rc = api_authenticate(cx, call);
    api_lang(call);
    TRY(api_count_caller(cx, call)); /* guesses too */
    if (rc != OK) return rc;
    TRY(api_permit(cx, call));
    TRY(api_read_query(cx, call));
    TRY(api_permit_at(cx, call));
    TRY(api_check_parameters(cx, call));
    if (call->op->if_match && !http_request_header(call->request, "If-Match").p)
        return api_refuse(cx, call, E_INVALID, "unseen", "send the ETag of what you have read as If-Match",
                          "lähetä lukemasi ETag otsakkeessa If-Match");
    return api_read_body(cx, call);
}

static const struct api_answer *answer_of(const struct api_call *call)
{
    for (size_t i = 0; i < call->op->n_answers; i++)
        if (call->op->answers[i].status == call->answer->status) return &call->op->answers[i];
    return NULL;
}

static bool has_header(const struct http_response *r, const char *name)
{
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq_nocase(r->headers[i].name, str_from(name))) return true;
    return false;
}

static void tell_fault(void *arg, const struct schema_found *f)
{
    struct buf *out = arg;
    buf_printf(out, " [%s: fault %d]", f->path, (int)f->what);
}

/* In builds for tests: an answer that is not as documented is our fault. */
static enum rc check_answer(struct ctx *cx, struct api_call *call, const struct api_answer *a)
{
    struct str body = call->answer->fixed.p ? call->answer->fixed : buf_view(&call->answer->body);
    if (!a) return fail(cx, E_INTERNAL, "%s answers %d, which it does not say", call->op->id, call->answer->status);
    if (!a->type && body.n) return fail(cx, E_INTERNAL, "%s answers a body, which it does not say", call->op->id);
    if (call->op->scope == API_SCOPE_FILTERED && !call->everywhere && !call->asked)
        return fail(cx, E_INTERNAL, "%s does not ask what the person may see", call->op->id);
    if (!a->schema || a->schema->open || has_header(call->answer, "Content-Disposition") || body.n > LIMIT_BODY)
        return OK;
    scoped_buf canonical, said;
    buf_init(&canonical, LIMIT_BODY);
    buf_init(&said, 800);
    TRY(canonical_from(cx, body, 0, &canonical));
    const struct schema *s = call->api->compiled[call->op - api_operations].answers[a - call->op->answers];
    TRY(schema_check_all(cx, s, buf_view(&canonical), tell_fault, &said));
    return said.n ? fail(cx, E_INTERNAL, "%s answers something else than it says:" STR_FMT, call->op->id,
                         STR_ARG(buf_view(&said)))
                  : OK;
}

/* What a GET answers has a tag of its content; and of its version, where the operation has said one. */
static void put_tag(struct ctx *cx, struct api_call *call)
{
    struct http_response *r = call->answer;
    bool is_read = r->status == 200 && !strcmp(call->op->method, "GET");
    struct digest d;
    uint8_t hash[32];
    char hex[33], version[24] = "";
    if ((!is_read && !call->has_version) || call->op->secret || call->stream >= 0) return;
    digest_init(&d);
    digest_add(&d, r->fixed.p ? r->fixed : buf_view(&r->body));
    digest_final(&d, hash);
    digest_hex(hash, 16, hex);
    if (call->has_version) snprintf(version, sizeof version, "v%llu-", (unsigned long long)call->version);
    api_header(call, "ETag", arena_printf(&cx->arena, "\"%s%s\"", version, hex));
}

static enum rc run(struct ctx *cx, struct api_call *call)
{
    return call->op->list ? api_list_run(cx, call) : call->op->run(cx, call);
}

/* What reads sees one state of the tables, however many statements it takes: else a refresh in between would show in
 * half of an answer. */
static enum rc run_within(struct ctx *cx, struct api_call *call)
{
    if (strcmp(call->op->method, "GET") != 0 || store_in_transaction(call->ledger)) return run(cx, call);
    TRY(store_begin_read(cx, call->ledger));
    enum rc rc = run(cx, call);
    store_rollback(call->ledger);
    return rc;
}

static enum rc do_it(struct ctx *cx, struct api_call *call)
{
    call->answer->status = call->op->answers[0].status;
    json_init(&call->out, &call->answer->body, false);
    TRY(run_within(cx, call));
    TRY(api_faults(cx, call));
    if (buf_ok(&call->answer->body) != OK) return fail(cx, E_LIMIT, "the answer is too long");
    const struct api_answer *a = answer_of(call);
    if (CHECKS_ANSWERS) {
        enum rc rc = check_answer(cx, call, a);
        if (rc != OK) return fail(cx, E_INTERNAL, "%s", arena_cstr(&cx->arena, str_from(cx->message)));
    }
    if (a && a->type && !has_header(call->answer, "Content-Type")) api_header(call, "Content-Type", str_from(a->type));
    put_tag(cx, call);
    return OK;
}

static enum rc handle(struct ctx *cx, struct api_call *call, struct api_done *done)
{
    bool is_repeated;
    TRY(admit(cx, call));
    if (call->request->follows ||
        (call->api->o.process == API_WEB && (call->op->process == API_WORKER || call->who.touch))) {
        done->elsewhere = true;
        return OK;
    }
    if (call->who.touch && identity_touch(cx, call->identity, &call->who) != OK)
        call->who.touch = false; /* reading goes on when a disk is full */
    TRY(api_repeat_begin(cx, call, &is_repeated));
    if (is_repeated) return OK;
    enum rc rc = do_it(cx, call);
    api_repeat_end(call, rc == OK && call->answer->status < 300);
    return rc;
}

/* --- after it */

static void end_stream(struct api_call *call)
{
    if (call->stream >= 0) close(call->stream);
    call->stream = -1;
}

/* Who has what the tag stands for gets nothing again. */
static void settle_tag(struct api_call *call)
{
    struct http_response *r = call->answer;
    struct str tag = STR_NONE, rest = http_request_header(call->request, "If-None-Match"), one;
    if (r->status != 200 || strcmp(call->op->method, "GET") != 0) return;
    for (size_t i = 0; i < r->n_headers; i++)
        if (str_eq(r->headers[i].name, STR("ETag"))) tag = r->headers[i].value;
    while (tag.p && str_cut(&rest, ',', &one)) {
        one = str_trim(one);
        if (str_starts(one, STR("W/"))) one = str_slice(one, 2, one.n);
        if (!str_eq(one, tag) && !str_eq(one, STR("*"))) continue;
        r->status = 304;
        r->fixed = STR_NONE;
        buf_clear(&r->body);
        end_stream(call);
    }
}

static void settle(struct ctx *cx, struct api_call *call, enum rc rc)
{
    bool is_secret = rc != OK || !call->op || call->op->secret || strcmp(call->op->method, "GET") != 0;
    if (rc != OK) {
        end_stream(call);
        api_problem_write(cx, call, rc);
    } else
        settle_tag(call);
    api_header(call, "Cache-Control", is_secret ? STR("no-store") : STR("private, no-cache"));
    api_header(call, "Vary", STR("Accept, Accept-Language, Authorization, Cookie"));
    api_header(call, "Content-Language", str_from(lang_name(call->lang)));
}

static bool is_id(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!strchr("0123456789abcdef", s.p[i])) return false;
    return s.n == 32;
}

/* Ours; of a request that web passes on, the one that it has. */
void api_name_request(struct api_call *call, char id[33])
{
    struct str given = http_request_header(call->request, "X-Request-Id");
    uint8_t bytes[16];
    if (call->api->o.process == API_WORKER && is_id(given)) {
        memcpy(id, given.p, given.n);
        id[given.n] = 0;
        return;
    }
    randombytes_buf(bytes, sizeof bytes);
    digest_hex(bytes, sizeof bytes, id);
}

void api_handle(struct ctx *cx, struct api *a, const struct http_request *request, struct http_response *answer,
                struct api_done *done)
{
    struct api_call *call = arena_new(&cx->arena, struct api_call);
    uint32_t allowed;
    call->api = a;
    call->request = request;
    call->answer = answer;
    call->catalog = a->o.catalog;
    call->facts = a->o.facts;
    call->more = a->o.more;
    call->dir = a->dir;
    call->now = a->o.now ? a->o.now() : time_now();
    call->stream = -1;
    *done = (struct api_done){.stream = -1};
    api_name_request(call, call->id);
    memcpy(done->id, call->id, sizeof done->id);
    api_header(call, "X-Request-Id", arena_str(&cx->arena, str_from(call->id)));
    if (answer_document(request, answer)) return;
    api_lang(call);
    done->op = call->op = api_find(request->method, request->path, call->values, &allowed);
    enum rc rc = call->op ? handle(cx, call, done) : no_such(cx, call, allowed);
    snprintf(done->fingerprint, sizeof done->fingerprint, STR_FMT, STR_ARG(call->who.fingerprint));
    if (!done->elsewhere || rc != OK) {
        done->elsewhere = false;
        settle(cx, call, rc);
    }
    if (answer->status == 500)
        snprintf(done->fault, sizeof done->fault, "%.60s: %.300s", call->op ? call->op->id : "", cx->message);
    if (rc == OK) done->stream = call->stream;
    json_decref(call->body);
    api_without_libraries(call);
    if (call->databases) pool_give(a->pool, call->databases);
}
