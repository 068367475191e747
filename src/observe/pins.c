/* Container images and whether a digest fixes their content. Also container files: FROM lines, compose and Kubernetes.
 */
#include <ctype.h>

#include "observe/commands.h"
#include "observe/content_rows.h"
#include "observe/downloads.h"

bool container_wants(const struct place *pl)
{
    if (pl->sample) return false;
    if (str_starts_nocase(pl->name, STR("dockerfile")) || str_starts_nocase(pl->name, STR("containerfile")))
        return !text_is(pl->ext, "md|txt|rst|dockerignore|rb|py|go|js|ts|java|html|json|yml|yaml|tmpl|tpl|erb|j2");
    if (str_ends_nocase(pl->name, STR(".dockerfile")) && pl->stem.n) return true;
    return text_is(pl->ext, "yml|yaml") &&
           (str_starts(pl->name, STR("docker-compose")) || str_starts(pl->name, STR("compose.")) ||
            str_starts(pl->name, STR("compose-")));
}

static bool is_digest(struct str ref)
{
    const char *at = ref.n ? memrchr(ref.p, '@', ref.n) : NULL;
    if (!at) return false;
    struct str d = str_slice(ref, (size_t)(at - ref.p) + 1, ref.n);
    if (!str_starts(d, STR("sha256:")) || d.n != 71) return false;
    for (size_t i = 7; i < d.n; i++)
        if (!isxdigit((unsigned char)d.p[i])) return false;
    return true;
}

void rows_image(struct content *c, int64_t line, struct str image)
{
    image = str_trim(image);
    if (str_starts(image, STR("docker://"))) image = str_slice(image, 9, image.n);
    if (!image.n || image.n > 400 || str_eq_nocase(image, STR("scratch")) || memchr(image.p, '$', image.n) ||
        str_has(image, STR("{{")) || memchr(image.p, ' ', image.n))
        return;
    rows_pin(c, line, "image", image, is_digest(image), false);
}

struct args {
    struct str name[32], value[32];
    size_t n;
    struct str stages[64];
    size_t n_stages;
};

static void keep_arg(struct args *a, struct str rest)
{
    rest = str_trim(rest);
    const char *eq = rest.n ? memchr(rest.p, '=', rest.n) : NULL;
    if (!eq || a->n == 32) return;
    struct str v = str_trim(str_slice(rest, (size_t)(eq - rest.p) + 1, rest.n));
    if (v.n > 1 && (v.p[0] == '"' || v.p[0] == '\'')) v = str_slice(v, 1, v.n - 1);
    a->name[a->n] = str_slice(rest, 0, (size_t)(eq - rest.p));
    a->value[a->n++] = v;
}

/* "$NAME", "${NAME}", "${NAME:-default}" inside an image's name, by the ARG lines above. */
static struct str expand(struct arena *arena, const struct args *a, struct str image)
{
    if (!image.n || !memchr(image.p, '$', image.n)) return image;
    scoped_buf b;
    buf_init(&b, 1024);
    for (size_t i = 0; i < image.n; i++) {
        if (image.p[i] != '$') {
            buf_char(&b, image.p[i]);
            continue;
        }
        size_t from = i + 1;
        bool brace = from < image.n && image.p[from] == '{';
        if (brace) from++;
        size_t to = from;
        while (to < image.n && (isalnum((unsigned char)image.p[to]) || image.p[to] == '_')) to++;
        struct str name = str_slice(image, from, to), value = STR_NONE;
        for (size_t k = 0; k < a->n; k++)
            if (str_eq(a->name[k], name)) value = a->value[k];
        if (brace) {
            size_t end = to;
            while (end < image.n && image.p[end] != '}') end++;
            if (!value.p && str_starts(str_slice(image, to, end), STR(":-"))) value = str_slice(image, to + 2, end);
            to = end < image.n ? end + 1 : end;
        }
        if (!value.p) return STR_NONE;
        buf_str(&b, value);
        i = to - 1;
    }
    return b.failed || !b.n ? STR_NONE : arena_str(arena, buf_view(&b));
}

static struct str next_word(struct str *rest)
{
    *rest = str_trim(*rest);
    size_t i = 0;
    while (i < rest->n && !isspace((unsigned char)rest->p[i])) i++;
    struct str w = str_slice(*rest, 0, i);
    *rest = str_slice(*rest, i, rest->n);
    return w;
}

static void read_from(struct content *c, struct args *a, int64_t line, struct str rest)
{
    struct str image = next_word(&rest);
    while (str_starts(image, STR("--"))) image = next_word(&rest);
    bool stage = false;
    for (size_t i = 0; i < a->n_stages; i++) stage = stage || str_eq_nocase(a->stages[i], image);
    if (!stage) {
        struct str full = expand(c->arena, a, image);
        if (full.p) rows_image(c, line, full);
    }
    if (str_eq_nocase(next_word(&rest), STR("as")) && a->n_stages < 64) a->stages[a->n_stages++] = next_word(&rest);
}

static void read_dockerfile(struct content *c, struct str text)
{
    struct args a = {.n = 0};
    struct lines l = {.rest = text};
    struct str line;
    bool continued = false;
    while (lines_next(&l, &line)) {
        struct str rest = str_trim(line);
        bool was = continued;
        continued = rest.n && rest.p[rest.n - 1] == '\\';
        if (!rest.n || rest.p[0] == '#') {
            continued = was && rest.n; /* a comment within a command does not end it */
            continue;
        }
        if (was) continue;
        struct str word = next_word(&rest);
        if (str_eq_nocase(word, STR("from")))
            read_from(c, &a, l.line, rest);
        else if (str_eq_nocase(word, STR("arg")))
            keep_arg(&a, rest);
        else if (str_eq_nocase(word, STR("copy")) && str_starts(str_trim(rest), STR("--from="))) {
            struct str w = next_word(&rest), from = str_slice(w, 7, w.n);
            bool stage = !memchr(from.p, '/', from.n) && !memchr(from.p, ':', from.n);
            for (size_t i = 0; i < a.n_stages; i++) stage = stage || str_eq_nocase(a.stages[i], from);
            if (!stage) rows_image(c, l.line, from);
        }
    }
}

/* Compose: an `image:` of a service. Those built here ("build:") have names of their own and are no images from
 * elsewhere. */
static void read_compose(struct content *c, struct str text)
{
    struct lines l = {.rest = text};
    struct str line, image = STR_NONE;
    int64_t at = 0;
    size_t indent = 0;
    bool built = false;
    while (lines_next(&l, &line)) {
        struct str t = str_trim(line);
        if (!t.n || t.p[0] == '#') continue;
        size_t in = (size_t)(t.p - line.p);
        if (image.p && in < indent) {
            if (!built) rows_image(c, at, image);
            image = STR_NONE;
        }
        if (in < indent || !image.p) built = in == indent && built && !str_ends(t, STR(":"));
        if (str_starts(t, STR("build:"))) {
            built = true;
            if (!image.p) indent = in;
        }
        if (!str_starts(t, STR("image:"))) continue;
        struct str v = str_trim(str_slice(t, 6, t.n));
        const char *comment = v.n ? memmem(v.p, v.n, " #", 2) : NULL;
        if (comment) v = str_trim(str_slice(v, 0, (size_t)(comment - v.p)));
        if (v.n > 1 && (v.p[0] == '"' || v.p[0] == '\'')) v = str_slice(v, 1, v.n - 1);
        built = built && in == indent;
        image = v;
        indent = in;
        at = l.line;
    }
    if (image.p && !built) rows_image(c, at, image);
}

void container_read(struct content *c, struct str text)
{
    if (text_is(c->place.ext, "yml|yaml"))
        read_compose(c, text);
    else {
        read_dockerfile(c, text);
        downloads_read(c, 1, text);
    }
}
