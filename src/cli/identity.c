#include "cli/identity.h"

#include "ledger/log_tables.h"

const struct identity_actor identity_operator = {{"unknown", 7}, {"", 0}, {"operator", 8}};

enum rc identity_data_open(struct ctx *cx, struct identity_data *d)
{
    const struct facts_options o = {0};
    data_find(cx, &d->data);
    TRY(d->data.catalog ? catalog_load(cx, d->data.catalog, &d->catalog) : catalog_builtin(cx, &d->catalog));
    TRY(facts_open(cx, d->data.dir, d->catalog, &o, &d->facts));
    TRY(store_open_file(cx, log_path(cx, d->data.dir), STORE_READ, &d->ledger));
    TRY(state_open(cx, d->data.dir, STORE_WRITE, &d->state));
    TRY(state_migrate(cx, d->state, &identity_state));
    const struct identity_options io = {.state = d->state, .ledger = d->ledger, .facts = d->facts};
    return identity_open(cx, &io, &d->identity);
}

void identity_data_close(struct identity_data *d)
{
    identity_close(d->identity);
    if (d->state) store_close(d->state);
    if (d->ledger) store_close(d->ledger);
    facts_close(d->facts);
    catalog_free(d->catalog);
}
