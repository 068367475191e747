/* Evidence: reports that say what was found out about a state of the code. What a file is, is read from its content,
 * never from its name; it is read once, in fixed memory, and refused with line and byte when it is not what it seems.
 *
 *   junit       JUnit XML, as the common runners write it: tests, failures, errors, skipped
 *   sarif       SARIF 2.1.0 (OASIS): findings by level; suppressed ones are counted apart
 *   cyclonedx   CycloneDX 1.x, JSON or XML: components, vulnerabilities
 *   lcov        LCOV's tracefile: lines, those that ran
 *   cobertura   Cobertura XML: the same
 *   in_toto     an in-toto statement in a DSSE envelope: its signature is checked
 *   scorecard   OpenSSF Scorecard's JSON: the score, in tenths
 *
 * Nothing of a report is believed about which code it is for: that says who hands it in, and git.
 *
 * Threads: pure but for the database. */
#ifndef SINETTI_EVIDENCE_EVIDENCE_H
#define SINETTI_EVIDENCE_EVIDENCE_H

#include <sqlite3.h>

#include "base/ctx.h"

enum evidence_format {
    EVIDENCE_JUNIT,
    EVIDENCE_SARIF,
    EVIDENCE_CYCLONEDX,
    EVIDENCE_LCOV,
    EVIDENCE_COBERTURA,
    EVIDENCE_IN_TOTO,
    EVIDENCE_SCORECARD,
    EVIDENCE_TYPES
};
const char *evidence_format_name(enum evidence_format t);

enum evidence_level { LEVEL_NOTE, LEVEL_WARNING, LEVEL_ERROR, LEVELS }; /* SARIF 2.1.0, 3.27.10; "none" is no finding */
const char *evidence_level_name(enum evidence_level l);

#define EVIDENCE_SUBJECTS 20
struct evidence_subject {
    struct str algorithm, digest; /* "sha256", hexadecimal digits */
};
/* What it says in sum; of other types' fields 0. */
struct evidence {
    enum evidence_format type;
    int64_t effective_at; /* when it says it was done, Unix seconds; 0: it does not say */
    int64_t tests, failures, errors, skipped;
    int64_t findings[LEVELS], suppressed;
    int64_t components, vulnerabilities;
    int64_t lines, covered;
    int64_t score; /* tenths; -1: none */
    /* of in_toto */
    struct str predicate; /* type of the predicate, a URI */
    struct evidence_subject subjects[EVIDENCE_SUBJECTS];
    size_t n_subjects;
    struct str signer, key;  /* person:ID whose key it is, its fingerprint */
    bool has_result, passed; /* of a test result's predicate */
};

#define EVIDENCE_PRINT 16
/* What is wanted of it beside; each may be NULL. */
struct evidence_sink {
    void *arg;
    /* Of sarif. print: the same for the same finding in two states of the code: its fingerprints, or else its rule,
     * place and words, with the file but without the line. */
    enum rc (*finding)(void *arg, enum evidence_level level, const uint8_t print[EVIDENCE_PRINT], struct str rule,
                       struct str path, int64_t line);
    /* Of lcov and cobertura: the path as it stands there. */
    enum rc (*line)(void *arg, struct str path, int64_t line, bool ran);
};

/* Reads the whole file. db: facts, for keys; NULL: an in-toto statement is refused. E_INVALID: unknown or malformed,
 * and where; E_LIMIT: too large. E_DENIED: signed by no key that is registered here. */
enum rc evidence_read(struct ctx *cx, sqlite3 *db, int fd, const struct evidence_sink *sink,
                      struct evidence *out) MUST_CHECK;

#endif
