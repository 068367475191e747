/* Messages as they go to a mail server (RFC 5322, MIME): one recipient, a text and an HTML part that say the same.
 * Header injection is impossible: names and subjects are encoded (RFC 2047), and an address that is more than
 * `local@domain` in plain ASCII is none. Pure. */
#ifndef SINETTI_MAIL_MESSAGE_H
#define SINETTI_MAIL_MESSAGE_H

#include "base/ctx.h"

#define MAIL_ADDRESS 254 /* bytes, RFC 5321 */

struct mail_message {
    struct str from_name, from; /* name may be empty */
    struct str to_name, to;
    struct str subject;
    struct str lang; /* "en", "fi" */
    struct str text, html;
    struct str id;          /* left part of the Message-ID; its right one is the domain of `from` */
    struct str preferences; /* URL where one chooses what one gets; empty: List-Unsubscribe is left out */
    int64_t at;             /* Unix seconds */
};

/* Whether mail goes to it as it is: letters, digits and `.!#$%&'*+/=?^_{|}~-`, an @, a domain of labels. */
bool mail_address_ok(struct str address);

/* Lines end with CR LF. E_INVALID for an address that is none; E_LIMIT. */
enum rc mail_message_write(struct ctx *cx, const struct mail_message *m, struct buf *out) MUST_CHECK;

#endif
