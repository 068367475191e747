/* The first setup: five answers become the organization, its Security officer and its repositories, all or nothing and
 * once only; then each repository is looked at. */
#include "api/organization.h"
#include "api/repository.h"
#include "api/show.h"
#include "base/limits.h"
#include "facts/subject.h"
#include "identity/people.h"
#include "store/store.h"

#define REPOSITORIES 100

API_OPERATION(setup_get)
{
    struct json *j = &call->out;
    struct organization o;
    TRY(organization_read(cx, call->ledger, &o));
    json_begin(j, '{');
    json_put_bool(j, "done", o.is_set_up);
    json_key(j, "presets");
    json_begin(j, '[');
    for (size_t i = 0; i < call->catalog->n_presets; i++) {
        const struct catalog_preset *p = &call->catalog->presets[i];
        json_begin(j, '{');
        json_put_str(j, "key", p->key);
        json_put_str(j, "title", p->title[call->lang]);
        json_put_int(j, "adopts", (int64_t)p->n_adopts);
        json_end(j, '}');
    }
    json_end(j, ']');
    json_key(j, "languages");
    json_begin(j, '[');
    for (int i = 0; i < LANG_COUNT; i++) json_cstr(j, lang_name((enum lang)i));
    json_end(j, ']');
    json_end(j, '}');
    return OK;
}

struct setup {
    struct api_call *call;
    struct organization organization;
    struct str officer;
    struct repository repositories[REPOSITORIES];
    size_t n;
};

/* Whoever is named becomes Security officer when there is none yet. Where there is one, that is for them to grant. */
static enum rc add_officer(struct append *a, const struct setup *s)
{
    scoped_stmt *st = NULL;
    bool row;
    int64_t officers;
    TRY(store_prepare(
        a->cx, a->db,
        STR("SELECT EXISTS (SELECT 1 FROM fact_person WHERE subject = ?1 AND state = 'active'),"
            " EXISTS (SELECT 1 FROM fact_role WHERE subject = ?1 AND role = 'security_officer' AND scope = 'org'"
            " AND state = 'granted' AND coalesce(until, ?2 + 1) > ?2)"),
        &st));
    store_bind_str(st, 1, s->officer);
    store_bind_int(st, 2, a->now);
    TRY(store_step(a->cx, st, &row));
    if (!sqlite3_column_int(st, 0))
        api_fault(s->call, "security_officer", "names somebody who is not there", "nimeää henkilön, jota ei ole");
    TRY(api_faults(a->cx, s->call));
    if (sqlite3_column_int(st, 1)) return OK;
    TRY(identity_security_officers(a->cx, a->db, a->now, &officers));
    if (officers > 0)
        return api_fail(a->cx, s->call, E_CONFLICT, "there is a Security officer already, who can make others so",
                        "tietoturvavastaava on jo olemassa ja voi nimetä muita");
    const struct body fact =
        append_body(&s->call->actor, "role", s->officer,
                    STR("{\"role\":\"security_officer\",\"scope\":\"org\",\"state\":\"granted\"}"));
    return append_add(a, &fact, NULL);
}

static enum rc set_up(struct append *a, void *arg)
{
    struct setup *s = arg;
    struct organization before;
    TRY(organization_read(a->cx, a->db, &before));
    if (before.is_set_up)
        return api_fail(a->cx, s->call, E_CONFLICT, "the organization is set up already",
                        "organisaatio on jo perustettu");
    TRY(organization_add(a, &s->call->actor, &s->organization));
    TRY(add_officer(a, s));
    for (size_t i = 0; i < s->n; i++) TRY(repository_add(a, s->call, &s->repositories[i]));
    return OK;
}

static enum rc read_answers(struct ctx *cx, struct api_call *call, struct setup *s)
{
    json_t *list = json_object_get(call->body, "repositories"), *one;
    size_t i;
    struct str zone = api_field(call->body, "time_zone");
    s->organization = (struct organization){.name = api_field(call->body, "organization"),
                                            .language = api_field(call->body, "language"),
                                            .preset = api_field(call->body, "preset"),
                                            .time_zone = zone.p ? zone : STR("UTC")};
    s->officer = api_field(call->body, "security_officer");
    organization_check(call, &s->organization);
    json_array_foreach(list, i, one)
    {
        char id[SUBJECT_ID + 1];
        struct repository *r = &s->repositories[s->n++];
        subject_new_id(id);
        TRY(repository_read(cx, call->ledger, arena_printf(&cx->arena, "repo:%s", id), r));
        repository_apply(one, r);
        repository_check(cx, call, r);
    }
    return api_faults(cx, call);
}

/* What cannot be begun now is begun by its schedule. */
static void put_repositories(struct ctx *cx, struct api_call *call, const struct setup *s)
{
    struct json *j = &call->out;
    json_key(j, "repositories");
    json_begin(j, '[');
    for (size_t i = 0; i < s->n; i++) {
        struct str job = STR_NONE;
        enum rc rc = repository_assess(cx, call, s->repositories[i].subject, &job);
        json_begin(j, '{');
        json_put_str(j, "id", s->repositories[i].subject);
        json_put_str(j, "name", s->repositories[i].name);
        show_text(j, "job", rc == OK ? job : STR_NONE);
        json_end(j, '}');
    }
    json_end(j, ']');
}

API_OPERATION(setup_create)
{
    struct setup *s = arena_new(&cx->arena, struct setup);
    struct organization o;
    s->call = call;
    TRY(read_answers(cx, call, s));
    TRY(append_run(cx, call->facts, call->now, set_up, s));
    TRY(organization_read(cx, call->ledger, &o));
    json_begin(&call->out, '{');
    json_key(&call->out, "organization");
    organization_put(call, &o);
    put_repositories(cx, call, s);
    json_end(&call->out, '}');
    return OK;
}
