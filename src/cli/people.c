/* sinetti people: who is here, for the operator: to begin, and when nobody can get in. */
#include "identity/people.h"
#include "base/file.h"
#include "cli/common.h"
#include "cli/identity.h"
#include "identity/import.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static const char help[] =
    "usage: sinetti people list [OPTIONS]\n"
    "       sinetti people add NAME ADDRESS... [--role ROLE] [--bot] [OPTIONS]\n"
    "       sinetti people import FILE [--dry-run] [OPTIONS]\n"
    "       sinetti people role PERSON ROLE [--revoke] [--scope project:ID] [--until DATE] [OPTIONS]\n"
    "       sinetti people change PERSON NAME ADDRESS... [OPTIONS]\n"
    "       sinetti people leave PERSON [OPTIONS]\n"
    "People of the data folder; what is done so is the operator's in the audit log. PERSON is an address or "
    "person:ID;\n"
    "ROLE admin, security_officer, development_manager, developer, data_owner, contributor, employee, partner, "
    "auditor.\n"
    "FILE is CSV (- for standard input): its first line names the columns name, address, and perhaps role and "
    "until.\n\n"
    "  --role ROLE     that the new person has in the organization\n"
    "  --bot           it is a machine: it pushes and reports as its roles say, and approves nothing\n"
    "  --dry-run       only tell what would come of it\n"
    "  --revoke        take the role away\n"
    "  --scope SCOPE   of the role: org, or project:ID (org)\n"
    "  --until DATE    when the role ends\n"
    "  --data DIR      the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
    "  --catalog DIR   another catalog than the built-in one\n"
    "exit codes: 0 fine, 1 faults in FILE, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_ROLE, OPTION_DRY, OPTION_REVOKE, OPTION_SCOPE, OPTION_UNTIL, OPTION_BOT };

static const struct option table[] = {
    {"data", required_argument, NULL, OPTION_DATA},   {"role", required_argument, NULL, OPTION_ROLE},
    {"bot", no_argument, NULL, OPTION_BOT},           {"dry-run", no_argument, NULL, OPTION_DRY},
    {"revoke", no_argument, NULL, OPTION_REVOKE},     {"scope", required_argument, NULL, OPTION_SCOPE},
    {"until", required_argument, NULL, OPTION_UNTIL}, {"catalog", required_argument, NULL, OPTION_CATALOG},
    {"help", no_argument, NULL, OPTION_HELP},         {0}};

struct arguments {
    const char *role, *scope, *until;
    bool dry, revoke, bot, faults;
    struct identity_data d;
    char **operands;
    int n;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    (void)cx;
    if (code == OPTION_DATA) a->d.data.dir = value;
    if (code == OPTION_ROLE) a->role = value;
    if (code == OPTION_DRY) a->dry = true;
    if (code == OPTION_BOT) a->bot = true;
    if (code == OPTION_REVOKE) a->revoke = true;
    if (code == OPTION_SCOPE) a->scope = value;
    if (code == OPTION_UNTIL) a->until = value;
    if (code == OPTION_CATALOG) a->d.data.catalog = value;
    return OK;
}

/* --- list */

static const char list_sql[] =
    "SELECT p.subject, CASE WHEN p.bot THEN p.state || ' bot' ELSE p.state END, p.name, coalesce((SELECT "
    "group_concat(value, ' ') FROM (SELECT value FROM "
    "fact_person_addresses a WHERE a.n = p.n ORDER BY seq)), ''), coalesce((SELECT group_concat(role || CASE scope "
    "WHEN "
    "'org' THEN '' ELSE '@' || scope END, ' ') FROM (SELECT role, scope FROM fact_role r WHERE r.subject = p.subject "
    "AND "
    "r.state = 'granted' AND (r.until IS NULL OR r.until > ?1) ORDER BY role, scope)), '') FROM fact_person p ORDER BY "
    "p.state, p.name, p.subject";

static enum rc list(struct ctx *cx, struct arguments *a)
{
    scoped_stmt *st = NULL;
    bool row;
    TRY(store_prepare(cx, a->d.ledger, STR(list_sql), &st));
    store_bind_int(st, 1, identity_now(a->d.identity));
    for (;;) {
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        for (int i = 0; i < 5; i++) printf("%s%s", i ? "\t" : "", str_visible(cx, store_column_str(st, i)));
        printf("\n");
    }
}

/* --- one person */

static enum rc find(struct ctx *cx, struct arguments *a, struct str who, struct str *out)
{
    *out = who;
    if (str_starts(who, STR("person:"))) return OK;
    TRY(identity_person_find(cx, a->d.identity, who, out));
    return out->p ? OK : fail(cx, E_NOTFOUND, "nobody here has the address \"%s\"", str_visible(cx, who));
}

static enum rc put_role(struct ctx *cx, struct arguments *a, struct str person, const char *role)
{
    struct role_change c = {.subject = person, .revoke = a->revoke, .scope = str_from(a->scope ? a->scope : "org")};
    if (!identity_role_find(str_from(role), &c.role))
        return fail(cx, E_INVALID, "there is no role \"%s\"; --help tells which there are",
                    str_visible(cx, str_from(role)));
    if (a->until && time_parse(str_from(a->until), &c.until) != OK)
        return fail(cx, E_INVALID, "--until: a date is expected, as 2027-01-31");
    return identity_role_put(cx, a->d.identity, &identity_operator, &c, NULL);
}

static enum rc add(struct ctx *cx, struct arguments *a)
{
    struct str *addresses = arena_array(&cx->arena, struct str, (size_t)a->n), person;
    enum identity_role ignored;
    if (a->role && !identity_role_find(str_from(a->role), &ignored)) return put_role(cx, a, STR(""), a->role);
    for (int i = 2; i < a->n; i++) addresses[i - 2] = str_from(a->operands[i]);
    struct str name = str_from(a->operands[1]);
    size_t n = (size_t)a->n - 2;
    TRY(a->bot ? identity_bot_create(cx, a->d.identity, &identity_operator, name, addresses, n, &person)
               : identity_person_create(cx, a->d.identity, &identity_operator, name, addresses, n, &person));
    if (a->role) TRY(put_role(cx, a, person, a->role));
    printf(STR_FMT "\n", STR_ARG(person));
    return OK;
}

static enum rc role(struct ctx *cx, struct arguments *a)
{
    struct str person;
    TRY(find(cx, a, str_from(a->operands[1]), &person));
    return put_role(cx, a, person, a->operands[2]);
}

static enum rc change(struct ctx *cx, struct arguments *a)
{
    struct str *addresses = arena_array(&cx->arena, struct str, (size_t)a->n), person;
    for (int i = 3; i < a->n; i++) addresses[i - 3] = str_from(a->operands[i]);
    TRY(find(cx, a, str_from(a->operands[1]), &person));
    return identity_person_change(cx, a->d.identity, &identity_operator, person, 0, str_from(a->operands[2]), addresses,
                                  (size_t)a->n - 3);
}

static enum rc leave(struct ctx *cx, struct arguments *a)
{
    struct str person;
    TRY(find(cx, a, str_from(a->operands[1]), &person));
    return identity_person_leave(cx, a->d.identity, &identity_operator, person);
}

/* --- import */

static enum rc read_file(struct ctx *cx, const char *name, struct buf *out)
{
    int fd = strcmp(name, "-") == 0 ? STDIN_FILENO : open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fail(cx, E_IO, "%s: cannot be read", str_visible(cx, str_from(name)));
    bool fine = file_read_all(fd, out);
    if (fd != STDIN_FILENO) close(fd);
    if (out->failed)
        return fail(cx, E_LIMIT, "%s: more than %llu bytes", str_visible(cx, str_from(name)), IMPORT_BYTES);
    return fine ? OK : fail(cx, E_IO, "%s: cannot be read", str_visible(cx, str_from(name)));
}

static enum rc import(struct ctx *cx, struct arguments *a)
{
    struct import_result r;
    scoped_buf csv;
    buf_init(&csv, IMPORT_BYTES);
    TRY(read_file(cx, a->operands[1], &csv));
    TRY(identity_import(cx, a->d.identity, &identity_operator, buf_view(&csv), a->dry, &r));
    for (size_t i = 0; i < r.n_faults; i++)
        fprintf(stderr, "line %lld%s" STR_FMT ": " STR_FMT "\n", (long long)r.faults[i].line,
                r.faults[i].field.n ? ", " : "", STR_ARG(r.faults[i].field), STR_ARG(r.faults[i].text));
    if (r.all_faults) fprintf(stderr, "%lld faults; nobody was added\n", (long long)r.all_faults);
    a->faults = r.all_faults > 0;
    if (!a->faults)
        printf("%lld people and %lld roles %s\n", (long long)r.people, (long long)r.roles,
               a->dry ? "would be added" : "added");
    return OK;
}

/* --- the command */

static const struct {
    const char *name;
    int least, most; /* operands, itself among them */
    enum rc (*run)(struct ctx *cx, struct arguments *a);
} verbs[] = {{"list", 1, 1, list}, {"add", 3, 12, add},       {"import", 2, 2, import},
             {"role", 3, 3, role}, {"change", 4, 13, change}, {"leave", 2, 2, leave}};

int cli_people(int argc, char **argv)
{
    struct arguments a = {0};
    struct ctx cx;
    size_t v = 0;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    a.operands = argv + optind;
    a.n = argc - optind;
    if (out < 0) {
        while (v < sizeof verbs / sizeof *verbs && !(a.n && strcmp(a.operands[0], verbs[v].name) == 0)) v++;
        bool known = v < sizeof verbs / sizeof *verbs;
        if (!known || a.n < verbs[v].least || a.n > verbs[v].most) {
            if (known)
                (void)fail(&cx, E_INVALID, "people %s takes other operands", verbs[v].name);
            else
                (void)fail(&cx, E_INVALID, "people list, add, import, role, change or leave");
            out = common_wrong(&cx, "people");
        }
    }
    if (out < 0) {
        enum rc rc = identity_data_open(&cx, &a.d);
        if (rc == OK) rc = verbs[v].run(&cx, &a);
        identity_data_close(&a.d);
        out = rc != OK ? common_failed(&cx, rc) : a.faults ? EXIT_FAULTS : EXIT_FINE;
    }
    ctx_release(&cx);
    return out;
}
