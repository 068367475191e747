/* What tools/api.py makes of openapi.yaml and the files beside it: operations, roles, problems. Constant. */
#ifndef SINETTI_API_TABLE_H
#define SINETTI_API_TABLE_H

#include "catalog/catalog.h"
#include "identity/rights.h"

#define API_PARAMETERS 16 /* of one operation */

struct api_call;
typedef enum rc api_function(struct ctx *cx, struct api_call *call);

enum api_process { API_WEB, API_WORKER };
enum api_type { API_STRING, API_INTEGER, API_BOOLEAN, API_TIME, API_JSON }; /* the last two only of columns */

/* Instead of a number of identity_permissions. */
#define API_PUBLIC (-1)
#define API_SELF (-2)
#define API_SESSION (-3)
/* Instead of the number of a parameter that holds a project's id. */
#define API_SCOPE_ORG (-1)
#define API_SCOPE_FILTERED (-2)

struct api_parameter {
    const char *name;
    bool in_path, required;
    enum api_type type;
    int64_t least, most; /* bytes of a string, or the integer itself */
    struct str pattern;  /* anchored at both ends; empty: any */
    const struct str *values;
    size_t n_values;
};

struct api_answer {
    int status;
    const char *type;                    /* of its body; NULL: none */
    const struct catalog_schema *schema; /* of JSON; else NULL */
};

/* A list: statements for each way to sort it, the default first. */
struct api_order {
    const char *name;
    const char *first, *more; /* SQL of the first page, and of those after a cursor */
};
struct api_column {
    const char *name;
    enum api_type type;
};
struct api_list {
    const char *name;
    bool derived; /* reads derived.NAME too: empty while there is none */
    bool given;   /* filters that are not given are taken out of the SQL */
    const struct api_order *orders;
    size_t n_orders;
    const char *count; /* SQL; NULL: too dear */
    const struct api_column *columns;
    size_t n_columns;
};

struct api_operation {
    const char *id, *method, *path; /* path with {parameters} */
    int permission, scope;
    enum api_process process;
    const char *const *facts; /* kinds it may append */
    size_t n_facts;
    size_t most_body;      /* bytes; 0: it takes none */
    const char *body_type; /* NULL: none; of a file media types with blanks between, or any: "*" "/" "*" */
    bool body_needed;
    bool takes_file;                   /* the body comes as call->file, however large */
    bool gives_file;                   /* the answer is what api_answer_file() was given */
    const struct catalog_schema *body; /* of application/json */
    const struct api_parameter *parameters;
    size_t n_parameters;
    const struct api_answer *answers; /* the first is what a function answers unless it says otherwise */
    size_t n_answers;
    bool if_match, secret, passwords;
    const struct api_list *list; /* NULL: run */
    api_function *run;           /* NULL: list */
};
extern const struct api_operation api_operations[];
extern const size_t api_operations_n;

/* A segment of paths. Its children stand together: words sorted by bytes, then perhaps one without a name, a parameter.
 */
struct api_node {
    struct str segment;
    uint16_t first_child, n_children;
    uint16_t first_operation, n_operations; /* of api_node_operations */
};
extern const struct api_node api_nodes[]; /* the first is the root */
extern const uint16_t api_node_operations[];

struct api_role {
    const char *title[LANG_COUNT], *description[LANG_COUNT];
};
extern const struct api_role api_roles[ROLE_COUNT];

struct api_problem {
    const char *name; /* its type is /api/#name */
    int status;
    const char *title[LANG_COUNT];
};
extern const struct api_problem api_problems[];
extern const size_t api_problems_n;

extern const struct str api_document_json, api_document_page;

#endif
