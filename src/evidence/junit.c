#include "evidence/readers.h"

#include "base/time.h"

/* What suites say of themselves, and what their cases show: the worse counts, so that no failure is lost by a writer
 * that tells it in one of the two ways alone. */
struct junit {
    struct reading *r;
    int said_at; /* depth whose attributes are added up; -1: none yet */
    int64_t said_failures, said_errors;
    int case_at; /* depth of the case that is open; -1: none */
    bool failed, broken, skipped;
};

static void add_said(struct junit *j, const struct xml_element *e)
{
    struct str failures = xml_attribute(e, "failures"), errors = xml_attribute(e, "errors"),
               time = xml_attribute(e, "timestamp");
    if (time.p && !j->r->out->effective_at && time_parse(time, &j->r->out->effective_at) != OK)
        j->r->out->effective_at = 0;
    if (!failures.p && !errors.p) return;
    if (j->said_at < 0) j->said_at = e->depth;
    if (j->said_at != e->depth) return; /* a suite within one that has counted it */
    j->said_failures += read_count(failures);
    j->said_errors += read_count(errors);
}

static void begin_case(struct junit *j, const struct xml_element *e)
{
    struct str status = xml_attribute(e, "status"), result = xml_attribute(e, "result");
    j->case_at = e->depth;
    j->failed = j->broken = false;
    j->skipped = str_eq(status, STR("notrun")) || str_eq(status, STR("disabled")) || str_eq(status, STR("skipped")) ||
                 str_eq(result, STR("suppressed")) || str_eq(result, STR("skipped"));
}

static void end_case(struct junit *j)
{
    struct evidence *out = j->r->out;
    j->case_at = -1;
    out->tests++;
    out->errors += j->broken;
    out->failures += j->failed && !j->broken;
    out->skipped += j->skipped && !j->failed && !j->broken;
}

static void take_result(struct junit *j, const struct xml_element *e)
{
    bool in_case = j->case_at >= 0 && e->depth == j->case_at + 1;
    if (str_eq(e->name, STR("failure"))) {
        if (in_case) j->failed = true;
        if (j->case_at < 0) j->r->out->failures++; /* of a suite as a whole */
    } else if (str_eq(e->name, STR("error"))) {
        if (in_case) j->broken = true;
        if (j->case_at < 0) j->r->out->errors++;
    } else if (in_case && (str_eq(e->name, STR("skipped")) || str_eq(e->name, STR("disabled")))) {
        j->skipped = true;
    }
}

static enum rc take(void *arg, const struct xml_element *e, bool at_end)
{
    struct junit *j = arg;
    if (at_end) {
        if (e->depth == j->case_at) end_case(j);
        return OK;
    }
    if (str_eq(e->name, STR("testsuites")) || str_eq(e->name, STR("testsuite")))
        add_said(j, e);
    else if (str_eq(e->name, STR("testcase")) && j->case_at < 0)
        begin_case(j, e);
    else
        take_result(j, e);
    return OK;
}

enum rc read_junit(struct reading *r)
{
    struct junit j = {.r = r, .said_at = -1, .case_at = -1};
    const struct xml_walk w = {take, &j};
    r->out->type = EVIDENCE_JUNIT;
    TRY(xml_walk(r->cx, &w, r->in));
    if (j.said_failures > r->out->failures) r->out->failures = j.said_failures;
    if (j.said_errors > r->out->errors) r->out->errors = j.said_errors;
    return OK;
}
