/* The one set of outcomes. Every function that can fail returns one and callers must look at it. */
#ifndef SINETTI_BASE_RC_H
#define SINETTI_BASE_RC_H

enum rc {
    OK = 0,
    E_INVALID,  /* the input breaks a rule of its format */
    E_DENIED,   /* understood, and refused */
    E_NOTFOUND, /* what was named is not there */
    E_CONFLICT, /* somebody else changed it, or it exists with other content */
    E_LIMIT,    /* a ceiling of base/limits.h was reached */
    E_BUSY,     /* try again */
    E_IO,       /* the machine failed us: disk, process, memory */
    E_CORRUPT,  /* stored data is not what was stored */
    E_INTERNAL  /* our own fault */
};

#define MUST_CHECK __attribute__((warn_unused_result))

/* A short lower-case word for the outcome ("invalid", "denied", …); never NULL. */
const char *rc_name(enum rc rc);

/* The process exit code for a command that ended so: 0 fine, 2 wrong usage, 3 input unreadable, 4 internal fault. */
int rc_exit(enum rc rc);

#endif
