#include "gates/door.h"

#include "gates/gate_wire.h"
#include "gates/host.h"
#include "identity/keys.h"
#include "identity/rights.h"

#include <time.h>

#define PROTOCOL_MOST 100
#define ONLY_MOST 200 /* permissions of a token */

/* The names of roles that may are no secret, those of repositories are. */
static enum rc not_there(struct ctx *cx, enum lang lang, struct str name)
{
    return lang == LANG_FI
               ? fail(cx, E_NOTFOUND, "repositoriota \"%s\" ei ole, tai se ei ole sinulle", str_visible(cx, name))
               : fail(cx, E_NOTFOUND, "there is no repository \"%s\", or it is not for you", str_visible(cx, name));
}

static enum rc may_not_write(struct ctx *cx, const struct identity_who *who, const struct door *d)
{
    bool narrowed = !identity_token_gives(who, "code.write");
    struct str name = d->place.name;
    if (d->caller.lang == LANG_FI)
        return narrowed ? fail(cx, E_DENIED,
                               "tällä rajapintatunnuksella voi lukea repositoriota " STR_FMT
                               ", ei kirjoittaa siihen: siltä puuttuu oikeus code.write",
                               STR_ARG(name))
                        : fail(cx, E_DENIED,
                               "voit lukea repositoriota " STR_FMT
                               ", et kirjoittaa siihen: pääkäyttäjä tai tietoturvavastaava voi antaa roolin, jolla saa",
                               STR_ARG(name));
    return narrowed
               ? fail(cx, E_DENIED, "this token may read " STR_FMT ", not write: it lacks code.write", STR_ARG(name))
               : fail(cx, E_DENIED,
                      "you may read " STR_FMT ", not write: an Admin or Security officer can give you a role that may",
                      STR_ARG(name));
}

static enum rc elsewhere(struct ctx *cx, const struct door *d)
{
    const char *host = gate_host_name(d->place.host);
    return d->caller.lang == LANG_FI
               ? fail(cx, E_DENIED, STR_FMT " on palvelussa %s: kloonaa ja työnnä siellä", STR_ARG(d->place.name), host)
               : fail(cx, E_DENIED, STR_FMT " is kept by %s: clone and push there", STR_ARG(d->place.name), host);
}

enum rc door_admit(struct ctx *cx, sqlite3 *db, const char *dir, const struct identity_who *who, struct str name,
                   bool writes, enum lang lang, struct door *out)
{
    *out = (struct door){.dir = dir,
                         .writes = writes,
                         .caller = {.person = who->person,
                                    .credential = who->fingerprint,
                                    .only = who->only,
                                    .n_only = who->n_only,
                                    .lang = lang}};
    enum rc rc = gate_place_find(cx, db, dir, name, &out->place);
    if (rc == E_NOTFOUND) return not_there(cx, lang, name);
    TRY(rc);
    if (who->credential == CREDENTIAL_NONE || !identity_may(who, "code.read", out->place.project))
        return not_there(cx, lang, name);
    if (writes && !identity_may(who, "code.write", out->place.project)) return may_not_write(cx, who, out);
    return out->place.host == GATE_HOSTED || out->place.host == GATE_BARE ? OK : elsewhere(cx, out);
}

/* --- by SSH */

enum lang door_language(const char *lang)
{
    return str_starts(str_from(lang), STR("fi")) ? LANG_FI : LANG_EN;
}

const char *door_service(const struct door *d)
{
    return d->writes ? "receive-pack" : "upload-pack";
}

/* `git-receive-pack 'name'`, as git's client words it (git-shell(1)). */
static bool read_command(struct ctx *cx, struct str said, struct str *service, struct str *name)
{
    static const char *const services[] = {"git-upload-pack", "git-receive-pack", "git upload-pack",
                                           "git receive-pack"};
    scoped_buf b;
    buf_init(&b, 4096);
    for (int i = 0; i < 4; i++) {
        struct str word = str_from(services[i]);
        if (!str_starts(said, word) || said.n <= word.n + 1 || said.p[word.n] != ' ') continue;
        struct str rest = str_slice(said, word.n + 1, said.n);
        *service = str_from(services[i % 2]);
        if (rest.p[0] != '\'') {
            *name = rest;
            return true;
        }
        /* quoted by a shell's rules: '…' with '\'' and '\!' in between */
        for (size_t at = 1; at < rest.n;) {
            if (rest.p[at] != '\'') {
                buf_char(&b, rest.p[at++]);
            } else if (at + 3 < rest.n && rest.p[at + 1] == '\\' && rest.p[at + 3] == '\'') {
                buf_char(&b, rest.p[at + 2]);
                at += 4;
            } else if (at + 1 == rest.n) {
                *name = arena_str(&cx->arena, buf_view(&b));
                return true;
            } else {
                return false;
            }
        }
        return false;
    }
    return false;
}

enum rc door_by_key(struct ctx *cx, sqlite3 *db, const char *dir, const struct door_call *call, struct door *out)
{
    struct str service, name, person;
    struct identity_who who;
    if (!read_command(cx, str_from(call->command), &service, &name))
        return fail(cx, E_DENIED, "this is no place for a shell: clone, fetch and push are served here");
    TRY(identity_of_key(cx, db, str_from(call->key), &person));
    if (!person.p) return fail(cx, E_DENIED, "this key is nobody's here");
    TRY(identity_of(cx, db, (int64_t)time(NULL), person, &who));
    who.fingerprint = str_from(call->key);
    TRY(door_admit(cx, db, dir, &who, name, str_ends(service, STR("receive-pack")), door_language(call->language),
                   out));
    out->caller.way = "ssh";
    return out->writes ? host_ready(cx, dir, &out->place) : OK;
}

/* --- what git gets */

/* key=value, separated by colons: git's own words, and no others. */
static bool is_protocol(struct str s)
{
    static const char good[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=:._-";
    for (size_t i = 0; i < s.n; i++)
        if (!memchr(good, s.p[i], sizeof good - 1)) return false;
    return s.n > 0 && s.n < PROTOCOL_MOST;
}

static const char *set(struct ctx *cx, const char *name, struct str value)
{
    return arena_printf(&cx->arena, "%s=" STR_FMT, name, STR_ARG(value)).p;
}

/* Permissions are words of letters, dots and low lines: blanks part them. */
static struct str join(struct ctx *cx, const struct gate_caller *by)
{
    scoped_buf b;
    buf_init(&b, 64 << 10);
    for (size_t i = 0; i < by->n_only; i++) {
        if (i) buf_char(&b, ' ');
        buf_str(&b, by->only[i]);
    }
    return arena_str(&cx->arena, buf_view(&b));
}

const char *const *door_environment(struct ctx *cx, const struct door *d, struct str protocol)
{
    static const char *const always[] = {
        "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=/nonexistent",       "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
        "GIT_CONFIG_GLOBAL=/dev/null",       "GIT_NO_REPLACE_OBJECTS=1"};
    const char **env = arena_array(&cx->arena, const char *, 20);
    size_t n = 0;
    for (; n < sizeof always / sizeof *always; n++) env[n] = always[n];
    env[n++] = set(cx, "SINETTI_DATA", str_from(d->dir));
    env[n++] = set(cx, "SINETTI_REPOSITORY", d->place.subject);
    env[n++] = set(cx, "SINETTI_PERSON", d->caller.person);
    env[n++] = set(cx, "SINETTI_CREDENTIAL", d->caller.credential);
    if (d->caller.n_only) env[n++] = set(cx, "SINETTI_ONLY", join(cx, &d->caller));
    if (str_environment("SINETTI_SIGNER").p)
        env[n++] = set(cx, "SINETTI_SIGNER", str_environment("SINETTI_SIGNER")); /* the server's */
    if (d->caller.lang == LANG_FI) env[n++] = "SINETTI_LANG=fi";
    if (d->caller.way) env[n++] = set(cx, "SINETTI_WAY", str_from(d->caller.way));
    if (is_protocol(protocol)) env[n++] = set(cx, "GIT_PROTOCOL", protocol);
    return env;
}

/* --- what a hook finds */

static void split(struct ctx *cx, struct str rest, struct gate_caller *out)
{
    struct str *only = arena_array(&cx->arena, struct str, ONLY_MOST), word;
    if (!rest.p) return;
    while (out->n_only < ONLY_MOST && str_cut(&rest, ' ', &word)) only[out->n_only++] = word;
    out->only = only;
}

enum lang hook_language(const struct hook_call *h)
{
    return lang_of(hook_variable(h, "SINETTI_LANG"), LANG_EN);
}

enum rc door_caller(struct ctx *cx, const struct hook_call *h, struct str *repository, struct gate_caller *out)
{
    struct str way = hook_variable(h, "SINETTI_WAY");
    *repository = hook_variable(h, "SINETTI_REPOSITORY");
    *out = (struct gate_caller){.person = hook_variable(h, "SINETTI_PERSON"),
                                .credential = hook_variable(h, "SINETTI_CREDENTIAL"),
                                .lang = hook_language(h),
                                .way = str_eq(way, STR("ssh"))     ? "ssh"
                                       : str_eq(way, STR("https")) ? "https"
                                                                   : NULL};
    if (!hook_data(h) || !repository->p || !out->person.p)
        return fail(cx, E_DENIED, "nobody is let in this way: push over SSH or HTTPS");
    split(cx, hook_variable(h, "SINETTI_ONLY"), out);
    return OK;
}
