/* Problems (RFC 9457): what a caller hears of an error. Errors of the machine or of our own keep their texts here. */
#include "api/api_int.h"
#include "base/texts_fi.h"

/* The one table from outcomes to problems. */
static const char *const problem_of[] = {
    [OK] = "internal",         [E_INVALID] = "invalid",   [E_DENIED] = "denied", [E_NOTFOUND] = "not_found",
    [E_CONFLICT] = "conflict", [E_LIMIT] = "too_large",   [E_BUSY] = "busy",     [E_IO] = "internal",
    [E_CORRUPT] = "internal",  [E_INTERNAL] = "internal",
};

const struct api_problem *api_problem_find(const char *name)
{
    for (size_t i = 0; i < api_problems_n; i++)
        if (!strcmp(api_problems[i].name, name)) return &api_problems[i];
    return &api_problems[api_problems_n - 1];
}

const struct api_problem *api_problem_of(const struct api_call *call, enum rc rc)
{
    return call->problem ? call->problem : api_problem_find(problem_of[rc]);
}

/* Texts of rooms below may name files; those are nobody's business outside. */
static bool is_for_outside(const struct api_call *call, enum rc rc, const char *text)
{
    if (rc == OK || rc == E_IO || rc == E_CORRUPT || rc == E_INTERNAL || !text[0]) return false;
    return !str_has(str_from(text), str_from(call->api->dir));
}

static const char *field_of(const struct api_call *call, struct str word)
{
    static const char *const also[][2] = {{"address", "addresses"}, {"key", "public"}}; /* as rooms below call them */
    const struct catalog_schema *s = call->op ? call->op->body : NULL;
    for (size_t i = 0; s && i < s->n_fields; i++) {
        struct str name = s->fields[i].name;
        if (str_eq(name, word)) return name.p;
        for (size_t k = 0; k < sizeof also / sizeof *also; k++)
            if (str_eq(word, str_from(also[k][0])) && str_eq(name, str_from(also[k][1]))) return name.p;
    }
    return NULL;
}

/* Texts of rooms below begin with the field at fault (`name: it is empty`, `address "x": …`). */
static void name_field(struct ctx *cx, struct api_call *call, enum rc rc)
{
    const char *text = cx->message, *rest = text;
    bool fi = call->lang == LANG_FI;
    while ((*rest >= 'a' && *rest <= 'z') || *rest == '_') rest++;
    struct str word = {text, (size_t)(rest - text)};
    bool is_named = word.n && (rest[0] == ':' || (rest[0] == ' ' && rest[1] == '"'));
    rest = is_named ? rest + (rest[0] == ':' && rest[1] == ' ' ? 2 : 1) : text;
    const char *said = fi ? text_fi(cx, rest) : rest;
    const char *field = is_named ? field_of(call, word) : NULL;
    if (field && (rc == E_INVALID || rc == E_CONFLICT) && !call->n_errors)
        call->errors[call->n_errors++] =
            (struct api_wrong){arena_cstr(&cx->arena, str_from(field)), arena_cstr(&cx->arena, str_from(said))};
    if (said == rest) return;
    if (is_named)
        (void)fail(cx, rc, "%s: %s", arena_cstr(&cx->arena, word), said);
    else
        (void)fail(cx, rc, "%s", said);
}

void api_problem_write(struct ctx *cx, struct api_call *call, enum rc rc)
{
    const struct api_problem *p = api_problem_of(call, rc);
    struct http_response *r = call->answer;
    struct json j;
    if (rc != OK && cx->error == rc && !call->problem) name_field(cx, call, rc);
    buf_clear(&r->body);
    r->fixed = STR_NONE;
    r->status = p->status;
    json_init(&j, &r->body, false);
    json_begin(&j, '{');
    json_put_str(&j, "type", arena_printf(&cx->arena, "/api/#%s", p->name));
    json_put_cstr(&j, "title", p->title[call->lang]);
    json_put_int(&j, "status", p->status);
    if (cx->error == rc && p->status != 500 && is_for_outside(call, rc, cx->message))
        json_put_cstr(&j, "detail", cx->message);
    json_put_cstr(&j, "request", call->id);
    if (call->n_errors) {
        json_key(&j, "errors");
        json_begin(&j, '[');
        for (size_t i = 0; i < call->n_errors; i++) {
            json_begin(&j, '{');
            json_put_cstr(&j, "field", call->errors[i].field);
            json_put_cstr(&j, "detail", call->errors[i].detail);
            json_end(&j, '}');
        }
        json_end(&j, ']');
    }
    json_end(&j, '}');
    api_header(call, "Content-Type", STR("application/problem+json"));
}

/* Thousandths of a q value; 1000 when it has none. */
static int quality(struct str parameters)
{
    struct str one;
    while (str_cut(&parameters, ';', &one)) {
        one = str_trim(one);
        if (!str_starts_nocase(one, STR("q="))) continue;
        int q = one.n > 2 && one.p[2] == '1' ? 1000 : 0;
        for (size_t i = 4, unit = 100; i < one.n && i < 7 && unit; i++, unit /= 10)
            if (one.p[i] >= '0' && one.p[i] <= '9' && q < 1000) q += (int)unit * (one.p[i] - '0');
        return q;
    }
    return 1000;
}

void api_lang(struct api_call *call)
{
    struct str rest = http_request_header(call->request, "Accept-Language"), one;
    int best = 0;
    call->lang = lang_of(call->who.lang, LANG_EN);
    while (str_cut(&rest, ',', &one)) {
        struct str parameters = one, name;
        if (!str_cut(&parameters, ';', &name)) continue;
        name = str_trim(name);
        int q = quality(parameters);
        for (int lang = 0; lang < LANG_COUNT; lang++)
            if (q > best && str_starts_nocase(name, str_from(lang_name((enum lang)lang))) &&
                (name.n == 2 || name.p[2] == '-')) {
                best = q;
                call->lang = (enum lang)lang;
            }
    }
}
