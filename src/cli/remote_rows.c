#include "cli/remote_rows.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PAGE_MOST (8U << 20) /* bytes of one answer */

static const struct api_operation *find(const char *id)
{
    for (size_t i = 0; i < api_operations_n; i++)
        if (strcmp(api_operations[i].id, id) == 0) return &api_operations[i];
    return NULL;
}

static void set(struct remote_call *call, const char *name, struct str value)
{
    for (size_t i = 0; i < call->op->n_parameters; i++)
        if (strcmp(call->op->parameters[i].name, name) == 0) call->values[i] = value;
}

static void print_value(struct ctx *cx, const json_t *v)
{
    if (json_is_object(v)) {
        const json_t *name = json_object_get(v, "name");
        v = json_is_string(name) ? name : json_object_get(v, "id");
    }
    if (json_is_string(v))
        printf("%s", str_visible(cx, str_from(json_string_value(v))));
    else if (json_is_integer(v))
        printf("%lld", (long long)json_integer_value(v));
    else if (json_is_boolean(v))
        printf("%s", json_is_true(v) ? "yes" : "no");
    else
        printf("–");
}

static void print_item(struct ctx *cx, const struct remote_rows *what, const json_t *item)
{
    char *text = what->json ? json_dumps(item, JSON_COMPACT | JSON_ENSURE_ASCII) : NULL;
    if (text) puts(text);
    free(text);
    for (size_t i = 0; !what->json && what->columns[i]; i++) {
        if (i) putchar('\t');
        print_value(cx, json_object_get(item, what->columns[i]));
    }
    if (!what->json) putchar('\n');
}

/* *next: where the list goes on; STR_NONE at its end. */
static enum rc print_page(struct ctx *cx, const struct remote_rows *what, struct str answer, int64_t *printed,
                          struct str *next)
{
    json_t *top = json_loadb(answer.p, answer.n, JSON_REJECT_DUPLICATES, NULL);
    const json_t *items = json_object_get(top, "items"), *more = json_object_get(top, "next");
    size_t n = json_array_size(items);
    *next = STR_NONE;
    if (!json_is_array(items)) {
        json_decref(top);
        return fail(cx, E_IO, "the server's answer is no list");
    }
    for (size_t i = 0; i < n && (!what->limit || *printed < what->limit); i++, ++*printed)
        print_item(cx, what, json_array_get(items, i));
    if (json_is_string(more) && (!what->limit || *printed < what->limit))
        *next = arena_str(&cx->arena, str_from(json_string_value(more)));
    json_decref(top);
    return OK;
}

enum rc remote_rows_print(struct ctx *cx, struct remote *r, const struct remote_rows *what)
{
    struct remote_call call = {.op = find(what->operation)};
    int64_t printed = 0;
    struct str next = STR_NONE;
    if (!call.op) return fail(cx, E_INTERNAL, "there is no operation %s", what->operation);
    for (size_t i = 0; i < sizeof what->asked / sizeof *what->asked && what->asked[i].name; i++)
        if (what->asked[i].value) set(&call, what->asked[i].name, str_from(what->asked[i].value));
    enum rc rc = remote_open(cx, r);
    do {
        scoped_buf answer;
        buf_init(&answer, PAGE_MOST);
        if (next.p) set(&call, "cursor", next);
        if (rc == OK) rc = remote_do(cx, r, &call, &answer);
        if (rc == OK) rc = print_page(cx, what, buf_view(&answer), &printed, &next);
    } while (rc == OK && next.p);
    remote_close(r);
    return rc;
}
