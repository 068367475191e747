/* The API: every operation of openapi.yaml and the files beside it, of which the build makes the table of operations
 * (tools/api.py). An operation has one function, api_<operationId>(), in the C file of its resource, or is a list of
 * its own in lists/.
 *
 * api_handle() finds the operation, counts requests, authenticates, asks whether the person may, checks path, query and
 * body against their schemas, and only then calls it. The same runs in web (reads) and in worker (all): what web cannot
 * do is refused there like anything else, and else left to worker, which never believes web about who somebody is. So
 * is what only reads when the use of a session is to be noted.
 *
 * A request whose body is a file comes twice. First its head (`follows`): it is admitted or refused by what the head
 * says, before a byte of the body is taken. Then, in worker alone, with the file: admitted again, and done.
 *
 * Refused, each with a problem (problem.c): unknown paths, parameters and fields, whatever breaks a schema, a browser's
 * writing requests that come from elsewhere, what the role does not permit, too many requests.
 *
 * Threads: struct api is shared; a call has a ctx and databases of its own. */
#ifndef SINETTI_API_API_H
#define SINETTI_API_API_H

#include "api/table.h"
#include "base/json.h"
#include "http/http.h"

#include <jansson.h>

#define API_ERRORS 20 /* told of one request */

struct api;
struct databases;

struct api_options {
    enum api_process process;
    const char *dir;
    const struct catalog *catalog; /* these two are borrowed */
    struct facts *facts;           /* worker's; NULL in web */
    unsigned per_second;           /* requests of one credential, or address; 0: as many as come */
    int64_t (*now)(void);          /* Unix seconds; NULL: the machine's clock */
    struct str vkey;               /* of the ledger; borrowed; empty: not known here */
    struct str public_url;         /* with what links in mails begin, borrowed; empty: nobody has said it */
    struct str origin;             /* the same, where the operator has said it */
    void *more;                    /* the owner's, for operations of its own (call->more) */
    /* Worker's; NULL where no jobs run. A stream of a job's events, to be closed by who gets it; and: something about a
     * job has changed. */
    enum rc (*watch_job)(struct ctx *cx, void *more, struct str job, int *stream);
    void (*job_changed)(void *more, struct str job);
};
/* The tables of this room in state.db, for state_migrate(), which comes before api_open(). */
extern const struct state_room api_state;
enum rc api_open(struct ctx *cx, const struct api_options *o, struct api **out) MUST_CHECK;
void api_close(struct api *a);

/* What became of a request. */
struct api_done {
    bool elsewhere; /* web's: worker is to handle it; or worker's of a head: the body may come. `answer` has only
                       headers */
    const struct api_operation *op; /* NULL: there is none */
    char id[33];                    /* the request's; worker takes X-Request-Id of what web passes on */
    char fingerprint[65];           /* of the credential, for the log; "" for nobody */
    char fault[400];                /* of the machine or our own, for the operator's log; "" for none */
    int stream;                     /* >= 0: the answer goes on with what comes out of this descriptor */
};
/* Always answers. cx is new and ends after the answer was written. */
void api_handle(struct ctx *cx, struct api *a, const struct http_request *request, struct http_response *answer,
                struct api_done *done);
/* Largest body of a request that is read; *follows: it is a file. For struct http_options. */
size_t api_most_body(struct str method, struct str path, bool *follows);
/* Whether it hashes a password (x-passwords): dear, and for threads of its own. */
bool api_takes_password(struct str method, struct str path);

/* --- for operations */

/* What one call works with. */
struct api_call {
    struct api *api;
    const struct api_operation *op;
    const struct http_request *request;
    struct http_response *answer; /* its status is set already */
    struct json out;              /* into answer->body */
    struct identity_who who;
    struct identity_actor actor; /* for facts */
    enum lang lang;
    json_t *body;                      /* checked against its schema; NULL when there is none */
    const struct http_file *file;      /* of an operation that takes one; NULL when there is none */
    struct str values[API_PARAMETERS]; /* of op->parameters, in their order; STR_NONE when absent */
    bool everywhere;                   /* what is permitted is so in the whole organization; else only in … */
    const struct str *projects;        /* project:ID */
    size_t n_projects;
    struct str scope; /* of api_scope() */
    const struct catalog *catalog;
    sqlite3 *ledger; /* facts' tables and views, to read; with those of derived.db, as derived.NAME */
    bool derived;    /* whether there is a derived.db: standing, findings, coverage */
    sqlite3 *state;  /* web: to read */
    struct identity *identity;
    struct facts *facts; /* worker; NULL in web */
    struct str key;      /* for struct facts_request; empty: the caller gave none */
    int64_t now;         /* Unix seconds */
    const char *dir;     /* the data folder */
    void *more;
    int stream;        /* a descriptor that the answer goes on with; -1: none */
    bool asked;        /* api_may() or api_within() was */
    unsigned appended; /* calls of api_append() */
    bool has_version;
    uint64_t version;                  /* of api_tag() */
    const struct api_problem *problem; /* that was decided on already */
    struct api_wrong {
        const char *field, *detail;
    } errors[API_ERRORS]; /* of api_fault() */
    size_t n_errors;
    struct databases *databases;
    struct held *shelf; /* of api_with_libraries() */
    char id[33];
};

/* Defines the function of an operation: API_OPERATION(people_list) { … }. It gives OK, or an error whose text in
 * cx->message is for the caller: of E_INVALID, E_DENIED, E_NOTFOUND, E_CONFLICT, E_LIMIT and E_BUSY. */
#define API_OPERATION(id)                                                                                              \
    api_function api_##id;                                                                                             \
    enum rc api_##id(struct ctx *cx, struct api_call *call)

struct str api_value(const struct api_call *call, const char *name); /* of a parameter; STR_NONE when absent */
int64_t api_value_int(const struct api_call *call, const char *name, int64_t otherwise);
bool api_value_bool(const struct api_call *call, const char *name, bool otherwise);

/* Fields of the body, which are as the schema says. STR_NONE when absent or null. */
struct str api_field(const json_t *object, const char *name);
int64_t api_field_int(const json_t *object, const char *name, int64_t otherwise);
bool api_field_bool(const json_t *object, const char *name, bool otherwise);
/* RFC 3339. false when absent or null; a fault of the field when it is none. */
bool api_field_time(struct api_call *call, const char *name, int64_t *out);

/* Whether the person holds a permission, in that project or, STR_NONE, in the whole organization. */
bool api_may(struct api_call *call, const char *permission, struct str project);
/* Whether what is in that project (empty: in none) is within what the operation's permission is held for. An operation
 * whose scope is `filtered` asks this, or lists by call->projects. */
bool api_within(struct api_call *call, struct str project);
/* Whose standing is asked for: of the parameter `project`, else of the organization, or, of who has only projects, of
 * the first of these. E_DENIED, E_NOTFOUND. Without it a call sees the organization's, or nothing. */
enum rc api_scope(struct ctx *cx, struct api_call *call) MUST_CHECK;
/* The same for what writes: who has a role in several projects says in which. E_INVALID. */
enum rc api_scope_one(struct ctx *cx, struct api_call *call) MUST_CHECK;
void api_bind_scope(const struct api_call *call, sqlite3_stmt *st); /* as ?9, "org" or project:ID */

/* With what links in what is sent to people begin, "https://sinetti.example.org": as the operator has said, never as a
 * request does. Empty: nobody has said it, and no link is sent. */
struct str api_public_url(const struct api_call *call);

/* fail() with a text in both languages. */
#define api_fail(cx, call, rc, en, fi, ...)                                                                            \
    ((call)->lang == LANG_FI ? fail((cx), (rc), fi, ##__VA_ARGS__) : fail((cx), (rc), en, ##__VA_ARGS__))
/* A field or parameter that is wrong; any number of them, then `return api_faults(cx, call)`. */
void api_fault(struct api_call *call, const char *field, const char *en, const char *fi);
enum rc api_faults(struct ctx *cx, struct api_call *call) MUST_CHECK; /* OK when there was none */

/* Says which state is answered, as part of its `ETag`; api_match() refuses (412) a caller who has seen another. Any
 * number that changes with what can be edited will do, as that of its last fact; what else is answered beside it, and
 * in which language, is in the tag too. */
void api_tag(struct api_call *call, uint64_t version);
enum rc api_match(struct ctx *cx, struct api_call *call, uint64_t version) MUST_CHECK;
/* The answer is a file: `fd` (taken over, open for reading) of a regular one, under a name to save it by, which may be
 * anything. A browser does nothing with it but save it. digest: what its ETag says, hexadecimal; empty: none. */
void api_answer_file(struct ctx *cx, struct api_call *call, int fd, struct str name, struct str type,
                     struct str digest);
/* 201, where the new thing is. */
void api_created(struct ctx *cx, struct api_call *call, struct str path);

void api_put_time(struct json *j, const char *key, int64_t t); /* Unix seconds; 0: null */

/* Appends facts of the caller's: actor, credential, via and request key are filled in. Kinds must be the operation's.
 */
enum rc api_append(struct ctx *cx, struct api_call *call, struct body *facts, size_t n,
                   struct facts_answer *out) MUST_CHECK;

/* api_options.watch_job and .job_changed; E_BUSY where no jobs run. */
enum rc api_watch_job(struct ctx *cx, struct api_call *call, struct str job, int *stream) MUST_CHECK;
enum rc api_job_changed(struct ctx *cx, struct api_call *call, struct str job) MUST_CHECK;

#endif
