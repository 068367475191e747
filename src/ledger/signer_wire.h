/* The signer in a process of its own: messages over a stream socket. Each is 4 bytes of length (big-endian, at most
 * LIMIT_BODY) and a canonical JSON object; every request has one answer. Both sides trust the other's bytes in nothing
 * but the socket.
 *
 *   {"verb":"look"}                                       key, size and last head
 *   {"head":TEXT,"proof":[HASH,…],"verb":"sign"}          + note
 *   {"restored":BOOL,"verb":"begin"}                      + next
 *   {"verb":"cancel"} · {"verb":"end"}
 *   {"body":…,"consistency":[…],"head":…,"inclusion":[…],"leaf":…,"salt":…,"verb":"hand_over"}   + note
 *   {"data":HEX,"form":N,"verb":"source"}                 + public, signature
 *
 *   {"key":VKEY,"last":NOTE,"rc":0,"size":N, …}           the answer; {"message":TEXT,"rc":R, …} when refused
 * HASH and salt are hexadecimal. */
#ifndef SINETTI_LEDGER_SIGNER_WIRE_H
#define SINETTI_LEDGER_SIGNER_WIRE_H

#include "ledger/signer.h"

/* The other side of a connected socket, which is taken over, also when this fails. */
enum rc signer_connect_fd(struct ctx *cx, int fd, struct signer **out) MUST_CHECK;
/* By the path of the signer's socket. */
enum rc signer_connect(struct ctx *cx, const char *path, struct signer **out) MUST_CHECK;

/* Answers requests on a connected socket until the other side closes it (OK) or misbehaves (E_INVALID, E_IO). */
enum rc signer_answer(struct ctx *cx, struct signer *s, int fd) MUST_CHECK;

/* One message. E_NOTFOUND: the other side closed before it began. `out` is emptied before. */
enum rc wire_send(struct ctx *cx, int fd, struct str message) MUST_CHECK;
enum rc wire_receive(struct ctx *cx, int fd, struct buf *out) MUST_CHECK;

/* What both sides write and read. */
void wire_put_hashes(struct buf *out, const struct hash *p, size_t n);
bool wire_read_hashes(struct str list, struct hash out[MERKLE_PROOF], size_t *n);
void wire_put_hex(struct buf *out, const uint8_t *p, size_t n); /* with quotes */

#endif
