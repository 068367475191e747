/* One deployment into the release log, as automation says it (kind `deployment` of the catalog): what version, where,
 * when, by whose decision. Services, environments, releases and repositories are named as in CSV (docs/formats/csv.md).
 *
 * Once for a key: asked again, it is the item that is there already; with another service, environment, version, type
 * or outcome it is E_CONFLICT.
 *
 * Threads: as records.h. */
#ifndef SINETTI_EXCHANGE_DEPLOY_H
#define SINETTI_EXCHANGE_DEPLOY_H

#include "records/records.h"

enum deploy_field {
    DEPLOY_SERVICE,
    DEPLOY_ENVIRONMENT,
    DEPLOY_VERSION,
    DEPLOY_TYPE,
    DEPLOY_OUTCOME,
    DEPLOY_WHO,
    DEPLOY_AUTOMATION,
    DEPLOY_DECIDED_BY,
    DEPLOY_DECISION,
    DEPLOY_RELEASE,
    DEPLOY_CHANGES,
    DEPLOY_REPOSITORY,
    DEPLOY_COMMIT,
    DEPLOY_NOTES,
    DEPLOY_FIELDS
};
extern const char *const deploy_fields[DEPLOY_FIELDS]; /* "service" …: fields of the kind */

struct deploy {
    struct str values[DEPLOY_FIELDS]; /* empty: not said. Type and outcome then are `deploy` and `done` */
    int64_t at;                       /* Unix seconds */
    struct str key;                   /* empty: recorded each time */
};
struct deploy_answer {
    struct str subject, title;
    int64_t number;
    bool repeated; /* it was here before */
};

/* `ledger` has the facts' views, fresh. Tells all that is wrong; E_INVALID with the first. */
enum rc deploy_record(struct ctx *cx, struct facts *f, sqlite3 *ledger, const struct catalog *c,
                      const struct records_by *by, const struct deploy *d, records_fault *tell, void *arg,
                      struct deploy_answer *out) MUST_CHECK;

#endif
