/* Finds in bytes what must not stand in a repository: secrets, default passwords, personal data, weak password hashes,
 * disabled certificate checks, old TLS, plain HTTP to public hosts, production credentials in tests, downloads piped to
 * a shell. Pure: bytes in, hits out; no file, no network, no state. Any number of threads, one scanner each.
 *
 * Precision first: a byte prefilter finds candidates, a pattern reads them, a checksum or second signal decides. Not
 * found on purpose: published test numbers, documented example keys, placeholders, prose, comments (for code rules),
 * checksums of files, localhost and reserved example hosts. The value found is in no output.
 */
#ifndef SINETTI_SCAN_SCAN_H
#define SINETTI_SCAN_SCAN_H

#include "base/rc.h"
#include "base/str.h"

enum scan_category {
    SCAN_SECRET,
    SCAN_DEFAULT_PASSWORD,
    SCAN_PERSONAL_DATA,
    SCAN_WEAK_PASSWORD_HASH,
    SCAN_TLS_VERIFICATION_OFF,
    SCAN_OLD_TLS,
    SCAN_PLAIN_HTTP,
    SCAN_PRODUCTION_IN_TEST,
    SCAN_DOWNLOAD_TO_SHELL,
    SCAN_CATEGORY_COUNT
};
enum scan_confidence { SCAN_CHECKSUM, SCAN_STRUCTURE, SCAN_CONTEXT };

enum scan_want {
    SCAN_ALL,
    SCAN_KEYS,   /* for a gate: only secrets told by form or checksum, also in lines that are else too long */
    SCAN_PEOPLE, /* only personal data */
};

/* What the caller knows of the bytes. */
struct scan_input {
    struct str path; /* below the tree's top */
    struct str content;
    const char *class;    /* as d_file.class: code, test, doc, config, ci, data, vendored, generated … */
    const char *language; /* as d_file.language; NULL when unknown */
    enum scan_want want;
};

struct scan_hit {
    const char *rule; /* static */
    enum scan_category category;
    enum scan_confidence confidence;
    const char *what;     /* static: what was recognized, never the value */
    int64_t line;         /* from 1 */
    int64_t count;        /* occurrences folded into it; of personal data, different values */
    bool allowed;         /* "sinetti:allow RULE reason" stands on the line or the one above */
    char fingerprint[33]; /* hex: stable when lines move, says nothing of the value */
    char same_value[33];  /* keyed hash of the value, "" when not kept */
};

struct scanner;

/* key: 16 random bytes for same_value, equal for all scanners of one run. NULL when memory or pcre2 fails. */
struct scanner *scanner_new(const uint8_t key[16]);
void scanner_free(struct scanner *s);

/* Scans one file. *hits is borrowed until the next call, by line; at most LIMIT_HITS_PER_BLOB. Binary content (a NUL in
 * the first 8000 bytes) gives none. E_LIMIT when a pattern's match limit was reached: the hits so far are valid. */
enum rc scan_bytes(struct scanner *s, const struct scan_input *in, const struct scan_hit **hits, size_t *n) MUST_CHECK;

/* Whether the URL names a host of the open Internet: no local, private, reserved or made-up one, no variable. */
bool scan_url_is_public(struct str url);

const char *scan_category_name(enum scan_category c);
const char *scan_confidence_name(enum scan_confidence c);

/* The table of rules, for docs, SARIF and tests. */
struct scan_rule_info {
    const char *id;
    enum scan_category category;
    enum scan_confidence confidence;
    const char *what;
};
const struct scan_rule_info *scan_rules(size_t *n);

#endif
