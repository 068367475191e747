/* PostgreSQL's client library, opened when a log is kept there and not linked: it brings so many others that every
 * command and every hook of git would start milliseconds later. Locked inside. */
#ifndef SINETTI_LEDGER_LIBPQ_H
#define SINETTI_LEDGER_LIBPQ_H

#include <libpq-fe.h>

#include "base/ctx.h"

#define LIBPQ_FUNCTIONS(X)                                                                                             \
    X(PQconnectStartParams)                                                                                            \
    X(PQconnectPoll)                                                                                                   \
    X(PQconninfoParse)                                                                                                 \
    X(PQconninfoFree)                                                                                                  \
    X(PQfreemem)                                                                                                       \
    X(PQstatus)                                                                                                        \
    X(PQerrorMessage)                                                                                                  \
    X(PQfinish)                                                                                                        \
    X(PQsocket)                                                                                                        \
    X(PQsetnonblocking)                                                                                                \
    X(PQsetNoticeReceiver)                                                                                             \
    X(PQsendQueryParams)                                                                                               \
    X(PQsendPrepare)                                                                                                   \
    X(PQsendQueryPrepared)                                                                                             \
    X(PQsetSingleRowMode)                                                                                              \
    X(PQflush)                                                                                                         \
    X(PQconsumeInput)                                                                                                  \
    X(PQisBusy)                                                                                                        \
    X(PQgetResult)                                                                                                     \
    X(PQresultStatus)                                                                                                  \
    X(PQresultErrorField)                                                                                              \
    X(PQclear)                                                                                                         \
    X(PQntuples)                                                                                                       \
    X(PQgetvalue)                                                                                                      \
    X(PQgetlength)                                                                                                     \
    X(PQgetisnull)

struct libpq {
#define LIBPQ_MEMBER(name) __typeof__(name) *name;
    LIBPQ_FUNCTIONS(LIBPQ_MEMBER)
#undef LIBPQ_MEMBER
};

/* Borrowed for ever; E_IO when it is not installed. */
enum rc libpq_get(struct ctx *cx, const struct libpq **out) MUST_CHECK;

#endif
