#include "git/object.h"

#include "git/oid.h"

#define TIME_MIN (-62135596800LL) /* 0001-01-01 */
#define TIME_MAX 253402300799LL   /* 9999-12-31T23:59:59Z */

/* The number at the start of s, clamped: strtoll() would need a NUL behind it. */
static int64_t seconds(struct str s)
{
    s = str_trim(s);
    bool negative = s.n && s.p[0] == '-';
    int64_t v = 0;
    for (size_t i = negative; i < s.n && s.p[i] >= '0' && s.p[i] <= '9'; i++) {
        v = v * 10 + (s.p[i] - '0');
        if (v > TIME_MAX) v = TIME_MAX + 1;
    }
    if (negative) v = -v;
    return v < TIME_MIN ? TIME_MIN : v > TIME_MAX ? TIME_MAX : v;
}

struct ident ident_parse(struct str line)
{
    struct ident id = {{"", 0}, {"", 0}, 0};
    const char *open = line.n ? memchr(line.p, '<', line.n) : NULL;
    const char *last = line.n ? memrchr(line.p, '>', line.n) : NULL;
    if (!open) {
        if (line.n) id.name = str_trim(line);
        return id;
    }
    size_t at = (size_t)(open - line.p);
    id.name = str_trim(str_slice(line, 0, at));
    struct str rest = str_slice(line, at + 1, line.n);
    const char *close = rest.n ? memchr(rest.p, '>', rest.n) : NULL;
    id.email = str_trim(str_slice(rest, 0, close ? (size_t)(close - rest.p) : rest.n));
    /* As git does: the time stands behind the last '>', so an address may hold one. */
    if (last && last > open) id.at = seconds(str_slice(line, (size_t)(last - line.p) + 1, line.n));
    return id;
}

static const char *signature_kind(struct str s)
{
    if (str_starts(s, STR("-----BEGIN PGP SIGNATURE-----")) || str_starts(s, STR("-----BEGIN PGP MESSAGE-----")))
        return "openpgp";
    if (str_starts(s, STR("-----BEGIN SSH SIGNATURE-----"))) return "ssh";
    if (str_starts(s, STR("-----BEGIN SIGNED MESSAGE-----"))) return "x509";
    return NULL;
}

static bool take(struct str *s, struct str prefix)
{
    if (!str_starts(*s, prefix)) return false;
    *s = str_slice(*s, prefix.n, s->n);
    return true;
}

/* Moves *rest behind "key value\n" when it starts with it. */
static bool header_line(struct str *rest, struct str key, struct str *value)
{
    struct str line, after = *rest;
    if (!str_cut(&after, '\n', &line) || !after.p || !take(&line, key)) return false;
    *value = line;
    *rest = after;
    return true;
}

static void set_signature(const char **signature, struct str value)
{
    const char *kind = signature_kind(value);
    if (kind && !*signature) *signature = kind;
}

bool commit_parse(struct str raw, size_t hex, struct commit_object *out)
{
    *out = (struct commit_object){0};
    struct str rest = raw, value;
    if (!header_line(&rest, STR("tree "), &out->tree) || !oid_is(out->tree, hex)) return false;
    out->parent_lines = str_slice(rest, 0, 0);
    while (header_line(&rest, STR("parent "), &value)) {
        if (!oid_is(value, hex)) return false;
        out->n_parents++;
        out->parent_lines.n = (size_t)(rest.p - out->parent_lines.p);
    }
    bool author = false, committer = false;
    struct str line;
    while (str_cut(&rest, '\n', &line)) {
        if (line.n == 0 && rest.p) {
            out->message = rest;
            break;
        }
        if (take(&line, STR("author ")) && !author) {
            out->author = ident_parse(line);
            author = true;
        } else if (take(&line, STR("committer ")) && !committer) {
            out->committer = ident_parse(line);
            committer = true;
        } else if (take(&line, STR("gpgsig ")) || take(&line, STR("gpgsig-sha256 "))) {
            set_signature(&out->signature, line);
        }
    }
    return committer;
}

struct str commit_parent(const struct commit_object *c, size_t i)
{
    size_t stride = c->parent_lines.n / c->n_parents, skip = sizeof "parent " - 1;
    return str_slice(c->parent_lines, i * stride + skip, (i + 1) * stride - 1);
}

bool tag_parse(struct str raw, size_t hex, struct tag_object *out)
{
    *out = (struct tag_object){0};
    out->tagger = ident_parse(STR(""));
    struct str rest = raw, line;
    if (!header_line(&rest, STR("object "), &out->object) || !oid_is(out->object, hex)) return false;
    if (!header_line(&rest, STR("type "), &out->type)) return false;
    bool tagger = false, body = false;
    while (str_cut(&rest, '\n', &line)) {
        if (body) {
            set_signature(&out->signature, line);
        } else if (line.n == 0) {
            body = true;
        } else if (take(&line, STR("tagger ")) && !tagger) {
            out->tagger = ident_parse(line);
            tagger = true;
        } else if (take(&line, STR("gpgsig ")) || take(&line, STR("gpgsig-sha256 "))) {
            set_signature(&out->signature, line);
        }
    }
    return true;
}
