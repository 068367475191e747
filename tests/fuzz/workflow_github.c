/* Workflows and actions of GitHub, and the commands in them. */
#include "observe_one.h"

FUZZ_PATHS(".github/workflows/x.yml", ".github/actions/x/action.yml")
