/* What facts name and the audit log does not hold: reports of assessments and attachments of items. They go with a
 * backup of the log as FILE.files, one database with their contents, and come back from there by their digests.
 * Per-ctx. */
#ifndef SINETTI_CLI_KEPT_H
#define SINETTI_CLI_KEPT_H

#include "ledger/log_reader.h"

struct kept_counts {
    uint64_t reports, files;
    uint64_t missing_reports, missing_files; /* named, and not there */
    uint64_t damaged;                        /* there, and not what its digest says */
};

/* Looks at all of them; `told` hears of each that is damaged, and of each attachment that is not there. */
enum rc kept_check(struct ctx *cx, struct log_reader *r, const char *dir, struct kept_counts *out,
                   void (*told)(void *arg, const char *what), void *arg) MUST_CHECK;
/* Writes those that are there and whole into FILE.files, in the place of any that lies there. */
enum rc kept_backup(struct ctx *cx, struct log_reader *r, const char *dir, const char *file,
                    struct kept_counts *out) MUST_CHECK;
/* Puts those of FILE.files back that are not there; *found false: there is no such file. What is not of its digest is
 * left out, and counted. */
enum rc kept_restore(struct ctx *cx, const char *dir, const char *file, bool *found,
                     struct kept_counts *out) MUST_CHECK;

#endif
