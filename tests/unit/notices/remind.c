/* Reminders: told once, at the time each person wishes, and of nothing they may not read. SINETTI_LETTERS=DIR keeps
 * what was written, to be looked at. */
#include "../identity/identity_data.h"

#include "base/file.h"
#include "hooks/hooks.h"
#include "jobs/jobs.h"
#include "mail/mail.h"
#include "notices/events.h"
#include "notices/remind.h"
#include "notices/wishes.h"
#include "records/records.h"
#include "standing/standing.h"

#include <stdlib.h>

#define MONDAY 1767600000 /* 2026-01-05 08:00 UTC */
#define HOUR 3600

static struct keeper *keeper;
static sqlite3 *view;
static struct str ann, ella, nils;

static void put_fact(const char *kind, const char *subject, const char *payload, struct str actor)
{
    struct facts_answer a;
    struct body b = make_body(kind, subject, payload);
    if (actor.n) b.actor = actor;
    WELL(facts_append(&cx, the_facts, &(struct facts_request){.facts = &b, .n = 1}, &a));
}

static void own(const char *task, struct str owner, int64_t due)
{
    put_fact("task", arena_printf(&cx.arena, "task:%s", task).p,
             arena_printf(&cx.arena,
                          "{\"owner\":\"" STR_FMT
                          "\",\"participants\":[],\"due\":%lld,\"process\":\"\",\"review_days\":0}",
                          STR_ARG(owner), (long long)due)
                 .p,
             STR_NONE);
}

static void set_up_mail(void)
{
    struct mail_settings s = {.server = {.host = STR("localhost"), .port = 25, .security = SMTP_PLAIN},
                              .from = STR("sinetti@example.org"),
                              .active = true,
                              .caught_up = true};
    struct mail_settings before;
    scoped_stmt *st = NULL;
    bool row;
    WELL(mail_settings_get(&cx, state_db, &before));
    s.version = before.version;
    WELL(mail_settings_put(&cx, state_db, &s, STR_NONE, the_time));
    WELL(store_prepare(&cx, state_db, STR("SELECT id FROM installation"), &st));
    WELL(store_step(&cx, st, &row));
    put_fact("mail_server", "org",
             arena_printf(&cx.arena,
                          "{\"server\":\"" STR_FMT
                          "\",\"host\":\"localhost\",\"port\":25,\"security\":\"none\",\"sign_in\":"
                          "false,\"state\":\"active\"}",
                          STR_ARG(store_column_str(st, 0)))
                 .p,
             STR_NONE);
}

static int setup(void **state)
{
    if (identity_setup(state)) return -1;
    WELL(state_migrate(&cx, state_db, &mail_state));
    WELL(state_migrate(&cx, state_db, &hooks_state));
    WELL(state_migrate(&cx, state_db, &jobs_state));
    WELL(state_migrate(&cx, state_db, &notices_state));
    the_time = MONDAY - 3 * DAY_SECONDS;
    ann = person_made("Ann Aalto", "ann@example.org");
    ella = person_made("Ella Eloranta", "ella@example.org");
    nils = person_made("Nils Nyman", "nils@example.org");
    grant(ann, ROLE_SECURITY_OFFICER, "org", 0);
    grant(ella, ROLE_DEVELOPER, "org", 0);
    set_up_mail();
    WELL(keeper_open(&cx, folder, &(struct keeper_options){.catalog = catalog}, &keeper));
    return 0;
}

static int teardown(void **state)
{
    keeper_close(keeper);
    return identity_teardown(state);
}

/* A pass at that time; how many letters it wrote. */
static size_t pass(int64_t now)
{
    struct refreshed r;
    struct remind_done done;
    the_time = now;
    WELL(keeper_refresh(&cx, keeper, now, &r));
    WELL(store_open_file(&cx, path_of("ledger.db"), STORE_READ, &view));
    WELL(records_views(&cx, view));
    WELL(store_attach_derived(&cx, view, path_of("derived.db")));
    const struct remind_options o = {
        .notices = {.ledger = view, .derived = true, .state = state_db, .catalog = catalog, .now = now},
        .state = state_db,
        .identity = the,
        .base = STR("https://sinetti.example.org")};
    WELL(remind_pass(&cx, &o, &done));
    store_close(view);
    return done.mails;
}

static int64_t letters(const char *where)
{
    int64_t n;
    WELL(store_get_int(&cx, state_db, arena_printf(&cx.arena, "SELECT count(*) FROM mail WHERE %s", where).p, &n));
    return n;
}

static void wish(struct str person, enum wish_when all, bool summary, int quiet_from, int quiet_to)
{
    struct wishes w = {
        .when = {all, all, all, all}, .summary = summary, .quiet_from = quiet_from, .quiet_to = quiet_to};
    WELL(wishes_put(&cx, state_db, person, &w, the_time));
}

static void keep_letters(const char *name)
{
    const char *dir = getenv("SINETTI_LETTERS");
    scoped_stmt *st = NULL;
    if (!dir) return;
    WELL(
        store_prepare(&cx, state_db, STR("SELECT html, text, purpose, lang FROM mail ORDER BY created, address"), &st));
    for (int i = 0;; i++) {
        bool row;
        WELL(store_step(&cx, st, &row));
        if (!row) return;
        const char *path = arena_printf(&cx.arena, "%s/%s-%d-" STR_FMT "-" STR_FMT, dir, name, i,
                                        STR_ARG(store_column_str(st, 2)), STR_ARG(store_column_str(st, 3)))
                               .p;
        WELL(file_replace(&cx, arena_printf(&cx.arena, "%s.html", path).p, store_column_str(st, 0)));
        WELL(file_replace(&cx, arena_printf(&cx.arena, "%s.txt", path).p, store_column_str(st, 1)));
    }
}

static void test_notices_remind__once(void **state)
{
    (void)state;
    wish(ella, WISH_NOW, false, 0, 0);
    wish(ann, WISH_NONE, false, 0, 0);
    own("code-review-rules", ella, MONDAY - 10);
    own("definition-of-done", nils, MONDAY - 10); /* who has no role sees no tasks */
    assert_int_equal(pass(MONDAY), 1);
    assert_int_equal(letters("address = 'ella@example.org' AND text LIKE '%/tasks/code-review-rules%'"), 1);
    assert_int_equal(pass(MONDAY), 0);
    assert_int_equal(pass(MONDAY + 30 * DAY_SECONDS), 0);
    own("code-review-rules", ella, MONDAY + 2 * DAY_SECONDS); /* another day is another thing */
    assert_int_equal(pass(MONDAY), 1);
    assert_int_equal(pass(MONDAY + 3 * DAY_SECONDS), 1); /* soon, and late, are two */
    assert_int_equal(pass(MONDAY + 4 * DAY_SECONDS), 0);
    keep_letters("once");
}

static void test_notices_remind__nothing_is_noted_that_was_not_queued(void **state)
{
    (void)state;
    wish(ann, WISH_NONE, false, 0, 0);
    wish(ella, WISH_NOW, false, 0, 0);
    own("code-review-rules", ella, MONDAY - 10);
    WELL(store_exec(&cx, state_db, "ALTER TABLE mail RENAME TO elsewhere"));
    struct refreshed r;
    struct remind_done done;
    WELL(keeper_refresh(&cx, keeper, MONDAY, &r));
    WELL(store_open_file(&cx, path_of("ledger.db"), STORE_READ, &view));
    WELL(records_views(&cx, view));
    WELL(store_attach_derived(&cx, view, path_of("derived.db")));
    const struct remind_options o = {.notices = {.ledger = view, .derived = true, .catalog = catalog, .now = MONDAY},
                                     .state = state_db,
                                     .identity = the};
    assert_int_not_equal(remind_pass(&cx, &o, &done), OK);
    store_close(view);
    WELL(store_exec(&cx, state_db, "ALTER TABLE elsewhere RENAME TO mail"));
    assert_int_equal(pass(MONDAY), 1); /* it is told after all */
}

static void test_notices_remind__at_the_time_one_wishes(void **state)
{
    (void)state;
    put_fact("organization", "org",
             "{\"name\":\"Example\",\"language\":\"fi\",\"preset\":\"\",\"time_zone\":\"Europe/Helsinki\"}", STR_NONE);
    wish(ella, WISH_DAILY, false, 0, 0);
    wish(ann, WISH_NOW, false, 20, 7);
    own("code-review-rules", ella, MONDAY - DAY_SECONDS);
    own("definition-of-done", ann, MONDAY - DAY_SECONDS);
    assert_int_equal(pass(MONDAY - 4 * HOUR), 0); /* 06:00 there: too early, and quiet */
    assert_int_equal(pass(MONDAY - 3 * HOUR), 2); /* 07:00 */
    own("secure-deployment", ella, MONDAY - DAY_SECONDS);
    assert_int_equal(pass(MONDAY + HOUR), 0); /* the day's letter is written */
    assert_int_equal(pass(MONDAY + DAY_SECONDS), 1);
    wish(ella, WISH_WEEKLY, false, 0, 0);
    own("release-log", ella, MONDAY - DAY_SECONDS);
    assert_int_equal(pass(MONDAY + 2 * DAY_SECONDS), 0);
    assert_int_equal(pass(MONDAY + 7 * DAY_SECONDS), 1);
    assert_int_equal(letters("subject LIKE 'M\xc3\xa4\xc3\xa4r\xc3\xa4p\xc3\xa4iv\xc3\xa4 oli%'"), 4);
    assert_int_equal(pass(MONDAY + 14 * DAY_SECONDS), 0);
    keep_letters("daily");
}

static void test_notices_remind__weekly(void **state)
{
    (void)state;
    wish(ella, WISH_NONE, true, 0, 0);
    wish(ann, WISH_NONE, true, 0, 0);
    own("code-review-rules", ella, MONDAY - DAY_SECONDS);
    own("definition-of-done", ella, MONDAY + 3 * DAY_SECONDS);
    own("secure-deployment", ann, 0);
    assert_int_equal(pass(MONDAY - DAY_SECONDS), 0);
    assert_int_equal(pass(MONDAY), 2);
    assert_int_equal(pass(MONDAY + HOUR), 0);
    assert_int_equal(letters("purpose = 'digest'"), 2);
    /* who leads hears of the whole; who does not, of their own */
    assert_int_equal(letters("address LIKE 'ann@%' AND text LIKE '%Overdue tasks: 1%'"), 1);
    assert_int_equal(letters("address LIKE 'ann@%' AND text LIKE '%Ella Eloranta%'"), 1);
    assert_int_equal(letters("address LIKE 'ella@%' AND text LIKE '%Overdue tasks%'"), 0);
    assert_int_equal(letters("address LIKE 'ella@%' AND text LIKE '%Your tasks%'"), 1);
    keep_letters("weekly");
}

static void test_notices_remind__who_has_left_hears_nothing(void **state)
{
    (void)state;
    wish(ann, WISH_NONE, false, 0, 0);
    wish(ella, WISH_NOW, false, 0, 0);
    own("code-review-rules", ella, MONDAY - 10);
    WELL(identity_person_leave(&cx, the, &operator_, ella));
    assert_int_equal(pass(MONDAY), 0);
    struct remind_options o = {.notices = {.ledger = ledger_db, .catalog = catalog, .now = MONDAY}, .state = state_db};
    WELL(remind_sweep(&cx, &o));
    int64_t n;
    WELL(store_get_int(&cx, state_db, "SELECT count(*) FROM wish", &n));
    assert_int_equal(n, 1);
}

static void test_notices_remind__another_server_sends(void **state)
{
    (void)state;
    wish(ann, WISH_NONE, false, 0, 0);
    wish(ella, WISH_NOW, false, 0, 0);
    own("code-review-rules", ella, MONDAY - 10);
    put_fact("mail_server", "org",
             "{\"server\":\"00000000000000000000000000000000\",\"host\":\"mail.example.org\",\"port\":587,\"security\":"
             "\"starttls\",\"sign_in\":true,\"state\":\"active\"}",
             STR_NONE);
    assert_int_equal(pass(MONDAY), 0);
    /* this one takes over: what is open was told by the other */
    set_up_mail();
    WELL(store_exec(&cx, state_db, "UPDATE mail_server SET caught_up = 0"));
    assert_int_equal(pass(MONDAY), 0);
    own("secure-deployment", ella, MONDAY - 10);
    assert_int_equal(pass(MONDAY), 1);
    assert_int_equal(letters("text LIKE '%code-review-rules%'"), 0);
}

static void test_notices_remind__requests_and_mentions(void **state)
{
    (void)state;
    wish(ann, WISH_NOW, false, 0, 0);
    wish(ella, WISH_NOW, false, 0, 0);
    put_fact("request", "obligation:code-review-rules/rules-enforced",
             arena_printf(&cx.arena,
                          "{\"kind\":\"waiver\",\"payload\":\"{}\",\"reason\":\"a legacy system\",\"until\":%lld}",
                          (long long)(MONDAY + DAY_SECONDS))
                 .p,
             ella);
    put_fact("note", "task:code-review-rules",
             arena_printf(&cx.arena, "{\"text\":\"<b>look</b>\",\"mentions\":[\"" STR_FMT "\",\"" STR_FMT "\"]}",
                          STR_ARG(ella), STR_ARG(nils))
                 .p,
             ann);
    assert_int_equal(pass(MONDAY), 2);
    assert_int_equal(letters("address LIKE 'ann@%' AND text LIKE '%/approvals/%'"), 1);
    assert_int_equal(letters("address LIKE 'ella@%' AND text LIKE '%Ann Aalto mentioned you%'"), 1);
    assert_int_equal(letters("text LIKE '%look%' OR text LIKE '%legacy%'"), 0); /* what people wrote stays here */
    keep_letters("asked");
}

#define SOME_DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* As the engine of registers appends them. */
static void put_item_fact(const char *kind, const char *subject, const char *payload, struct str actor)
{
    struct facts_answer a;
    struct body b = make_body(kind, subject, payload);
    b.actor = actor;
    WELL(facts_append(&cx, the_facts, &(struct facts_request){.facts = &b, .n = 1, .reserved = true}, &a));
}

static void item(const char *subject, const char *title, struct str owner, const char *content, const char *state,
                 const char *phase)
{
    put_item_fact("record", subject,
                  arena_printf(&cx.arena,
                               "{\"number\":1,\"version\":1,\"title\":\"%s\",\"owner\":\"" STR_FMT
                               "\",\"content\":\"%s\",\"shows\":[],\"digest\":\"" SOME_DIGEST
                               "\",\"definition\":\"" SOME_DIGEST "\",\"state\":\"%s\",\"phase\":\"%s\"}",
                               title, STR_ARG(owner), content, state, phase)
                      .p,
                  owner);
}

static void step(const char *subject, const char *more, struct str actor)
{
    put_item_fact("step", subject, arena_printf(&cx.arena, "{\"version\":1,\"digest\":\"" SOME_DIGEST "\",%s}", more).p,
                  actor);
}

static void test_notices_remind__items(void **state)
{
    static const char guide[] = "record:guideline/abcdefghij234567klmn",
                      copy[] = "record:data_copy/abcdefghij234567klmn";
    (void)state;
    wish(ella, WISH_NOW, false, 0, 0);
    wish(ann, WISH_NOW, false, 0, 0);
    wish(nils, WISH_NOW, false, 0, 0);
    item(guide, "Secure C", ella, "{\\\"text\\\":\\\"x\\\",\\\"topic\\\":\\\"design\\\"}", "draft", "open");
    assert_int_equal(pass(MONDAY), 0);
    step(guide, "\"step\":\"move\",\"move\":\"submit\",\"state\":\"in_review\",\"phase\":\"open\"", ella);
    assert_int_equal(pass(MONDAY + 60), 1); /* for who may approve it, not for who has written it */
    assert_int_equal(letters("address LIKE 'ann@%' AND text LIKE '%Guideline: Secure C%Waits for you: Approve%'"), 1);
    step(guide,
         arena_printf(
             &cx.arena,
             "\"step\":\"move\",\"move\":\"approve\",\"state\":\"in_force\",\"phase\":\"in_force\",\"approves\":"
             "true,\"review_due\":%lld",
             (long long)(MONDAY + 20 * DAY_SECONDS))
             .p,
         ann);
    assert_int_equal(pass(MONDAY + 120), 1); /* developers read it */
    assert_int_equal(letters("address LIKE 'ella@%' AND text LIKE '%To be read and accepted%/guidebook%'"), 1);
    step(guide, "\"step\":\"acceptance\"", ella);
    assert_int_equal(pass(MONDAY + 10 * DAY_SECONDS), 1); /* its review comes */
    assert_int_equal(letters("address LIKE 'ella@%' AND text LIKE '%review is due 25 January 2026%'"), 1);
    assert_int_equal(pass(MONDAY + 21 * DAY_SECONDS), 1);
    assert_int_equal(letters("address LIKE 'ella@%' AND text LIKE '%review was due%'"), 1);
    item(copy, "Orders of May", nils, "{\\\"until\\\":\\\"2026-02-05\\\"}", "approved", "in_force");
    assert_int_equal(pass(MONDAY + 30 * DAY_SECONDS), 0); /* it is of who may not see registers */
    item(copy, "Orders of May", ella, "{\\\"until\\\":\\\"2026-02-05\\\"}", "approved", "in_force");
    assert_int_equal(pass(MONDAY + 30 * DAY_SECONDS + 1), 1);
    assert_int_equal(letters("address LIKE 'ella@%' AND text LIKE '%Removed by 5 February 2026%'"), 1);
    assert_int_equal(pass(MONDAY + 32 * DAY_SECONDS), 1); /* the day is over */
    assert_int_equal(letters("address LIKE 'ella@%' AND text LIKE '%Past its date: Removed by 5 February 2026%'"), 1);
    assert_int_equal(letters("address LIKE 'nils@%'"), 0);
    keep_letters("items");
}

static void fail_job(const char *what, const char *repository, enum job_state end)
{
    struct str id;
    WELL(jobs_add(&cx, state_db, what, str_from(repository), STR("system"), the_time, &id));
    WELL(jobs_end(&cx, state_db, id, end, STR("no answer"), the_time));
}

static void test_notices_remind__what_the_server_tries_in_vain(void **state)
{
    (void)state;
    const char *repo = "repo:aaaaaaaaaaaaaaaaaaaa";
    wish(ann, WISH_NOW, false, 0, 0);
    wish(ella, WISH_NOW, false, 0, 0);
    put_fact("repository", repo,
             "{\"name\":\"shop\",\"project\":\"\",\"main\":\"refs/heads/main\",\"state\":\"active\",\"hosted\":true}",
             STR_NONE);
    the_time = MONDAY - HOUR;
    for (int i = 0; i < 5; i++) fail_job("mirror", repo, JOB_FAILED);
    assert_int_equal(pass(MONDAY), 0); /* there is no mirror (any more) */
    put_fact("mirror", repo, "{\"url\":\"https://example.org/x\",\"state\":\"active\",\"reason\":\"\"}", STR_NONE);
    fail_job("mirror", repo, JOB_DONE);
    for (int i = 0; i < 2; i++) fail_job("mirror", repo, JOB_FAILED);
    assert_int_equal(pass(MONDAY + HOUR), 0); /* it is tried again */
    fail_job("mirror", repo, JOB_FAILED);
    assert_int_equal(pass(MONDAY + 2 * HOUR), 1); /* who keeps its gate hears of it, once */
    fail_job("mirror", repo, JOB_FAILED);
    assert_int_equal(pass(MONDAY + 3 * HOUR), 0);
    assert_int_equal(letters("address LIKE 'ann@%' AND text LIKE '%The server tries in vain: to push to the mirror%'"),
                     1);
    fail_job("mirror", repo, JOB_DONE);
    for (int i = 0; i < 3; i++) fail_job("mirror", repo, JOB_FAILED);
    assert_int_equal(pass(MONDAY + 4 * HOUR), 1); /* another row of them */
    fail_job("expunge", repo, JOB_FAILED);
    assert_int_equal(pass(MONDAY + 5 * HOUR), 1);
    assert_int_equal(letters("address LIKE 'ella@%'"), 0);
}

static void let_in(const char *repo, const char *candidates)
{
    struct facts_answer a;
    const char *payload =
        arena_printf(
            &cx.arena,
            "{\"refs\":[{\"ref\":\"ref:aaaaaaaaaaaaaaaaaaaa/refs/heads/main\",\"before\":\"%040d\",\"after\":\"%040d\","
            "\"kind\":\"branch\",\"act\":\"update\"}],%s}",
            1, 2, candidates)
            .p;
    struct body b = make_body("push", repo, payload);
    WELL(facts_append(&cx, the_facts, &(struct facts_request){.facts = &b, .n = 1, .reserved = true}, &a));
}

#define CANDIDATE(path)                                                                                                \
    "{\"ref\":\"ref:aaaaaaaaaaaaaaaaaaaa/refs/heads/main\",\"path\":\"" path "\",\"hint\":\"session\"}"

static void test_notices_remind__new_code_that_looks_critical(void **state)
{
    (void)state;
    const char *repo = "repo:aaaaaaaaaaaaaaaaaaaa";
    wish(ann, WISH_NOW, false, 0, 0);
    wish(ella, WISH_NOW, false, 0, 0);
    put_fact("repository", repo,
             "{\"name\":\"shop\",\"project\":\"\",\"main\":\"refs/heads/main\",\"state\":\"active\",\"hosted\":true}",
             STR_NONE);
    the_time = MONDAY - HOUR;
    let_in(repo, "\"candidates\":[" CANDIDATE("a/session.c") "]");
    assert_int_equal(pass(MONDAY), 1); /* who may say what is critical */
    assert_int_equal(letters("address LIKE 'ann@%' AND text LIKE '%nothing names it: a/session.c%'"), 1);
    let_in(repo, "\"candidates\":[" CANDIDATE("a/session.c") "]");
    assert_int_equal(pass(MONDAY + HOUR), 0); /* the same once more */
    let_in(repo, "\"candidates\":[" CANDIDATE("b/session.c") "]");
    assert_int_equal(pass(MONDAY + 2 * HOUR), 1);
    let_in(repo, "\"settled\":[\"b/session.c\"]");
    assert_int_equal(pass(MONDAY + 3 * HOUR), 0); /* one is left, and was told */
    assert_int_equal(letters("address LIKE 'ella@%'"), 0);
}

#define WITH(test) cmocka_unit_test_setup_teardown(test, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH(test_notices_remind__once),
        WITH(test_notices_remind__nothing_is_noted_that_was_not_queued),
        WITH(test_notices_remind__at_the_time_one_wishes),
        WITH(test_notices_remind__weekly),
        WITH(test_notices_remind__who_has_left_hears_nothing),
        WITH(test_notices_remind__another_server_sends),
        WITH(test_notices_remind__requests_and_mentions),
        WITH(test_notices_remind__items),
        WITH(test_notices_remind__what_the_server_tries_in_vain),
        WITH(test_notices_remind__new_code_that_looks_critical),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
