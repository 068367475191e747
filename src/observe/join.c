#include "observe/join.h"

#include "observe/history.h"

#define HEX 32

/* Mention → person; slots by the mention's first digits. */
struct map {
    char (*mention)[HEX + 1], (*person)[HEX + 1];
    int *slots;
    size_t n, mask;
};

static size_t slot_of(const struct map *m, struct str mention)
{
    uint64_t h = 0;
    for (size_t i = 0; i < mention.n && i < 15; i++) h = h * 31 + (unsigned char)mention.p[i];
    return (size_t)(h ^ h >> 17) & m->mask;
}

static struct str person_of(void *arg, struct str mention)
{
    const struct map *m = arg;
    for (size_t at = slot_of(m, mention); m->slots[at] >= 0; at = (at + 1) & m->mask)
        if (str_eq((struct str){m->mention[m->slots[at]], HEX}, mention))
            return (struct str){m->person[m->slots[at]], HEX};
    return mention;
}

enum rc join_collect(struct run *r)
{
    return store_exec(r->cx, r->db,
                      "CREATE TEMP TABLE used (mention TEXT PRIMARY KEY) WITHOUT ROWID;"
                      "INSERT OR IGNORE INTO used SELECT DISTINCT author FROM d_commit;"
                      "INSERT OR IGNORE INTO used SELECT DISTINCT committer FROM d_commit;"
                      "INSERT OR IGNORE INTO used SELECT DISTINCT person FROM d_trailer WHERE person IS NOT NULL;"
                      "INSERT OR IGNORE INTO used SELECT DISTINCT tagger FROM d_tag WHERE tagger IS NOT NULL;"
                      "INSERT OR IGNORE INTO used SELECT DISTINCT owner FROM d_owner_name;"
                      "INSERT OR IGNORE INTO used SELECT DISTINCT person FROM d_publisher");
}

/* Whom the caller knows, among those who are mentioned. */
static enum rc write_known(struct run *r, struct people *joined)
{
    scoped_stmt *add = NULL;
    TRY(store_exec(r->cx, r->db, "DELETE FROM d_known_person"));
    TRY(store_prepare(r->cx, r->db, STR("INSERT OR IGNORE INTO d_known_person VALUES (?, ?)"), &add));
    for (size_t i = 0; i < r->o->n_known; i++) {
        const struct str person = people_find(joined, r->o->known[i].email);
        if (!person.p) continue;
        store_bind_str(add, 1, person);
        store_bind_str(add, 2, r->o->known[i].subject);
        TRY(store_run(r->cx, add));
    }
    return OK;
}

/* The handles whose mention is in use, and their persons. */
static enum rc build(struct run *r, struct people *joined, struct map *m)
{
    int all = people_count(r->people);
    scoped_stmt *is_used = NULL;
    struct arena *a = &r->cx->arena;
    int *handles = arena_array(a, int, (size_t)all + 1);
    TRY(store_prepare(r->cx, r->db, STR("SELECT 1 FROM used WHERE mention = ?"), &is_used));
    m->mention = arena_calloc(a, (size_t)all + 1, HEX + 1);
    m->person = arena_calloc(a, (size_t)all + 1, HEX + 1);
    for (int h = 0; h < all; h++) {
        struct str mention = people_hash(r->people, h), name, email;
        bool row;
        store_bind_str(is_used, 1, mention);
        TRY(store_step(r->cx, is_used, &row));
        sqlite3_reset(is_used);
        if (!row) continue;
        people_get(r->people, h, &name, &email);
        memcpy(m->mention[m->n], mention.p, HEX);
        handles[m->n++] = people_mention(joined, name, email);
    }
    people_mailmap(joined, buf_view(&r->mailmap));
    TRY(write_known(r, joined));
    for (m->mask = 1023; m->mask < m->n * 2; m->mask = m->mask * 2 + 1) {
    }
    m->slots = arena_array(a, int, m->mask + 1);
    for (size_t i = 0; i <= m->mask; i++) m->slots[i] = -1;
    for (size_t i = 0; i < m->n; i++) {
        size_t at = slot_of(m, (struct str){m->mention[i], HEX});
        while (m->slots[at] >= 0) at = (at + 1) & m->mask;
        m->slots[at] = (int)i;
        memcpy(m->person[i], people_hash(joined, handles[i]).p, HEX);
    }
    return OK;
}

static enum rc write_map(struct run *r, const struct map *m)
{
    scoped_stmt *add = NULL;
    TRY(store_exec(r->cx, r->db,
                   "CREATE TEMP TABLE person_of (mention TEXT PRIMARY KEY, person TEXT NOT NULL) WITHOUT ROWID"));
    TRY(store_prepare(r->cx, r->db, STR("INSERT INTO person_of VALUES (?, ?)"), &add));
    for (size_t i = 0; i < m->n; i++) {
        store_bind_str(add, 1, (struct str){m->mention[i], HEX});
        store_bind_str(add, 2, (struct str){m->person[i], HEX});
        TRY(store_run(r->cx, add));
    }
    return OK;
}

enum rc join_finish(struct run *r)
{
    struct map m = {0};
    struct people *joined = people_new(r->people_key);
    enum rc rc = build(r, joined, &m);
    people_free(joined);
    TRY(rc);
    TRY(write_map(r, &m));
    TRY(history_finish(r, person_of, &m));
    /* Two mentions of one person on one line become one row. */
    return store_exec(r->cx, r->db,
                      "UPDATE d_trailer SET person = (SELECT p.person FROM person_of p WHERE p.mention = "
                      "d_trailer.person) WHERE person IS NOT NULL;"
                      "UPDATE d_tag SET tagger = (SELECT p.person FROM person_of p WHERE p.mention = tagger) WHERE "
                      "tagger IS NOT NULL;"
                      "UPDATE d_owner_name SET owner = (SELECT p.person FROM person_of p WHERE p.mention = owner);"
                      "UPDATE OR REPLACE d_publisher SET person = (SELECT p.person FROM person_of p WHERE p.mention = "
                      "d_publisher.person);"
                      "DROP TABLE temp.person_of; DROP TABLE temp.used");
}
