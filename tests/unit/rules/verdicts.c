/* rules/verdicts: the model of truth, row by row and by what must always hold. */
#include "make.h"

static void test_rules_verdicts__of_a_point(void **state)
{
    (void)state;
#define SEEN(n, m, k) .population = n, .judged = m, .failing = k
    static const struct {
        enum evidence_type type;
        struct evidence e;
        enum verdict expected;
    } cases[] = {
        {EVIDENCE_PRACTICE, {SEEN(0, 0, 0)}, VERDICT_NO_EVIDENCE},
        {EVIDENCE_PRACTICE, {SEEN(5, 0, 0)}, VERDICT_NO_EVIDENCE},
        {EVIDENCE_PRACTICE, {SEEN(5, 0, 0), .at_risk = true}, VERDICT_NO_EVIDENCE},
        {EVIDENCE_PRACTICE, {SEEN(5, 5, 0)}, VERDICT_MET},
        {EVIDENCE_PRACTICE, {SEEN(5, 4, 0)}, VERDICT_PARTLY_MET},
        {EVIDENCE_PRACTICE, {SEEN(5, 4, 0), .at_risk = true}, VERDICT_AT_RISK},
        {EVIDENCE_PRACTICE, {SEEN(5, 5, 0), .at_risk = true}, VERDICT_AT_RISK},
        {EVIDENCE_PRACTICE, {SEEN(5, 1, 1), .at_risk = true, .vouched = true}, VERDICT_VIOLATED},
        {EVIDENCE_DOCUMENT, {SEEN(5, 1, 0)}, VERDICT_MET}, /* the other four are no documents of this kind */
        {EVIDENCE_DOCUMENT, {SEEN(5, 0, 0), .vouched = true}, VERDICT_NO_EVIDENCE},
        {EVIDENCE_DOCUMENT, {SEEN(1, 1, 0), .at_risk = true, .vouched = true}, VERDICT_AT_RISK},
        {EVIDENCE_CONFIGURATION, {SEEN(5, 4, 0)}, VERDICT_MET},
        {EVIDENCE_CONFIGURATION, {SEEN(5, 4, 2)}, VERDICT_VIOLATED},
        {EVIDENCE_RECORD, {SEEN(2, 1, 0)}, VERDICT_MET},
        {EVIDENCE_RECORD, {SEEN(2, 0, 0)}, VERDICT_NO_EVIDENCE},
        /* no tolerance unless it was declared, in a thousand judged */
        {EVIDENCE_PRACTICE, {SEEN(5000, 5000, 1)}, VERDICT_VIOLATED},
        {EVIDENCE_PRACTICE, {SEEN(1000, 1000, 5), .tolerance = 5}, VERDICT_PARTLY_MET},
        {EVIDENCE_PRACTICE, {SEEN(1000, 1000, 6), .tolerance = 5}, VERDICT_VIOLATED},
        {EVIDENCE_PRACTICE, {SEEN(2000, 999, 5), .tolerance = 5}, VERDICT_VIOLATED},
        {EVIDENCE_PRACTICE, {SEEN(10, 10, 0), .tolerance = 5}, VERDICT_MET},
        /* failures that are excused, in their order; one that is not decides */
        {EVIDENCE_PRACTICE, {SEEN(5, 5, 0), .waived = 1}, VERDICT_WAIVED},
        {EVIDENCE_PRACTICE, {SEEN(5, 5, 0), .treated = 1, .at_risk = true}, VERDICT_TREATED},
        {EVIDENCE_PRACTICE, {SEEN(5, 5, 0), .waived = 1, .treated = 1}, VERDICT_WAIVED},
        {EVIDENCE_PRACTICE, {SEEN(5, 5, 1), .waived = 3, .treated = 1}, VERDICT_VIOLATED},
        /* the point itself is waived, whatever there is */
        {EVIDENCE_PRACTICE, {SEEN(5, 5, 5), .waived_whole = true}, VERDICT_WAIVED},
        {EVIDENCE_DOCUMENT, {SEEN(0, 0, 0), .waived_whole = true}, VERDICT_WAIVED},
        /* it does not apply: nothing else is asked */
        {EVIDENCE_PRACTICE, {SEEN(5, 5, 5), .waived_whole = true, .not_applicable = true}, VERDICT_NOT_APPLICABLE},
        {EVIDENCE_RECORD, {SEEN(0, 0, 0), .not_applicable = true}, VERDICT_NOT_APPLICABLE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        enum verdict v = verdict_of(cases[i].type, &cases[i].e);
        if (v != cases[i].expected) fail_msg("case %zu is %s", i, verdict_name(v));
    }
}

/* For a document approved and in its cycle is full marks; what is only written down is weak. */
static void test_rules_verdicts__assurance_of_a_point(void **state)
{
    (void)state;
    for (int v = 0; v < VERDICT_COUNT; v++)
        for (int vouched = 0; vouched < 2; vouched++)
            for (int seen = 0; seen < ASSURANCE_COUNT; seen++) {
                bool shown = v != VERDICT_NO_EVIDENCE && v != VERDICT_NOT_APPLICABLE;
                int written = vouched ? ASSURANCE_FAIR : ASSURANCE_WEAK, least = written < seen ? written : seen;
                assert_int_equal(assurance_of(EVIDENCE_DOCUMENT, v, vouched, seen), shown ? least : ASSURANCE_NONE);
                assert_int_equal(assurance_of(EVIDENCE_RECORD, v, vouched, seen), shown ? least : ASSURANCE_NONE);
                assert_int_equal(assurance_of(EVIDENCE_PRACTICE, v, vouched, seen), shown ? seen : ASSURANCE_NONE);
                assert_int_equal(assurance_of(EVIDENCE_CONFIGURATION, v, vouched, seen), shown ? seen : ASSURANCE_NONE);
            }
    /* every word that a body's `via` may be */
    assert_int_equal(assurance_via(STR("gate")), ASSURANCE_PROVEN);
    assert_int_equal(assurance_via(STR("probe")), ASSURANCE_STRONG);
    assert_int_equal(assurance_via(STR("host")), ASSURANCE_STRONG);
    assert_int_equal(assurance_via(STR("import")), ASSURANCE_FAIR);
    assert_int_equal(assurance_via(STR("person")), ASSURANCE_WEAK);
    assert_int_equal(assurance_via(STR("operator")), ASSURANCE_WEAK);
    assert_int_equal(assurance_via(STR("")), ASSURANCE_NONE);
    assert_int_equal(assurance_via(STR_NONE), ASSURANCE_NONE);
    for (int a = 0; a < ASSURANCE_COUNT; a++) assert_int_equal(assurance_decayed(a), a ? a - 1 : 0);
}

static void test_rules_verdicts__status(void **state)
{
    (void)state;
    static const struct {
        const char *points;
        enum status status;
        bool exceptions;
    } cases[] = {
        {"", STATUS_NOT_RELEVANT, false},
        {"must:not_applicable rec:not_applicable", STATUS_NOT_RELEVANT, false},
        /* every must is met */
        {"must:met", STATUS_FULLY_DONE, false},
        {"must:met must:treated", STATUS_FULLY_DONE, true},
        {"must:waived", STATUS_FULLY_DONE, true},
        {"must:met must:not_applicable", STATUS_FULLY_DONE, false},
        {"must:met rec:violated rec:violated ex:violated", STATUS_FULLY_DONE, false}, /* advice not taken */
        {"must:met rec:waived", STATUS_FULLY_DONE, false},
        /* no must open, at most one recommended open */
        {"must:at_risk", STATUS_MOSTLY_DONE, false},
        {"must:partly_met must:met", STATUS_MOSTLY_DONE, false},
        {"must:partly_met rec:violated", STATUS_MOSTLY_DONE, false},
        {"must:partly_met rec:no_evidence ex:violated ex:violated", STATUS_MOSTLY_DONE, false},
        {"must:partly_met must:waived", STATUS_MOSTLY_DONE, true},
        /* something is met */
        {"must:partly_met rec:violated rec:no_evidence", STATUS_PARTLY_DONE, false},
        {"must:met must:violated", STATUS_PARTLY_DONE, false},
        {"must:met must:no_evidence", STATUS_PARTLY_DONE, false},
        {"must:violated rec:met", STATUS_PARTLY_DONE, false},
        {"must:violated ex:at_risk", STATUS_PARTLY_DONE, false},
        {"must:no_evidence must:treated", STATUS_PARTLY_DONE, true},
        /* nothing is */
        {"must:violated", STATUS_NOT_DONE, false},
        {"must:no_evidence rec:violated ex:no_evidence", STATUS_NOT_DONE, false},
        {"must:no_evidence must:not_applicable", STATUS_NOT_DONE, false},
        /* an adopted point counts as must */
        {"must:met rec+:violated", STATUS_PARTLY_DONE, false},
        {"must:met ex+:no_evidence", STATUS_PARTLY_DONE, false},
        {"must:met ex+:partly_met", STATUS_MOSTLY_DONE, false},
        {"rec+:met rec:violated rec:violated", STATUS_FULLY_DONE, false},
        {"ex+:met", STATUS_FULLY_DONE, false},
        /* where nothing is a must, the recommended ones are the measure, else the examples */
        {"rec:met ex:violated", STATUS_FULLY_DONE, false},
        {"rec:met rec:violated", STATUS_PARTLY_DONE, false},
        {"rec:violated ex:met", STATUS_PARTLY_DONE, false},
        {"rec:violated", STATUS_NOT_DONE, false},
        {"rec:partly_met rec:met", STATUS_MOSTLY_DONE, false},
        {"ex:met ex:waived", STATUS_FULLY_DONE, true},
        {"ex:met ex:no_evidence", STATUS_PARTLY_DONE, false},
        {"must:not_applicable rec:met", STATUS_FULLY_DONE, false},
        {"must:not_applicable rec:violated", STATUS_NOT_DONE, false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m;
        make_task(&m, cases[i].points);
        verdict_task(&m.task);
        if (m.task.status != cases[i].status || m.task.exceptions != cases[i].exceptions)
            fail_msg("\"%s\" is %s%s", cases[i].points, status_name(m.task.status),
                     m.task.exceptions ? " with exceptions" : "");
    }
}

/* One aspect's points as one verdict; what is not about it has no say. */
static void test_rules_verdicts__designed_and_operating(void **state)
{
    (void)state;
    static const struct {
        const char *points;
        enum verdict designed, operating;
    } cases[] = {
        {"", VERDICT_NOT_APPLICABLE, VERDICT_NOT_APPLICABLE},
        {"must:met/d", VERDICT_MET, VERDICT_NOT_APPLICABLE},
        {"must:met", VERDICT_NOT_APPLICABLE, VERDICT_MET},
        {"must:met/d must:violated", VERDICT_MET, VERDICT_VIOLATED},
        {"must:no_evidence/d must:met", VERDICT_NO_EVIDENCE, VERDICT_MET},
        {"must:not_applicable/d must:met", VERDICT_NOT_APPLICABLE, VERDICT_MET},
        {"must:violated must:no_evidence must:met must:waived", VERDICT_NOT_APPLICABLE, VERDICT_VIOLATED},
        {"must:no_evidence must:no_evidence", VERDICT_NOT_APPLICABLE, VERDICT_NO_EVIDENCE},
        {"must:no_evidence must:met", VERDICT_NOT_APPLICABLE, VERDICT_PARTLY_MET},
        {"must:no_evidence must:at_risk", VERDICT_NOT_APPLICABLE, VERDICT_AT_RISK},
        {"must:at_risk must:partly_met must:met", VERDICT_NOT_APPLICABLE, VERDICT_AT_RISK},
        {"must:partly_met must:met", VERDICT_NOT_APPLICABLE, VERDICT_PARTLY_MET},
        {"must:met must:treated", VERDICT_NOT_APPLICABLE, VERDICT_TREATED},
        {"must:waived must:waived", VERDICT_NOT_APPLICABLE, VERDICT_WAIVED},
        {"must:waived must:met", VERDICT_NOT_APPLICABLE, VERDICT_MET},
        {"must:waived must:violated", VERDICT_NOT_APPLICABLE, VERDICT_VIOLATED},
        {"must:waived must:not_applicable", VERDICT_NOT_APPLICABLE, VERDICT_WAIVED},
        /* only points that count */
        {"must:met/d rec:violated/d", VERDICT_MET, VERDICT_NOT_APPLICABLE},
        {"must:met/d rec:violated", VERDICT_MET, VERDICT_NOT_APPLICABLE},
        {"must:met/d rec+:violated/d", VERDICT_VIOLATED, VERDICT_NOT_APPLICABLE},
        {"rec:met rec:violated/d", VERDICT_VIOLATED, VERDICT_MET},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m;
        make_task(&m, cases[i].points);
        verdict_task(&m.task);
        if (m.task.designed != cases[i].designed || m.task.operating != cases[i].operating)
            fail_msg("\"%s\" is designed %s, operating %s", cases[i].points, verdict_name(m.task.designed),
                     verdict_name(m.task.operating));
    }
}

/* The task has its weakest must's. */
static void test_rules_verdicts__assurance_of_a_task(void **state)
{
    (void)state;
    static const struct {
        const char *points;
        enum assurance expected;
    } cases[] = {
        {"", ASSURANCE_NONE},
        {"must:met/s must:met/f", ASSURANCE_FAIR},
        {"must:met/w must:met/s", ASSURANCE_WEAK},
        {"must:met/s must:no_evidence", ASSURANCE_NONE},
        {"must:met/s must:not_applicable", ASSURANCE_STRONG},
        {"must:met/s rec:met/w", ASSURANCE_STRONG},
        {"must:met/s rec+:met/w", ASSURANCE_WEAK},
        {"rec:met/f ex:met/w", ASSURANCE_FAIR},
        {"must:not_applicable", ASSURANCE_NONE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct made m;
        make_task(&m, cases[i].points);
        verdict_task(&m.task);
        if (m.task.assurance != cases[i].expected)
            fail_msg("\"%s\" is %s", cases[i].points, assurance_name(m.task.assurance));
    }
}

/* Every task of three points: 8 verdicts, 3 strengths, adopted or not. */
enum { KINDS = VERDICT_COUNT * STRENGTH_COUNT * 2 };

static void set_kind(struct made *m, size_t point, int kind)
{
    m->points[point].verdict = (enum verdict)(kind % VERDICT_COUNT);
    m->defs[point].strength = (enum strength)(kind / VERDICT_COUNT % STRENGTH_COUNT);
    m->points[point].adopted = kind / VERDICT_COUNT / STRENGTH_COUNT;
}

static bool is_met(enum verdict v)
{
    return v == VERDICT_MET || v == VERDICT_TREATED || v == VERDICT_WAIVED;
}

static void check_one(struct made *m)
{
    bool all_met = true, any = false, exceptions = false;
    verdict_task(&m->task);
    enum status s = m->task.status;
    for (size_t i = 0; i < 3; i++) {
        const struct obligation_result *o = &m->points[i];
        any = any || o->verdict != VERDICT_NOT_APPLICABLE;
        if (!verdict_counts(&m->task, o)) continue;
        all_met = all_met && is_met(o->verdict);
        exceptions = exceptions || o->verdict == VERDICT_WAIVED || o->verdict == VERDICT_TREATED;
        if (rules_is_must(o) && (o->verdict == VERDICT_VIOLATED || o->verdict == VERDICT_NO_EVIDENCE))
            assert_true(s != STATUS_FULLY_DONE && s != STATUS_MOSTLY_DONE);
    }
    assert_int_equal(s == STATUS_NOT_RELEVANT, !any);
    if (any) assert_int_equal(s == STATUS_FULLY_DONE, all_met);
    assert_int_equal(m->task.exceptions, exceptions);
}

static void test_rules_verdicts__what_always_holds(void **state)
{
    (void)state;
    struct made m;
    make_task(&m, "must:met must:met must:met");
    for (int a = 0; a < KINDS; a++)
        for (int b = 0; b < KINDS; b++)
            for (int c = 0; c < KINDS; c++) {
                set_kind(&m, 0, a);
                set_kind(&m, 1, b);
                set_kind(&m, 2, c);
                check_one(&m);
                enum status was = m.task.status;
                if (a <= b && b <= c) { /* the order of points has no say */
                    set_kind(&m, 0, c);
                    set_kind(&m, 2, a);
                    verdict_task(&m.task);
                    assert_int_equal(m.task.status, was);
                    set_kind(&m, 0, a);
                    set_kind(&m, 2, c);
                }
                if (m.points[1].verdict != VERDICT_VIOLATED) continue;
                m.points[1].verdict = VERDICT_MET; /* what gets better makes nothing worse */
                verdict_task(&m.task);
                assert_true(m.task.status <= was);
            }
}

static void test_rules_verdicts__names(void **state)
{
    (void)state;
    assert_string_equal(verdict_name(VERDICT_NOT_APPLICABLE), "not_applicable");
    assert_string_equal(verdict_name(VERDICT_NO_EVIDENCE), "no_evidence");
    assert_string_equal(status_name(STATUS_FULLY_DONE), "fully_done");
    assert_string_equal(status_name(STATUS_NOT_RELEVANT), "not_relevant");
    assert_string_equal(assurance_name(ASSURANCE_PROVEN), "proven");
    for (int v = 0; v < VERDICT_COUNT; v++) assert_int_equal(verdict_named(str_from(verdict_name(v))), v);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rules_verdicts__of_a_point),
        cmocka_unit_test(test_rules_verdicts__assurance_of_a_point),
        cmocka_unit_test(test_rules_verdicts__status),
        cmocka_unit_test(test_rules_verdicts__designed_and_operating),
        cmocka_unit_test(test_rules_verdicts__assurance_of_a_task),
        cmocka_unit_test(test_rules_verdicts__what_always_holds),
        cmocka_unit_test(test_rules_verdicts__names),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
