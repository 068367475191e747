/* GitLab CI and the systems read as text, and scripts. */
#include "observe_one.h"

FUZZ_PATHS(".gitlab-ci.yml", "Jenkinsfile", ".circleci/config.yml", "Makefile", "tox.ini", "x.sh")
