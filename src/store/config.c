#include "store/config.h"

#include "base/file.h"
#include "base/origin.h"
#include "base/yaml.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

const char *config_folder(const char *given)
{
    const char *value = given ? given : getenv("SINETTI_DATA");
    return value && *value ? value : "/var/lib/sinetti";
}

const char *config_signer(struct ctx *cx, const char *dir)
{
    struct str folder = str_from(dir), named = str_environment("SINETTI_SIGNER");
    while (folder.n > 1 && folder.p[folder.n - 1] == '/') folder.n--;
    return named.p ? named.p : arena_printf(&cx->arena, STR_FMT ".signer", STR_ARG(folder)).p;
}

static const char *path_in(struct ctx *cx, const char *dir)
{
    return arena_printf(&cx->arena, "%s/config", dir).p;
}

/* STR_NONE when there is no such file. */
static enum rc read_text(struct ctx *cx, const char *path, struct str *out)
{
    scoped_buf text;
    buf_init(&text, LIMIT_CONFIG);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    *out = STR_NONE;
    if (fd < 0 && errno == ENOENT) return OK;
    if (fd < 0) return fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(path)), strerror(errno));
    bool fine = file_read_all(fd, &text);
    int failure = errno;
    close(fd);
    if (!fine) return fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(path)), strerror(failure));
    if (text.failed)
        return fail(cx, E_LIMIT, "%s: larger than %llu bytes", str_visible(cx, str_from(path)), LIMIT_CONFIG);
    *out = arena_str(&cx->arena, buf_view(&text));
    return OK;
}

static enum rc take_witnesses(struct ctx *cx, const char *path, const struct yaml_pair *p, struct config *out)
{
    const struct yaml_node *list = p->value;
    if (list->kind != YAML_SEQUENCE || list->n > LIMIT_WITNESSES)
        return fail(cx, E_INVALID, "%s:%d: \"witnesses\" is a list of at most %d, each URL=VKEY", path, p->line,
                    LIMIT_WITNESSES);
    for (size_t i = 0; i < list->n; i++) {
        struct str text = yaml_text(list->items[i]);
        if (!text.n) return fail(cx, E_INVALID, "%s:%d: a witness is written as URL=VKEY", path, list->items[i]->line);
        out->witnesses[out->n_witnesses++] = arena_cstr(&cx->arena, text);
    }
    return OK;
}

static enum rc take_switch(struct ctx *cx, const char *path, const struct yaml_pair *p, bool *out)
{
    struct str value = yaml_text(p->value);
    *out = str_eq(value, STR("true"));
    return *out || str_eq(value, STR("false"))
               ? OK
               : fail(cx, E_INVALID, "%s:%d: \"" STR_FMT "\" is true or false", path, p->line, STR_ARG(p->key));
}

static enum rc take(struct ctx *cx, const char *path, const struct yaml_pair *p, struct config *out)
{
    struct str value = yaml_text(p->value);
    if (str_eq(p->key, STR("format"))) {
        if (!str_to_i64(value, 1, INT64_MAX, &out->format))
            return fail(cx, E_INVALID, "%s:%d: \"format\" is a whole number", path, p->line);
        return out->format <= CONFIG_FORMAT ? OK
                                            : fail(cx, E_DENIED,
                                                   "%s:%d: the data folder was made by a newer version of sinetti "
                                                   "(format %lld; this one knows %d)",
                                                   path, p->line, (long long)out->format, CONFIG_FORMAT);
    }
    if (str_eq(p->key, STR("log"))) {
        out->log = arena_str(&cx->arena, value);
        return str_eq(value, STR("sqlite")) || config_log_is_shared(out)
                   ? OK
                   : fail(cx, E_INVALID, "%s:%d: \"log\" is sqlite, or postgresql://…", path, p->line);
    }
    if (str_eq(p->key, STR("public_url")))
        return origin_read(cx, arena_printf(&cx->arena, "%s:%d: \"public_url\"", path, p->line).p, value,
                           &out->public_url);
    if (str_eq(p->key, STR("witnesses"))) return take_witnesses(cx, path, p, out);
    if (str_eq(p->key, STR("single_node"))) return take_switch(cx, path, p, &out->single_node);
    if (str_eq(p->key, STR("repositories_inside"))) return take_switch(cx, path, p, &out->repositories_inside);
    return fail(
        cx, E_INVALID,
        "%s:%d: there is no setting \"%s\" (format, log, public_url, repositories_inside, single_node, witnesses)",
        path, p->line, str_visible(cx, p->key));
}

bool config_log_is_shared(const struct config *c)
{
    return str_starts(c->log, STR("postgresql://")) || str_starts(c->log, STR("postgres://"));
}

static enum rc read_file(struct ctx *cx, const char *dir, struct config *out)
{
    const char *path = path_in(cx, dir), *shown = str_visible(cx, str_from(path));
    struct str text;
    struct yaml y;
    *out = (struct config){.format = CONFIG_FORMAT, .log = STR("sqlite")};
    TRY(read_text(cx, path, &text));
    if (!text.p) return OK;
    enum rc rc = yaml_read(cx, text, YAML_STRICT, &y);
    if (rc != OK && y.n_faults == 0)
        return fail(cx, rc, "%s: %s", shown, arena_cstr(&cx->arena, str_from(cx->message)));
    if (y.n_faults)
        return fail(cx, E_INVALID, "%s:%d: " STR_FMT ". " STR_FMT, shown, y.faults[0].line, STR_ARG(y.faults[0].text),
                    STR_ARG(y.faults[0].remedy));
    if (y.n == 0) return OK;
    if (y.documents[0]->kind != YAML_MAPPING) return fail(cx, E_INVALID, "%s: write `key: value`", shown);
    for (size_t i = 0; i < y.documents[0]->n; i++) TRY(take(cx, shown, &y.documents[0]->pairs[i], out));
    return OK;
}

enum rc config_read(struct ctx *cx, const char *dir, struct config *out)
{
    struct str said = str_from(getenv("SINETTI_PUBLIC_URL"));
    TRY(read_file(cx, dir, out));
    return said.n ? origin_read(cx, "SINETTI_PUBLIC_URL", said, &out->public_url) : OK;
}

enum rc config_write(struct ctx *cx, const char *dir, const struct config *c)
{
    for (size_t i = 0; i < c->log.n; i++)
        if ((unsigned char)c->log.p[i] <= ' ' || (unsigned char)c->log.p[i] >= 0x7f || c->log.p[i] == '"' ||
            c->log.p[i] == '\\')
            return fail(cx, E_INVALID, "the place of a log has no spaces, quotes or backslashes: write them as %%20");
    return file_replace(
        cx, path_in(cx, dir),
        arena_printf(&cx->arena, "# Settings of this data folder.\nformat: %lld\nlog: \"" STR_FMT "\"\n%s",
                     (long long)c->format, STR_ARG(c->log), c->single_node ? "single_node: true\n" : ""));
}
