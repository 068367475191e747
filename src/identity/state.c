#include "identity/identity.h"

extern const char identity_state_001_sql[], identity_state_002_sql[], identity_state_003_sql[];

static const char *const steps[] = {identity_state_001_sql, identity_state_002_sql, identity_state_003_sql};
const struct state_room identity_state = {"identity", steps, sizeof steps / sizeof *steps};
