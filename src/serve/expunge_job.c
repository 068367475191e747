#include "serve/expunge_job.h"

#include "ledger/log_reader.h"

#include <limits.h>
#include <stdlib.h>

static enum rc find(struct ctx *cx, const char *dir, struct str subject, struct gate_place *place)
{
    struct log_reader *reader;
    TRY(log_reader_open(cx, dir, &reader));
    enum rc rc = gate_place_find(cx, log_reader_db(reader), dir, subject, place);
    log_reader_close(reader);
    return rc;
}

enum rc expunge_job(struct ctx *cx, const char *dir, const struct catalog *c, struct str subject)
{
    const struct gate_caller by = {.person = STR("system"), .credential = STR("")};
    struct gate_place place;
    struct facts *facts;
    struct expunged done;
    char folder[PATH_MAX];
    if (!str_starts(subject, STR("repo:"))) return fail(cx, E_INVALID, "a repository is expected: repo:ID");
    if (!realpath(dir, folder)) return fail(cx, E_IO, "the data folder is not there");
    TRY(find(cx, folder, subject, &place));
    TRY(facts_open(cx, folder, c, &(const struct facts_options){0}, &facts));
    enum rc rc = expunge_run(cx, facts, folder, &place, &by, &done);
    facts_close(facts);
    return rc;
}
