#include "api/show.h"

#include "api/api.h"
#include "store/store.h"

void show_text(struct json *j, const char *key, struct str s)
{
    json_key(j, key);
    if (s.n)
        json_str(j, s);
    else
        json_nil(j);
}

void show_person_item(struct json *j, struct str id, struct str name)
{
    json_begin(j, '{');
    json_put_str(j, "id", id);
    show_text(j, "name", name);
    json_end(j, '}');
}

void show_person(struct json *j, const char *key, struct str id, struct str name)
{
    json_key(j, key);
    if (id.n)
        show_person_item(j, id, name);
    else
        json_nil(j);
}

void show_column_text(struct json *j, const char *key, sqlite3_stmt *st, int i)
{
    struct str s = store_column_str(st, i);
    json_key(j, key);
    if (s.p)
        json_str(j, s);
    else
        json_nil(j);
}

void show_column_int(struct json *j, const char *key, sqlite3_stmt *st, int i)
{
    json_key(j, key);
    if (sqlite3_column_type(st, i) == SQLITE_NULL)
        json_nil(j);
    else
        json_int(j, sqlite3_column_int64(st, i));
}

void show_column_bool(struct json *j, const char *key, sqlite3_stmt *st, int i)
{
    json_key(j, key);
    if (sqlite3_column_type(st, i) == SQLITE_NULL)
        json_nil(j);
    else
        json_bool(j, sqlite3_column_int64(st, i) != 0);
}

void show_column_time(struct json *j, const char *key, sqlite3_stmt *st, int i)
{
    api_put_time(j, key, sqlite3_column_int64(st, i));
}

void show_column_person(struct json *j, const char *key, sqlite3_stmt *st, int i)
{
    show_person(j, key, store_column_str(st, i), store_column_str(st, i + 1));
}

struct str show_subject(const struct catalog *c, enum lang lang, struct str subject)
{
    static const char *const org[LANG_COUNT] = {[LANG_EN] = "The organization", [LANG_FI] = "Organisaatio"};
    struct str rest = subject, type, task;
    if (str_eq(subject, STR("org"))) return str_from(org[lang]);
    if (!str_cut(&rest, ':', &type) || !rest.p) return STR_NONE;
    bool point = str_eq(type, STR("obligation"));
    if (!point && !str_eq(type, STR("task"))) return STR_NONE;
    (void)str_cut(&rest, '/', &task);
    const struct catalog_task *t = catalog_find_task(c, task);
    if (!t) return STR_NONE;
    if (!point) return t->title[lang];
    for (size_t i = 0; i < t->n_obligations; i++)
        if (str_eq(t->obligations[i].key, rest)) return t->obligations[i].text[lang];
    return STR_NONE;
}
