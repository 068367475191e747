/* `sinetti serve`: a supervisor and its three processes (docs/serving.md).
 *
 *     web      speaks HTTP and answers what only reads; confined (confine.h). Holds the TLS key, and nothing else worth
 *              stealing: it is believed in nothing
 *     worker   writes facts and state, runs jobs and git, calls out
 *     signer   holds the key of the audit log
 *
 * Each is started anew when it dies, later each time; none takes the others along. The listening socket, the pair
 * between web and worker and the signer's socket belong to the supervisor and outlive them, so that nobody who connects
 * is turned away meanwhile. When the supervisor dies, all end. */
#ifndef SINETTI_SERVE_SERVE_H
#define SINETTI_SERVE_SERVE_H

#include "catalog/catalog.h"
#include "http/http.h"

struct serve_options {
    const char *dir;        /* the data folder, with its ledger */
    const char *signer;     /* the signer's folder, or the socket of one that runs already */
    const char *address;    /* to listen at */
    uint16_t port;          /* 0: any free one */
    bool plain;             /* HTTP, for a reverse proxy */
    const char *public_url; /* what users open; NULL: as the folder's config says, or nothing */
    const struct str *proxies;
    size_t n_proxies;
    const char *cert, *key;    /* files in PEM; NULL: our own, for localhost */
    const char *catalog;       /* folder; NULL: the built-in one */
    const char *access_log;    /* file; NULL: standard error */
    unsigned threads, workers; /* of web, of worker; 0: by the machine's cores */
    unsigned per_second;       /* requests of one credential, or address; 0: as many as come */
};

/* Runs until SIGTERM or SIGINT; then what has begun is answered. E_IO, E_CONFLICT (the port is taken, the signer runs
 * already) … */
enum rc serve_run(struct ctx *cx, const struct serve_options *o) MUST_CHECK;

#endif
