/* DIR/config: the settings of a data folder, `key: value` in YAML. Unknown keys are refused: a setting that is not
 * understood is not followed. */
#ifndef SINETTI_STORE_CONFIG_H
#define SINETTI_STORE_CONFIG_H

#include "base/ctx.h"
#include "base/limits.h"

struct config {
    int64_t format;                         /* of the folder; CONFIG_FORMAT */
    struct str log;                         /* "sqlite", or postgresql://…; in the arena */
    bool single_node;                       /* its PostgreSQL has no standby, and that was meant so */
    const char *witnesses[LIMIT_WITNESSES]; /* URL=VKEY, as --witness has them */
    size_t n_witnesses;
    /* What users open: an origin (base/origin.h), for links in what is sent to them. $SINETTI_PUBLIC_URL, by which a
     * server hands on its own --public-url, goes before the file; empty: nobody has said it. */
    struct str public_url;
    bool repositories_inside; /* those elsewhere, and mirrors, may be on private networks and on this machine */
};
#define CONFIG_FORMAT 1

/* The data folder: the one given, else $SINETTI_DATA, else /var/lib/sinetti. */
const char *config_folder(const char *given);
/* The signer's folder or socket: $SINETTI_SIGNER, else the data folder's name with .signer. */
const char *config_signer(struct ctx *cx, const char *dir);

/* A folder without the file has what it would say by itself. E_DENIED when a newer program made the folder, E_INVALID
 * with file and line. */
enum rc config_read(struct ctx *cx, const char *dir, struct config *out) MUST_CHECK;
bool config_log_is_shared(const struct config *c);
/* Writes that of a new folder. E_INVALID when the place of the log cannot stand there. */
enum rc config_write(struct ctx *cx, const char *dir, const struct config *c) MUST_CHECK;

#endif
