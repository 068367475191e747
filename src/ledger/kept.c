#include "ledger/kept.h"

/* A verifier stands alone: it cannot ask the catalog, and the list only grows. */
static const char *const kept[] = {
    "adoption",   "applicability", "approval",    "assessment", "attestation", "catalog",      "cleared",
    "conclusion", "credential",    "decision",    "erasure",    "expunge",     "expunged",     "group",
    "key",        "library",       "mail_server", "measure",    "mirror",      "organization", "outcome",
    "override",   "patch_set",     "policy",      "project",    "protection",  "provider",     "push",
    "repository", "request",       "restored",    "review",     "role",        "rotation",     "sign_in",
    "source_key", "step",          "treatment",   "verdicts",   "waiver",      "webhook",
};

bool kind_is_kept(struct str kind)
{
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (str_eq(kind, str_from(kept[i]))) return true;
    return false;
}
