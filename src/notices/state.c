#include "notices/notices.h"

extern const char notices_state_001_sql[];

static const char *const steps[] = {notices_state_001_sql};
const struct state_room notices_state = {"notices", steps, sizeof steps / sizeof *steps};
