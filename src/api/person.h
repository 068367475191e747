/* People as they stand in answers. */
#ifndef SINETTI_API_PERSON_H
#define SINETTI_API_PERSON_H

#include "api/api.h"

/* `person:ID` of a path's parameter {person}; likewise of {group}. */
struct str person_of(struct ctx *cx, const struct api_call *call);
struct str group_of(struct ctx *cx, const struct api_call *call);

/* "id", or {id, name}: a Person of the schemas. name null when it is not known. */
enum rc person_put(struct ctx *cx, struct api_call *call, const char *key, struct str person) MUST_CHECK;
/* "roles": [HeldRole], of a person or group. */
enum rc person_put_roles(struct ctx *cx, struct api_call *call, struct str person) MUST_CHECK;
/* PersonDetails; with its ETag. */
/* "came_in": the newest link that the person has used; null without one. */
enum rc person_put_came_in(struct ctx *cx, struct api_call *call, struct str person) MUST_CHECK;
enum rc person_put_details(struct ctx *cx, struct api_call *call, struct str person) MUST_CHECK;
/* Addresses of the body's list. */
struct str *person_addresses(struct ctx *cx, const json_t *body, size_t *n);

#endif
