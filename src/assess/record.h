/* Assessments as facts: what was looked at, with which catalog, and every verdict, so that later nobody has to believe
 * a report. Subjects and payloads: docs/formats/subjects.md. */
#ifndef SINETTI_ASSESS_RECORD_H
#define SINETTI_ASSESS_RECORD_H

#include "facts/facts.h"
#include "git/git.h"
#include "rules/rules.h"

/* Who hands it in. `via` is of the facts that say so: of what was looked at here it is `probe`. */
struct recorder {
    struct facts *facts;
    sqlite3 *db; /* of a reader, with the facts' views */
    struct str actor, credential, via;
    const char *dir; /* the data folder */
};

/* Where a report is kept: DIR/reports/DIGEST.json.gz, by the digest that the assessment fact names; before it was
 * packed, DIGEST.json. In the ctx's arena. */
const char *record_report_path(struct ctx *cx, const char *dir, struct str digest, bool packed);
/* The kept report of that digest, unpacked, appended to `out`. E_NOTFOUND; E_CORRUPT: it is there, and not what the
 * digest says; E_LIMIT: more than `out` takes; E_IO. */
enum rc record_report_read(struct ctx *cx, const char *dir, struct str digest, struct buf *out) MUST_CHECK;
/* Keeps it, unless it is kept whole already. E_CORRUPT: it is not of that digest. */
enum rc record_report_keep(struct ctx *cx, const char *dir, struct str digest, struct str report) MUST_CHECK;

struct recorded {
    struct str repository; /* repo:ID */
    bool is_new;           /* it was not known by this name before */
    uint64_t verdicts;     /* number of the fact */
};

/* The active repository of this name; STR_NONE when there is none. E_CONFLICT when several have it. */
enum rc record_find(struct ctx *cx, sqlite3 *db, struct str name, struct str *subject) MUST_CHECK;

/* Appends, together or not at all: the repository when `subject` is STR_NONE, the catalog when it is another than the
 * last one recorded, the assessment and its verdicts. `report`: bytes of the JSON report, which is kept, before
 * anything is appended. E_INVALID when only a part of the catalog was asked. */
enum rc record_assessment(struct ctx *cx, const struct recorder *r, struct git *g, struct str name, struct str subject,
                          const struct assessment *a, struct str report, struct recorded *out) MUST_CHECK;

/* Appends where the organization stands, as verdicts of `org`. `key` as in struct facts_request: E_CONFLICT when it was
 * used before for something else. */
enum rc record_standing(struct ctx *cx, const struct recorder *r, const struct catalog *c, const struct standing *s,
                        struct str key, uint64_t *n) MUST_CHECK;

#endif
