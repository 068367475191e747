#include "exchange/library_write.h"

#include "catalog/library.h"
#include "catalog/record.h"
#include "exchange/library_int.h"

#define KEY "sinetti-secure-development"
#define URN "urn:sinetti:risk:"
#define VERSION 1

struct str library_urn_of_task(struct ctx *cx, const struct catalog_task *t)
{
    return arena_printf(&cx->arena, URN "req_node:" KEY ":" STR_FMT, STR_ARG(t->key));
}

struct str library_urn_of_point(struct ctx *cx, const struct catalog_obligation *o)
{
    return arena_printf(&cx->arena, URN "req_node:" KEY ":" STR_FMT "." STR_FMT, STR_ARG(o->task), STR_ARG(o->key));
}

static void put(struct buf *out, const char *before, struct str value)
{
    buf_cstr(out, before);
    library_put(out, value);
    buf_char(out, '\n');
}

struct str library_ref_of_task(struct ctx *cx, const struct catalog_task *t)
{
    return arena_printf(&cx->arena, "%d", t->order);
}

struct str library_ref_of_point(struct ctx *cx, const struct catalog_task *t, const struct catalog_obligation *o)
{
    return arena_printf(&cx->arena, "%d.%d", t->order, o->point);
}

/* What libraries say of mappings: of tasks, their sources told. */
static const char *rationale_of(struct str source)
{
    return str_eq(source, STR("own_judgement")) ? "semantic" : "functional";
}

static void write_point(struct ctx *cx, const struct catalog_task *t, const struct catalog_obligation *o,
                        struct buf *out)
{
    static const char *const importance[STRENGTH_COUNT] = {"mandatory", "recommended", "nice_to_have"};
    put(out, "    - urn: ", library_urn_of_point(cx, o));
    buf_cstr(out, "      assessable: true\n      depth: 2\n");
    put(out, "      parent_urn: ", library_urn_of_task(cx, t));
    put(out, "      ref_id: ", library_ref_of_point(cx, t, o));
    put(out, "      description: ", o->text[LANG_EN]);
    if (o->settles[LANG_EN].n) put(out, "      typical_evidence: ", o->settles[LANG_EN]);
    buf_printf(out, "      importance: %s\n      implementation_groups: [", importance[o->strength]);
    buf_cstr(out, o->strength == STRENGTH_MUST          ? "must"
                  : o->strength == STRENGTH_RECOMMENDED ? "recommended"
                                                        : "example");
    buf_cstr(out, "]\n");
    if (o->n_needs) buf_cstr(out, "      reference_controls:\n");
    for (size_t i = 0; i < o->n_needs; i++)
        buf_printf(out, "      - " URN "function:" KEY ":" STR_FMT "\n", STR_ARG(o->needs[i]));
    put(out, "      translations:\n        fi:\n          description: ", o->text[LANG_FI]);
    if (o->settles[LANG_FI].n) put(out, "          typical_evidence: ", o->settles[LANG_FI]);
}

static void write_task(struct ctx *cx, const struct catalog_task *t, struct buf *out)
{
    put(out, "    - urn: ", library_urn_of_task(cx, t));
    buf_cstr(out, "      assessable: false\n      depth: 1\n");
    put(out, "      ref_id: ", library_ref_of_task(cx, t));
    put(out, "      name: ", t->title[LANG_EN]);
    put(out, "      description: ", t->summary[LANG_EN]);
    put(out, "      translations:\n        fi:\n          name: ", t->title[LANG_FI]);
    put(out, "          description: ", t->summary[LANG_FI]);
    for (size_t i = 0; i < t->n_obligations; i++) write_point(cx, t, &t->obligations[i], out);
}

static void write_framework(struct ctx *cx, const struct catalog *c, struct buf *out)
{
    static const char *const groups[] = {"must", "Must", "recommended", "Recommended", "example", "Example"};
    buf_cstr(out, "  framework:\n    urn: " URN "framework:" KEY "\n    ref_id: " KEY
                  "\n    name: Secure development tasks\n"
                  "    description: Tasks of secure development and the points each asks for\n"
                  "    translations:\n      fi:\n        name: Turvallisen kehittämisen tehtävät\n"
                  "    min_score: 0\n    max_score: 3\n    scores_definition:\n"
                  "    - {score: 0, name: Not done, description: Nothing of it is met}\n"
                  "    - {score: 1, name: Partly done, description: Something of it is met}\n"
                  "    - {score: 2, name: Mostly done, description: No must is violated or without evidence}\n"
                  "    - {score: 3, name: Fully done, description: Every must is met}\n"
                  "    implementation_groups_definition:\n");
    for (size_t i = 0; i < 6; i += 2)
        buf_printf(out, "    - {ref_id: %s, name: %s, description: null, default_selected: %s}\n", groups[i],
                   groups[i + 1], i ? "false" : "true");
    buf_cstr(out, "    requirement_nodes:\n");
    for (size_t i = 0; i < c->n_tasks; i++) write_task(cx, &c->tasks[i], out);
}

/* Kinds of record that points name: what is to be written, approved and followed. */
static void write_references(const struct catalog *c, struct buf *out)
{
    buf_cstr(out, "  reference_controls:\n");
    for (size_t i = 0; i < c->n_records; i++) {
        const struct record_kind *k = &c->records[i];
        buf_printf(out, "  - urn: " URN "function:" KEY ":" STR_FMT "\n    ref_id: " STR_FMT "\n", STR_ARG(k->key),
                   STR_ARG(k->prefix));
        put(out, "    name: ", k->title[LANG_EN]);
        put(out, "    description: ", k->summary[LANG_EN]);
        buf_printf(out, "    category: %s\n",
                   str_eq(k->key, STR("policy")) || str_eq(k->key, STR("guideline")) ? "policy" : "process");
        put(out, "    translations:\n      fi:\n        name: ", k->title[LANG_FI]);
        put(out, "        description: ", k->summary[LANG_FI]);
    }
}

static bool maps(const struct catalog *c, const struct catalog_framework *f)
{
    for (size_t i = 0; f->urn.n && i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_controls; k++)
            if (c->tasks[i].controls[k].framework == f) return true;
    return false;
}

/* A task is mapped; so is each of its points that count, for a task is no requirement that is assessed. */
static void write_pairs(struct ctx *cx, const struct catalog *c, const struct catalog_framework *f, struct buf *out)
{
    for (size_t i = 0; i < c->n_tasks; i++)
        for (size_t k = 0; k < c->tasks[i].n_controls; k++) {
            const struct catalog_mapping *m = &c->tasks[i].controls[k];
            if (m->framework != f) continue;
            for (size_t o = 0; o < c->tasks[i].n_obligations; o++) {
                if (c->tasks[i].obligations[o].strength != STRENGTH_MUST) continue;
                put(out, "    - source_requirement_urn: ", library_urn_of_point(cx, &c->tasks[i].obligations[o]));
                put(out, "      target_requirement_urn: ", catalog_control_urn(cx, f, m->control));
                buf_printf(out, "      relationship: intersect\n      rationale: %s\n", rationale_of(m->source));
            }
        }
}

/* The library of a framework's urn: the same, of the object `library`. */
static struct str library_of(struct ctx *cx, struct str urn)
{
    struct str rest = urn, packager, part;
    (void)str_cut(&rest, ':', &part);
    (void)str_cut(&rest, ':', &packager);
    (void)str_cut(&rest, ':', &part);
    (void)str_cut(&rest, ':', &part);
    return arena_printf(&cx->arena, "urn:" STR_FMT ":risk:library:" STR_FMT, STR_ARG(packager), STR_ARG(rest));
}

static void write_mappings(struct ctx *cx, const struct catalog *c, struct buf *out)
{
    bool first = true;
    for (size_t i = 0; i < c->n_frameworks; i++) {
        const struct catalog_framework *f = &c->frameworks[i];
        if (!maps(c, f)) continue;
        if (first) buf_cstr(out, "  requirement_mapping_sets:\n");
        first = false;
        buf_printf(out, "  - urn: " URN "req_mapping_set:" KEY "-to-" STR_FMT "\n    ref_id: " KEY "-to-" STR_FMT "\n",
                   STR_ARG(f->key), STR_ARG(f->key));
        put(out, "    name: ",
            arena_printf(&cx->arena, "Secure development tasks -> " STR_FMT " " STR_FMT, STR_ARG(f->name),
                         STR_ARG(f->edition)));
        buf_cstr(out, "    source_framework_urn: " URN "framework:" KEY "\n");
        put(out, "    target_framework_urn: ", f->urn);
        buf_cstr(out, "    requirement_mappings:\n");
        write_pairs(cx, c, f, out);
    }
}

enum rc library_write(struct ctx *cx, const struct catalog *c, struct buf *out)
{
    buf_printf(out,
               "urn: " URN "library:" KEY "\nlocale: en\nref_id: " KEY "\nname: Secure development tasks\n"
               "description: Tasks of secure development, their points, and what they answer to\n"
               "copyright: own wording\nversion: %d\nprovider: Sinetti\npackager: sinetti\n",
               VERSION);
    bool first = true;
    for (size_t i = 0; i < c->n_frameworks; i++) {
        if (!maps(c, &c->frameworks[i])) continue;
        if (first) buf_cstr(out, "dependencies:\n");
        first = false;
        put(out, "- ", library_of(cx, c->frameworks[i].urn));
    }
    buf_cstr(out, "translations:\n  fi:\n    name: Turvallisen kehittämisen tehtävät\nobjects:\n");
    write_framework(cx, c, out);
    write_references(c, out);
    write_mappings(cx, c, out);
    return buf_ok(out);
}
