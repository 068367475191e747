/* A data folder with people in it, and this room opened on it at a time of the test's. */
#ifndef SINETTI_TESTS_UNIT_IDENTITY_IDENTITY_DATA_H
#define SINETTI_TESTS_UNIT_IDENTITY_IDENTITY_DATA_H

#include "../facts/facts_data.h"

#include "identity/accounts.h"
#include "identity/people.h"
#include "identity/tokens.h"

static struct facts *the_facts;
static sqlite3 *state_db, *ledger_db;
static struct identity *the;
static int64_t the_time;
static const struct identity_actor operator_ = {
    .person = {"unknown", 7}, .credential = {"", 0}, .via = {"operator", 8}};

static int64_t test_now(void)
{
    return the_time;
}

static inline int identity_setup(void **state)
{
    if (facts_setup(state)) return -1;
    the_time = 1767225600;
    the_facts = open_facts(catalog);
    if (state_open(&cx, folder, STORE_WRITE, &state_db) != OK || state_migrate(&cx, state_db, &identity_state) != OK ||
        store_open_file(&cx, path_of("ledger.db"), STORE_READ, &ledger_db) != OK)
        failed("%s", cx.message);
    const struct identity_options o = {state_db, ledger_db, the_facts, test_now};
    if (identity_open(&cx, &o, &the) != OK) failed("%s", cx.message);
    return 0;
}

static inline int identity_teardown(void **state)
{
    identity_close(the);
    store_close(state_db);
    store_close(ledger_db);
    facts_close(the_facts);
    return facts_teardown(state);
}

#define WELL(call)                                                                                                     \
    do {                                                                                                               \
        if ((call) != OK) failed("%s: %s", #call, cx.message);                                                         \
    } while (0)
#define REFUSED(call, code, text)                                                                                      \
    do {                                                                                                               \
        enum rc refused_ = (call);                                                                                     \
        if (refused_ != (code) || !strstr(cx.message, text)) failed("%s: %d %s", #call, refused_, cx.message);         \
    } while (0)

static inline struct str person_made(const char *name, const char *address)
{
    struct str out, a = str_from(address);
    WELL(identity_person_create(&cx, the, &operator_, str_from(name), &a, 1, &out));
    return out;
}

static inline void grant(struct str who, enum identity_role r, const char *scope, int64_t until)
{
    const struct role_change c = {.subject = who, .role = r, .scope = str_from(scope), .until = until};
    WELL(identity_role_put(&cx, the, &operator_, &c, NULL));
}

static inline struct session_made session_of(struct str person)
{
    struct session_made out;
    const struct session_start s = {.person = person,
                                    .level = LEVEL_ONE,
                                    .method = STR("password"),
                                    .network = STR("192.0.2.1"),
                                    .agent = STR("a browser")};
    WELL(identity_session_create(&cx, the, &s, &out));
    return out;
}

static inline struct identity_who who_is(const char *cookie, const char *bearer)
{
    struct identity_who w;
    const struct identity_shown s = {str_from(cookie), str_from(bearer)};
    WELL(identity_authenticate(&cx, the, &s, &w));
    return w;
}

#endif
