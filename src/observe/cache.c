#include "observe/cache.h"

#include <elf.h>
#include <link.h>
#include <stdio.h>

#include "base/digest.h"
#include "base/limits.h"

extern const char observe_schema_sql[];

#ifndef SINETTI_VERSION
#define SINETTI_VERSION "0"
#endif

static const char kept_sql[] = "CREATE TABLE m_meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;"
                               "CREATE TABLE m_commit (oid TEXT NOT NULL, at INTEGER NOT NULL, parents TEXT NOT NULL);"
                               "CREATE TABLE m_mention (name BLOB NOT NULL, email BLOB NOT NULL);";
static const char drop_sql[] = "DROP TABLE m_meta; DROP TABLE m_commit; DROP TABLE m_mention;";

/* The linker's id of this program, so that tables of another build are never taken for its own. */
static int find_build_id(struct dl_phdr_info *info, size_t size, void *arg)
{
    struct digest *d = arg;
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *ph = &info->dlpi_phdr[i];
        if (ph->p_type != PT_NOTE) continue;
        const char *p = (const char *)(info->dlpi_addr + ph->p_vaddr), *end = p + ph->p_memsz;
        while ((size_t)(end - p) >= sizeof(ElfW(Nhdr))) {
            const ElfW(Nhdr) *note = (const ElfW(Nhdr) *)(const void *)p;
            size_t name = (note->n_namesz + 3U) & ~3U, desc = (note->n_descsz + 3U) & ~3U;
            if ((size_t)(end - p) < sizeof *note + name + desc) break;
            if (note->n_type == NT_GNU_BUILD_ID) digest_field(d, (struct str){p + sizeof *note + name, note->n_descsz});
            p += sizeof *note + name + desc;
        }
    }
    return 1; /* the first is the program itself */
}

static void cache_key(char hex[65])
{
    struct digest d;
    uint8_t out[32];
    digest_init(&d);
    digest_field(&d, STR("observe " SINETTI_VERSION));
    digest_field(&d, str_from(observe_schema_sql));
    digest_field(&d, str_from(kept_sql));
    dl_iterate_phdr(find_build_id, &d);
    digest_final(&d, out);
    digest_hex(out, sizeof out, hex);
}

/* ---- saving ---- */

static enum rc put(struct run *r, sqlite3_stmt *st, const char *key, struct str value)
{
    store_bind_str(st, 1, str_from(key));
    sqlite3_bind_blob64(st, 2, value.p ? value.p : "", value.n, SQLITE_STATIC);
    return store_run(r->cx, st);
}

static enum rc put_int(struct run *r, sqlite3_stmt *st, const char *key, int64_t value)
{
    store_bind_str(st, 1, str_from(key));
    store_bind_int(st, 2, value);
    return store_run(r->cx, st);
}

static enum rc save_meta(struct run *r, const struct cache_facts *f)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(r->cx, r->db, STR("INSERT INTO m_meta VALUES (?,?)"), &st));
    TRY(put(r, st, "head", f->head));
    TRY(put(r, st, "refs", f->refs));
    TRY(put(r, st, "people_key", (struct str){(const char *)r->people_key, sizeof r->people_key}));
    TRY(put(r, st, "scan_key", (struct str){(const char *)r->scan_key, sizeof r->scan_key}));
    TRY(put(r, st, "mailmap", buf_view(&r->mailmap)));
    TRY(put_int(r, st, "since", f->since));
    TRY(put_int(r, st, "total_commits", f->total_commits));
    TRY(put_int(r, st, "usable_history", f->usable_history));
    return put_int(r, st, "changes_cut", f->changes_cut);
}

static enum rc save_commits(struct run *r)
{
    scoped_stmt *st = NULL;
    scoped_buf parents;
    buf_init(&parents, 0);
    TRY(store_prepare(r->cx, r->db, STR("INSERT INTO m_commit VALUES (?,?,?)"), &st));
    for (size_t i = 0; i < r->graph.n; i++) {
        const struct history_commit *c = &r->graph.commits[i];
        if (!c->reached) continue;
        buf_clear(&parents);
        for (size_t k = 0; k < c->n_parents; k++) {
            if (k) buf_char(&parents, ' ');
            buf_str(&parents, c->parents[k]);
        }
        store_bind_str(st, 1, c->oid);
        store_bind_int(st, 2, c->at);
        store_bind_str(st, 3, buf_view(&parents));
        TRY(store_run(r->cx, st));
    }
    return OK;
}

static enum rc save_mentions(struct run *r)
{
    scoped_stmt *used = NULL, *st = NULL;
    TRY(store_prepare(r->cx, r->db, STR("SELECT 1 FROM used WHERE mention = ?"), &used));
    TRY(store_prepare(r->cx, r->db, STR("INSERT INTO m_mention VALUES (?,?)"), &st));
    for (int h = 0; h < people_count(r->people); h++) {
        struct str name, email;
        bool row;
        store_bind_str(used, 1, people_hash(r->people, h));
        TRY(store_step(r->cx, used, &row));
        sqlite3_reset(used);
        if (!row) continue;
        people_get(r->people, h, &name, &email);
        sqlite3_bind_blob64(st, 1, name.p, name.n, SQLITE_STATIC);
        sqlite3_bind_blob64(st, 2, email.p, email.n, SQLITE_STATIC);
        TRY(store_run(r->cx, st));
    }
    return OK;
}

enum rc cache_save(struct run *r, const struct cache_facts *f)
{
    char key[65];
    TRY(store_exec(r->cx, r->db, kept_sql));
    enum rc rc = save_meta(r, f);
    if (rc == OK) rc = save_commits(r);
    if (rc == OK) rc = save_mentions(r);
    cache_key(key);
    if (rc == OK) rc = store_exec(r->cx, r->db, "COMMIT");
    if (rc == OK) rc = store_snapshot_save(r->cx, r->db, r->o->cache, str_from(key));
    if (sqlite3_get_autocommit(r->db)) {
        enum rc begun = store_exec(r->cx, r->db, "BEGIN");
        if (rc == OK) rc = begun;
    }
    enum rc dropped = store_exec(r->cx, r->db, drop_sql);
    return rc != OK ? rc : dropped;
}

/* ---- loading ---- */

struct loading {
    struct ctx *cx;
    sqlite3 *db;
    sqlite3_stmt *meta;
};

static struct str blob_at(sqlite3_stmt *st, int i)
{
    const char *p = sqlite3_column_blob(st, i);
    return (struct str){p ? p : "", (size_t)sqlite3_column_bytes(st, i)};
}

static enum rc get(struct loading *l, const char *key, struct str *text, int64_t *number)
{
    bool row;
    store_bind_str(l->meta, 1, str_from(key));
    TRY(store_step(l->cx, l->meta, &row));
    if (!row) return E_CORRUPT;
    if (text) *text = arena_str(&l->cx->arena, blob_at(l->meta, 0));
    if (number) *number = sqlite3_column_int64(l->meta, 0);
    sqlite3_reset(l->meta);
    return OK;
}

static enum rc load_meta(struct loading *l, struct run *r, struct cache_facts *f)
{
    struct str people_key, scan_key, mailmap;
    int64_t usable, cut;
    TRY(get(l, "head", &f->head, NULL));
    TRY(get(l, "refs", &f->refs, NULL));
    TRY(get(l, "people_key", &people_key, NULL));
    TRY(get(l, "scan_key", &scan_key, NULL));
    TRY(get(l, "mailmap", &mailmap, NULL));
    TRY(get(l, "since", NULL, &f->since));
    TRY(get(l, "total_commits", NULL, &f->total_commits));
    TRY(get(l, "usable_history", NULL, &usable));
    TRY(get(l, "changes_cut", NULL, &cut));
    if (people_key.n != sizeof r->people_key || scan_key.n != sizeof r->scan_key) return E_CORRUPT;
    f->usable_history = usable;
    f->changes_cut = cut;
    memcpy(r->people_key, people_key.p, people_key.n);
    memcpy(r->scan_key, scan_key.p, scan_key.n);
    buf_clear(&r->mailmap);
    buf_str(&r->mailmap, mailmap);
    return OK;
}

static enum rc load_commits(struct loading *l, struct run *r)
{
    scoped_stmt *st = NULL;
    int64_t start = r->since > INT64_MIN + HISTORY_SLOP ? r->since - HISTORY_SLOP : INT64_MIN;
    TRY(store_prepare(l->cx, l->db, STR("SELECT oid, at, parents FROM m_commit WHERE at >= ?"), &st));
    store_bind_int(st, 1, start);
    for (bool row;;) {
        TRY(store_step(l->cx, st, &row));
        if (!row) return OK;
        struct str few[8], *parents = few, rest = store_column_str(st, 2), part;
        size_t spaces = 0, n = 0;
        for (size_t i = 0; i < rest.n; i++) spaces += rest.p[i] == ' ';
        if (spaces + 1 > sizeof few / sizeof few[0]) parents = arena_array(&l->cx->arena, struct str, spaces + 1);
        while (rest.n && str_cut(&rest, ' ', &part)) parents[n++] = part;
        history_graph_add(&r->graph, store_column_str(st, 0), sqlite3_column_int64(st, 1), parents, n);
    }
}

static enum rc load_mentions(struct loading *l, struct run *r)
{
    scoped_stmt *st = NULL;
    TRY(store_prepare(l->cx, l->db, STR("SELECT name, email FROM m_mention"), &st));
    for (bool row;;) {
        TRY(store_step(l->cx, st, &row));
        if (!row) return OK;
        people_mention(r->people, blob_at(st, 0), blob_at(st, 1));
    }
}

static enum rc load_all(struct loading *l, struct run *r, struct cache_facts *f)
{
    TRY(store_prepare(l->cx, l->db, STR("SELECT value FROM m_meta WHERE key = ?"), &l->meta));
    TRY(load_meta(l, r, f));
    r->people = people_new(r->people_key);
    people_keep_apart(r->people);
    history_graph_init(&r->graph);
    TRY(load_commits(l, r));
    TRY(load_mentions(l, r));
    store_finalize(&l->meta);
    return store_exec(l->cx, l->db, drop_sql);
}

enum rc cache_load(struct run *r, struct cache_facts *f, const char **why)
{
    char key[65];
    struct loading l = {.cx = r->cx};
    cache_key(key);
    *why = "unreadable";
    enum rc rc = store_snapshot_load(r->cx, r->o->cache, str_from(key), &l.db);
    if (rc == E_CORRUPT) *why = "damaged, or made by another version";
    if (rc != OK) return rc;
    rc = load_all(&l, r, f);
    store_finalize(&l.meta);
    if (rc == OK) {
        r->db = l.db;
        return OK;
    }
    *why = "damaged";
    store_close(l.db);
    if (r->people) people_free(r->people);
    history_graph_release(&r->graph);
    r->people = NULL;
    buf_clear(&r->mailmap);
    return rc;
}
