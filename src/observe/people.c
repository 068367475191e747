#include "observe/people.h"

#include <nettle/hmac.h>
#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"

/* Everything that says who somebody is becomes a key ("e:" address, "n:" name, "l:" login, "p:" the mention itself) and
 * a node; a mention joins the nodes of its keys. A set's least key names the person: so its hash depends on what was
 * mentioned, not on the order. */

#define HEX 32

struct node {
    struct str key;
    uint64_t hash;
    int parent;
    int least; /* of a root: node of the set's least key */
};

struct mention {
    struct str name, email; /* as given, without white space around */
    uint64_t hash;
    int node;
    char hex[HEX + 1];
    bool hashed;
};

struct people {
    uint8_t key[16];
    struct arena arena;
    struct node *nodes;
    struct mention *mentions;
    size_t n_nodes, cap_nodes, n_mentions, cap_mentions;
    int *node_slots, *mention_slots; /* open addressing; -1 free */
    size_t node_mask, mention_mask;
    bool apart;
    char found[HEX + 1]; /* by people_find() */
};

static void *must(void *p)
{
    if (!p) abort(); /* as the arena does */
    return p;
}

static int *slots_new(size_t n)
{
    int *s = must(malloc(n * sizeof *s));
    for (size_t i = 0; i < n; i++) s[i] = -1;
    return s;
}

struct people *people_new(const uint8_t key[16])
{
    struct people *p = must(calloc(1, sizeof *p));
    memcpy(p->key, key, sizeof p->key);
    arena_init(&p->arena);
    p->node_mask = p->mention_mask = 1023;
    p->node_slots = slots_new(1024);
    p->mention_slots = slots_new(1024);
    return p;
}

void people_free(struct people *p)
{
    if (!p) return;
    free(p->nodes);
    free(p->mentions);
    free(p->node_slots);
    free(p->mention_slots);
    arena_release(&p->arena);
    free(p);
}

void people_keep_apart(struct people *p)
{
    p->apart = true;
}

/* Keyed, so that nobody can make the tables slow by choosing names. */
static uint64_t mix(const struct people *p, struct str a, struct str b)
{
    uint64_t k, h;
    memcpy(&k, p->key, sizeof k);
    h = k ^ 1469598103934665603ULL;
    for (size_t i = 0; i < a.n; i++) h = (h ^ (unsigned char)a.p[i]) * 1099511628211ULL;
    h = (h ^ 0x1ff) * 1099511628211ULL;
    for (size_t i = 0; i < b.n; i++) h = (h ^ (unsigned char)b.p[i]) * 1099511628211ULL;
    memcpy(&k, p->key + 8, sizeof k);
    h ^= k;
    h ^= h >> 33;
    h *= 0xff51afd7ed558ccdULL;
    return h ^ h >> 33;
}

/* Room for one more in an array and its table of slots. */
#define GROW(items, n, cap, slots, mask)                                                                               \
    do {                                                                                                               \
        if ((n) == (cap)) {                                                                                            \
            (cap) = (cap) ? (cap)*2 : 512;                                                                             \
            (items) = must(reallocarray((items), (cap), sizeof *(items)));                                             \
        }                                                                                                              \
        if ((n)*2 >= (mask)) {                                                                                         \
            free(slots);                                                                                               \
            (mask) = (mask)*2 + 1;                                                                                     \
            (slots) = slots_new((mask) + 1);                                                                           \
            for (size_t g_ = 0; g_ < (n); g_++) {                                                                      \
                size_t at_ = (items)[g_].hash & (mask);                                                                \
                while ((slots)[at_] >= 0) at_ = (at_ + 1) & (mask);                                                    \
                (slots)[at_] = (int)g_;                                                                                \
            }                                                                                                          \
        }                                                                                                              \
    } while (0)

static int find_node(const struct people *p, struct str key, uint64_t h)
{
    for (size_t at = h & p->node_mask; p->node_slots[at] >= 0; at = (at + 1) & p->node_mask) {
        const struct node *n = &p->nodes[p->node_slots[at]];
        if (n->hash == h && str_eq(n->key, key)) return p->node_slots[at];
    }
    return -1;
}

static int node_of(struct people *p, struct str key)
{
    const uint64_t h = mix(p, key, STR(""));
    const int found = find_node(p, key, h);
    if (found >= 0) return found;
    GROW(p->nodes, p->n_nodes, p->cap_nodes, p->node_slots, p->node_mask);
    int id = (int)p->n_nodes++;
    p->nodes[id] = (struct node){arena_str(&p->arena, key), h, id, id};
    size_t at = h & p->node_mask;
    while (p->node_slots[at] >= 0) at = (at + 1) & p->node_mask;
    p->node_slots[at] = id;
    return id;
}

static int root_of(struct people *p, int id)
{
    while (p->nodes[id].parent != id) {
        p->nodes[id].parent = p->nodes[p->nodes[id].parent].parent;
        id = p->nodes[id].parent;
    }
    return id;
}

static void join(struct people *p, int a, int b)
{
    a = root_of(p, a);
    b = root_of(p, b);
    if (a == b) return;
    if (str_cmp(p->nodes[p->nodes[b].least].key, p->nodes[p->nodes[a].least].key) < 0)
        p->nodes[a].least = p->nodes[b].least;
    p->nodes[b].parent = a;
}

/* ---- keys ---- */

/* Lower case for ASCII, Latin-1, Latin Extended-A, Greek and Cyrillic; other characters stay. White space, no-break
 * spaces too, becomes single spaces. */
static void fold(struct buf *out, struct str s)
{
    bool space = false;
    for (size_t i = 0; i < s.n; i++) {
        unsigned char c = (unsigned char)s.p[i], d = i + 1 < s.n ? (unsigned char)s.p[i + 1] : 0;
        bool blank = c <= ' ';
        if (c == 0xc2 && d == 0xa0) {
            blank = true;
            i++;
        }
        if (blank) {
            space = out->n > 0;
            continue;
        }
        if (space && out->p && out->p[out->n - 1] != ':') buf_char(out, ' ');
        space = false;
        if (c >= 'A' && c <= 'Z') c = (unsigned char)(c + 32);
        if (c < 0xc3 || c > 0xd1 || (d & 0xc0) != 0x80) {
            buf_char(out, (char)c);
            continue;
        }
        unsigned u = (c & 0x1fU) << 6 | (d & 0x3fU);
        if ((u >= 0xc0 && u <= 0xde && u != 0xd7) || (u >= 0x391 && u <= 0x3a9) || (u >= 0x410 && u <= 0x42f))
            u += 32;
        else if (u >= 0x400 && u <= 0x40f)
            u += 80;
        else if ((u >= 0x100 && u <= 0x137) || (u >= 0x14a && u <= 0x177))
            u |= 1;
        else if ((u >= 0x139 && u <= 0x148) || (u >= 0x179 && u <= 0x17e))
            u += u & 1;
        buf_char(out, (char)(0xc0 | u >> 6));
        buf_char(out, (char)(0x80 | (u & 0x3f)));
        i++;
    }
}

static bool is_in(struct str s, const char *const *words, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (str_eq(s, str_from(words[i]))) return true;
    return false;
}
#define IS_IN(s, words) is_in((s), (words), sizeof(words) / sizeof(words)[0])

/* Addresses that many share: they join nobody. s is folded. */
static bool is_shared_address(struct str s)
{
    static const char *const locals[] = {
        "noreply", "no-reply", "nobody",     "root",      "unknown",   "none",       "user",  "you",  "your",
        "me",      "email",    "your.email", "you.email", "youremail", "your_email", "admin", "test", "ubuntu",
        "vagrant", "git",      "jenkins",    "runner",    "dev",       "developer",  "build", "ci"};
    static const char *const domains[] = {"localhost",   "localhost.localdomain",
                                          "local",       "example.com",
                                          "example.org", "example.net",
                                          "test.com",    "email.com",
                                          "domain.com",  "(none)",
                                          "none",        "unknown",
                                          "invalid"};
    const char *at = s.n ? memrchr(s.p, '@', s.n) : NULL;
    if (!at) return true;
    struct str local = str_slice(s, 0, (size_t)(at - s.p)), domain = str_slice(s, (size_t)(at - s.p) + 1, s.n);
    if (!local.n || !domain.n) return true;
    return IS_IN(local, locals) || IS_IN(domain, domains);
}

/* Names of nobody in particular. s is folded. */
static bool is_generic_name(struct str s)
{
    static const char *const names[] = {"github actions",
                                        "github action",
                                        "github actions bot",
                                        "your name",
                                        "first last",
                                        "firstname lastname",
                                        "unknown author",
                                        "unknown user",
                                        "no author",
                                        "(no author)",
                                        "not committed yet",
                                        "root user",
                                        "system administrator",
                                        "super user",
                                        "test user",
                                        "test author",
                                        "a u thor",
                                        "c o mitter",
                                        "john doe",
                                        "jane doe",
                                        "ci bot",
                                        "ci user",
                                        "build bot",
                                        "git user",
                                        "hosted weblate",
                                        "vs code",
                                        "visual studio",
                                        "default user",
                                        "local user",
                                        "dev user",
                                        "the author",
                                        "anonymous author",
                                        "anonymous coward",
                                        "gerrit code review",
                                        "copilot autofix",
                                        "automated commit",
                                        "release bot",
                                        "pull request",
                                        "azure pipelines",
                                        "travis ci",
                                        "circle ci",
                                        "jenkins ci",
                                        "gitlab ci",
                                        "drone ci",
                                        "windows user",
                                        "ec2 default user",
                                        "ubuntu user",
                                        "azure devops",
                                        "code owners",
                                        "core team",
                                        "the team",
                                        "development team",
                                        "maintainers team",
                                        "docker build"};
    bool two_words = false;
    for (size_t i = 1; i + 1 < s.n; i++) two_words |= s.p[i] == ' ';
    return !two_words || IS_IN(s, names) || str_ends(s, STR("[bot]")) || memchr(s.p, '@', s.n);
}

/* The login in "123+login@users.noreply.github.com"; STR_NONE. s is folded. */
static struct str login_of_address(struct str s)
{
    const struct str host = STR("@users.noreply.github.com");
    if (!str_ends(s, host)) return STR_NONE;
    struct str local = str_slice(s, 0, s.n - host.n);
    const char *plus = local.n ? memchr(local.p, '+', local.n) : NULL;
    if (plus) local = str_slice(local, (size_t)(plus - local.p) + 1, local.n);
    return local.n ? local : STR_NONE;
}

static bool is_login(struct str s)
{
    for (size_t i = 0; i < s.n; i++)
        if (!(s.p[i] == '-' || s.p[i] == '_' || s.p[i] == '.' || (s.p[i] >= '0' && s.p[i] <= '9') ||
              (s.p[i] >= 'a' && s.p[i] <= 'z')))
            return false;
    return s.n > 0;
}

static void make_key(struct buf *b, const char *kind, struct str text)
{
    buf_clear(b);
    buf_cstr(b, kind);
    fold(b, text);
}

/* Key of an address; STR_NONE when it joins nobody. In b, or in text. */
static struct str address_key(struct buf *b, char text[LIMIT_PERSON + 3], struct str email)
{
    make_key(b, "e:", email);
    struct str folded = str_slice(buf_view(b), 2, b->n), login = login_of_address(folded);
    if (login.p && is_in(login, (const char *const[]){"web-flow", "actions-user"}, 2)) return STR_NONE;
    if (login.p) {
        size_t n = login.n < LIMIT_PERSON ? login.n : LIMIT_PERSON;
        memcpy(text, "l:", 2);
        memcpy(text + 2, login.p, n);
        return (struct str){text, n + 2};
    }
    return is_shared_address(folded) ? STR_NONE : buf_view(b);
}

/* Node of an address, -1 when it joins nobody. */
static int address_node(struct people *p, struct buf *b, struct str email)
{
    char text[LIMIT_PERSON + 3];
    const struct str key = address_key(b, text, email);
    return key.p ? node_of(p, key) : -1;
}

static int name_node(struct people *p, struct buf *b, struct str name)
{
    make_key(b, "n:", name);
    struct str folded = str_slice(buf_view(b), 2, b->n);
    if (folded.n > 1 && folded.p[0] == '@' &&
        is_login(str_slice(folded, 1, folded.n))) { /* CODEOWNERS, Reviewed-by: @login */
        b->p[1] = 'l';
        b->p[2] = ':';
        return node_of(p, str_slice(buf_view(b), 1, b->n));
    }
    return is_generic_name(folded) ? -1 : node_of(p, buf_view(b));
}

/* The mention itself: its folded name and address together. */
static int pair_node(struct people *p, struct buf *b, struct str name, struct str email)
{
    make_key(b, "p:", name);
    buf_char(b, '\n');
    scoped_buf e;
    buf_init(&e, 0);
    fold(&e, email);
    buf_str(b, buf_view(&e));
    return node_of(p, buf_view(b));
}

static void join_known(struct people *p, int node, int other)
{
    if (other >= 0) join(p, node, other);
}

static struct str strip(struct str s)
{
    s = str_trim(s);
    if (s.n > 1 && s.p[0] == '<' && s.p[s.n - 1] == '>') s = str_trim(str_slice(s, 1, s.n - 1));
    if (s.n > 1 && (s.p[0] == '"' || s.p[0] == '\'') && s.p[s.n - 1] == s.p[0]) s = str_trim(str_slice(s, 1, s.n - 1));
    return str_slice(s.p ? s : STR(""), 0, LIMIT_PERSON);
}

int people_mention(struct people *p, struct str name, struct str email)
{
    name = strip(name);
    email = strip(email);
    uint64_t h = mix(p, name, email);
    size_t at = h & p->mention_mask;
    for (; p->mention_slots[at] >= 0; at = (at + 1) & p->mention_mask) {
        const struct mention *m = &p->mentions[p->mention_slots[at]];
        if (m->hash == h && str_eq(m->name, name) && str_eq(m->email, email)) return p->mention_slots[at];
    }
    GROW(p->mentions, p->n_mentions, p->cap_mentions, p->mention_slots, p->mention_mask);
    scoped_buf b;
    buf_init(&b, 0);
    int node = pair_node(p, &b, name, email), id = (int)p->n_mentions++;
    join_known(p, node, address_node(p, &b, email));
    join_known(p, node, name_node(p, &b, name));
    p->mentions[id] = (struct mention){
        .name = arena_str(&p->arena, name), .email = arena_str(&p->arena, email), .hash = h, .node = node};
    at = h & p->mention_mask;
    while (p->mention_slots[at] >= 0) at = (at + 1) & p->mention_mask;
    p->mention_slots[at] = id;
    return id;
}

int people_count(const struct people *p)
{
    return (int)p->n_mentions;
}

void people_get(const struct people *p, int handle, struct str *name, struct str *email)
{
    *name = p->mentions[handle].name;
    *email = p->mentions[handle].email;
}

/* "Name <address>" taken off the front; the name may be empty. false when there is no address. */
static bool cut_person(struct str *line, struct str *name, struct str *email)
{
    const char *open = line->n ? memchr(line->p, '<', line->n) : NULL;
    const char *close = open ? memchr(open, '>', line->n - (size_t)(open - line->p)) : NULL;
    if (!close) return false;
    *name = str_trim(str_slice(*line, 0, (size_t)(open - line->p)));
    *email = str_trim((struct str){open + 1, (size_t)(close - open - 1)});
    *line = str_slice(*line, (size_t)(close - line->p) + 1, line->n);
    return true;
}

void people_mailmap(struct people *p, struct str content)
{
    struct str line;
    scoped_buf b;
    buf_init(&b, 0);
    while (str_cut(&content, '\n', &line)) {
        struct str name, email, old_name, old_email;
        line = str_trim(line);
        if (!line.n || line.p[0] == '#' || line.n > 4 * LIMIT_PERSON || !cut_person(&line, &name, &email)) continue;
        name = strip(name);
        email = strip(email);
        int proper = address_node(p, &b, email), by_name = name_node(p, &b, name);
        if (proper >= 0)
            join_known(p, proper, by_name);
        else
            proper = by_name;
        if (proper < 0 || !cut_person(&line, &old_name, &old_email)) continue;
        old_name = strip(old_name);
        old_email = strip(old_email);
        int old = old_name.n ? pair_node(p, &b, old_name, old_email) : address_node(p, &b, old_email);
        if (old >= 0) join(p, old, proper);
    }
}

static void hash_text(const struct people *p, struct str text, char hex[HEX + 1])
{
    struct hmac_sha256_ctx h;
    uint8_t digest[HEX / 2];
    hmac_sha256_set_key(&h, sizeof p->key, p->key);
    hmac_sha256_update(&h, text.n, (const uint8_t *)text.p);
    hmac_sha256_digest(&h, sizeof digest, digest);
    digest_hex(digest, sizeof digest, hex);
}

struct str people_hash(struct people *p, int handle)
{
    struct mention *m = &p->mentions[handle];
    if (p->apart) {
        if (!m->hashed) {
            scoped_buf b;
            buf_init(&b, 0);
            buf_cstr(&b, "m:");
            buf_str(&b, m->name);
            buf_char(&b, '\n');
            buf_str(&b, m->email);
            hash_text(p, buf_view(&b), m->hex);
            m->hashed = true;
        }
    } else {
        hash_text(p, p->nodes[p->nodes[root_of(p, m->node)].least].key, m->hex);
    }
    return (struct str){m->hex, HEX};
}

struct str people_find(struct people *p, struct str email)
{
    char text[LIMIT_PERSON + 3];
    scoped_buf b;
    buf_init(&b, 0);
    const struct str key = address_key(&b, text, email);
    const int node = key.p && email.n <= LIMIT_PERSON ? find_node(p, key, mix(p, key, STR(""))) : -1;
    if (node < 0) return STR_NONE;
    hash_text(p, p->nodes[p->nodes[root_of(p, node)].least].key, p->found);
    return (struct str){p->found, HEX};
}
