#include "api/git.h"

#include "api/api_int.h"
#include "base/base64.h"
#include "base/limits.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

#define LFS_BODY (1 * MIB)   /* read past */
#define PUSH_HEAD (16 * MIB) /* refs and options before a pack */
#define SERVICES 2

static const char *const services[SERVICES] = {"git-upload-pack", "git-receive-pack"};

/* What a path names. */
struct asked {
    struct str name; /* of the repository */
    bool begins, lfs;
    int service; /* of a POST */
};

bool api_is_git(struct str path)
{
    return str_starts(path, STR(API_GIT_PATH));
}

static bool read_path(struct str path, struct asked *out)
{
    struct str rest = str_slice(path, sizeof API_GIT_PATH - 1, path.n);
    *out = (struct asked){.service = -1};
    if (!str_cut(&rest, '/', &out->name) || !rest.p || !out->name.n) return false;
    out->begins = str_eq(rest, STR("info/refs"));
    out->lfs = str_starts(rest, STR("info/lfs/")) || str_eq(rest, STR("info/lfs"));
    for (int i = 0; i < SERVICES; i++)
        if (str_eq(rest, str_from(services[i]))) out->service = i;
    return out->begins || out->lfs || out->service >= 0;
}

size_t api_git_most_body(struct str method, struct str path, bool *follows)
{
    struct asked a;
    *follows = false;
    if (str_eq(method, STR("GET")) || !read_path(path, &a)) return 0;
    if (a.lfs) return LFS_BODY;
    *follows = a.service >= 0;
    return a.service < 0 ? 0 : a.service ? LIMIT_PUSH_PACK + PUSH_HEAD : LIMIT_SERVE_GIT_ASKS;
}

bool api_git_is_v2(struct str protocol)
{
    struct str one;
    while (str_cut(&protocol, ':', &one))
        if (str_eq(one, STR("version=2"))) return true;
    return false;
}

/* --- who it is */

/* The password of `Basic …`; the name before it may be any. */
static struct str read_basic(struct ctx *cx, struct str given)
{
    scoped_buf b;
    struct str rest, name;
    buf_init(&b, 1024);
    if (!str_starts_nocase(given, STR("Basic ")) || !base64_read(&b, str_trim(str_slice(given, 6, given.n))))
        return STR_NONE;
    rest = arena_str(&cx->arena, buf_view(&b));
    explicit_bzero(b.p, b.n);
    (void)str_cut(&rest, ':', &name);
    return rest;
}

static enum rc refuse_nobody(struct ctx *cx, struct api_call *call, bool given)
{
    api_header(call, "WWW-Authenticate", STR("Basic realm=\"Sinetti\", charset=\"UTF-8\""));
    api_header(call, "LFS-Authenticate", STR("Basic realm=\"Sinetti\""));
    return given ? api_refuse(cx, call, E_DENIED, "signed_out",
                              "the password is none that is known here: make an API token under My account and give it "
                              "as the password, with any user name",
                              "salasanaa ei tunneta: luo rajapintatunnus kohdassa Oma tili ja anna se salasanaksi, "
                              "käyttäjätunnus voi olla mikä tahansa")
                 : api_refuse(cx, call, E_DENIED, "signed_out",
                              "give an API token as the password, with any user name: My account, API tokens",
                              "anna salasanaksi rajapintatunnus, käyttäjätunnus voi olla mikä tahansa: Oma "
                              "tili, Rajapintatunnukset");
}

static enum rc authenticate(struct ctx *cx, struct api_call *call)
{
    struct str given = http_request_header(call->request, "Authorization");
    struct identity_shown shown = {.bearer = read_basic(cx, given)};
    if (str_starts_nocase(given, STR("Bearer "))) shown.bearer = str_trim(str_slice(given, 7, given.n));
    if (shown.bearer.n) TRY(identity_authenticate(cx, call->identity, &shown, &call->who));
    api_lang(call);
    TRY(api_count_caller(cx, call));
    return call->who.credential == CREDENTIAL_NONE ? refuse_nobody(cx, call, given.n > 0) : OK;
}

/* --- what is asked */

static enum rc no_such(struct ctx *cx, struct api_call *call)
{
    return api_refuse(cx, call, E_NOTFOUND, "not_found", "only git's own requests are answered here: git clone URL",
                      "täällä vastataan vain gitin omiin pyyntöihin: git clone URL");
}

static enum rc no_method(struct ctx *cx, struct api_call *call, const char *method)
{
    api_header(call, "Allow", str_from(method));
    return api_refuse(cx, call, E_INVALID, "method", "what can be done here is %s", "täällä voi tehdä: %s", method);
}

/* info/refs?service=…, and nothing more. */
static enum rc read_service(struct ctx *cx, struct api_call *call, struct asked *a)
{
    struct str rest = call->request->query, name, value;
    bool more, found = false;
    for (;;) {
        TRY(http_query(cx, &rest, &name, &value, &more));
        if (!more) break;
        bool is_service = str_eq(name, STR("service")) && !found;
        for (int i = 0; is_service && i < SERVICES; i++)
            if (str_eq(value, str_from(services[i]))) a->service = i;
        found = true;
        if (!is_service) a->service = -1;
    }
    return a->service >= 0 ? OK
                           : api_fail(cx, call, E_INVALID, "only git's smart protocol is spoken here: use a newer git",
                                      "täällä puhutaan vain gitin smart-protokollaa: käytä uudempaa gitiä");
}

static enum rc read_coding(struct ctx *cx, struct api_call *call, const struct asked *a, struct api_git *out)
{
    struct str coding = http_request_header(call->request, "Content-Encoding");
    struct str type = http_request_header(call->request, "Content-Type");
    out->packed = str_eq_nocase(coding, STR("gzip")) || str_eq_nocase(coding, STR("x-gzip"));
    if (coding.n && !out->packed && !str_eq_nocase(coding, STR("identity")))
        return api_refuse(cx, call, E_INVALID, "media_type", "gzip is the only Content-Encoding that is read",
                          "gzip on ainoa Content-Encoding, joka luetaan");
    const char *wanted = arena_printf(&cx->arena, "application/x-%s-request", services[a->service]).p;
    if (!str_eq_nocase(type, str_from(wanted)))
        return api_refuse(cx, call, E_INVALID, "media_type", "the Content-Type is to be %s",
                          "Content-Type-otsakkeen pitää olla %s", wanted);
    return OK;
}

static enum rc read_request(struct ctx *cx, struct api_call *call, struct asked *a, struct api_git *out)
{
    bool gets = str_eq(call->request->method, STR("GET"));
    if (a->begins) {
        if (!gets) return no_method(cx, call, "GET, HEAD");
        TRY(read_service(cx, call, a));
    } else {
        if (!str_eq(call->request->method, STR("POST"))) return no_method(cx, call, "POST");
        TRY(read_coding(cx, call, a, out));
    }
    out->begins = a->begins;
    out->most = a->service ? LIMIT_PUSH_PACK + PUSH_HEAD : LIMIT_SERVE_GIT_ASKS;
    out->protocol = http_request_header(call->request, "Git-Protocol");
    return OK;
}

static enum rc enter(struct ctx *cx, struct api_call *call, const struct asked *a, struct api_git *out)
{
    char folder[PATH_MAX];
    if (!realpath(call->dir, folder)) return fail(cx, E_IO, "the data folder is not there");
    const char *dir = arena_cstr(&cx->arena, str_from(folder));
    return door_admit(cx, call->ledger, dir, &call->who, a->name, a->service == 1, call->lang, &out->door);
}

/* --- answering */

static void answer_text(struct ctx *cx, struct api_call *call, enum rc rc)
{
    struct http_response *r = call->answer;
    r->status = rc == E_INVALID && !call->problem ? 400 : api_problem_of(call, rc)->status;
    buf_clear(&r->body);
    if (r->status >= 500)
        buf_cstr(&r->body, call->lang == LANG_FI ? "palvelin ei voi vastata juuri nyt; yritä uudelleen"
                                                 : "the server cannot answer now; try again");
    else
        buf_cstr(&r->body, cx->message);
    buf_char(&r->body, '\n');
    api_header(call, "Content-Type", STR("text/plain; charset=utf-8"));
}

/* The words are shown by its client (its batch API: `message`). */
static void answer_lfs(struct api_call *call)
{
    struct json *j = &call->out;
    call->answer->status = 501;
    json_init(j, &call->answer->body, false);
    json_begin(j, '{');
    json_put_cstr(j, "message",
                  call->lang == LANG_FI
                      ? "tämä palvelin ei tue Git LFS:ää: lisää tiedostot repositorioon ilman sitä (git lfs untrack), "
                        "tai pidä suuret tiedostot muualla"
                      : "Git LFS is not served here: commit the files without it (git lfs untrack), or keep large "
                        "files elsewhere");
    json_put_cstr(j, "request_id", call->id);
    json_end(j, '}');
    api_header(call, "Content-Type", STR("application/vnd.git-lfs+json"));
}

static void answer_admitted(struct ctx *cx, struct api_call *call, const struct asked *a)
{
    call->answer->status = 200;
    api_header(
        call, "Content-Type",
        arena_printf(&cx->arena, "application/x-%s-%s", services[a->service], a->begins ? "advertisement" : "result"));
}

static enum rc handle(struct ctx *cx, struct api_call *call, struct asked *a, struct api_git *out)
{
    bool known = read_path(call->request->path, a);
    if (!known) {
        api_lang(call);
        return no_such(cx, call);
    }
    TRY(api_take_databases(cx, call));
    TRY(authenticate(cx, call));
    if (!a->lfs) TRY(read_request(cx, call, a, out));
    TRY(enter(cx, call, a, out));
    if (call->api->o.process == API_WORKER && call->who.touch && identity_touch(cx, call->identity, &call->who) != OK)
        call->who.touch = false; /* reading goes on when a disk is full */
    return OK;
}

void api_git(struct ctx *cx, struct api *a, const struct http_request *request, struct http_response *answer,
             struct api_done *done, struct api_git *out)
{
    struct api_call *call = arena_new(&cx->arena, struct api_call);
    struct asked asked = {0};
    call->api = a;
    call->request = request;
    call->answer = answer;
    call->dir = a->dir;
    call->stream = -1;
    *done = (struct api_done){.stream = -1};
    *out = (struct api_git){0};
    api_name_request(call, call->id);
    memcpy(done->id, call->id, sizeof done->id);
    api_header(call, "X-Request-Id", arena_str(&cx->arena, str_from(call->id)));
    api_header(call, "Cache-Control", STR("no-store"));
    enum rc rc = handle(cx, call, &asked, out);
    snprintf(done->fingerprint, sizeof done->fingerprint, STR_FMT, STR_ARG(call->who.fingerprint));
    if (rc != OK)
        answer_text(cx, call, rc);
    else if (asked.lfs)
        answer_lfs(call);
    else
        answer_admitted(cx, call, &asked);
    done->elsewhere = rc == OK && !asked.lfs;
    if (answer->status == 500) snprintf(done->fault, sizeof done->fault, "git: %.300s", cx->message);
    if (call->databases) pool_give(a->pool, call->databases);
}
