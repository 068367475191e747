#include "catalog/catalog.h"

const char *strength_name(enum strength s)
{
    static const char *const names[] = {"must", "recommended", "example"};
    return s < STRENGTH_COUNT ? names[s] : "";
}

const char *priority_name(enum priority p)
{
    static const char *const names[] = {"critical", "high", "normal", "low"};
    return p < PRIORITY_COUNT ? names[p] : "";
}

const char *aspect_name(enum aspect a)
{
    static const char *const names[] = {"design", "operation"};
    return a < ASPECT_COUNT ? names[a] : "";
}

const char *evidence_type_name(enum evidence_type t)
{
    static const char *const names[] = {"document", "configuration", "practice", "record"};
    return t < EVIDENCE_COUNT ? names[t] : "";
}

const char *lang_name(enum lang l)
{
    static const char *const names[] = {"en", "fi"};
    return l < LANG_COUNT ? names[l] : "";
}

enum lang lang_of(struct str name, enum lang otherwise)
{
    for (int i = 0; i < LANG_COUNT; i++)
        if (str_eq(name, str_from(lang_name((enum lang)i)))) return (enum lang)i;
    return otherwise;
}

const char *subject_type_name(enum subject_type t)
{
    static const char *const names[] = {"org",     "ledger", "project", "repo", "ref",  "commit",     "file", "change",
                                        "release", "record", "person",  "key",  "task", "obligation", "fact", "group"};
    return t < SUBJECT_COUNT ? names[t] : "";
}

const char *schema_type_name(enum schema_type t)
{
    static const char *const names[] = {"object", "array", "string", "integer", "boolean"};
    return t < SCHEMA_COUNT ? names[t] : "";
}
