#include "observe/commit_refs.h"

#include "base/limits.h"

#define LIMIT_REFS 64       /* distinct issues counted of one message */
#define LIMIT_URL 512       /* bytes of an address looked at: many in one another stay linear */
#define NUMBER_MAX 99999999 /* trackers do not count further; longer digits are dates or ids */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

static bool is_alpha(char c)
{
    return (c | 32) >= 'a' && (c | 32) <= 'z';
}

static bool is_word(char c)
{
    return is_digit(c) || is_alpha(c) || c == '_' || (c & 0x80);
}

/* The number at `at`, and the offset behind it. 0 when there is none, it has a leading 0, or is too long. */
static int64_t number_at(struct str s, size_t at, size_t *end)
{
    int64_t n = 0;
    size_t i = at;
    while (i < s.n && is_digit(s.p[i]) && n <= NUMBER_MAX) n = n * 10 + (s.p[i++] - '0');
    *end = i;
    if (i == at || s.p[at] == '0' || n > NUMBER_MAX) return 0;
    return i < s.n && is_word(s.p[i]) ? 0 : n;
}

/* The number at the end, behind a '/', 'D', '!' or '#' or alone; white space, '>' and '/' may follow it. */
static int64_t number_at_end(struct str s)
{
    s = str_trim(s);
    while (s.n && (s.p[s.n - 1] == '>' || s.p[s.n - 1] == '/')) s.n--;
    size_t i = s.n, end;
    while (i && is_digit(s.p[i - 1])) i--;
    if (i == s.n || (i && !strchr("/D!#+", s.p[i - 1]))) return 0;
    return number_at(s, i, &end);
}

struct change {
    int64_t number;
    const char *kind; /* NULL: by the number of parents */
};

static int64_t number_behind(struct str line, struct str prefix)
{
    size_t end;
    return str_starts(line, prefix) ? number_at(line, prefix.n, &end) : 0;
}

/* "… (#12)" or "… (!12)" at the end */
static int64_t number_in_parentheses(struct str line, size_t *begin)
{
    line = str_trim(line);
    if (line.n < 4 || line.p[line.n - 1] != ')') return 0;
    size_t i = line.n - 1, end;
    while (i && is_digit(line.p[i - 1])) i--;
    if (i < 2 || (line.p[i - 1] != '#' && line.p[i - 1] != '!') || line.p[i - 2] != '(') return 0;
    *begin = i - 2;
    return number_at(line, i, &end);
}

static struct change change_in_subject(struct str line)
{
    static const struct {
        struct str prefix;
        const char *kind;
    } prefixes[] = {
        {{"Merge pull request #", 20}, "merge"}, /* GitHub */
        {{"Auto merge of #", 15}, "merge"},      /* bors */
        {{"Rollup merge of #", 17}, "merge"},
        {{"Merge #", 7}, "merge"},
        {{"Merged PR ", 10}, NULL}, /* Azure DevOps */
    };
    int64_t n;
    size_t at;
    for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
        if ((n = number_behind(line, prefixes[i].prefix))) return (struct change){n, prefixes[i].kind};
    if (str_starts(line, STR("Merged in "))) { /* Bitbucket */
        const struct str mark = STR("(pull request #");
        const char *p = str_find(line, mark);
        size_t end;
        if (p && (n = number_at(line, (size_t)(p - line.p) + mark.n, &end))) return (struct change){n, NULL};
    }
    if (str_starts(line, STR("Pull request "))) { /* Bitbucket on one's own server: "Pull request #7: …" */
        size_t end, from = 13 + (line.n > 13 && line.p[13] == '#');
        if ((n = number_at(line, from, &end)) && end < line.n && line.p[end] == ':') return (struct change){n, NULL};
    }
    if (str_starts(line, STR("Merge pull request "))) { /* Gitea */
        const struct str mark = STR(" (#");
        const char *p = str_find(line, mark);
        size_t end;
        if (p && (n = number_at(line, (size_t)(p - line.p) + mark.n, &end))) return (struct change){n, "merge"};
    }
    if ((n = number_in_parentheses(line, &at))) return (struct change){n, NULL};
    return (struct change){0, NULL};
}

/* GitLab's line, and keys that name the change by its address. */
static int64_t change_in_lines(struct str message, const struct commit_facts *f)
{
    static const char *const keys[] = {"reviewed-on",           "pr-url",       "part-of",
                                       "differential-revision", "pull-request", "merge-request"};
    const struct str see = STR("See merge request ");
    struct str line;
    while (str_cut(&message, '\n', &line)) {
        if (!str_starts(line, see)) continue;
        const char *bang = memchr(line.p, '!', line.n);
        size_t end;
        int64_t n = bang ? number_at(line, (size_t)(bang - line.p) + 1, &end) : 0;
        if (n) return n;
    }
    for (size_t i = 0; i < f->n_trailers; i++)
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++)
            if (str_eq(f->trailers[i].key, str_from(keys[k]))) {
                int64_t n = number_at_end(f->trailers[i].value);
                if (n) return n;
            }
    return 0;
}

/* ---- issues ---- */

struct refs {
    uint64_t seen[LIMIT_REFS]; /* hash of tracker and number; #12, GH-12 and an issue's address are one */
    int64_t n;
    int64_t change; /* the message's own, not counted */
};

static void add(struct refs *r, struct str tracker, int64_t number)
{
    uint64_t h = 1469598103934665603ULL; /* FNV-1a */
    if (!tracker.n && number == r->change) return;
    for (size_t i = 0; i < tracker.n; i++) h = (h ^ (unsigned char)tracker.p[i]) * 1099511628211ULL;
    h = h * 1000003 + (uint64_t)number;
    for (int64_t i = 0; i < r->n; i++)
        if (r->seen[i] == h) return;
    if (r->n < LIMIT_REFS) r->seen[r->n++] = h;
}

/* Names that are no tracker's though a number follows. */
static bool is_no_tracker(struct str key)
{
    static const char *const names[] = {
        "CVE",     "CWE",     "GHSA",    "DSA",     "DLA",     "USN",     "RHSA",  "RHBA",   "RHEA",    "ELSA",
        "OSV",     "PYSEC",   "RUSTSEC", "ZDI",     "VU",      "TALOS",   "EDB",   "CAPEC",  "CERT",    "UTF",
        "UCS",     "SHA",     "SHA1",    "SHA2",    "SHA3",    "ISO",     "IEC",   "RFC",    "BCP",     "STD",
        "PEP",     "JEP",     "KEP",     "BIP",     "EIP",     "ERC",     "PSR",   "TC39",   "MD",      "MD4",
        "MD5",     "AES",     "RSA",     "DES",     "DSS",     "ECC",     "ECDSA", "ED",     "CRC",     "HMAC",
        "HTTP",    "HTTPS",   "TLS",     "SSL",     "SSH",     "DTLS",    "QUIC",  "IEEE",   "ANSI",    "ASCII",
        "EBCDIC",  "KOI",     "KOI8",    "CP",      "WINDOWS", "LATIN",   "BASE",  "ECMA",   "ES",      "GPL",
        "LGPL",    "AGPL",    "BSD",     "MIT",     "MPL",     "EUPL",    "CC",    "APACHE", "CDDL",    "GCC",
        "LLVM",    "CLANG",   "MSVC",    "VS",      "VC",      "ARM",     "ARMV",  "AARCH",  "X86",     "X64",
        "I386",    "AMD",     "AMD64",   "AVX",     "SSE",     "SSE4",    "RV",    "PPC",    "MIPS",    "SPARC",
        "POWER",   "IA",      "USB",     "PCI",     "PCIE",    "HDMI",    "DDR",   "LPDDR",  "UART",    "SPI",
        "I2C",     "GPIO",    "IRQ",     "DMA",     "CPU",     "GPU",     "NPU",   "LED",    "RTC",     "CAN",
        "BT",      "WIFI",    "IPV",     "IP",      "TCP",     "UDP",     "SCTP",  "SMB",    "NTLM",    "DNS",
        "EDNS",    "SPF",     "MP",      "MPEG",    "JPEG",    "PNG",     "GIF",   "VP",     "AVC",     "HEVC",
        "AAC",     "AC",      "EAC",     "INTEL",   "WIN",     "MAC",     "MACOS", "OSX",    "IOS",     "ANDROID",
        "API",     "ABI",     "SA",      "STEP",    "PART",    "PHASE",   "TEST",  "CASE",   "RC",      "BETA",
        "ALPHA",   "TOP",     "LTS",     "POSIX",   "SUS",     "XSI",     "FIPS",  "NIST",   "PKCS",    "ASN",
        "COVID",   "UTC",     "GMT",     "EST",     "PST",     "CET",     "MIL",   "DIN",    "EN",      "ITU",
        "ETSI",    "SOC",     "PCT",     "HTML",    "CSS",     "XML",     "JSON",  "YAML",   "SQL",     "PHP",
        "JDK",     "JRE",     "JSR",     "NET",     "GO",      "IE",      "FF",    "LF",     "CR",      "PR",
        "MR",      "CL",      "DIFF",    "PDF",     "TAI",     "OPENSSL", "LINUX", "UBUNTU", "DEBIAN",  "FEDORA",
        "RHEL",    "CENTOS",  "SLES",    "FREEBSD", "STM",     "ESP",     "NRF",   "BCM",    "MT",      "RTL",
        "QCOM",    "RK",      "IMX",     "OMAP",    "TI",      "SM",      "SD",    "SC",     "SDM",     "MSM",
        "CHAPTER", "SECTION", "FIG",     "TABLE",   "NOTE",    "TODO",    "FIXME", "LEVEL",  "LAYER",   "MODE",
        "TYPE",    "CLASS",   "OPTION",  "RULE",    "CODE",    "ERR",     "ERROR", "EXIT",   "HRESULT", "LOG",
        "MAX",     "MIN",     "CAT",     "RS",      "ATM",     "OC",      "STS",   "VDSL",   "GSM",     "LTE",
        "UMTS",    "NR",      "WPA",     "WPA2",    "WPA3",    "WEP",     "XTS",   "CBC",    "GCM",     "CTR",
        "KDF",     "PBKDF",   "SIP",     "RTP",     "RTMP",    "FLV",     "VPN",   "VLAN",   "VXLAN",   "SRV",
        "NS",      "MX",      "AAAA"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (str_eq(key, str_from(names[i]))) return true;
    return false;
}

/* The word that ends at `at` (letters only), other than '#', '(' and spaces between. */
static struct str word_before(struct str s, size_t at)
{
    while (at && (s.p[at - 1] == ' ' || s.p[at - 1] == ':' || s.p[at - 1] == '=')) at--;
    size_t i = at;
    while (i && is_alpha(s.p[i - 1])) i--;
    return str_slice(s, i, at);
}

static bool is_one_of(struct str word, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq_nocase(word, str_from(words[i]))) return true;
    return false;
}
#define IS_ONE_OF(word, words) is_one_of((word), (words), sizeof(words) / sizeof(words)[0])

/* Words that say that an issue follows. */
static const char *const issue_words[] = {
    "fix",      "fixes", "fixed", "fixing",     "close", "closes", "closed",  "closing",   "resolve",    "resolves",
    "resolved", "ref",   "refs",  "references", "see",   "issue",  "issues",  "bug",       "bugs",       "ticket",
    "tickets",  "bz",    "rt",    "trac",       "gh",    "jira",   "related", "addresses", "implements", "re"};
/* Words that say that a thing of another kind is counted. */
static const char *const count_words[] = {
    "item",     "step",     "part",      "patch",   "attempt", "take",    "round",   "test",   "case",
    "point",    "line",     "page",      "chapter", "section", "table",   "version", "build",  "channel",
    "port",     "rule",     "phase",     "pass",    "try",     "number",  "no",      "color",  "colour",
    "argument", "arg",      "parameter", "param",   "option",  "example", "figure",  "note",   "footnote",
    "core",     "cpu",      "thread",    "block",   "commit",  "run",     "job",     "bit",    "pin",
    "irq",      "revision", "rev",       "day",     "week",    "version", "problem", "reason", "option"};

/* #12, (#12), owner/repo#12 */
static void read_hash(struct str s, size_t at, struct refs *r)
{
    size_t end;
    int64_t n = number_at(s, at + 1, &end);
    if (!n || (end < s.n && s.p[end] == '-' && end + 1 < s.n && is_word(s.p[end + 1]))) return;
    if (end + 1 < s.n && s.p[end] == '.' && is_digit(s.p[end + 1])) return;
    char before = at ? s.p[at - 1] : ' ';
    struct str tracker = STR("");
    if (is_word(before) || before == '-' || before == '.') { /* owner/repo#12, or C#7 */
        size_t i = at;
        while (i && (is_word(s.p[i - 1]) || strchr("-./", s.p[i - 1]))) i--;
        tracker = str_slice(s, i, at);
        const char *slash = memchr(tracker.p, '/', tracker.n);
        if (!slash || memchr(slash + 1, '/', tracker.n - (size_t)(slash + 1 - tracker.p)) || tracker.p[0] == '/')
            return;
    } else if (!strchr(" \t\n\r([{,;:=\"'/|*&+", before)) {
        return;
    }
    struct str word = word_before(s, at);
    bool said = IS_ONE_OF(word, issue_words) || (before == '(' && end < s.n && s.p[end] == ')') || tracker.n;
    if (!said && (end - at <= 2 || IS_ONE_OF(word, count_words))) return;
    if (before == '&') return; /* an HTML entity */
    add(r, tracker, n);
}

/* ABC-123 where a tracker's key stands: at the front, in brackets, behind a word for it, in an address, or with three
 * digits. */
static size_t read_key(struct str s, size_t at, struct refs *r)
{
    size_t i = at, end;
    while (i < s.n && (is_upper(s.p[i]) || is_digit(s.p[i]))) i++;
    struct str key = str_slice(s, at, i);
    if (key.n < 2 || key.n > 10 || i >= s.n || s.p[i] != '-') return i;
    int64_t n = number_at(s, i + 1, &end);
    if (!n) return i;
    /* "Pull request 7: ABC-12-fix-it" is the name of a branch with its issue; RFC-12-3 is a number of parts */
    bool branch = end + 1 < s.n && s.p[end] == '-' && is_alpha(s.p[end + 1]) && end - i > 3;
    if (end < s.n && !branch && (s.p[end] == '-' || s.p[end] == '/' || s.p[end] == '+')) return end;
    if (end + 1 < s.n && s.p[end] == '.' && is_word(s.p[end + 1])) return end;
    if (str_eq(key, STR("GH"))) {
        add(r, STR(""), n);
        return end;
    }
    char before = at ? s.p[at - 1] : '\n';
    bool url = at >= 7 &&
               (str_eq(str_slice(s, at - 7, at), STR("browse/")) || str_eq(str_slice(s, at - 7, at), STR("/issue/")));
    if (!url && !strchr(" \t\n\r([{,;:\"'", before)) return end;
    if (is_no_tracker(key) && !url) return end;
    bool front =
        (at == 0 || (at == 1 && strchr("[({", before)) || before == '\n') && end < s.n && strchr(":]) ,", s.p[end]);
    bool bracket = strchr("([{", before) && end < s.n && strchr(")]},:", s.p[end]);
    if (front || bracket || url || end - i > 3 || IS_ONE_OF(word_before(s, at), issue_words)) add(r, key, n);
    return end;
}

/* "bug 123", "Fixes: 123", "BUG=chromium:123", "gh-123", "bpo-123", "PR c++/12345" */
static size_t read_word(struct str s, size_t at, struct refs *r)
{
    static const char *const strong[] = {"bug", "issue", "ticket", "bz", "bugzilla"};
    static const char *const keys[] = {"fixes", "closes", "resolves", "bug", "bugs", "issue", "issues", "fixed"};
    size_t i = at, end;
    while (i < s.n && is_alpha(s.p[i])) i++;
    struct str word = str_slice(s, at, i);
    if (i + 1 >= s.n) return i;
    if (s.p[i] == '-' && (str_eq_nocase(word, STR("gh")) || str_eq(word, STR("bpo")))) {
        int64_t n = number_at(s, i + 1, &end);
        if (n) add(r, str_eq(word, STR("bpo")) ? word : STR(""), n);
        return end > i ? end : i;
    }
    bool key = (s.p[i] == ':' || s.p[i] == '=') && (at == 0 || s.p[at - 1] == '\n') && IS_ONE_OF(word, keys);
    if (!key && !(s.p[i] == ' ' && IS_ONE_OF(word, strong))) return i;
    size_t k = i + 1;
    while (k < s.n && s.p[k] == ' ') k++;
    size_t colon = k;
    while (key && colon < s.n && (is_alpha(s.p[colon]) || s.p[colon] == '/')) colon++;
    if (key && colon > k && colon + 1 < s.n && s.p[colon] == ':' && is_digit(s.p[colon + 1]))
        k = colon + 1; /* chromium:123 */
    else if (key && str_starts(str_slice(s, k, s.n), STR("b/")))
        k += 2;
    int64_t n = number_at(s, k, &end);
    /* `Fixes: 1234567 ("subject")` names a commit; "bug 1" counts, and "issue 2.5" is no number of one. */
    if (!n || (end - k < 2 && !key) || (end - k >= 7 && str_starts(str_slice(s, end, s.n), STR(" (")))) return i;
    if (end + 1 < s.n && (s.p[end] == '.' || s.p[end] == '-') && is_word(s.p[end + 1])) return i;
    if (end - k >= 7 && str_eq_nocase(word, STR("fixes")) && s.p[i] == ':') return i;
    add(r, STR(""), n);
    return end;
}

/* Addresses of issues. */
static size_t read_url(struct str s, size_t at, struct refs *r)
{
    static const struct str marks[] = {{"/issues/", 8},
                                       {"/bugs/", 6},
                                       {"/ticket/", 8},
                                       {"/+bug/", 6},
                                       {"show_bug.cgi?id=", 16},
                                       {"bugreport.cgi?bug=", 18},
                                       {"/issue", 6},
                                       {"bugs.debian.org/", 16},
                                       {"/work_items/", 12},
                                       {"/tickets/", 9},
                                       {"crbug.com/", 10},
                                       {"/bug/", 5},
                                       {"detail?id=", 10}};
    size_t end = at;
    while (end < s.n && end - at < LIMIT_URL && (unsigned char)s.p[end] > ' ' && !strchr("<>\"'()", s.p[end])) end++;
    struct str url = str_slice(s, at, end);
    for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
        const char *p = str_find(url, marks[i]);
        size_t behind;
        int64_t n = p ? number_at(url, (size_t)(p - url.p) + marks[i].n, &behind) : 0;
        if (!n) continue;
        add(r, STR(""), n);
        return end;
    }
    return at + 4; /* keys of trackers in it are found by the common way */
}

static int64_t count_issues(struct str s, int64_t change)
{
    struct refs r = {.change = change};
    for (size_t i = 0; i < s.n;) {
        char c = s.p[i];
        bool begins = i == 0 || !is_word(s.p[i - 1]);
        if (c == '#') {
            read_hash(s, i++, &r);
        } else if (begins && c == 'h' &&
                   (str_starts(str_slice(s, i, s.n), STR("http://")) ||
                    str_starts(str_slice(s, i, s.n), STR("https://")))) {
            i = read_url(s, i, &r);
        } else if (begins && is_upper(c) && i + 1 < s.n && (is_upper(s.p[i + 1]) || is_digit(s.p[i + 1]))) {
            size_t next = read_key(s, i, &r);
            size_t word = read_word(s, i, &r);
            i = next > word ? next : word;
        } else if (begins && is_alpha(c)) {
            i = read_word(s, i, &r);
        } else {
            i++;
        }
    }
    return r.n;
}

void commit_refs_read(struct str message, struct str first_line, size_t parents, struct commit_facts *f)
{
    struct change ch = change_in_subject(first_line);
    if (!ch.number) ch.number = change_in_lines(message, f);
    f->change_number = ch.number;
    f->change_kind = !ch.number ? NULL : ch.kind ? ch.kind : parents > 1 ? "merge" : "squash";
    f->issue_refs = count_issues(message, ch.number);
}
