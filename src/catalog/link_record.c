/* What kinds of record say of tasks and of one another. */
#include "catalog/source.h"

#include <stdlib.h>

static int by_key(const void *a, const void *b)
{
    const struct source_record *x = a, *y = b;
    return str_cmp(x->k.key, y->k.key);
}

static bool is_record(const struct source *s, struct str key)
{
    for (size_t i = 0; i < s->n_records; i++)
        if (str_eq(s->records[i].k.key, key)) return true;
    return false;
}

static void check_links(struct source *s, const struct source_record *r, const struct record_field *fields, size_t n)
{
    static const char *const subjects[] = {"repo", "release", "project", "fact", "task", "obligation"};
    for (size_t i = 0; i < n; i++) {
        for (size_t k = 0; k < fields[i].n_to; k++) {
            bool known = is_record(s, fields[i].to[k]);
            for (size_t w = 0; w < sizeof subjects / sizeof *subjects; w++)
                known = known || str_eq(fields[i].to[k], str_from(subjects[w]));
            if (!known)
                source_fault(s, r->file, fields[i].line,
                             "name a file of kinds/, or a subject as docs/formats/kinds.md has it",
                             "the field \"%s\" links to \"%s\", which is no kind of record",
                             source_show(s, fields[i].key), source_show(s, fields[i].to[k]));
        }
        check_links(s, r, fields[i].columns, fields[i].n_columns);
    }
}

/* States in which a date is due. */
static void check_due(struct source *s, const struct source_record *r)
{
    for (size_t i = 0; i < r->k.n_fields; i++)
        for (size_t w = 0; w < r->k.fields[i].n_due; w++)
            if (record_find_state(&r->k, r->k.fields[i].due[w]) < 0)
                source_fault(s, r->file, r->line, "name a state of this kind",
                             "the field \"%s\" is due in \"%s\", which is no state", source_show(s, r->k.fields[i].key),
                             source_show(s, r->k.fields[i].due[w]));
}

/* A task whose file is faulty is there all the same: one fault is enough. */
static void check_tasks(struct source *s, const struct source_record *r)
{
    for (size_t i = 0; i < r->k.n_tasks; i++) {
        bool known = false;
        for (size_t k = 0; k < s->n_files; k++)
            known = known || (s->files[k].kind == SOURCE_TASK && str_eq(s->files[k].task, r->k.tasks[i]));
        if (!known)
            source_fault(s, r->file, r->tasks_line, "name a folder of tasks/", "unknown task \"%s\"",
                         source_show(s, r->k.tasks[i]));
    }
}

/* Kinds that points name as what can show them: each must be there, once there are kinds at all. */
static void check_needs(struct source *s)
{
    for (size_t i = 0; s->n_records && i < s->n_tasks; i++)
        for (size_t k = 0; k < s->tasks[i].n_obligations; k++) {
            const struct source_obligation *o = &s->tasks[i].obligations[k];
            for (size_t w = 0; w < o->o.n_needs; w++)
                if (!is_record(s, o->o.needs[w]))
                    source_fault(s, s->tasks[i].file, o->needs_line, "name a file of kinds/",
                                 "there is no kind of record \"%s\"", source_show(s, o->o.needs[w]));
        }
}

void source_link_records(struct source *s)
{
    if (s->n_records) qsort(s->records, s->n_records, sizeof *s->records, by_key);
    for (size_t i = 0; i < s->n_records; i++) {
        const struct source_record *r = &s->records[i];
        check_tasks(s, r);
        check_links(s, r, r->k.fields, r->k.n_fields);
        check_due(s, r);
        for (size_t k = 0; k < i; k++)
            if (r->k.prefix.n && str_eq(r->k.prefix, s->records[k].k.prefix))
                source_fault(s, r->file, r->line, "give each kind its own", "the prefix is that of \"%s\" too",
                             source_show(s, s->records[k].k.key));
    }
    check_needs(s);
}
