/* From method and path to the operation: a walk down the tree that the build has made of all paths. */
#include "api/api_int.h"

#include <stdio.h>

#define NO_BODY (4 * KIB) /* is read where none is taken, so that the problem can say what is wrong */

const char *const api_methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};
const size_t api_methods_n = sizeof api_methods / sizeof *api_methods;

/* A word goes before a parameter. */
static const struct api_node *child(const struct api_node *n, struct str segment)
{
    size_t low = n->first_child, high = (size_t)n->first_child + n->n_children;
    const struct api_node *other = NULL;
    if (low < high && api_nodes[high - 1].segment.n == 0) other = &api_nodes[--high];
    while (low < high) {
        size_t mid = (low + high) / 2;
        int order = str_cmp(api_nodes[mid].segment, segment);
        if (order == 0) return &api_nodes[mid];
        if (order < 0)
            low = mid + 1;
        else
            high = mid;
    }
    return segment.n ? other : NULL;
}

static const struct api_node *walk(struct str path)
{
    const struct api_node *n = &api_nodes[0];
    struct str rest = path, segment;
    if (path.n < 2 || path.p[0] != '/') return NULL;
    rest = str_slice(path, 1, path.n);
    while (n && str_cut(&rest, '/', &segment)) n = child(n, segment);
    return n && n->n_operations ? n : NULL;
}

/* The {parameters} of op->path, which has as many segments as path. */
static void take_values(const struct api_operation *op, struct str path, struct str *values)
{
    struct str pattern = str_from(op->path), a, b;
    while (str_cut(&pattern, '/', &a) && str_cut(&path, '/', &b))
        for (size_t i = 0; a.n > 2 && a.p[0] == '{' && i < op->n_parameters; i++)
            if (op->parameters[i].in_path && str_eq(str_from(op->parameters[i].name), str_slice(a, 1, a.n - 1)))
                values[i] = b;
}

const struct api_operation *api_find(struct str method, struct str path, struct str *values, uint32_t *allowed)
{
    const struct api_node *n = walk(path);
    *allowed = 0;
    if (str_eq(method, STR("HEAD"))) method = STR("GET");
    for (size_t i = 0; n && i < n->n_operations; i++) {
        const struct api_operation *op = &api_operations[api_node_operations[n->first_operation + i]];
        if (str_eq(method, str_from(op->method))) {
            take_values(op, path, values);
            return op;
        }
        for (size_t m = 0; m < api_methods_n; m++)
            if (!strcmp(op->method, api_methods[m])) *allowed |= 1u << m;
    }
    return NULL;
}

size_t api_most_body(struct str method, struct str path, bool *follows)
{
    struct str values[API_PARAMETERS];
    uint32_t allowed;
    const struct api_operation *op = api_find(method, path, values, &allowed);
    *follows = op && op->takes_file;
    return op && op->body_type ? op->most_body : NO_BODY;
}

bool api_takes_password(struct str method, struct str path)
{
    struct str values[API_PARAMETERS];
    uint32_t allowed;
    const struct api_operation *op = api_find(method, path, values, &allowed);
    return op && op->passwords;
}
