#include "gates/push_scan.h"

#include <sodium.h>

#include "base/limits.h"
#include "gates/push_files.h"
#include "git/batch.h"
#include "git/oid.h"
#include "git/stream.h"
#include "observe/classify.h"
#include "scan/decoded.h"
#include "scan/pieces.h"
#include "scan/scan.h"

#define HEAD 4096        /* tells what a file is */
#define NAMES (1U << 20) /* looked through at once */
#define TAGS_DEEP 10     /* a tag may name a tag */

struct key {
    const char *rule;
    enum scan_confidence confidence;
    bool allowed;
    int64_t line;
    char same_value[33];
};

/* What was found in one content. */
struct look {
    struct key keys[LIMIT_HITS_PER_BLOB];
    size_t n;
    struct push_personal people;
    int64_t most; /* of one rule */
    bool partly;
};

struct sweep {
    struct ctx *cx;
    struct push *push;
    const struct git *g;
    struct scanner *scanner;
    struct batch batch; /* one git for all that is new, in whatever order */
    struct git_blobs *old;
    uint64_t bytes; /* unpacked */
    /* of the content at hand */
    struct str path;
    uint32_t mode;
    const char *class, *language; /* class NULL: to be told by its head */
    bool want_people;
    struct look *look;
    struct look new, before;
    struct decoded decoded;
};

/* --- one content, of any length */

static void take_key(struct look *l, const struct scan_hit *h, int64_t line)
{
    for (size_t i = 0; i < l->n; i++) { /* what pieces share, or a value that stands there again */
        const struct key *k = &l->keys[i];
        if (strcmp(k->rule, h->rule) != 0 || k->allowed != h->allowed) continue;
        if (h->same_value[0] ? strcmp(k->same_value, h->same_value) == 0 : k->line == line) return;
    }
    if (l->n == LIMIT_HITS_PER_BLOB) return;
    struct key *k = &l->keys[l->n++];
    *k = (struct key){.rule = h->rule, .confidence = h->confidence, .allowed = h->allowed, .line = line};
    memcpy(k->same_value, h->same_value, sizeof k->same_value);
}

/* Pieces of personal data whose check digit is right. */
static void take_people(struct look *l, const struct scan_hit *h, int64_t line)
{
    if (h->category != SCAN_PERSONAL_DATA || h->confidence != SCAN_CHECKSUM || h->allowed) return;
    l->people.items += h->count;
    if (!l->people.line || line < l->people.line) l->people.line = line;
    if (h->count > l->most) l->people.rule = h->rule;
    if (h->count > l->most) l->most = h->count;
}

/* Where a file stands and what it is called tells whether programs read it; that its first lines say it was generated,
 * or that there is a NUL in them, is said by whoever wrote it. */
static void tell_class(struct sweep *s, const struct piece *p)
{
    struct str head = str_slice(p->text, 0, HEAD);
    struct classification is = classify(s->path, s->mode, p->binary ? STR_NONE : head);
    if (strcmp(is.class, "generated") == 0) is = classify(s->path, s->mode, STR_NONE);
    if (strcmp(is.class, "binary") == 0 || strcmp(is.class, "symlink") == 0) is.class = "other";
    s->class = is.class;
    s->language = is.language;
    s->want_people = !p->binary && strcmp(is.class, "data") == 0;
}

/* lines: of a text that is not the piece's own, where each of its lines stood there. */
static enum rc scan(struct sweep *s, const struct piece *p, struct str text, enum scan_want want, const int64_t *lines)
{
    const struct scan_hit *hits;
    size_t n = 0;
    struct scan_input in = {s->path, text, s->class, s->language, want};
    enum rc rc = scan_bytes(s->scanner, &in, &hits, &n);
    if (rc != OK && rc != E_LIMIT) return fail(s->cx, rc, "the scanner has failed");
    s->look->partly |= rc == E_LIMIT;
    for (size_t i = 0; i < n; i++) {
        int64_t line = p->line - 1 + (lines ? lines[hits[i].line - 1] : hits[i].line);
        if (want == SCAN_KEYS)
            take_key(s->look, &hits[i], line);
        else
            take_people(s->look, &hits[i], line);
    }
    return OK;
}

static enum rc take_piece(void *arg, const struct piece *p)
{
    struct sweep *s = arg;
    if (!s->class) tell_class(s, p);
    TRY(scan(s, p, p->text, SCAN_KEYS, NULL));
    decoded_read(&s->decoded, p->text);
    s->look->partly |= s->decoded.left_out;
    if (s->decoded.n) TRY(scan(s, p, buf_view(&s->decoded.text), SCAN_KEYS, s->decoded.lines));
    return s->want_people ? scan(s, p, str_slice(p->text, 0, p->own), SCAN_PEOPLE, NULL) : OK;
}

static enum rc take_bytes(void *arg, struct str bytes)
{
    return pieces_add(arg, bytes);
}

/* content: STR_NONE when it is to be read piece by piece. */
static enum rc look(struct sweep *s, struct str oid, const char *type, struct str content, int64_t size,
                    struct look *out)
{
    out->n = 0;
    out->people = (struct push_personal){0};
    out->most = 0;
    out->partly = false;
    s->look = out;
    if (content.p || size == 0) return pieces_of(content, take_piece, s);
    struct pieces pieces;
    int64_t read = 0;
    pieces_begin(&pieces, take_piece, s);
    enum rc rc = git_stream(s->cx, s->g, type, oid, take_bytes, &pieces, &read);
    if (rc == OK) rc = pieces_end(&pieces);
    pieces_release(&pieces);
    if (rc == OK && read < size) out->partly = true;
    return rc;
}

/* --- what of it counts */

static bool is_aside(const char *class)
{
    static const char *const aside[] = {"test", "doc", "data", "vendored", "generated"};
    for (size_t i = 0; i < sizeof aside / sizeof *aside; i++)
        if (strcmp(class, aside[i]) == 0) return true;
    return false;
}

/* A key or token that is told by its form or its checksum, where programs would read it; what carries its own checksum
 * is no example anywhere. */
static bool counts(const struct key *k, bool aside)
{
    return !k->allowed && strcmp(k->rule, "jwt") != 0 && (!aside || k->confidence == SCAN_CHECKSUM);
}

#define PERSONAL_LEAST 5 /* one may be an example */

static void add_hit(struct push *p, struct str path, int64_t line, const char *rule, struct push_spot spot)
{
    p->secrets++;
    p->says_keys |= spot.found_in && strcmp(spot.found_in, "message") == 0;
    if (p->n_hits < PUSH_HITS)
        p->hits[p->n_hits++] = (struct push_hit){.path = path, .line = line, .rule = rule, .spot = spot};
}

static void add_people(struct push *p, struct push_personal found, struct str path, struct push_spot spot)
{
    if (p->n_personal == PUSH_HITS) return;
    found.path = path;
    found.spot = spot;
    p->personal[p->n_personal++] = found;
}

static void add_unread(struct push *p, struct str path, const char *why)
{
    if (p->n_unread < PUSH_HITS) p->unread[p->n_unread++] = (struct push_unread){path, why};
}

static bool stood_before(const struct look *before, const struct key *k)
{
    for (size_t i = 0; k->same_value[0] && i < before->n; i++)
        if (strcmp(before->keys[i].same_value, k->same_value) == 0) return true;
    return false;
}

/* --- files */

struct older {
    struct sweep *s;
    const struct push_file *f;
    struct look sum;
};

/* What stood there, looked at as what stands there now. */
static enum rc look_at_old(void *arg, size_t i, struct str content, bool missing)
{
    struct older *o = arg;
    if (missing) return OK;
    TRY(look(o->s, o->f->old[i], "blob", content, INT64_MAX, &o->s->before));
    struct look *one = &o->s->before;
    for (size_t k = 0; k < one->n && o->sum.n < LIMIT_HITS_PER_BLOB; k++) o->sum.keys[o->sum.n++] = one->keys[k];
    if (one->people.items > o->sum.people.items) o->sum.people = one->people;
    return OK;
}

static bool is_lfs(struct str content)
{
    return content.n < 1024 && str_starts(content, STR("version https://git-lfs.github.com/spec/"));
}

static enum rc look_at_file(struct sweep *s, const struct push_file *f, struct str content, int64_t size)
{
    struct look *l = &s->new;
    bool keys = false;
    s->path = f->path;
    s->mode = f->mode;
    s->class = NULL;
    s->want_people = false;
    if (content.p && is_lfs(content)) s->push->lfs = true;
    TRY(look(s, f->oid, "blob", content, size, l));
    bool aside = !s->class || is_aside(s->class);
    if (l->partly && !aside) add_unread(s->push, f->path, "limits");
    for (size_t i = 0; i < l->n; i++) keys |= counts(&l->keys[i], aside);
    bool people = l->people.items >= PERSONAL_LEAST;
    if (!keys && !people) return OK;
    struct older *o = arena_new(&s->cx->arena, struct older);
    *o = (struct older){.s = s, .f = f};
    if (f->n_old) TRY(git_blobs_read(s->cx, s->old, f->old, f->n_old, LIMIT_BLOB_SCAN, look_at_old, o));
    for (size_t i = 0; i < l->n; i++)
        if (counts(&l->keys[i], aside) && !stood_before(&o->sum, &l->keys[i]))
            add_hit(s->push, f->path, l->keys[i].line, l->keys[i].rule, (struct push_spot){0});
    if (people && l->people.items > o->sum.people.items) add_people(s->push, l->people, f->path, (struct push_spot){0});
    return OK;
}

static void weigh(struct sweep *s, const struct push_file *f, int64_t size)
{
    if (size > 0) s->bytes += (uint64_t)size;
    if (size > (int64_t)LIMIT_PUSH_FILE && !s->push->large.p) s->push->large = f->path;
    if (s->bytes > LIMIT_PUSH_UNPACKED) s->push->too_much = true;
}

static enum rc scan_files(struct sweep *s, const struct push_files *all)
{
    enum rc rc = OK;
    struct str *oids = arena_array(&s->cx->arena, struct str, all->n + 1);
    const struct push_file **files = arena_array(&s->cx->arena, const struct push_file *, all->n + 1);
    size_t n = 0;
    for (size_t i = 0; i < all->n; i++)
        if ((all->list[i].mode & 0170000) != 0160000) {
            files[n] = &all->list[i];
            oids[n++] = all->list[i].oid;
        }
    batch_begin(&s->batch, oids, n, BATCH_WHOLE, LIMIT_BLOB_SCAN);
    for (size_t i = 0; rc == OK && i < n && !s->push->too_much; i++) {
        struct batch_item item;
        rc = batch_next(s->cx, &s->batch, &item);
        if (rc != OK) break;
        weigh(s, files[i], item.size);
        if (item.type != OBJECT_BLOB)
            add_unread(s->push, files[i]->path, "missing");
        else if (item.size <= (int64_t)LIMIT_PUSH_FILE) /* a larger one is let in by nobody */
            rc = look_at_file(s, files[i], item.content, item.size);
    }
    return rc;
}

/* --- what commits and tags say */

/* Lines of the object's head, with the empty one that ends it. */
static int64_t head_lines(struct str content)
{
    int64_t n = 0;
    struct str line;
    while (str_cut(&content, '\n', &line)) {
        n++;
        if (!line.n) break;
    }
    return n;
}

/* Whom a commit or tag names as author is no finding, and says nothing of what its message holds: of an object of usual
 * length the message alone is looked through for people. Addresses have no check digit. */
static enum rc look_for_people(struct sweep *s, struct str oid, bool tag, struct str content, int64_t head)
{
    struct look *l = &s->before;
    struct str message = content, line;
    for (int64_t i = 0; i < head; i++) (void)str_cut(&message, '\n', &line);
    s->want_people = true;
    TRY(look(s, STR_NONE, NULL, message, 0, l));
    if (l->people.items >= PERSONAL_LEAST)
        add_people(s->push, l->people, STR(""), (struct push_spot){tag ? "tag" : "message", oid});
    return OK;
}

static enum rc look_at_words(struct sweep *s, struct str oid, bool tag, struct str content, int64_t size)
{
    struct look *l = &s->new;
    s->path = tag ? STR("tag.txt") : STR("commit.txt");
    s->class = "data";
    s->language = NULL;
    s->want_people = false;
    TRY(look(s, oid, tag ? "tag" : "commit", content, size, l));
    int64_t head = content.p ? head_lines(content) : 0; /* of one that is megabytes long, lines of the whole */
    for (size_t i = 0; i < l->n; i++) {
        const struct key *k = &l->keys[i];
        const char *in = tag ? "tag" : k->line <= head ? "header" : "message";
        if (counts(k, false))
            add_hit(s->push, STR(""), k->line > head ? k->line - head : k->line, k->rule, (struct push_spot){in, oid});
    }
    if (l->partly) add_unread(s->push, oid, "limits");
    return content.p ? look_for_people(s, oid, tag, content, head) : OK;
}

/* What a tag names that is no commit; STR_NONE: it names one. */
static struct str named_by(struct str content)
{
    struct str line, type;
    bool is = str_cut(&content, '\n', &line) && str_starts(line, STR("object ")) &&
              oid_is(str_slice(line, 7, 47), 40) && str_cut(&content, '\n', &type) && !str_eq(type, STR("type commit"));
    return is ? str_slice(line, 7, 47) : STR_NONE;
}

/* A file that a ref names with no commit around it. */
static enum rc look_at_ref(struct sweep *s, struct str name, const struct batch_item *item)
{
    const struct push_file f = {.oid = arena_str(&s->cx->arena, item->oid), .path = name, .mode = 0100644};
    if (item->type == OBJECT_TREE) add_unread(s->push, name, "tree");
    if (item->type != OBJECT_BLOB) return OK;
    weigh(s, &f, item->size);
    return item->size <= (int64_t)LIMIT_PUSH_FILE ? look_at_file(s, &f, item->content, item->size) : OK;
}

struct words {
    struct str *oids;  /* of new commits, then what refs name that are no branches … */
    struct str *names; /* … and by which name */
    size_t n_commits, n;
};

/* What tags name is left in its place, to be looked at next. */
static enum rc scan_words(struct sweep *s, struct words *w)
{
    enum rc rc = OK;
    size_t deeper = 0;
    struct str *next = arena_array(&s->cx->arena, struct str, w->n + 1);
    batch_begin(&s->batch, w->oids, w->n_commits + w->n, BATCH_WHOLE, LIMIT_BLOB_SCAN);
    for (size_t i = 0; rc == OK && i < w->n_commits + w->n; i++) {
        struct batch_item item;
        rc = batch_next(s->cx, &s->batch, &item);
        if (rc != OK) break;
        bool tag = item.type == OBJECT_TAG;
        if (tag && item.content.p && i >= w->n_commits && named_by(item.content).p) {
            w->names[deeper] = w->names[i - w->n_commits];
            next[deeper++] = arena_str(&s->cx->arena, named_by(item.content));
        }
        if (tag || (item.type == OBJECT_COMMIT && i < w->n_commits))
            rc = look_at_words(s, w->oids[i], tag, item.content, item.size);
        else if (i >= w->n_commits)
            rc = look_at_ref(s, w->names[i - w->n_commits], &item);
    }
    *w = (struct words){next, w->names, 0, deeper};
    return rc;
}

static enum rc scan_said(struct sweep *s, const struct push_files *all)
{
    const struct push *p = s->push;
    struct words w = {arena_array(&s->cx->arena, struct str, all->n_commits + p->n + 1),
                      arena_array(&s->cx->arena, struct str, p->n + 1), all->n_commits, 0};
    if (all->n_commits) memcpy(w.oids, all->commits, all->n_commits * sizeof *w.oids);
    for (size_t i = 0; i < p->n; i++)
        if (p->refs[i].kind != PUSH_BRANCH && p->refs[i].kind != PUSH_CHANGE && !oid_is_zero(p->refs[i].after)) {
            w.names[w.n] = p->refs[i].name;
            w.oids[w.n_commits + w.n++] = p->refs[i].after;
        }
    for (int depth = 0; depth < TAGS_DEEP && w.n_commits + w.n; depth++) TRY(scan_words(s, &w));
    for (size_t i = 0; i < w.n; i++) add_unread(s->push, w.names[i], "limits");
    return OK;
}

/* --- names */

static void put_name(struct buf *b, struct str name)
{
    for (size_t i = 0; i < name.n; i++) buf_char(b, name.p[i] == '\n' || !name.p[i] ? ' ' : name.p[i]);
    buf_char(b, '\n');
}

static enum rc look_at_names(struct sweep *s, const struct buf *b)
{
    s->path = STR("names");
    s->class = "other";
    s->language = NULL;
    s->want_people = false;
    return look(s, STR_NONE, NULL, buf_view(b), (int64_t)b->n, &s->new);
}

/* The name is what must not be told, so it is told which commit has it. */
static enum rc scan_paths(struct sweep *s, const struct push_files *all)
{
    scoped_buf b;
    size_t n = 0;
    const struct push_file **at = arena_array(&s->cx->arena, const struct push_file *, all->n + 1);
    buf_init(&b, 2 * NAMES);
    for (size_t i = 0; i < all->n; i++) {
        if (all->list[i].begins) {
            put_name(&b, all->list[i].path);
            at[n++] = &all->list[i];
        }
        if (!n || (b.n < NAMES && i + 1 < all->n)) continue;
        TRY(look_at_names(s, &b));
        for (size_t k = 0; k < s->new.n; k++) {
            const struct key *key = &s->new.keys[k];
            if (key->line > 0 && key->line <= (int64_t)n && counts(key, false))
                add_hit(s->push, STR(""), 0, key->rule, (struct push_spot){"name", at[key->line - 1]->commit});
        }
        n = 0;
        buf_clear(&b);
    }
    return OK;
}

/* Names of refs and push options go into the log, and stay there: one that holds a key is not even refused by a
 * decision. */
static enum rc scan_request(struct sweep *s)
{
    scoped_buf b;
    const struct push *p = s->push;
    buf_init(&b, LIMIT_BODY);
    for (size_t i = 0; i < p->n; i++)
        if (p->refs[i].act == PUSH_CREATE) put_name(&b, p->refs[i].name);
    for (size_t i = 0; i < p->n_options; i++) put_name(&b, p->options[i]);
    if (!b.n) return OK;
    TRY(buf_ok(&b));
    TRY(look_at_names(s, &b));
    for (size_t i = 0; i < s->new.n; i++)
        if (counts(&s->new.keys[i], false))
            return fail(s->cx, E_INVALID,
                        "the name of a ref, or a push option, holds a key or token (%s), and would be kept for ever; "
                        "revoke it and choose another",
                        s->new.keys[i].rule);
    return OK;
}

/* --- all of it */

static enum rc scan_all(struct sweep *s, struct git *g)
{
    struct push_files files;
    TRY(batch_ready(s->cx, &s->batch)); /* it starts while others list what is new */
    TRY(push_files_read(s->cx, g, s->push, &files));
    TRY(scan_request(s));
    if (files.n) TRY(git_blobs_open(s->cx, g, &s->old));
    if (files.n) TRY(scan_files(s, &files));
    TRY(scan_paths(s, &files));
    return scan_said(s, &files);
}

enum rc push_scan(struct ctx *cx, struct git *g, struct push *p)
{
    uint8_t key[16];
    randombytes_buf(key, sizeof key);
    struct sweep *s = arena_new(&cx->arena, struct sweep);
    *s = (struct sweep){.cx = cx, .push = p, .g = g, .scanner = scanner_new(key)};
    batch_init(&s->batch, g);
    decoded_init(&s->decoded);
    enum rc rc = s->scanner && s->decoded.lines ? scan_all(s, g) : fail(cx, E_IO, "no memory for the scanner");
    git_blobs_close(s->old);
    batch_release(&s->batch);
    decoded_release(&s->decoded);
    scanner_free(s->scanner);
    return rc;
}
