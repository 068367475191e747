#include "gates/gate_wire.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/file.h"

#define VERSION "1"
#define MESSAGE_MOST (8U << 20)
#define WORDS_MOST 4000
#define PATIENCE_SECONDS 5         /* for the other side's next bytes, where it has them ready */
#define PATIENCE_MILLISECONDS 1000 /* for a server that has much to do */
#define OFFER "yours?"
#define TAKEN "yours"

/* --- both sides */

bool gate_wire_address(const char *data, struct sockaddr_un *out)
{
    *out = (struct sockaddr_un){.sun_family = AF_UNIX};
    int n = snprintf(out->sun_path, sizeof out->sun_path, "%s/gate.sock", data);
    return n > 0 && (size_t)n < sizeof out->sun_path;
}

bool gate_wire_trusts(int fd)
{
    struct ucred who;
    socklen_t n = sizeof who;
    return getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &who, &n) == 0 && (who.uid == geteuid() || who.uid == 0);
}

static void be_patient(int fd)
{
    struct timeval patience = {PATIENCE_SECONDS, 0};
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    (void)setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
}

static void put_word(struct buf *b, const char *word)
{
    buf_cstr(b, word ? word : "");
    buf_char(b, '\0');
}

static bool send_all(int fd, struct str s)
{
    while (s.n) {
        ssize_t n = send(fd, s.p, s.n, MSG_NOSIGNAL);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        s = str_slice(s, (size_t)n, s.n);
    }
    return true;
}

/* fds: two that go along, or NULL. */
static bool send_message(int fd, const struct buf *b, const int *fds)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control = {.bytes = {0}};
    uint8_t head[4] = {(uint8_t)(b->n >> 24), (uint8_t)(b->n >> 16), (uint8_t)(b->n >> 8), (uint8_t)b->n};
    struct iovec part = {head, sizeof head};
    struct msghdr m = {.msg_iov = &part, .msg_iovlen = 1};
    if (b->failed || b->n > MESSAGE_MOST) return false;
    if (fds) {
        m.msg_control = control.bytes;
        m.msg_controllen = sizeof control.bytes;
        struct cmsghdr *c = CMSG_FIRSTHDR(&m);
        c->cmsg_level = SOL_SOCKET;
        c->cmsg_type = SCM_RIGHTS;
        c->cmsg_len = CMSG_LEN(2 * sizeof(int));
        memcpy(CMSG_DATA(c), fds, 2 * sizeof(int));
    }
    return sendmsg(fd, &m, MSG_NOSIGNAL) == sizeof head && send_all(fd, buf_view(b));
}

/* fds: two that came along, -1 where none did. */
static bool receive_message(int fd, struct buf *out, int *fds)
{
    union {
        char bytes[CMSG_SPACE(2 * sizeof(int))];
        struct cmsghdr align;
    } control;
    uint8_t head[4];
    char block[16384];
    struct iovec part = {head, sizeof head};
    struct msghdr m = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control.bytes, .msg_controllen = sizeof control.bytes};
    fds[0] = fds[1] = -1;
    buf_clear(out);
    ssize_t got = recvmsg(fd, &m, MSG_CMSG_CLOEXEC | MSG_WAITALL);
    struct cmsghdr *c = got > 0 ? CMSG_FIRSTHDR(&m) : NULL;
    if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(2 * sizeof(int)))
        memcpy(fds, CMSG_DATA(c), 2 * sizeof(int));
    if (got != sizeof head) return false;
    size_t left = (size_t)head[0] << 24 | (size_t)head[1] << 16 | (size_t)head[2] << 8 | head[3];
    if (left > MESSAGE_MOST) return false;
    while (left) {
        ssize_t n = recv(fd, block, left < sizeof block ? left : sizeof block, 0);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return false;
        buf_add(out, block, (size_t)n);
        left -= (size_t)n;
    }
    return !out->failed;
}

/* --- who asks */

static int reach(const char *data)
{
    struct sockaddr_un at;
    if (!data || !gate_wire_address(data, &at)) return -1;
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return -1;
    be_patient(fd);
    if (connect(fd, (struct sockaddr *)&at, sizeof at) == 0 && gate_wire_trusts(fd)) return fd;
    (void)close(fd);
    return -1;
}

static bool is_offered(int fd, struct buf *text)
{
    struct pollfd p = {.fd = fd, .events = POLLIN};
    int none[2];
    if (poll(&p, 1, PATIENCE_MILLISECONDS) <= 0 || !receive_message(fd, text, none)) return false;
    return str_eq(buf_view(text), (struct str){OFFER, sizeof OFFER});
}

static enum gate_asked ask(int fd, const struct buf *message, const int *fds, int *code, struct buf *text)
{
    static const struct timeval for_ever = {0, 0};
    scoped_buf taken;
    int none[2];
    buf_init(&taken, 100);
    put_word(&taken, TAKEN);
    if (!send_message(fd, message, fds) || !is_offered(fd, text) || !send_message(fd, &taken, NULL)) return GATE_NOBODY;
    (void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &for_ever, sizeof for_ever);
    struct str rest, word = STR_NONE;
    int64_t n;
    if (!receive_message(fd, text, none)) return GATE_BROKE_OFF;
    rest = buf_view(text);
    if (!str_cut(&rest, '\0', &word) || !str_to_i64(word, 0, 255, &n)) return GATE_BROKE_OFF;
    *code = (int)n;
    memmove(text->p, text->p + word.n + 1, text->n - word.n - 1);
    text->n -= word.n + 1;
    return GATE_ANSWERED;
}

enum gate_asked gate_wire_hook(const struct hook_call *h, int *code, struct buf *text)
{
    const int fds[2] = {h->in, h->out};
    char parent[32];
    scoped_buf message;
    int fd = reach(hook_data(h));
    if (fd < 0) return GATE_NOBODY;
    (void)snprintf(parent, sizeof parent, "%lld", h->parent);
    const char *const words[] = {VERSION, "hook", h->name, h->git_dir, parent, hook_data(h), h->repository};
    buf_init(&message, MESSAGE_MOST);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) put_word(&message, words[i]);
    for (const char *const *e = h->environment; *e; e++) put_word(&message, *e);
    enum gate_asked how = ask(fd, &message, fds, code, text);
    (void)close(fd);
    return how;
}

enum gate_asked gate_wire_door(const struct door_call *d, int *code, struct buf *text)
{
    scoped_buf message;
    int fd = reach(d->data);
    if (fd < 0) return GATE_NOBODY;
    const char *const words[] = {VERSION, "door", d->data, d->key, d->command, d->language, d->protocol};
    buf_init(&message, MESSAGE_MOST);
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) put_word(&message, words[i]);
    enum gate_asked how = ask(fd, &message, NULL, code, text);
    (void)close(fd);
    return how;
}

/* --- the server */

static const char *take_word(struct ctx *cx, struct str *rest)
{
    struct str word;
    return str_cut(rest, '\0', &word) ? arena_cstr(&cx->arena, word) : "";
}

static bool take_hook(struct ctx *cx, struct str rest, const int fds[2], struct hook_call *out)
{
    const char **environment = arena_array(&cx->arena, const char *, WORDS_MOST + 1);
    size_t n = 0;
    int64_t parent;
    *out = (struct hook_call){.in = fds[0], .out = fds[1], .environment = environment};
    out->name = take_word(cx, &rest);
    out->git_dir = take_word(cx, &rest);
    bool good = str_to_i64(str_from(take_word(cx, &rest)), 1, INT32_MAX, &parent);
    const char *data = take_word(cx, &rest), *repository = take_word(cx, &rest);
    if (*repository) { /* a connected one's */
        out->data = data;
        out->repository = repository;
    }
    while (rest.n && n < WORDS_MOST) environment[n++] = take_word(cx, &rest);
    out->parent = parent;
    return good && !rest.n && fds[0] >= 0;
}

bool gate_wire_receive(struct ctx *cx, int fd, struct gate_told *out)
{
    scoped_buf text;
    struct str rest;
    int fds[2];
    buf_init(&text, MESSAGE_MOST);
    be_patient(fd);
    *out = (struct gate_told){.is_door = false};
    bool good = receive_message(fd, &text, fds);
    rest = buf_view(&text);
    good = good && text.n && text.p[text.n - 1] == '\0' && strcmp(take_word(cx, &rest), VERSION) == 0;
    const char *what = good ? take_word(cx, &rest) : "";
    out->is_door = strcmp(what, "door") == 0;
    if (out->is_door) {
        struct door_call *d = &out->door;
        const char **words[] = {&d->data, &d->key, &d->command, &d->language, &d->protocol};
        for (size_t i = 0; i < sizeof words / sizeof *words; i++) *words[i] = take_word(cx, &rest);
    } else
        good = strcmp(what, "hook") == 0 && take_hook(cx, rest, fds, &out->hook);
    for (int i = 0; i < 2; i++)
        if (fds[i] >= 0 && (!good || out->is_door)) (void)close(fds[i]);
    return good;
}

bool gate_wire_begin(int fd)
{
    scoped_buf b;
    int none[2];
    buf_init(&b, 100);
    put_word(&b, OFFER);
    if (!send_message(fd, &b, NULL) || !receive_message(fd, &b, none)) return false;
    return str_eq(buf_view(&b), (struct str){TAKEN, sizeof TAKEN});
}

void gate_wire_answer(int fd, int code, struct str text)
{
    scoped_buf b;
    buf_init(&b, MESSAGE_MOST);
    buf_printf(&b, "%d", code);
    buf_char(&b, '\0');
    buf_str(&b, text);
    (void)send_message(fd, &b, NULL); /* who asked may be gone; what was done is done */
}
