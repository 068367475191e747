#include "gates/handover.h"

#include <fcntl.h>
#include <jansson.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/json.h"
#include "gates/push_scan.h"
#include "git/place.h"
#include "scan/scan.h"

#define HANDOVER_MOST (4U << 20)

static const char *path_of(struct ctx *cx, const struct hook_call *h)
{
    return arena_printf(&cx->arena, "%s/sinetti.receive.%lld", h->git_dir, h->parent).p;
}

static void commands_digest(const struct push *p, char out[65])
{
    struct digest d;
    uint8_t bytes[32];
    digest_init(&d);
    for (size_t i = 0; i < p->n; i++) {
        digest_field(&d, p->refs[i].name);
        digest_field(&d, p->refs[i].before);
        digest_field(&d, p->refs[i].after);
    }
    digest_final(&d, bytes);
    digest_hex(bytes, 32, out);
}

static void put_candidates(struct json *j, const struct push *p)
{
    json_key(j, "candidates");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_candidates; i++) {
        json_begin(j, '{');
        json_put_int(j, "ref", (int64_t)p->candidates[i].ref);
        json_put_str(j, "path", p->candidates[i].path);
        json_put_cstr(j, "hint", p->candidates[i].hint);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_key(j, "settled");
    json_begin(j, '[');
    for (size_t i = 0; i < p->n_settled; i++) json_str(j, p->settled[i]);
    json_end(j, ']');
}

void handover_put(struct ctx *cx, const struct hook_call *h, const struct push *p)
{
    scoped_buf b;
    struct json j;
    char digest[65];
    commands_digest(p, digest);
    buf_init(&b, HANDOVER_MOST);
    json_init(&j, &b, false);
    json_begin(&j, '{');
    json_put_cstr(&j, "commands", digest);
    json_put_int(&j, "secrets", p->secrets);
    json_put_bool(&j, "lfs", p->lfs);
    json_put_bool(&j, "says_keys", p->says_keys);
    json_key(&j, "hits");
    json_begin(&j, '[');
    for (size_t i = 0; i < p->n_hits; i++) {
        json_begin(&j, '{');
        json_put_int(&j, "ref", (int64_t)p->hits[i].ref);
        json_put_str(&j, "path", p->hits[i].path);
        json_put_int(&j, "line", p->hits[i].line);
        json_put_cstr(&j, "rule", p->hits[i].rule);
        push_put_spot(&j, &p->hits[i].spot);
        json_end(&j, '}');
    }
    json_end(&j, ']');
    push_put_personal(&j, p);
    push_put_unread(&j, p);
    put_candidates(&j, p);
    json_end(&j, '}');
    /* without it the search is done again, so that nothing hangs on whether it can be written */
    if (buf_ok(&b) == OK && file_replace(cx, path_of(cx, h), buf_view(&b)) != OK) return;
}

/* Names of the scanner's rules are its own texts. */
static const char *rule_named(const char *id)
{
    size_t n;
    const struct scan_rule_info *rules = scan_rules(&n);
    for (size_t i = 0; id && i < n; i++)
        if (strcmp(rules[i].id, id) == 0) return rules[i].id;
    return NULL;
}

/* One of our own words, or NULL. */
static const char *word_of(const json_t *o, const char *key)
{
    static const char *const words[] = {"message", "header", "tag", "name", "limits", "missing", "tree"};
    const char *said = json_string_value(json_object_get(o, key));
    for (size_t i = 0; said && i < sizeof words / sizeof *words; i++)
        if (strcmp(words[i], said) == 0) return words[i];
    return NULL;
}

static struct push_spot spot_of(struct ctx *cx, const json_t *o)
{
    const char *object = json_string_value(json_object_get(o, "object"));
    return (struct push_spot){word_of(o, "found_in"), object ? arena_str(&cx->arena, str_from(object)) : STR_NONE};
}

static bool take_unread(struct ctx *cx, const json_t *list, struct push *p)
{
    if (!json_is_array(list)) return false;
    for (size_t i = 0; i < json_array_size(list) && i < PUSH_HITS; i++) {
        const json_t *f = json_array_get(list, i);
        const char *path = json_string_value(json_object_get(f, "path")), *why = word_of(f, "why");
        if (!path || !why) return false;
        p->unread[p->n_unread++] = (struct push_unread){arena_str(&cx->arena, str_from(path)), why};
    }
    return true;
}

static bool take_candidates(struct ctx *cx, const json_t *list, const json_t *settled, struct push *p)
{
    if (!json_is_array(list) || !json_is_array(settled)) return false;
    p->candidates = arena_array(&cx->arena, struct push_candidate, json_array_size(list) + 1);
    p->settled = arena_array(&cx->arena, struct str, json_array_size(settled) + 1);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *f = json_array_get(list, i);
        const char *path = json_string_value(json_object_get(f, "path")),
                   *hint = json_string_value(json_object_get(f, "hint"));
        int64_t ref = json_integer_value(json_object_get(f, "ref"));
        if (!path || !hint || ref < 0 || (size_t)ref >= p->n) return false;
        p->candidates[p->n_candidates++] = (struct push_candidate){(size_t)ref, arena_str(&cx->arena, str_from(path)),
                                                                   arena_cstr(&cx->arena, str_from(hint))};
    }
    for (size_t i = 0; i < json_array_size(settled); i++) {
        const char *path = json_string_value(json_array_get(settled, i));
        if (!path) return false;
        p->settled[p->n_settled++] = arena_str(&cx->arena, str_from(path));
    }
    return true;
}

static bool take_personal(struct ctx *cx, const json_t *list, struct push *p)
{
    if (!json_is_array(list)) return false;
    for (size_t i = 0; i < json_array_size(list) && i < PUSH_HITS; i++) {
        const json_t *f = json_array_get(list, i);
        const char *path = json_string_value(json_object_get(f, "path")),
                   *rule = rule_named(json_string_value(json_object_get(f, "rule")));
        if (!path || !rule) return false;
        p->personal[p->n_personal++] = (struct push_personal){
            arena_str(&cx->arena, str_from(path)), json_integer_value(json_object_get(f, "line")),
            json_integer_value(json_object_get(f, "items")), rule, spot_of(cx, f)};
    }
    return true;
}

static bool take(struct ctx *cx, const json_t *top, struct push *p)
{
    char digest[65];
    const char *said = json_string_value(json_object_get(top, "commands"));
    const json_t *hits = json_object_get(top, "hits");
    commands_digest(p, digest);
    if (!said || strcmp(said, digest) != 0 || !json_is_integer(json_object_get(top, "secrets")) || !json_is_array(hits))
        return false;
    p->secrets = json_integer_value(json_object_get(top, "secrets"));
    p->lfs = json_is_true(json_object_get(top, "lfs"));
    p->says_keys = json_is_true(json_object_get(top, "says_keys"));
    for (size_t i = 0; i < json_array_size(hits) && i < PUSH_HITS; i++) {
        const json_t *h = json_array_get(hits, i);
        const char *path = json_string_value(json_object_get(h, "path")),
                   *rule = rule_named(json_string_value(json_object_get(h, "rule")));
        int64_t ref = json_integer_value(json_object_get(h, "ref"));
        if (!path || !rule || ref < 0 || (size_t)ref >= p->n) return false;
        p->hits[p->n_hits++] = (struct push_hit){(size_t)ref, arena_str(&cx->arena, str_from(path)),
                                                 json_integer_value(json_object_get(h, "line")), rule, spot_of(cx, h)};
    }
    return take_personal(cx, json_object_get(top, "personal"), p) &&
           take_unread(cx, json_object_get(top, "unread"), p) &&
           take_candidates(cx, json_object_get(top, "candidates"), json_object_get(top, "settled"), p);
}

bool handover_take(struct ctx *cx, const struct hook_call *h, struct push *p)
{
    scoped_buf b;
    const char *path = path_of(cx, h);
    buf_init(&b, HANDOVER_MOST + 1);
    enum rc rc = place_read(path, false, HANDOVER_MOST, &b);
    (void)unlink(path);
    if (rc != OK) return false;
    json_t *top = json_loadb(b.p, b.n, JSON_REJECT_DUPLICATES, NULL);
    bool taken = top && take(cx, top, p);
    json_decref(top);
    if (!taken) {
        p->n_hits = 0;
        p->n_personal = 0;
        p->n_unread = 0;
        p->n_candidates = p->n_settled = 0;
        p->secrets = 0;
        p->lfs = p->says_keys = false;
    }
    return taken;
}
