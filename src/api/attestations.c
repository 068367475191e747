/* What the server attests of published commits (gates/attest.h), and by which keys. */
#include "api/api.h"
#include "api/show.h"
#include "facts/subject.h"
#include "gates/attest.h"
#include "gates/seal.h"

static enum rc find_place(struct ctx *cx, struct api_call *call, struct gate_place *place)
{
    enum rc rc =
        gate_place_find(cx, call->ledger, call->dir,
                        arena_printf(&cx->arena, "repo:" STR_FMT, STR_ARG(api_value(call, "repository"))), place);
    bool within = api_within(call, rc == OK ? place->project : STR(""));
    return rc == OK && within ? OK
                              : api_fail(cx, call, E_NOTFOUND, "there is no such repository, or it is not for you",
                                         "sellaista repositoriota ei ole, tai se ei ole sinulle");
}

struct showing {
    struct json *j;
    struct str commit;
    bool begun;
};

static enum rc put_one(void *arg, const struct attested *a)
{
    struct showing *s = arg;
    scoped_buf name;
    buf_init(&name, 8192);
    bool plain = a->ref.n > 25 && subject_unspell(&name, str_slice(a->ref, 25, a->ref.n));
    if (!s->begun) {
        json_begin(s->j, '{');
        json_put_str(s->j, "commit", s->commit);
        json_key(s->j, "attestations");
        json_begin(s->j, '[');
        s->begun = true;
    }
    json_begin(s->j, '{');
    json_put_str(s->j, "ref", plain ? buf_view(&name) : a->ref);
    json_put_int(s->j, "level", a->level);
    api_put_time(s->j, "at", a->at);
    show_text(s->j, "history_since", a->history_since);
    show_text(s->j, "controls_since", a->controls_since);
    show_text(s->j, "review_since", a->review_since);
    json_put_str(s->j, "provenance", a->provenance);
    json_put_str(s->j, "summary", a->summary);
    json_end(s->j, '}');
    return OK;
}

API_OPERATION(attestations_get)
{
    struct gate_place place;
    struct log_reader *reader;
    struct showing s = {&call->out, api_value(call, "commit"), false};
    TRY(find_place(cx, call, &place));
    TRY(log_reader_open(cx, call->dir, &reader));
    enum rc rc = attest_read(cx, reader, place.subject, s.commit, put_one, &s);
    log_reader_close(reader);
    if (rc == E_NOTFOUND)
        return api_fail(cx, call, E_NOTFOUND, "nothing is attested of this commit",
                        "tästä commitista ei ole todistusta");
    TRY(rc);
    json_end(&call->out, ']');
    json_end(&call->out, '}');
    return OK;
}

API_OPERATION(source_keys_get)
{
    struct gate_place place;
    scoped_buf lines;
    TRY(find_place(cx, call, &place));
    buf_init(&lines, 1 << 20);
    TRY(seal_lines(cx, call->ledger, &lines));
    json_begin(&call->out, '{');
    json_put_str(&call->out, "allowed_signers", lines.n ? buf_view(&lines) : STR(""));
    json_end(&call->out, '}');
    return OK;
}
