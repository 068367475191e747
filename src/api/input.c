/* What a caller sends: parameters of path and query, and the body. All that is wrong is told at once. */
#include "api/api_int.h"
#include "ledger/canonical.h"

/* --- what is wrong, in words */

static const char *const type_words[][LANG_COUNT] = {
    [SCHEMA_OBJECT] = {"an object", "objekti"},
    [SCHEMA_ARRAY] = {"a list", "luettelo"},
    [SCHEMA_STRING] = {"a text", "teksti"},
    [SCHEMA_INTEGER] = {"a whole number", "kokonaisluku"},
    [SCHEMA_BOOLEAN] = {"true or false", "true tai false"},
};

static const char *const unit_words[][LANG_COUNT] = {
    [SCHEMA_OBJECT] = {"", ""},
    [SCHEMA_ARRAY] = {" items", " kohtaa"},
    [SCHEMA_STRING] = {" bytes", " tavua"},
    [SCHEMA_INTEGER] = {"", ""},
    [SCHEMA_BOOLEAN] = {"", ""},
};

static struct str values_text(struct ctx *cx, const struct catalog_schema *s)
{
    scoped_buf words;
    buf_init(&words, 300);
    for (size_t i = 0; i < s->n_values; i++) buf_printf(&words, "%s" STR_FMT, i ? ", " : "", STR_ARG(s->values[i]));
    return arena_str(&cx->arena, buf_view(&words));
}

static struct str wrong_text(struct ctx *cx, enum lang lang, const struct schema_found *f)
{
    struct arena *a = &cx->arena;
    const struct catalog_schema *s = f->schema;
    bool fi = lang == LANG_FI;
    switch (f->what) {
    case SCHEMA_MISSING:
        return fi ? STR("puuttuu") : STR("is missing");
    case SCHEMA_UNKNOWN:
        return fi ? STR("sellaista ei ole") : STR("there is no such thing");
    case SCHEMA_TYPE:
        return arena_printf(a, fi ? "pitää olla %s" : "is to be %s", type_words[s->type][lang]);
    case SCHEMA_VALUE:
        return arena_printf(a, fi ? "pitää olla jokin näistä: " STR_FMT : "is to be one of: " STR_FMT,
                            STR_ARG(values_text(cx, s)));
    case SCHEMA_LEAST:
        if (s->type == SCHEMA_STRING && f->number == 0) return fi ? STR("ei saa olla tyhjä") : STR("may not be empty");
        return arena_printf(a, fi ? "pitää olla vähintään %lld%s" : "is to be at least %lld%s", (long long)s->least,
                            unit_words[s->type][lang]);
    case SCHEMA_MOST:
        return arena_printf(a, fi ? "saa olla enintään %lld%s" : "may be at most %lld%s", (long long)s->most,
                            unit_words[s->type][lang]);
    case SCHEMA_PATTERN:
        return arena_printf(a, fi ? "pitää olla muotoa %s" : "is to be like %s", str_visible(cx, s->pattern));
    default:
        return STR_NONE;
    }
}

struct telling {
    struct ctx *cx;
    struct api_call *call;
};

static void tell(void *arg, const struct schema_found *f)
{
    struct telling *t = arg;
    if (t->call->n_errors == API_ERRORS) return;
    t->call->errors[t->call->n_errors++] =
        (struct api_wrong){str_visible(t->cx, str_from(f->path)), wrong_text(t->cx, t->call->lang, f).p};
}

/* --- parameters */

static void check_number(struct telling *t, const struct api_parameter *p, struct str value,
                         const struct catalog_schema *s)
{
    int64_t v;
    struct schema_found f = {SCHEMA_TYPE, p->name, s, 0};
    if (str_to_i64(value, INT64_MIN, INT64_MAX, &v)) {
        if (v >= p->least && v <= p->most) return;
        f.what = v < p->least ? SCHEMA_LEAST : SCHEMA_MOST;
        f.number = v;
    }
    tell(t, &f);
}

static void check_parameter(struct telling *t, size_t i, struct str value)
{
    static const enum schema_type type_of[] = {SCHEMA_STRING, SCHEMA_INTEGER, SCHEMA_BOOLEAN};
    const struct api_operation *op = t->call->op;
    const struct api_parameter *p = &op->parameters[i];
    const struct pattern *pattern = t->call->api->compiled[op - api_operations].patterns[i];
    struct catalog_schema s = {
        type_of[p->type], p->least, p->most, p->pattern, p->values, p->n_values, NULL, 0, NULL, false, false};
    struct schema_found f = {SCHEMA_VALUE, p->name, &s, (int64_t)value.n};
    if (p->type == API_INTEGER) {
        check_number(t, p, value, &s);
        return;
    }
    if (p->type == API_BOOLEAN) {
        f.what = SCHEMA_TYPE;
        if (!str_eq(value, STR("true")) && !str_eq(value, STR("false"))) tell(t, &f);
        return;
    }
    bool fine = p->n_values == 0;
    for (size_t k = 0; k < p->n_values && !fine; k++) fine = str_eq(value, p->values[k]);
    if ((int64_t)value.n < p->least)
        f.what = SCHEMA_LEAST;
    else if ((int64_t)value.n > p->most)
        f.what = SCHEMA_MOST;
    else if (pattern && !pattern_matches(pattern, value))
        f.what = SCHEMA_PATTERN;
    else if (fine)
        return;
    tell(t, &f);
}

static enum rc take_query(struct telling *t)
{
    struct api_call *call = t->call;
    struct str rest = call->request->query, name, value;
    for (;;) {
        bool more;
        size_t i = 0;
        if (http_query(t->cx, &rest, &name, &value, &more) != OK)
            return api_refuse(t->cx, call, E_INVALID, "malformed", "the query of the address is not well formed",
                              "osoitteen kyselyosa ei ole oikein muodostettu");
        if (!more) return OK;
        while (i < call->op->n_parameters &&
               !(!call->op->parameters[i].in_path && str_eq(str_from(call->op->parameters[i].name), name)))
            i++;
        if (i == call->op->n_parameters)
            tell(t, &(struct schema_found){SCHEMA_UNKNOWN, str_visible(t->cx, name), NULL, 0});
        else if (call->values[i].p)
            api_fault(call, call->op->parameters[i].name, "stands twice", "on kahdesti");
        else
            call->values[i] = value.p ? value : STR("");
        if (call->n_errors == API_ERRORS) return OK;
    }
}

enum rc api_read_query(struct ctx *cx, struct api_call *call)
{
    return take_query(&(struct telling){cx, call});
}

enum rc api_check_parameters(struct ctx *cx, struct api_call *call)
{
    struct telling t = {cx, call};
    for (size_t i = 0; i < call->op->n_parameters; i++) {
        const struct api_parameter *p = &call->op->parameters[i];
        if (call->values[i].p)
            check_parameter(&t, i, call->values[i]);
        else if (p->required)
            tell(&t, &(struct schema_found){SCHEMA_MISSING, p->name, NULL, 0});
    }
    return api_faults(cx, call);
}

/* --- body */

/* What is sent as a file may be of one of several types, or of any; its charset is its own. */
static enum rc check_file_type(struct ctx *cx, struct api_call *call)
{
    struct str rest = http_request_header(call->request, "Content-Type"), type = STR_NONE,
               known = str_from(call->op->body_type), one;
    (void)str_cut(&rest, ';', &type);
    type = str_trim(type);
    while (str_cut(&known, ' ', &one))
        if (str_eq(one, STR("*/*")) || str_eq_nocase(type, one)) return OK;
    return api_refuse(cx, call, E_INVALID, "media_type", "send it as one of these: %s", "lähetä se jonakin näistä: %s",
                      call->op->body_type);
}

/* What has been taken into a file, or, of a request whose body is yet to come, what its head says of it. */
static enum rc read_file(struct ctx *cx, struct api_call *call)
{
    const struct http_file *f = call->request->file;
    TRY(check_file_type(cx, call));
    if (!f) return OK;
    switch (f->end) {
    case HTTP_FILE_WHOLE:
        call->file = f;
        return OK;
    case HTTP_FILE_LONG:
        return api_refuse(cx, call, E_LIMIT, "too_large", "the file may be at most %zu bytes",
                          "tiedosto saa olla enintään %zu tavua", call->op->most_body);
    case HTTP_FILE_NO_ROOM:
        return api_refuse(cx, call, E_BUSY, "busy", "there is no room for the file here now; nothing was kept",
                          "tiedostolle ei ole nyt tilaa; mitään ei säilytetty");
    case HTTP_FILE_TOO_MANY:
        return api_refuse(cx, call, E_BUSY, "busy", "too many files are being sent here at once; try again in a while",
                          "tänne lähetetään liian monta tiedostoa yhtä aikaa; yritä hetken kuluttua uudelleen");
    case HTTP_FILE_BROKEN:
    default:
        return api_refuse(cx, call, E_INVALID, "malformed", "the file did not come whole; nothing was kept",
                          "tiedosto ei tullut kokonaan; mitään ei säilytetty");
    }
}

static enum rc check_type(struct ctx *cx, struct api_call *call)
{
    struct str rest = http_request_header(call->request, "Content-Type"), type = STR_NONE, one;
    (void)str_cut(&rest, ';', &type);
    bool fine = str_eq_nocase(str_trim(type), str_from(call->op->body_type));
    while (fine && str_cut(&rest, ';', &one)) {
        one = str_trim(one);
        if (str_starts_nocase(one, STR("charset=")) && !str_eq_nocase(one, STR("charset=utf-8")) &&
            !str_eq_nocase(one, STR("charset=\"utf-8\"")))
            fine = false;
    }
    return fine ? OK
                : api_refuse(cx, call, E_INVALID, "media_type", "send it as %s, in UTF-8",
                             "lähetä se muodossa %s, UTF-8:na", call->op->body_type);
}

static enum rc read_json(struct ctx *cx, struct api_call *call)
{
    const struct schema *s = call->api->compiled[call->op - api_operations].body;
    struct telling t = {cx, call};
    scoped_buf canonical;
    buf_init(&canonical, LIMIT_BODY);
    enum rc rc = canonical_from(cx, call->request->body, 0, &canonical);
    if (rc == E_INVALID) call->problem = api_problem_find("malformed");
    if (rc != OK) return rc;
    rc = schema_check_all(cx, s, buf_view(&canonical), tell, &t);
    if (rc != OK && rc != E_LIMIT) return rc; /* of too many faults the first are told */
    TRY(api_faults(cx, call));
    json_error_t error;
    call->body = json_loadb(canonical.p, canonical.n, JSON_REJECT_DUPLICATES, &error);
    return call->body ? OK : fail(cx, E_INTERNAL, "what is canonical is no JSON: %s", error.text);
}

enum rc api_read_body(struct ctx *cx, struct api_call *call)
{
    const struct api_operation *op = call->op;
    struct str body = call->request->body;
    if (!op->takes_file && (call->request->follows || call->request->file))
        return fail(cx, E_INTERNAL, "%s takes no file", op->id);
    if (op->takes_file && (call->request->follows || call->request->file)) return read_file(cx, call);
    if (op->takes_file) /* it has come without a body */
        return op->body_needed
                   ? api_refuse(cx, call, E_INVALID, "malformed", "a file is expected", "tähän kuuluu tiedosto")
                   : OK;
    if (body.n > op->most_body)
        return op->body_type
                   ? api_refuse(cx, call, E_LIMIT, "too_large", "the body may be at most %zu bytes",
                                "sisältö saa olla enintään %zu tavua", op->most_body)
                   : api_refuse(cx, call, E_INVALID, "malformed", "this takes no body", "tähän ei kuulu sisältöä");
    if (body.n == 0)
        return op->body_needed ? api_refuse(cx, call, E_INVALID, "malformed", "a body is expected, %s",
                                            "tähän kuuluu sisältö, %s", op->body_type)
                               : OK;
    TRY(check_type(cx, call));
    if (op->body) return read_json(cx, call);
    if (!str_starts(str_from(op->body_type), STR("text/")) || str_is_utf8(body)) return OK;
    return api_refuse(cx, call, E_INVALID, "malformed", "the text is not UTF-8", "teksti ei ole UTF-8:aa");
}
