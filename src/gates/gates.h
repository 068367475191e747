/* Gates: places where the real world asks for permission (docs/gates.md). A gate (1) knows who asks; (2) reads what it
 * must, outside any transaction; (3) in one unit puts the request's facts under a mark, runs the rules bound to it over
 * them, and appends the decision with every verdict; a refusal goes back to the mark and appends that; (4) lets the
 * effect through and appends its outcome. A gate that cannot decide refuses.
 *
 *     place.h        repositories with a gate, and which of their refs are protected
 *     host.h         made and kept here; connect.h: kept by another host; mirror.h: copied elsewhere
 *     door.h         who may come in, and git started for them; pusher.h: who another host says it is
 *     receive.h      git's hooks: pre-receive judges in quarantine, proc-receive moves the refs
 *     push.h         what a push asks, read from git; signature.h: who signed it
 *     decide.h       decided, and what became of it; gate_rules.h: the rules bound to it; tell.h: what a pusher reads
 *     critical.h     critical code that a push touches, and whose approval that wants
 *     checks.h       what definitions of done ask of a push, and what evidence shows; evidence_in.h: where it comes in
 *     times_judge.h  whether it comes when code may be published
 *     hold.h         a repository in the hands of who looks after it; watch.h: of all of them
 *     override.h     broken glass, and what moved past the gate
 *     change.h       changes, patch sets, reviews, what approvals still count; comment.h, diff.h: read and talked about
 *     publish.h      the approved result computed here, and put where it belongs
 *     attest.h       what is attested of it; seal.h: the server's signature
 *     replay.h       what the gate would have stopped
 *
 * Who may at all, and the shape of what is pushed, is always held to: nothing could be taken back. Whether points of
 * tasks hold, the organization says (`policy`): observe, warn or block.
 *
 * Threads: each call has a ctx of its own. */
#ifndef SINETTI_GATES_GATES_H
#define SINETTI_GATES_GATES_H

#include "facts/facts.h"
#include "identity/rights.h"

enum gate_mode { MODE_OBSERVE, MODE_WARN, MODE_BLOCK, MODE_COUNT };
const char *gate_mode_name(enum gate_mode m);

/* Who asks. */
struct gate_caller {
    struct str person;      /* person:ID */
    struct str credential;  /* fingerprint of the key or token */
    const struct str *only; /* permissions a token is narrowed to; n_only 0: all of the person's */
    size_t n_only;
    struct str emergency; /* the item of the register of changes that hurries, as CHG-12; STR_NONE: none */
    enum lang lang;
    const char *way; /* of a push: "ssh", "https", or "host", as another host's hook told of it; NULL: none */
};

#endif
