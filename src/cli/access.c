/* sinetti access: why somebody may or may not do something with a repository that has a gate. */
#include "cli/common.h"
#include "cli/identity.h"
#include "gates/place.h"
#include "git/refname.h"
#include "identity/people.h"

#include <stdio.h>
#include <string.h>

static const char help[] = "usage: sinetti access explain WHO REPOSITORY [REF] [OPTIONS]\n"
                           "Says what WHO (an address, or person:ID) may do with a repository, by which roles, "
                           "and what holds for the ref.\n\n"
                           "  --data DIR     the data folder ($SINETTI_DATA, else /var/lib/sinetti)\n"
                           "  --catalog DIR  another catalog than the built-in one\n"
                           "exit codes: 0 fine, 2 wrong usage, 3 unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN };

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct identity_data *d = arguments;
    (void)cx;
    if (code == OPTION_DATA) d->data.dir = value;
    if (code == OPTION_CATALOG) d->data.catalog = value;
    return OK;
}

/* By which roles, where they hold for this repository. */
static void say_right(const struct identity_who *who, const struct gate_place *place, const char *permission)
{
    const struct identity_permission *p = NULL;
    const char *between = ": ";
    for (size_t i = 0; i < identity_permissions_n; i++)
        if (strcmp(identity_permissions[i].name, permission) == 0) p = &identity_permissions[i];
    printf("  %-13s %s", permission, identity_may(who, permission, place->project) ? "yes" : "no");
    for (size_t i = 0; p && i < who->n_grants; i++) {
        const struct identity_grant *g = &who->grants[i];
        bool org = str_eq(g->scope, STR("org"));
        if (!(p->roles & 1u << g->role) || (!org && !(p->project && str_eq(g->scope, place->project)))) continue;
        printf("%s%s in %s", between, identity_role_name(g->role), org ? "the organization" : "the project");
        if (g->group.p) printf(", by a group");
        between = "; ";
    }
    if (strcmp(between, ": ") == 0 && p) {
        printf(": none of their roles here gives it; these would:");
        for (int r = 0; r < ROLE_COUNT; r++)
            if (p->roles & 1u << r) printf(" %s", identity_role_name((enum identity_role)r));
    }
    printf("\n");
}

static enum rc say_ref(struct ctx *cx, struct identity_data *d, const struct gate_place *place,
                       const struct identity_who *who, struct str ref)
{
    const struct protection *list, *p;
    size_t n;
    bool publisher;
    ref = refname_full(&cx->arena, ref);
    TRY(protections_read(cx, d->ledger, place, &list, &n));
    p = protection_of(list, n, ref);
    printf("%s: ", str_visible(cx, ref));
    if (!p) {
        printf("not protected; who may write may make, rewrite and delete it\n");
        return OK;
    }
    TRY(protection_publisher(cx, d->ledger, p, who->person, &publisher));
    printf("protected by %s: %lld approval%s, published by %s\n", str_visible(cx, p->pattern), (long long)p->reviewers,
           p->reviewers == 1 ? "" : "s", arena_cstr(&cx->arena, p->method));
    bool may = publisher && identity_may(who, "code.publish", place->project);
    printf("  publish here  %s: %s\n", may ? "yes" : "no",
           !publisher ? "they are not among its publishers"
           : may      ? p->n_publishers ? "they are among its publishers"
                                        : "it names no publishers, so whoever has code.publish"
                      : "they have no code.publish");
    return OK;
}

static enum rc explain(struct ctx *cx, struct identity_data *d, char **w, int n)
{
    static const char *const permissions[] = {"code.read", "code.write", "code.review", "code.publish", "code.protect"};
    struct str person = str_from(w[1]);
    struct gate_place place;
    struct identity_who who;
    TRY(identity_data_open(cx, d));
    if (!str_starts(person, STR("person:"))) TRY(identity_of_address(cx, d->ledger, person, &person));
    if (!person.p) return fail(cx, E_NOTFOUND, "nobody here has the address \"%s\"", str_visible(cx, str_from(w[1])));
    TRY(gate_place_find(cx, d->ledger, d->data.dir, str_from(w[2]), &place));
    TRY(identity_of(cx, d->ledger, identity_now(d->identity), person, &who));
    if (who.credential == CREDENTIAL_NONE) return fail(cx, E_NOTFOUND, "there is no such person, or they have left");
    printf("%s in %s\n", str_visible(cx, who.name), str_visible(cx, place.name));
    for (size_t i = 0; i < sizeof permissions / sizeof *permissions; i++) say_right(&who, &place, permissions[i]);
    return n > 3 ? say_ref(cx, d, &place, &who, str_from(w[3])) : OK;
}

int cli_access(int argc, char **argv)
{
    struct identity_data d = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &d), n = argc - optind;
    char **w = argv + optind;
    if (out < 0 && (n < 3 || n > 4 || strcmp(w[0], "explain") != 0)) {
        (void)fail(&cx, E_INVALID, "explain WHO REPOSITORY [REF] is expected");
        out = common_wrong(&cx, "access");
    }
    if (out < 0) {
        enum rc rc = explain(&cx, &d, w, n);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
        identity_data_close(&d);
    }
    ctx_release(&cx);
    return out;
}
