/* Asking the server that runs on a data folder to do what a hook or a door is there for: it has log and catalog open.
 * Over DIR/gate.sock, which only the folder's owner reaches; both sides look at who the other is. Each message is 4
 * bytes of length (big-endian) and words, each ended by a zero byte:
 *
 *   asks      version, "hook", name, git_dir, parent, data, repository, environment…   and two descriptors
 *             version, "door", data, key, command, language, protocol
 *   server    "yours?"     it would do it
 *   asks      "yours"      it still waits: from here on nobody else does it
 *   server    exit code, text   of a door that opens: code 0, and as text the words that git is started with
 *
 * Who finds nobody, or is not answered within a moment, does it itself. */
#ifndef SINETTI_GATES_GATE_WIRE_H
#define SINETTI_GATES_GATE_WIRE_H

#include "gates/hook_call.h"

/* The other address is the path's; false: it is too long for a socket. */
struct sockaddr_un;
bool gate_wire_address(const char *data, struct sockaddr_un *out);
/* Whether who is on the other side may do all this by itself too: the same user, or root. */
bool gate_wire_trusts(int fd);

/* --- who asks */

enum gate_asked {
    GATE_NOBODY, /* nothing was done */
    GATE_ANSWERED,
    GATE_BROKE_OFF /* it began; nobody knows how far it came */
};
struct buf;
enum gate_asked gate_wire_hook(const struct hook_call *h, int *code, struct buf *text);
struct door_call {
    const char *data, *key;          /* of the fingerprint */
    const char *command;             /* as ssh brought it */
    const char *language, *protocol; /* NULL: none */
};
enum gate_asked gate_wire_door(const struct door_call *d, int *code, struct buf *text);

/* --- the server */

struct gate_told {
    bool is_door;
    struct hook_call hook; /* its descriptors are the receiver's to close */
    struct door_call door;
};
/* In the arena. False: it is none of ours; nothing is left open. */
bool gate_wire_receive(struct ctx *cx, int fd, struct gate_told *out);
/* Whether who asked still waits. */
bool gate_wire_begin(int fd);
void gate_wire_answer(int fd, int code, struct str text);

#endif
