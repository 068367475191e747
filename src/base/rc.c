#include "base/rc.h"

static const struct {
    const char *name;
    int exit;
} outcomes[] = {
    [OK] = {"ok", 0},
    [E_INVALID] = {"invalid", 3},
    [E_DENIED] = {"denied", 3},
    [E_NOTFOUND] = {"not found", 3},
    [E_CONFLICT] = {"conflict", 3},
    [E_LIMIT] = {"limit", 3},
    [E_BUSY] = {"busy", 3},
    [E_IO] = {"input/output", 3},
    [E_CORRUPT] = {"corrupt", 3},
    [E_INTERNAL] = {"internal", 4},
};

const char *rc_name(enum rc rc)
{
    return outcomes[rc].name;
}

int rc_exit(enum rc rc)
{
    return outcomes[rc].exit;
}
