#include "catalog/fields.h"

static const char *strength_at(int i)
{
    return strength_name((enum strength)i);
}

static const char *priority_at(int i)
{
    return priority_name((enum priority)i);
}

static const char *aspect_at(int i)
{
    return aspect_name((enum aspect)i);
}

static const char *type_at(int i)
{
    return evidence_type_name((enum evidence_type)i);
}

static const char *source_at(int i)
{
    static const char *const names[] = {"page", "annex_b", "csf_map", "own_judgement"};
    return names[i];
}

static void copy(struct str out[LANG_COUNT], const struct source_text *t)
{
    for (int i = 0; i < LANG_COUNT; i++) out[i] = t->text[i];
}

static void read_mappings(struct source *s, struct source_task *t, const struct fields *f)
{
    const struct yaml_node *list = field_list(f, "controls", false); /* a task may be mapped to none */
    if (!list) return;
    t->mappings = arena_array(&s->cx->arena, struct source_mapping, list->n);
    t->n_mappings = list->n;
    for (size_t i = 0; i < list->n; i++) {
        struct fields m = fields_of(s, t->file, list->items[i], "a control", "framework id source");
        struct source_mapping *out = &t->mappings[i];
        out->line = list->items[i]->line;
        out->framework = field_text(&m, "framework", true);
        out->id = field_text(&m, "id", true);
        out->source = str_from(source_at(field_word(&m, "source", source_at, 4)));
    }
}

static void read_needs(struct source *s, struct source_obligation *o, const struct fields *f)
{
    const struct yaml_node *list = field_list(f, "needs", false);
    o->needs_line = fields_line(f, "needs");
    if (!list) return;
    struct str *needs = arena_array(&s->cx->arena, struct str, list->n);
    for (size_t i = 0; i < list->n; i++) {
        struct str kind = yaml_text(list->items[i]);
        if (!source_is_key(kind, "_"))
            source_fault(s, f->file, list->items[i]->line, "name a kind of record by its key", "not a kind of record");
        for (size_t j = 0; j < i; j++)
            if (str_eq(needs[j], kind))
                source_fault(s, f->file, list->items[i]->line, "keep one of them", "duplicate kind \"%s\"",
                             source_show(s, kind));
        needs[i] = kind;
    }
    o->o.needs = needs;
    o->o.n_needs = list->n;
}

/* What the rule over the organization says; where it is, its file must be too. */
static void read_organization(struct source *s, struct source_obligation *o, const struct fields *f)
{
    o->org_line = fields_line(f, "organization");
    o->has_org = fields_has(f, "organization");
    if (!o->has_org) return;
    struct fields org = fields_of(s, f->file, yaml_get(f->map, STR("organization")), "a rule over the organization",
                                  "message fix gate");
    o->org_message = field_langs(&org, "message", true);
    o->org_fix = field_langs(&org, "fix", true);
    copy(o->o.org.message, &o->org_message);
    copy(o->o.org.fix, &o->org_fix);
    o->o.org.gate = field_text(&org, "gate", false);
    if (o->o.org.gate.n && !str_eq(o->o.org.gate, STR("push")))
        source_fault(s, f->file, fields_line(&org, "gate"), "write push, or leave it out", "there is no such gate");
}

static struct source_obligation read_obligation(struct source *s, const struct source_task *t,
                                                const struct yaml_node *n)
{
    struct fields f = fields_of(s, t->file, n, "an obligation",
                                "key point strength aspect type check text message fix settles needs off organization");
    struct source_obligation o = {.line = fields_line(&f, "key")};
    o.o.task = t->t.key;
    o.o.key = field_key(&f, "key", NULL);
    o.o.point = field_int(&f, "point", 1, 1000);
    o.o.strength = (enum strength)field_word(&f, "strength", strength_at, STRENGTH_COUNT);
    o.o.aspect = (enum aspect)field_word(&f, "aspect", aspect_at, ASPECT_COUNT);
    o.o.type = (enum evidence_type)field_word(&f, "type", type_at, EVIDENCE_COUNT);
    o.o.check = field_bool(&f, "check", false);
    o.check_line = fields_line(&f, "check");
    o.text = field_langs(&f, "text", true);
    o.message = field_langs(&f, "message", false);
    o.message_line = fields_line(&f, "message");
    o.fix = field_langs(&f, "fix", false);
    o.fix_line = fields_line(&f, "fix");
    o.settles = field_langs(&f, "settles", true);
    o.o.enabled = !fields_has(&f, "off");
    o.off_line = fields_line(&f, "off");
    (void)field_text(&f, "off", false); /* the reason is for those who read the file */
    read_needs(s, &o, &f);
    copy(o.o.text, &o.text);
    copy(o.o.message, &o.message);
    copy(o.o.fix, &o.fix);
    copy(o.o.settles, &o.settles);
    o.o.sql = o.o.evidence = o.o.blind_spots = STR("");
    o.o.org.sql = o.o.org.evidence = o.o.org.blind_spots = o.o.org.gate = STR("");
    for (int i = 0; i < LANG_COUNT; i++) o.o.org.message[i] = o.o.org.fix[i] = STR("");
    read_organization(s, &o, &f);
    return o;
}

static void check_obligation(struct source *s, const struct source_task *t, size_t i)
{
    const struct source_obligation *o = &t->obligations[i];
    for (size_t j = 0; j < i; j++) {
        if (o->o.key.n && str_eq(o->o.key, t->obligations[j].o.key))
            source_fault(s, t->file, o->line, "give each its own key", "duplicate obligation \"%s\"",
                         source_show(s, o->o.key));
        if (o->o.point == t->obligations[j].o.point)
            source_fault(s, t->file, o->line, "one obligation a point: give each its own number", "duplicate point %d",
                         o->o.point);
    }
}

void source_read_task(struct source *s, const struct source_file *file)
{
    const struct yaml_node *top = fields_document(s, file);
    if (!top) return;
    struct fields f =
        fields_of(s, file->path, top, "a task",
                  "key order theme theme_title policy policy_title priority title summary controls obligations");
    struct source_task t = {.file = file->path, .folder = file->task, .line = fields_line(&f, "key")};
    t.t.key = field_key(&f, "key", NULL);
    if (t.t.key.n && !str_eq(t.t.key, file->task))
        source_fault(s, file->path, t.line, "name the folder by the task's key",
                     "the key \"%s\" is not the folder's name", source_show(s, t.t.key));
    t.t.order = field_int(&f, "order", 1, 1000);
    t.order_line = fields_line(&f, "order");
    t.t.theme = field_key(&f, "theme", "_");
    t.t.policy = field_key(&f, "policy", "_");
    t.t.priority = (enum priority)field_word(&f, "priority", priority_at, PRIORITY_COUNT);
    struct source_text text = field_langs(&f, "theme_title", true);
    copy(t.t.theme_title, &text);
    text = field_langs(&f, "policy_title", true);
    copy(t.t.policy_title, &text);
    text = field_langs(&f, "title", true);
    copy(t.t.title, &text);
    text = field_langs(&f, "summary", true);
    copy(t.t.summary, &text);
    read_mappings(s, &t, &f);

    const struct yaml_node *list = field_list(&f, "obligations", true);
    t.n_obligations = list ? list->n : 0;
    t.obligations = arena_array(&s->cx->arena, struct source_obligation, t.n_obligations);
    for (size_t i = 0; i < t.n_obligations; i++) {
        t.obligations[i] = read_obligation(s, &t, list->items[i]);
        check_obligation(s, &t, i);
    }
    source_grow(s, s->tasks, s->n_tasks, s->cap_tasks);
    s->tasks[s->n_tasks++] = t;
}
