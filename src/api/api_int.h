/* Inside the room: the steps of api_handle(), in the order in which they are taken. */
#ifndef SINETTI_API_API_INT_H
#define SINETTI_API_API_INT_H

#include "api/api.h"
#include "api/pool.h"
#include "api/rates.h"
#include "api/shelf.h"
#include "base/pattern.h"
#include "facts/schema.h"

#define API_ANSWERS 4 /* schemas of one operation's answers */

/* What is made of an operation's schemas when the API is opened. */
struct api_compiled {
    struct schema *body, *answers[API_ANSWERS];
    struct pattern *patterns[API_PARAMETERS];
};

struct api {
    struct api_options o;
    char *dir;
    struct api_compiled *compiled; /* beside api_operations */
    struct pool *pool;
    struct rates *rates; /* NULL: not counted */
    struct shelf_held *shelf;
    char run[33]; /* this process */
};

/* route.c: the operation of a method and path, its parameters of the path in *values (by the operation's order).
 * NULL: none; then *allowed has a bit of each index of api_methods that the path has. */
extern const char *const api_methods[];
extern const size_t api_methods_n;
const struct api_operation *api_find(struct str method, struct str path, struct str *values, uint32_t *allowed);

/* rights.c: who it is, and whether they may. api_permit_at() when the parameters are known. */
enum rc api_authenticate(struct ctx *cx, struct api_call *call) MUST_CHECK;
enum rc api_permit(struct ctx *cx, struct api_call *call) MUST_CHECK;
enum rc api_permit_at(struct ctx *cx, struct api_call *call) MUST_CHECK;

/* handle.c: what comes before all that; api_count_caller() when it is known who asks. */
void api_name_request(struct api_call *call, char id[33]);
enum rc api_take_databases(struct ctx *cx, struct api_call *call) MUST_CHECK;
enum rc api_count_caller(struct ctx *cx, struct api_call *call) MUST_CHECK;

/* input.c: parameters as they are sent; they, and the body, against their schemas. */
enum rc api_read_query(struct ctx *cx, struct api_call *call) MUST_CHECK;
enum rc api_check_parameters(struct ctx *cx, struct api_call *call) MUST_CHECK;
enum rc api_read_body(struct ctx *cx, struct api_call *call) MUST_CHECK;

/* problem.c: instead of the answer. call->problem, else the one of rc. */
const struct api_problem *api_problem_find(const char *name);
const struct api_problem *api_problem_of(const struct api_call *call, enum rc rc);
void api_problem_write(struct ctx *cx, struct api_call *call, enum rc rc);
/* fail(), with a problem of that name. */
#define api_refuse(cx, call, rc, name, en, fi, ...)                                                                    \
    ((call)->problem = api_problem_find(name), api_fail(cx, call, rc, en, fi, ##__VA_ARGS__))
void api_lang(struct api_call *call); /* from Accept-Language, else what the person chose */

/* repeat.c: POSTs that may be sent again (Idempotency-Key). *done: the answer is the one of the first time. */
enum rc api_repeat_begin(struct ctx *cx, struct api_call *call, bool *done) MUST_CHECK;
/* What became of it; `ok`: its answer is kept. */
void api_repeat_end(struct api_call *call, bool ok);

/* list.c: a page of a list. */
enum rc api_list_run(struct ctx *cx, struct api_call *call) MUST_CHECK;
/* CSV (RFC 4180), also of lists that are not one SELECT (page.c). */
bool api_wants_csv(const struct api_call *call);
void api_csv_headers(struct ctx *cx, struct api_call *call, const char *name);

void api_header(struct api_call *call, const char *name, struct str value);

#endif
