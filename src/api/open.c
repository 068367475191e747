/* Opening: schemas and patterns are made ready once, for all threads. */
#include "api/api_int.h"
#include "base/digest.h"

#include <sodium.h>
#include <stdlib.h>

static enum rc compile(struct ctx *cx, const struct api_operation *op, struct api_compiled *c)
{
    if (op->body) TRY(schema_new_of(cx, op->body, &c->body));
    if (op->n_answers > API_ANSWERS || op->n_parameters > API_PARAMETERS)
        return fail(cx, E_INTERNAL, "%s has too many answers or parameters", op->id);
    for (size_t i = 0; i < op->n_answers; i++)
        if (op->answers[i].schema) TRY(schema_new_of(cx, op->answers[i].schema, &c->answers[i]));
    for (size_t i = 0; i < op->n_parameters; i++)
        if (op->parameters[i].pattern.n && !(c->patterns[i] = pattern_new(op->parameters[i].pattern)))
            return fail(cx, E_INTERNAL, "%s: the pattern of %s is none: %s", op->id, op->parameters[i].name,
                        pattern_fault(op->parameters[i].pattern));
    return OK;
}

static enum rc open_parts(struct ctx *cx, struct api *a)
{
    uint8_t run[16];
    if (sodium_init() < 0) return fail(cx, E_INTERNAL, "libsodium does not start");
    randombytes_buf(run, sizeof run);
    digest_hex(run, sizeof run, a->run);
    a->compiled = calloc(api_operations_n, sizeof *a->compiled);
    if (!a->compiled) return fail(cx, E_IO, "out of memory");
    for (size_t i = 0; i < api_operations_n; i++) TRY(compile(cx, &api_operations[i], &a->compiled[i]));
    TRY(shelf_held_new(cx, &a->shelf));
    if (a->o.per_second) TRY(rates_new(cx, a->o.per_second, &a->rates));
    struct pool_options p = {a->dir, a->o.process == API_WORKER, a->o.facts, a->o.now};
    return pool_open(cx, &p, &a->pool);
}

enum rc api_open(struct ctx *cx, const struct api_options *o, struct api **out)
{
    struct api *a = *out = calloc(1, sizeof *a);
    if (!a) return fail(cx, E_IO, "out of memory");
    a->o = *o;
    enum rc rc = (a->dir = strdup(o->dir)) ? open_parts(cx, a) : fail(cx, E_IO, "out of memory");
    if (rc == OK) return OK;
    api_close(a);
    *out = NULL;
    return rc;
}

void api_close(struct api *a)
{
    if (!a) return;
    for (size_t i = 0; a->compiled && i < api_operations_n; i++) {
        schema_free(a->compiled[i].body);
        for (size_t k = 0; k < API_ANSWERS; k++) schema_free(a->compiled[i].answers[k]);
        for (size_t k = 0; k < API_PARAMETERS; k++) pattern_free(a->compiled[i].patterns[k]);
    }
    free(a->compiled);
    rates_free(a->rates);
    pool_close(a->pool);
    shelf_held_free(a->shelf);
    free(a->dir);
    free(a);
}
