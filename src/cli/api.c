/* sinetti api: any operation of a server's API, by the table that the server itself goes by. */
#include "api/table.h"
#include "cli/cli.h"
#include "cli/common.h"
#include "cli/remote.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char help[] =
    "usage: sinetti api OPERATION [NAME=VALUE]... [OPTIONS]\n"
    "       sinetti api                       the operations\n"
    "       sinetti api OPERATION --help      what it takes\n"
    "Does an operation on a server and prints its answer. NAME is a parameter of the operation, or a field of its "
    "body:\n"
    "texts as they are, all else as JSON.\n\n" REMOTE_HELP
    "  --body FILE        the body, instead of its fields; - is standard input\n"
    "  --file FILE        the body of an operation that takes a file; its name too, where one is asked for\n"
    "  --output FILE      where the answer is written, instead of standard output\n"
    "  --key KEY          the Idempotency-Key of a POST, to send it again (drawn at random)\n"
    "  --if-match TAG     the ETag of what was read, for what is to be changed; * for whatever is there\n"
    "  --tag              print the answer's ETag on standard error\n"
    "  --lang en|fi       language of the answer (en)\n"
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_BODY = OPTION_OWN, OPTION_FILE, OPTION_SAVE, OPTION_KEY, OPTION_IF_MATCH, OPTION_TAG };

static const struct option table[] = {REMOTE_TABLE,
                                      {"body", required_argument, NULL, OPTION_BODY},
                                      {"file", required_argument, NULL, OPTION_FILE},
                                      {"output", required_argument, NULL, OPTION_SAVE},
                                      {"key", required_argument, NULL, OPTION_KEY},
                                      {"if-match", required_argument, NULL, OPTION_IF_MATCH},
                                      {"tag", no_argument, NULL, OPTION_TAG},
                                      {"lang", required_argument, NULL, OPTION_LANG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    struct remote remote;
    struct remote_call call;
    const char *body, *file, *output, *key, *if_match;
    bool tag, help;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_BODY:
        a->body = value;
        return OK;
    case OPTION_FILE:
        a->file = value;
        return OK;
    case OPTION_SAVE:
        a->output = value;
        return OK;
    case OPTION_KEY:
        a->key = value;
        return OK;
    case OPTION_IF_MATCH:
        a->if_match = value;
        return OK;
    case OPTION_TAG:
        a->tag = true;
        return OK;
    case OPTION_LANG:
        return common_lang(cx, value, &a->remote.lang);
    default:
        return remote_option(cx, &a->remote, code, value);
    }
}

/* --- what there is */

static void print_operations(void)
{
    for (size_t i = 0; i < api_operations_n; i++) {
        const struct api_operation *op = &api_operations[i];
        printf("%-32s %-6s %s\n", op->id, op->method, op->path);
    }
}

static void print_name(const char *name, bool required, const char *type, const char *where)
{
    printf("  %-24s %-10s %s%s\n", name, type, where, required ? "" : ", optional");
}

static void print_operation(const struct api_operation *op)
{
    static const char *const types[] = {"text", "number", "true/false", "", ""};
    const char *permission = op->permission == API_PUBLIC    ? "anybody"
                             : op->permission == API_SELF    ? "anybody signed in"
                             : op->permission == API_SESSION ? "in a browser"
                                                             : identity_permissions[op->permission].name;
    printf("%s: %s %s (%s)\n", op->id, op->method, op->path, permission);
    for (size_t i = 0; i < op->n_parameters; i++)
        print_name(op->parameters[i].name, op->parameters[i].required, types[op->parameters[i].type],
                   op->parameters[i].in_path ? "path" : "query");
    for (size_t i = 0; op->body && i < op->body->n_fields; i++) {
        const struct catalog_field *f = &op->body->fields[i];
        print_name(f->name.p, f->required, schema_type_name(f->schema.type), "body");
    }
    if (op->takes_file)
        printf("  --file FILE              %s\n", !strcmp(op->body_type, "*/*") ? "of any type" : op->body_type);
    else if (op->body_type && !op->body)
        printf("  --body FILE              %s\n", op->body_type);
    if (op->gives_file) printf("  --output FILE            the answer is a file\n");
}

/* --- what is asked */

static const struct api_operation *find(const char *id)
{
    for (size_t i = 0; i < api_operations_n; i++)
        if (!strcmp(api_operations[i].id, id)) return &api_operations[i];
    return NULL;
}

static const struct catalog_schema *field_of(const struct api_operation *op, struct str name)
{
    for (size_t i = 0; op->body && i < op->body->n_fields; i++)
        if (str_eq(op->body->fields[i].name, name)) return &op->body->fields[i].schema;
    return NULL;
}

static enum rc put_field(struct ctx *cx, json_t *body, const struct catalog_schema *s, struct str name,
                         struct str value)
{
    bool is_text = s->type == SCHEMA_STRING && !(s->nullable && str_eq(value, STR("null")));
    json_error_t error;
    json_t *v = is_text ? json_stringn(value.p, value.n)
                        : json_loadb(value.p, value.n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &error);
    if (v && json_object_setn_new(body, name.p, name.n, v) == 0) return OK;
    return fail(cx, E_INVALID, STR_FMT ": %s", STR_ARG(name), is_text ? "no UTF-8" : "no JSON");
}

/* NAME=VALUE of the command line: a parameter, or a field of the body. */
static enum rc put_operand(struct ctx *cx, struct arguments *a, json_t *body, const char *operand)
{
    const struct api_operation *op = a->call.op;
    struct str value = str_from(operand), name;
    if (!strchr(operand, '=')) return fail(cx, E_INVALID, "%s: write NAME=VALUE", str_visible(cx, value));
    (void)str_cut(&value, '=', &name);
    if (!value.p) value = STR("");
    for (size_t i = 0; i < op->n_parameters; i++)
        if (str_eq(str_from(op->parameters[i].name), name)) {
            a->call.values[i] = value;
            return OK;
        }
    const struct catalog_schema *s = field_of(op, name);
    if (!s)
        return fail(cx, E_INVALID, "%s takes no %s; `sinetti api %s --help` tells what it takes", op->id,
                    str_visible(cx, name), op->id);
    if (a->body) return fail(cx, E_INVALID, "%s stands in the body: give it there", str_visible(cx, name));
    return put_field(cx, body, s, name, value);
}

static enum rc put_operands(struct ctx *cx, struct arguments *a, char **operands, int n)
{
    json_t *body = json_object();
    enum rc rc = body ? OK : fail(cx, E_IO, "out of memory");
    for (int i = 0; i < n && rc == OK; i++) rc = put_operand(cx, a, body, operands[i]);
    if (rc == OK && a->call.op->body && (json_object_size(body) || a->call.op->body_needed)) {
        char *text = json_dumps(body, JSON_COMPACT);
        a->call.body = arena_str(&cx->arena, str_from(text));
        free(text);
    }
    json_decref(body);
    return rc;
}

static enum rc read_body(struct ctx *cx, struct arguments *a)
{
    scoped_buf text;
    buf_init(&text, LIMIT_BODY);
    if (!a->call.op->body_type) return fail(cx, E_INVALID, "%s takes no body", a->call.op->id);
    TRY(remote_read_file(cx, a->body, &text));
    a->call.body = arena_str(&cx->arena, buf_view(&text));
    return OK;
}

/* The file's own name, where the operation asks for one and none is given. */
static void name_file(struct arguments *a)
{
    const char *slash = strrchr(a->file, '/');
    struct str name = str_from(slash ? slash + 1 : a->file);
    for (size_t i = 0; i < a->call.op->n_parameters; i++)
        if (!strcmp(a->call.op->parameters[i].name, "name") && !a->call.values[i].p && strcmp(a->file, "-") != 0)
            a->call.values[i] = name;
}

static enum rc open_file(struct ctx *cx, struct arguments *a)
{
    if (!a->call.op->takes_file) return fail(cx, E_INVALID, "%s takes no file", a->call.op->id);
    if (a->body) return fail(cx, E_INVALID, "--body and --file exclude each other");
    name_file(a);
    a->call.file = strcmp(a->file, "-") ? fopen(a->file, "rbe") : stdin;
    return a->call.file ? OK : fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(a->file)), strerror(errno));
}

static enum rc prepare(struct ctx *cx, struct arguments *a, const char *id, char **operands, int n)
{
    a->call.op = find(id);
    if (!a->call.op)
        return fail(cx, E_INVALID, "there is no operation %s; `sinetti api` lists them", str_visible(cx, str_from(id)));
    if (a->help) return OK;
    TRY(put_operands(cx, a, operands, n));
    if (a->body) TRY(read_body(cx, a));
    if (a->file) TRY(open_file(cx, a));
    a->call.key = a->key;
    a->call.if_match = a->if_match;
    return remote_check(cx, &a->call);
}

/* An answer that goes to a file, however long, and is there whole or not at all. */
static int run_to_file(struct ctx *cx, struct arguments *a)
{
    scoped_buf said; /* what is no success */
    buf_init(&said, 1 * MIB);
    struct str part = arena_printf(&cx->arena, "%s.part", a->output);
    a->call.output = fopen(part.p, "wbe");
    if (!a->call.output) return common_failed(cx, fail(cx, E_IO, "%s: %s", str_visible(cx, part), strerror(errno)));
    enum rc rc = remote_open(cx, &a->remote);
    if (rc == OK) rc = remote_do(cx, &a->remote, &a->call, &said);
    remote_close(&a->remote);
    if (fclose(a->call.output) != 0 && rc == OK) rc = fail(cx, E_IO, "%s: %s", str_visible(cx, part), strerror(errno));
    if (rc == OK && rename(part.p, a->output) != 0)
        rc = fail(cx, E_IO, "%s: %s", str_visible(cx, str_from(a->output)), strerror(errno));
    if (rc != OK) (void)remove(part.p);
    if (rc == OK && a->tag && a->call.tag.p) fprintf(stderr, STR_FMT "\n", STR_ARG(a->call.tag));
    return rc == OK ? EXIT_FINE : common_failed(cx, rc);
}

static int run(struct ctx *cx, struct arguments *a)
{
    scoped_buf out;
    buf_init(&out, 64 * MIB);
    enum rc rc = remote_open(cx, &a->remote);
    if (rc == OK) rc = remote_do(cx, &a->remote, &a->call, &out);
    remote_close(&a->remote);
    if (rc != OK) return common_failed(cx, rc);
    if (a->tag && a->call.tag.p) fprintf(stderr, STR_FMT "\n", STR_ARG(a->call.tag));
    if (out.n && out.p[out.n - 1] != '\n') buf_char(&out, '\n');
    rc = common_print(cx, buf_view(&out));
    return rc == OK ? EXIT_FINE : common_failed(cx, rc);
}

static int api(struct ctx *cx, int argc, char **argv)
{
    struct arguments a = {0};
    if (argc >= 3 && argv[1][0] != '-' && !strcmp(argv[argc - 1], "--help")) {
        a.help = true;
        if (prepare(cx, &a, argv[1], NULL, 0) != OK) return common_wrong(cx, "api");
        print_operation(a.call.op);
        return EXIT_FINE;
    }
    int code = common_parse(cx, argc, argv, table, help, take, &a);
    if (code >= 0) return code;
    if (optind == argc) {
        print_operations();
        return EXIT_FINE;
    }
    if (prepare(cx, &a, argv[optind], argv + optind + 1, argc - optind - 1) != OK) return common_wrong(cx, "api");
    int done = a.output ? run_to_file(cx, &a) : run(cx, &a);
    if (a.call.file && a.call.file != stdin) fclose(a.call.file);
    return done;
}

int cli_api(int argc, char **argv)
{
    struct ctx cx;
    ctx_init(&cx);
    int code = api(&cx, argc, argv);
    ctx_release(&cx);
    return code;
}
