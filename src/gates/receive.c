#include "gates/receive.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/limits.h"
#include "base/texts_fi.h"
#include "gates/attest.h"
#include "gates/decide.h"
#include "gates/door.h"
#include "gates/handover.h"
#include "gates/moving.h"
#include "gates/pkt.h"
#include "gates/pusher.h"
#include "gates/tell.h"
#include "gates/unblock.h"
#include "git/oid.h"
#include "store/store.h"

#define COMMANDS_MOST (4U << 20) /* bytes */

int receive_lock_if(struct ctx *cx, const char *git_dir, bool wait)
{
    int fd =
        open(arena_printf(&cx->arena, "%s/sinetti.lock", git_dir).p, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    while (fd >= 0 && flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) < 0)
        if (errno != EINTR) {
            int error = errno;
            (void)close(fd);
            errno = error;
            return -1;
        }
    return fd;
}

int receive_lock(struct ctx *cx, const char *git_dir)
{
    return receive_lock_if(cx, git_dir, true);
}

/* --- one push */

struct session {
    const struct hook_call *h;
    struct facts *facts;
    struct log_reader *reader;
    struct git *git;
    struct gate_place place;
    struct gate_caller caller;
    struct str account; /* of a connected repository's host, for a message */
    struct push push;
};

static bool is_connected(const struct hook_call *h)
{
    return h->repository != NULL;
}

/* What cx says is wrong, in the pusher's language. */
static const char *in_words(struct ctx *cx, const struct hook_call *h)
{
    return hook_language(h) == LANG_FI ? text_fi(cx, cx->message) : cx->message;
}

/* A hook that was copied along into another repository must not speak for the one it was made for. */
static enum rc check_place(struct ctx *cx, const struct hook_call *h, const struct gate_place *place)
{
    if ((place->host != GATE_HOSTED) != is_connected(h))
        return fail(cx, E_DENIED, "nobody is let in this way: its hook is of another kind of repository");
    if (is_connected(h) && strcmp(place->path, h->git_dir) != 0)
        return fail(cx, E_DENIED,
                    "this hook was made for the repository at %s: connect this one by `sinetti repo connect`",
                    str_visible(cx, str_from(place->path)));
    return OK;
}

static enum rc open_session(struct ctx *cx, struct session *s)
{
    const struct hook_call *h = s->h;
    struct str repository = str_from(h->repository);
    sqlite3 *db = log_reader_db(s->reader);
    if (is_connected(h))
        s->caller = (struct gate_caller){
            .person = STR("unknown"), .credential = STR(""), .lang = hook_language(h), .way = "host"};
    else
        TRY(door_caller(cx, h, &repository, &s->caller));
    TRY(gate_place_find(cx, db, hook_data(h), repository, &s->place));
    TRY(check_place(cx, h, &s->place));
    if (is_connected(h)) TRY(pusher_find(cx, db, h, &s->place, &s->caller, &s->account));
    TRY(hosted_open(cx, h->git_dir, hook_variable(h, "GIT_QUARANTINE_PATH").p, &s->git));
    s->push.place = &s->place;
    s->push.caller = &s->caller;
    return OK;
}

static enum rc add_command(struct ctx *cx, struct push *p, struct str line)
{
    struct str before, after;
    if (p->n == PUSH_REFS) return fail(cx, E_LIMIT, "a push moves at most %d refs at once", PUSH_REFS);
    if (!str_cut(&line, ' ', &before) || !str_cut(&line, ' ', &after) || !line.p || !oid_is(before, before.n) ||
        !oid_is(after, before.n) || (before.n != 40 && before.n != 64))
        return fail(cx, E_INVALID, "git said a command that is none");
    p->refs[p->n++] = (struct push_ref){.name = line, .before = before, .after = after};
    return OK;
}

/* Of pre-receive: GIT_PUSH_OPTION_COUNT and _0, _1 …  Only the words known here count. */
static enum rc add_option(struct ctx *cx, struct push *p, struct str option)
{
    static const char *const known[] = {"topic", "title", "description", "reason", "change", "emergency"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        struct str name = str_from(known[i]);
        if (!str_starts(option, name) || option.n <= name.n || option.p[name.n] != '=') continue;
        if (p->n_options == sizeof p->options / sizeof *p->options) return fail(cx, E_LIMIT, "too many push options");
        if (!str_is_utf8(option)) return fail(cx, E_INVALID, "push option %s: it is no UTF-8", known[i]);
        p->options[p->n_options++] = option;
        return OK;
    }
    if (p->place && p->place->host != GATE_HOSTED) return OK; /* its host has words of its own */
    return fail(cx, E_INVALID,
                "push option \"%s\" is not known: topic, title, description, reason, change and emergency are",
                str_visible(cx, option));
}

static enum rc options_of_environment(struct ctx *cx, struct session *s)
{
    int64_t n = 0;
    struct str count = hook_variable(s->h, "GIT_PUSH_OPTION_COUNT");
    if (!count.p || !str_to_i64(count, 0, 100, &n)) return OK;
    for (int64_t i = 0; i < n; i++) {
        char name[40];
        (void)snprintf(name, sizeof name, "GIT_PUSH_OPTION_%lld", (long long)i);
        struct str value = hook_variable(s->h, name);
        if (value.p) TRY(add_option(cx, &s->push, value));
    }
    return OK;
}

/* --- pre-receive */

static enum rc read_all(struct ctx *cx, int fd, struct str *out)
{
    scoped_buf b;
    buf_init(&b, COMMANDS_MOST);
    if (!file_read_all(fd, &b)) return fail(cx, E_IO, "what git asks cannot be read: %s", strerror(errno));
    *out = arena_str(&cx->arena, buf_view(&b));
    return b.failed ? fail(cx, E_LIMIT, "a push moves at most %d refs at once", PUSH_REFS) : OK;
}

static enum rc read_lines(struct ctx *cx, struct session *s)
{
    struct str rest, line;
    TRY(read_all(cx, s->h->in, &rest));
    s->push.refs = arena_array(&cx->arena, struct push_ref, PUSH_REFS);
    while (str_cut(&rest, '\n', &line))
        if (line.n) TRY(add_command(cx, &s->push, line));
    return options_of_environment(cx, s);
}

static enum rc judge(struct ctx *cx, struct session *s, struct buf *say, bool *allowed)
{
    struct decided d;
    TRY(push_read(cx, log_reader_db(s->reader), s->git, &s->push));
    TRY(decide_push(cx, s->facts, &s->push, "push", DECIDE_ASK, NULL, &d));
    tell_decided(say, &s->push, &d);
    TRY(unblock_tell(cx, log_reader_db(s->reader), facts_now(s->facts), &s->push, &d, say));
    *allowed = d.allowed;
    if (d.allowed) handover_put(cx, s->h, &s->push);
    /* where a change would go is asked again when it does */
    for (size_t i = 0; d.allowed && i < s->push.n; i++) {
        struct change_place place;
        if (s->push.refs[i].kind == PUSH_CHANGE)
            TRY(change_find_place(cx, log_reader_db(s->reader), &s->push, &s->push.refs[i], &place));
    }
    return OK;
}

/* --- pre-receive and post-receive of a connected repository */

/* Whether the host's git moves the refs; what is proposed by refs/for goes through our own proc-receive. Both at once
 * would be two decisions of one push. */
static bool elsewhere(struct session *s)
{
    size_t changes = 0;
    if (!is_connected(s->h)) return false;
    for (size_t i = 0; i < s->push.n; i++) changes += str_starts(s->push.refs[i].name, STR("refs/for/"));
    return changes == 0 || changes < s->push.n || !gate_host_takes_changes(s->place.host);
}

static enum rc decide_elsewhere(struct ctx *cx, struct session *s, struct decided *d)
{
    size_t settled;
    moving_sweep(cx, s->h->git_dir);
    TRY(log_reader_refresh(cx, s->reader));
    TRY(decide_settle(cx, s->facts, log_reader_db(s->reader), s->git, &s->place, &s->caller, &settled));
    TRY(decide_push(cx, s->facts, &s->push, "push", DECIDE_MOVE, NULL, d));
    return d->allowed ? moving_put(cx, s->h, d->decision) : OK;
}

static void say_nobody(const struct session *s, struct buf *say)
{
    if (!str_eq(s->caller.person, STR("unknown"))) return;
    buf_cstr(say,
             s->caller.lang == LANG_FI ? "tunnusta ei ole ilmoitettu kenenkään: " : "nobody has declared the account ");
    buf_visible(say, s->place.accounts);
    buf_char(say, ' ');
    buf_visible(say, s->account.p ? s->account : STR("-"));
    buf_char(say, '\n');
}

static enum rc judge_elsewhere(struct ctx *cx, struct session *s, struct buf *say, bool *allowed)
{
    struct decided d = {0};
    TRY(push_read(cx, log_reader_db(s->reader), s->git, &s->push));
    int lock = receive_lock(cx, s->h->git_dir);
    if (lock < 0) return fail(cx, E_IO, "the repository cannot be locked: %s", strerror(errno));
    enum rc rc = decide_elsewhere(cx, s, &d);
    (void)close(lock);
    TRY(rc);
    if (d.n_faults) say_nobody(s, say);
    tell_decided(say, &s->push, &d);
    TRY(unblock_tell(cx, log_reader_db(s->reader), facts_now(s->facts), &s->push, &d, say));
    *allowed = d.allowed;
    return OK;
}

/* The newest one that let this ref in and is not known to be done. */
static enum rc find_decision(struct ctx *cx, struct session *s, const struct push_ref *r, int64_t *n)
{
    scoped_stmt *st = NULL;
    bool row;
    *n = -1;
    TRY(store_prepare(
        cx, log_reader_db(s->reader),
        STR("SELECT d.n FROM fact_decision d JOIN fact_push_refs r ON r.n = d.push LEFT JOIN fact_outcome o ON "
            "o.decision = d.n WHERE d.subject = ?1 AND d.decision = 'allowed' AND r.ref = ?2 AND r.before = ?3 AND "
            "r.after = ?4 AND coalesce(o.outcome, '') <> 'done' ORDER BY d.n DESC LIMIT 1"),
        &st));
    store_bind_str(st, 1, s->place.subject);
    store_bind_str(st, 2, push_subject(cx, &s->place, r->name));
    store_bind_str(st, 3, r->before);
    store_bind_str(st, 4, r->after);
    TRY(store_step(cx, st, &row));
    if (row) *n = sqlite3_column_int64(st, 0);
    return OK;
}

/* What was let in and git has not told: another hook, or a lock, has kept it where it was. */
static enum rc list_stayed(struct ctx *cx, struct session *s, int64_t decision, struct str *stayed, size_t *n)
{
    scoped_stmt *st = NULL;
    struct str *moved = arena_array(&cx->arena, struct str, s->push.n);
    for (size_t i = 0; i < s->push.n; i++) moved[i] = push_subject(cx, &s->place, s->push.refs[i].name);
    TRY(store_prepare(cx, log_reader_db(s->reader),
                      STR("SELECT r.ref FROM fact_decision d JOIN fact_push_refs r ON r.n = d.push WHERE d.n = ?1"),
                      &st));
    store_bind_int(st, 1, decision);
    for (bool row;;) {
        bool found = false;
        TRY(store_step(cx, st, &row));
        if (!row) return OK;
        for (size_t i = 0; !found && i < s->push.n; i++) found = str_eq(moved[i], store_column_str(st, 0));
        if (!found && *n < PUSH_REFS) stayed[(*n)++] = arena_str(&cx->arena, store_column_str(st, 0));
    }
}

static enum rc told(struct ctx *cx, struct session *s, struct buf *say)
{
    int64_t decision = -1;
    size_t n = 0;
    struct str *stayed = arena_array(&cx->arena, struct str, PUSH_REFS);
    if (s->push.n && str_starts(s->push.refs[0].name, STR("refs/changes/"))) return OK; /* proc-receive has told it */
    for (size_t i = 0; decision < 0 && i < s->push.n; i++) TRY(find_decision(cx, s, &s->push.refs[i], &decision));
    if (decision < 0) {
        if (s->push.n) buf_cstr(say, "sinetti: refs have moved that no decision of the gate let in\n");
        return OK;
    }
    TRY(list_stayed(cx, s, decision, stayed, &n));
    TRY(decide_ended(cx, s->facts, &s->place, &s->caller, (uint64_t)decision, stayed, n));
    moving_end(cx, s->h->git_dir, (uint64_t)decision);
    return OK;
}

static enum rc pre_receive(struct ctx *cx, struct session *s, struct buf *say, bool *allowed)
{
    TRY(open_session(cx, s));
    TRY(read_lines(cx, s));
    return elsewhere(s) ? judge_elsewhere(cx, s, say, allowed) : judge(cx, s, say, allowed);
}

static enum rc post_receive(struct ctx *cx, struct session *s, struct buf *say)
{
    TRY(open_session(cx, s));
    TRY(read_lines(cx, s));
    return told(cx, s, say);
}

/* --- proc-receive */

/* *options: the pusher's follow the commands. */
static enum rc greet(struct ctx *cx, int in, int out, bool *options)
{
    struct str text;
    bool flush;
    scoped_buf b;
    TRY(pkt_read(cx, in, &text, &flush));
    if (flush || !str_starts(text, STR("version=1"))) return fail(cx, E_INVALID, "git speaks another proc-receive");
    *options = str_has(text, STR("push-options"));
    while (!flush) TRY(pkt_read(cx, in, &text, &flush));
    buf_init(&b, 0);
    pkt_add(&b, (struct str){"version=1\0push-options atomic\n", 30});
    pkt_flush(&b);
    return file_write_all(out, buf_view(&b)) ? OK : fail(cx, E_IO, "git does not listen: %s", strerror(errno));
}

static enum rc read_commands(struct ctx *cx, struct session *s, int in, bool options)
{
    struct str text;
    bool flush = false;
    s->push.refs = arena_array(&cx->arena, struct push_ref, PUSH_REFS);
    for (;;) {
        TRY(pkt_read(cx, in, &text, &flush));
        if (flush) break;
        TRY(add_command(cx, &s->push, text));
    }
    while (options) {
        TRY(pkt_read(cx, in, &text, &flush));
        if (flush) break;
        TRY(add_option(cx, &s->push, text));
    }
    return OK;
}

/* The refs as they will really move: a change becomes its patch set's ref. */
static enum rc make_moves(struct ctx *cx, struct session *s, struct change_place **places, struct ref_update **moves)
{
    struct push *p = &s->push;
    *places = arena_array(&cx->arena, struct change_place, p->n);
    *moves = arena_array(&cx->arena, struct ref_update, p->n);
    for (size_t i = 0; i < p->n; i++) {
        struct push_ref *r = &p->refs[i];
        (*moves)[i] = (struct ref_update){r->name, r->before, r->after};
        if (r->kind != PUSH_CHANGE || r->shape) continue;
        struct change_place *place = &(*places)[i];
        TRY(change_find_place(cx, log_reader_db(s->reader), p, r, place));
        (*moves)[i] = (struct ref_update){place->ref, STR("0000000000000000000000000000000000000000"), r->after};
        r->change = place->subject;
        r->patch_set = place->patch_set;
    }
    return OK;
}

static void answer(struct session *s, const struct change_place *places, const char *refusal, struct buf *out)
{
    for (size_t i = 0; i < s->push.n; i++) {
        const struct push_ref *r = &s->push.refs[i];
        scoped_buf line;
        buf_init(&line, PKT_MOST);
        buf_printf(&line, "%s " STR_FMT "%s%s", refusal ? "ng" : "ok", STR_ARG(r->name), refusal ? " " : "",
                   refusal ? refusal : "");
        pkt_add(out, buf_view(&line));
        if (refusal || r->kind != PUSH_CHANGE || !places) continue;
        buf_clear(&line);
        buf_printf(&line, "option refname " STR_FMT, STR_ARG(places[i].ref));
        pkt_add(out, buf_view(&line));
        pkt_add(out, STR("option old-oid 0000000000000000000000000000000000000000"));
        buf_clear(&line);
        buf_printf(&line, "option new-oid " STR_FMT, STR_ARG(r->after));
        pkt_add(out, buf_view(&line));
    }
    pkt_flush(out);
}

static void say_changes(struct session *s, const struct change_place *places, struct buf *say)
{
    bool fi = s->caller.lang == LANG_FI;
    for (size_t i = 0; i < s->push.n; i++)
        if (s->push.refs[i].kind == PUSH_CHANGE)
            buf_printf(say, "%s %lld, %s %lld: %s\n", fi ? "muutos" : "change", (long long)places[i].number,
                       fi ? "versio" : "patch set", (long long)places[i].patch_set,
                       fi ? "odottaa katselmointia" : "it waits for review");
}

/* What has moved has moved: an attestation that cannot be made now is made when somebody next moves a ref here. */
static void attest(struct ctx *cx, struct session *s, struct buf *say)
{
    size_t made;
    if (attest_catch_up(cx, s->facts, s->reader, s->git, s->place.dir, &s->place, &made) != OK)
        buf_printf(say, "%s: %s\n", s->caller.lang == LANG_FI ? "todistusta ei vielä ole" : "it is not attested yet",
                   in_words(cx, s->h));
}

/* What is to be moved, as it is now; what a crash has left is settled first. */
static enum rc look_again(struct ctx *cx, struct session *s)
{
    size_t settled;
    moving_sweep(cx, s->h->git_dir);
    TRY(log_reader_refresh(cx, s->reader));
    TRY(decide_settle(cx, s->facts, log_reader_db(s->reader), s->git, &s->place, &s->caller, &settled));
    if (settled) TRY(log_reader_refresh(cx, s->reader));
    s->push.scanned = handover_take(cx, s->h, &s->push);
    return push_read(cx, log_reader_db(s->reader), s->git, &s->push);
}

static enum rc move_with(struct ctx *cx, struct session *s, struct ref_moves *m, struct buf *say,
                         struct change_place **places, const char **refusal)
{
    struct ref_update *moves;
    struct decided d;
    TRY(ref_moves_ready(cx, s->git, m)); /* it starts while we look */
    TRY(look_again(cx, s));
    TRY(make_moves(cx, s, places, &moves));
    enum rc rc = ref_moves_prepare(cx, s->git, moves, s->push.n, s->place.host == GATE_HOSTED, m);
    if (rc == E_CONFLICT) {
        buf_printf(say, "%s\n", in_words(cx, s->h));
        *refusal = "the ref has moved meanwhile; fetch first";
        return OK;
    }
    TRY(rc);
    attest_begin(cx, s->facts, log_reader_db(s->reader), s->place.dir);
    TRY(decide_push(cx, s->facts, &s->push, "push", DECIDE_MOVE, *places, &d));
    if (!d.allowed) {
        tell_decided(say, &s->push, &d);
        return OK;
    }
    rc = ref_moves_commit(cx, m);
    if (rc != OK) return decide_failed(cx, s->facts, s->reader, s->git, &s->place, &s->caller, rc);
    *refusal = NULL;
    TRY(decide_outcome(cx, s->facts, &s->push, d.decision));
    attest(cx, s, say);
    return OK;
}

/* Under the lock. *refusal: a word for git; NULL: all has moved. */
static enum rc move(struct ctx *cx, struct session *s, struct buf *say, struct change_place **places,
                    const char **refusal)
{
    struct ref_moves m = REF_MOVES_NONE;
    *refusal = "refused";
    enum rc rc = move_with(cx, s, &m, say, places, refusal);
    ref_moves_abort(&m);
    return rc;
}

static enum rc proc_receive(struct ctx *cx, struct session *s, struct buf *say)
{
    scoped_buf b;
    struct change_place *places = NULL;
    const char *refusal = "refused";
    bool options = false;
    int in = s->h->in, out = s->h->out;
    TRY(greet(cx, in, out, &options));
    enum rc rc = open_session(cx, s);
    enum rc heard = read_commands(cx, s, in, options);
    if (rc == OK) rc = heard;
    int lock = rc == OK ? receive_lock(cx, s->h->git_dir) : -1;
    if (rc == OK && lock < 0) rc = fail(cx, E_IO, "the repository cannot be locked: %s", strerror(errno));
    if (rc == OK) rc = move(cx, s, say, &places, &refusal);
    if (lock >= 0) (void)close(lock);
    if (rc != OK) buf_printf(say, "%s\n", in_words(cx, s->h));
    if (rc == OK && !refusal && places) say_changes(s, places, say);
    buf_init(&b, 64U << 20);
    answer(s, places, rc != OK && !refusal ? NULL : refusal, &b);
    if (!file_write_all(out, buf_view(&b))) return fail(cx, E_IO, "git does not listen: %s", strerror(errno));
    return OK;
}

bool receive_hook(struct ctx *cx, const struct hook_call *h, struct facts *f, struct log_reader *reader,
                  struct buf *say)
{
    struct session s = {.h = h, .facts = f, .reader = reader};
    bool allowed = true;
    enum rc rc = strcmp(h->name, "pre-receive") == 0    ? pre_receive(cx, &s, say, &allowed)
                 : strcmp(h->name, "proc-receive") == 0 ? proc_receive(cx, &s, say)
                 : strcmp(h->name, "post-receive") == 0
                     ? post_receive(cx, &s, say)
                     : fail(cx, E_INVALID, "git calls this as pre-receive, proc-receive or post-receive");
    if (rc != OK) receive_failed(cx, h, say);
    git_close(s.git);
    return rc == OK && allowed;
}

void receive_failed(struct ctx *cx, const struct hook_call *h, struct buf *say)
{
    buf_printf(say, "sinetti: %s\n", in_words(cx, h));
}
