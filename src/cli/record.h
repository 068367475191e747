/* What the files of `sinetti record` share. */
#ifndef SINETTI_CLI_RECORD_H
#define SINETTI_CLI_RECORD_H

#include <jansson.h>

#include "cli/identity.h"
#include "cli/remote.h"
#include "exchange/export.h"

struct record_arguments {
    const char *data, *catalog, *match, *output, *key;
    struct export_filter filter;
    enum export_format format;
    enum lang lang;
    bool has_format, json, dry, plain, by_server;
    struct remote remote;
    char **operands; /* behind the verb */
    int n;
};

/* GUI-3, guideline/3, guideline or GUI: the kind, and the number when there is one (else 0). */
enum rc record_find_kind(struct ctx *cx, const struct catalog *c, const char *name, const struct record_kind **kind,
                         int64_t *number) MUST_CHECK;

/* On a folder. */
enum rc record_list(struct ctx *cx, struct record_arguments *a) MUST_CHECK;
enum rc record_show(struct ctx *cx, struct record_arguments *a) MUST_CHECK;
enum rc record_export(struct ctx *cx, struct record_arguments *a) MUST_CHECK;
enum rc record_import(struct ctx *cx, struct record_arguments *a) MUST_CHECK;
enum rc record_put(struct ctx *cx, struct record_arguments *a) MUST_CHECK;

/* What an import would do or did, from its report; *faults: how many there are. */
void record_print_report(struct ctx *cx, const json_t *report, const char *prefix, bool done);

#endif
