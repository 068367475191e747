/* Documents, their statements and topics, in each markup. */
#include "observe_one.h"

FUZZ_PATHS("README.md", "docs/release-process.rst", "CONTRIBUTING.adoc", "security.txt", "MAINTAINERS", "OWNERS")
