/* What an import would do, for people. */
#include "base/json_read.h"
#include "cli/record.h"

#include <stdio.h>

static const char *text_of(struct ctx *cx, const json_t *object, const char *key)
{
    return str_visible(cx, json_member(object, key));
}

static long long number_of(const json_t *object, const char *key)
{
    return (long long)json_integer_value(json_object_get(object, key));
}

static void print_counts(const json_t *n, bool done)
{
    printf("%lld row%s: %lld new, %lld changed", number_of(n, "rows"), number_of(n, "rows") == 1 ? "" : "s",
           number_of(n, "new"), number_of(n, "changed"));
    if (number_of(n, "falls")) printf(" (%lld in force, whose approval falls)", number_of(n, "falls"));
    printf(", %lld unchanged", number_of(n, "unchanged"));
    if (number_of(n, "faults"))
        printf(", %lld fault%s: nothing is imported", number_of(n, "faults"), number_of(n, "faults") == 1 ? "" : "s");
    puts(number_of(n, "faults") ? "" : done ? ": done" : ": would be done");
}

static void print_fault(struct ctx *cx, const json_t *f)
{
    printf("line %lld", number_of(f, "line"));
    if (number_of(f, "column")) printf(", column %lld", number_of(f, "column"));
    if (*text_of(cx, f, "field")) printf(" (%s)", text_of(cx, f, "field"));
    printf(": %s\n", text_of(cx, f, "text"));
}

static void print_item(struct ctx *cx, const json_t *item, const char *prefix)
{
    size_t i;
    const json_t *f;
    bool fresh = !strcmp(text_of(cx, item, "change"), "new");
    if (fresh)
        printf("+ line %lld: %s\n", number_of(item, "line"), text_of(cx, item, "title"));
    else
        printf("~ line %lld: %s-%lld %s\n", number_of(item, "line"), prefix, number_of(item, "number"),
               text_of(cx, item, "title"));
    json_array_foreach(json_object_get(item, "fields"), i, f)
    {
        if (!fresh)
            printf("    %s: \"%s\" -> \"%s\"\n", text_of(cx, f, "field"), text_of(cx, f, "before"),
                   text_of(cx, f, "after"));
    }
}

void record_print_report(struct ctx *cx, const json_t *report, const char *prefix, bool done)
{
    size_t i;
    const json_t *one, *n = json_object_get(report, "counts");
    const json_t *faults = json_object_get(report, "faults"), *items = json_object_get(report, "items");
    json_array_foreach(faults, i, one)
    {
        print_fault(cx, one);
    }
    if (!json_array_size(faults)) json_array_foreach(items, i, one)
        {
            print_item(cx, one, prefix);
        }
    long long shown = (long long)json_array_size(items), all = number_of(n, "new") + number_of(n, "changed");
    if (!json_array_size(faults) && shown < all) printf("  and %lld more\n", all - shown);
    print_counts(n, done);
}
