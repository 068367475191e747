/* Private to the scan room: what a family's check is given, and the helpers it judges with. Pure. */
#ifndef SINETTI_SCAN_MATCH_H
#define SINETTI_SCAN_MATCH_H

#include "scan/scan.h"

/* Where a rule looks: what kind of file it is, by the caller's class and by our own reading of the path. */
enum {
    IN_CODE = 1,
    IN_CONFIG = 2,
    IN_CI = 4,
    IN_DATA = 8,
    IN_OTHER = 16,
    IN_TEST = 32,
    IN_DOC = 64,
    IN_FOREIGN = 128,
    IN_LIVE = IN_CODE | IN_CONFIG | IN_CI | IN_DATA | IN_OTHER, /* what a team writes and runs */
    IN_ALL = 255
};

/* How comments and strings are written. */
enum syntax {
    SYNTAX_NONE,
    SYNTAX_C,
    SYNTAX_JS,
    SYNTAX_PYTHON,
    SYNTAX_HASH,
    SYNTAX_RUBY,
    SYNTAX_PHP,
    SYNTAX_SQL,
    SYNTAX_XML,
    SYNTAX_INI,
    SYNTAX_LUA,
    SYNTAX_LISP,
    SYNTAX_POWERSHELL,
    SYNTAX_BATCH,
    SYNTAX_PERCENT,
    SYNTAX_VIM,
    SYNTAX_COUNT
};

struct file_facts {
    struct str path, name, ext; /* ext: after the last dot, "" when none */
    unsigned kind;              /* one IN_ bit, 0 when nothing is looked for */
    enum syntax syntax;
    bool example; /* an example, sample, demo or template to copy from */
    bool dev;     /* for a developer's own machine */
    bool production;
    bool deployment;  /* for putting it on machines of its own */
    bool own_machine; /* a set-up for one machine: compose files, minikube, jobs of the CI */
    bool tryout;      /* makes up people and data to try things with */
    bool test;        /* in or for tests, whatever the class */
    bool locale;      /* texts of the interface */
    bool seed;        /* seeds, fixtures, migrations */
    bool script;      /* commands are run from it: shell, CI, container file, make */
    bool settings;    /* keys and values: YAML, JSON, .env, properties, ini, XML, TOML */
    bool rows;        /* people's data can stand in it: CSV, SQL, JSON, YAML, XML, text */
};

struct rule;
struct scanner;

#define MATCH_GROUPS 6
struct match {
    const struct rule *rule;        /* a check may put another rule of the table here: reported as that one */
    const char *what;               /* NULL: the rule's own */
    size_t line_at, line_end;       /* offsets of the first line of the match in the content */
    size_t begin, end;              /* of the match in the content */
    struct str group[MATCH_GROUPS]; /* [0] the whole; STR_NONE when unset */
    struct str value; /* what same_value is made of and what the fingerprint leaves out; may be STR_NONE */
    int64_t count;    /* occurrences it stands for, 1 unless the check says more */
};

enum {
    RULE_AT = 1,       /* the pattern begins where the literal stands (no search over the line) */
    RULE_JOIN = 2,     /* the subject goes on over lines ended by a backslash or a pipe */
    RULE_EXAMPLES = 4, /* looks into examples too */
    RULE_COMMENTS = 8, /* looks into comments too */
    RULE_FOLD = 16,    /* all hits of a file become one */
    RULE_WEAK = 32     /* gives way to any other hit of its category on the same line */
};

typedef bool rule_check(struct scanner *s, struct match *m);

/* A row of the table. Rows with the same id differ only in how they find; the first one's texts count. */
struct rule {
    const char *id;
    enum scan_category category;
    enum scan_confidence confidence;
    const char *what;
    unsigned where;
    unsigned flags;
    unsigned ahead; /* lines after the first that belong to the subject */
    const char
        *literals; /* lower case, each of at least 4 bytes, separated by '|'; any case is found; NULL: never alone */
    const char *pattern; /* PCRE2; NULL: the check reads by itself from the literal on */
    rule_check *check;   /* the second signal; NULL: none needed */
};

const struct rule *rules_table(size_t *n);
const struct rule *rules_find(const char *id); /* must exist */

/* scan.c: what checks may ask of the scanner */
const struct file_facts *scanner_file(const struct scanner *s);
struct str scanner_content(const struct scanner *s);
/* Reports a further hit from within a check (used by the passes over personal data). */
void scanner_report(struct scanner *s, const struct match *m);
bool scanner_in_comment(struct scanner *s, size_t at);
/* The lines around an offset: `before` and `after` further lines, at most 4 KiB each way. */
struct str scanner_around(const struct scanner *s, size_t at, unsigned before, unsigned after);
/* Only what precedes or follows the line. */
struct str scanner_before(const struct scanner *s, size_t at, unsigned lines);
/* A statement reached only under a switch or condition about the thing itself: an option, not a defect. */
bool scanner_is_guarded(struct scanner *s, const struct match *m);

/* file.c */
void file_facts_read(struct file_facts *f, const struct scan_input *in);

/* context.c */
struct lexer {
    size_t at;
    int state;
    char quote;
    int triple;
};
bool lexer_in_comment(struct lexer *lx, enum syntax syntax, struct str content, size_t at);

/* text.c: words and values. `words` is lower case, separated by '|'. */
bool has_any(struct str s, const char *words);      /* anywhere, any case */
bool has_any_word(struct str s, const char *words); /* bounded by non-letters or a change of case */
bool is_any(struct str s, const char *words);       /* the whole, any case */
bool is_placeholder(struct str v);                  /* a stand-in, a reference or a template hole */
bool is_reference(struct str v);                    /* taken from elsewhere: ${X}, {{ x }}, %s, env(…) */
bool host_is_public(struct str host);               /* a name or address of the open Internet */
bool host_is_made_up(struct str host);              /* reserved, example, placeholder names */
struct str url_host(struct str url);                /* without user, port and path; STR_NONE when none */

/* accounts.c: behind an IBAN's first four characters. True also where we know no check digits of the country. */
bool account_number_is_valid(const char *country, const char *number, size_t n);

/* checks.c */
double text_entropy(struct str s); /* bits per byte */
bool text_is_wordy(struct str s);  /* letters follow one another as in words */
bool text_has_run(struct str s);   /* aaaaa, 12345, abcdef, or a short repeated period */
bool text_is_random(struct str s); /* reads like output of a random generator, ≥ 16 bytes */
bool text_is_guessable_password(struct str s);
bool text_is_strong_password(struct str s); /* three classes of characters, no word list entry, ≥ 8 */
bool token_checksum_is_valid(struct str body30, struct str check6); /* CRC-32 in base 62 (GitHub, npm) */
uint32_t crc32_of(struct str s);
bool luhn_is_valid(const char *digits, size_t n);
bool card_is_plausible(const char *digits, size_t n);  /* issuer, length, Luhn, no published test number */
bool iban_is_valid(const char *compact, size_t n);     /* country, its length, mod 97; no published example */
bool hetu_is_valid(const char *p11, bool *artificial); /* Finnish personal identity code; 900–999 is artificial */
/* Decodes standard or URL-safe base64, skipping white space; the length, or -1 when it is none. */
long base64_decode(struct str s, uint8_t *out, size_t max);

/* personal_data.c: passes of their own over files that hold rows */
void personal_data_scan(struct scanner *s);

#endif
