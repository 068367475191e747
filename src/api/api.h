/* The API: every operation of src/api/openapi.yaml. The build makes the table of routes of it (tools/api.py); each
 * operation has one function, api_<operation_id>(), in the file of its resource, or a list of its own in lists/.
 *
 * api_handle() finds the operation, authenticates, asks whether the person may, checks path, query and body against
 * their schemas, and only then calls it. The same runs in web (reads) and in worker (all else): an operation that
 * belongs to the other process is answered by *elsewhere.
 *
 * Threads: struct api is shared; each call has a ctx and databases of its own. */
#ifndef SINETTI_API_API_H
#define SINETTI_API_API_H

#include "base/json.h"
#include "catalog/catalog.h"
#include "http/http.h"
#include "identity/identity.h"

#include <jansson.h>
#include <sqlite3.h>

enum api_process { API_WEB, API_WORKER };
enum api_type { API_STRING, API_INTEGER, API_BOOLEAN };

struct api_call;
typedef enum rc api_function(struct ctx *cx, struct api_call *call);

struct api_parameter {
    const char *name;
    bool in_path, required;
    enum api_type type;
    int64_t least, most; /* bytes of a string, or the integer itself */
    const char *pattern; /* anchored at both ends; NULL: any */
    const char *const *values;
    size_t n_values;
};

struct api_operation {
    const char *id, *method, *path; /* path with {parameters} */
    const char *permission;         /* "public", "self", or noun.verb of roles.yaml */
    enum api_process process;
    const char *const *facts; /* kinds it may append */
    size_t n_facts;
    size_t most_body;
    const struct api_parameter *parameters;
    size_t n_parameters;
    const struct catalog_schema *body; /* NULL: none */
    const char *list;                  /* SQL of a plain list, else NULL */
    api_function *run;                 /* NULL for a plain list */
};

/* What one call works with. */
struct api_call {
    struct api *api;
    const struct api_operation *op;
    const struct http_request *request;
    struct identity_who who;
    enum lang lang;
    json_t *body;          /* checked against its schema; NULL when there is none */
    struct str values[16]; /* of op->parameters, in their order; STR_NONE when absent */
    sqlite3 *ledger;       /* facts' tables and views: read only */
    sqlite3 *derived;      /* standing, findings, coverage: read only */
    int64_t now;           /* Unix seconds */
    struct http_response *answer;
    struct json out; /* into answer->body */
};

struct str api_value(const struct api_call *call, const char *name); /* of a parameter; STR_NONE when absent */
int64_t api_value_int(const struct api_call *call, const char *name, int64_t otherwise);

extern const struct api_operation api_operations[];
extern const size_t api_operations_n;

#endif
