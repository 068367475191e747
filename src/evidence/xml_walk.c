#include "evidence/xml_walk.h"

#include <expat.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/limits.h"

#define SPACE_ENDS '\n' /* between namespace and name: a namespace has none */
#define SLOTS (4 * LIMIT_EVIDENCE_NAMES)
#define OF_NAMES 1469598103934665603U /* what FNV-1a begins with */
#define OF_PREFIXES 11400714819323198485U
#define PREFIXES 64 /* expat keeps each name once for each prefix it had */

struct walking {
    struct ctx *cx;
    const struct xml_walk *w;
    XML_Parser parser;
    enum rc rc;
    int depth;
    size_t n_names; /* different ones that expat has to remember */
    size_t n_prefixes;
    uint64_t names[SLOTS];
};

static void stop(struct walking *k, enum rc rc)
{
    k->rc = rc;
    (void)XML_StopParser(k->parser, XML_FALSE);
}

/* What is commonly malformed, in words that have their Finnish; expat's own for what is not. */
static const char *malformed(enum XML_Error e)
{
    static const struct {
        enum XML_Error code;
        const char *what;
    } known[] = {{XML_ERROR_NO_ELEMENTS, "it ends before its root is closed"},
                 {XML_ERROR_UNCLOSED_TOKEN, "it ends in the middle"},
                 {XML_ERROR_PARTIAL_CHAR, "it ends in the middle"},
                 {XML_ERROR_INVALID_TOKEN, "it is not well-formed here"},
                 {XML_ERROR_SYNTAX, "it is not well-formed here"},
                 {XML_ERROR_TAG_MISMATCH, "this end tag closes another element"},
                 {XML_ERROR_DUPLICATE_ATTRIBUTE, "an attribute stands there twice"},
                 {XML_ERROR_JUNK_AFTER_DOC_ELEMENT, "something follows behind the end"},
                 {XML_ERROR_UNDEFINED_ENTITY, "an entity that is not defined"},
                 {XML_ERROR_BAD_CHAR_REF, "a reference to no character"},
                 {XML_ERROR_UNBOUND_PREFIX, "a prefix that names no namespace"},
                 {XML_ERROR_MISPLACED_XML_PI, "the XML declaration stands only at the beginning"},
                 {XML_ERROR_UNKNOWN_ENCODING, "an encoding that is not read"},
                 {XML_ERROR_INCORRECT_ENCODING, "it is in another encoding than it says"}};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].code == e) return known[i].what;
    return XML_ErrorString(e);
}

static enum rc wrong(struct walking *k, enum rc rc, const char *what)
{
    return fail(k->cx, rc, "line %llu, byte %lld: %s", (unsigned long long)XML_GetCurrentLineNumber(k->parser),
                (long long)XML_GetCurrentByteIndex(k->parser), what);
}

/* What a reader refuses, with its place. */
static void refuse(struct walking *k, enum rc rc)
{
    if (rc == E_INVALID) rc = wrong(k, rc, arena_str(&k->cx->arena, str_from(k->cx->message)).p);
    stop(k, rc);
}

/* expat keeps each name it has seen, so their number is what bounds its memory. */
static bool note_name(struct walking *k, uint64_t h, const char *name)
{
    for (; *name; name++) h = (h ^ (unsigned char)*name) * 1099511628211U;
    h |= 1;
    for (size_t i = h % SLOTS;; i = (i + 1) % SLOTS) {
        if (k->names[i] == h) return true;
        if (k->names[i]) continue;
        if (k->n_names++ == LIMIT_EVIDENCE_NAMES) return false;
        k->names[i] = h;
        return true;
    }
}

static struct xml_element element(const char *name, int depth)
{
    const char *end = strchr(name, SPACE_ENDS);
    struct xml_element e = {.depth = depth, .name = str_from(name), .space = STR("")};
    if (!end) return e;
    e.space = (struct str){name, (size_t)(end - name)};
    e.name = str_from(end + 1);
    return e;
}

static void XMLCALL on_start(void *arg, const char *name, const char **attributes)
{
    struct walking *k = arg;
    struct xml_element e = element(name, k->depth);
    bool good = note_name(k, OF_NAMES, name);
    for (size_t i = 0; good && attributes[i]; i += 2) good = note_name(k, OF_NAMES, attributes[i]);
    if (!good) return stop(k, wrong(k, E_LIMIT, "it has too many different names of elements"));
    if (++k->depth > LIMIT_EVIDENCE_DEPTH) return stop(k, wrong(k, E_INVALID, "it is nested too deep"));
    e.attributes = attributes;
    enum rc rc = k->w->take(k->w->arg, &e, false);
    if (rc != OK) refuse(k, rc);
}

static void XMLCALL on_space(void *arg, const char *prefix, const char *uri)
{
    struct walking *k = arg;
    size_t before = k->n_names;
    (void)uri;
    if (!prefix || k->rc != OK) return;
    if (!note_name(k, OF_PREFIXES, prefix) || (k->n_names > before && ++k->n_prefixes > PREFIXES))
        stop(k, wrong(k, E_LIMIT, "it has too many namespaces"));
}

static void XMLCALL on_end(void *arg, const char *name)
{
    struct walking *k = arg;
    struct xml_element e = element(name, --k->depth);
    enum rc rc = k->w->take(k->w->arg, &e, true);
    if (rc != OK) refuse(k, rc);
}

/* Whatever a document type declares could only be used to mislead: reports have none that matters. */
static void XMLCALL on_type(void *arg, const char *name, const char *system, const char *public, int internal)
{
    struct walking *k = arg;
    (void)name;
    (void)system;
    (void)public;
    (void)internal;
    stop(k, wrong(k, E_INVALID, "a document type (DOCTYPE) is refused, and entities with it"));
}

static enum rc feed(struct walking *k, struct input *in)
{
    uint64_t given = 0;
    for (bool more = true; more;) {
        TRY(input_more(k->cx, in, &more));
        size_t n = in->n - in->at;
        enum XML_Status s = XML_Parse(k->parser, (const char *)in->piece + in->at, (int)n, !more);
        in->at = in->n;
        given += n;
        if (k->rc != OK) return k->rc;
        if (s == XML_STATUS_ERROR) return wrong(k, E_INVALID, malformed(XML_GetErrorCode(k->parser)));
        XML_Index seen = XML_GetCurrentByteIndex(k->parser);
        if (more && given - (seen < 0 ? 0 : (uint64_t)seen) > LIMIT_EVIDENCE_TAG + INPUT_PIECE)
            return wrong(k, E_LIMIT, "one tag or comment is too long");
    }
    return OK;
}

enum rc xml_walk(struct ctx *cx, const struct xml_walk *w, struct input *in)
{
    struct walking *k = arena_new(&cx->arena, struct walking);
    *k = (struct walking){.cx = cx, .w = w, .parser = XML_ParserCreateNS(NULL, SPACE_ENDS)};
    if (!k->parser) return fail(cx, E_INTERNAL, "no memory");
    XML_SetUserData(k->parser, k);
    XML_SetElementHandler(k->parser, on_start, on_end);
    XML_SetStartNamespaceDeclHandler(k->parser, on_space);
    XML_SetStartDoctypeDeclHandler(k->parser, on_type);
    enum rc rc = feed(k, in);
    XML_ParserFree(k->parser);
    return rc;
}

struct str xml_attribute(const struct xml_element *e, const char *name)
{
    for (size_t i = 0; e->attributes && e->attributes[i]; i += 2)
        if (!strcmp(e->attributes[i], name)) return str_from(e->attributes[i + 1]);
    return STR_NONE;
}
