/* Changelogs and release notes. */
#include "observe_one.h"

FUZZ_PATHS("CHANGELOG.md", "CHANGES.rst", "debian/changelog", "docs/releases/1.2.md")
