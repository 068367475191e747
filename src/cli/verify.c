/* sinetti verify: whether a ledger is whole, or a proof proves, with nothing but files and a key. */
#include "cli/common.h"
#include "cli/verify_input.h"
#include "reports/ledger.h"

#include <stdio.h>

#define MOST_WITNESSES 64
#define MOST_HELD 16
#define MOST_SECONDS 3600

static const char help[] =
    "usage: sinetti verify [OPTIONS] --key VKEY FOLDER|URL\n"
    "       sinetti verify [OPTIONS] --key VKEY --proof FILE\n"
    "Verifies a ledger's folder of tiles, or the proof of one fact, with nothing else of the machine\n"
    "that wrote it (docs/verifying.md). Keys: the text itself, or @FILE.\n\n"
    "  --key VKEY             the ledger's key, from a source you trust; an older one will do when the\n"
    "                         ledger holds the handovers to the present one\n"
    "  --witness VKEY         a witness that must have cosigned; may be repeated\n"
    "  --held FILE            a checkpoint kept from before: the ledger must still begin with it; may be\n"
    "                         repeated\n"
    "  --proof FILE           a proof of one fact (.tlog-proof) instead of a ledger\n"
    "  --timeout SECONDS      how long a server may say nothing (30)\n"
    "  --format text|json     of standard output (text)\n"
    "  --lang en|fi           language of the text (en)\n"
    "  --quiet                print nothing but errors\n"
    "exit codes: 0 it verifies, 1 it does not, 2 wrong usage, 3 it cannot be read, 4 internal fault\n";

enum { OPTION_KEY = OPTION_OWN, OPTION_WITNESS, OPTION_HELD, OPTION_PROOF, OPTION_TIMEOUT };

static const struct option table[] = {{"key", required_argument, NULL, OPTION_KEY},
                                      {"witness", required_argument, NULL, OPTION_WITNESS},
                                      {"held", required_argument, NULL, OPTION_HELD},
                                      {"proof", required_argument, NULL, OPTION_PROOF},
                                      {"timeout", required_argument, NULL, OPTION_TIMEOUT},
                                      {"format", required_argument, NULL, OPTION_FORMAT},
                                      {"lang", required_argument, NULL, OPTION_LANG},
                                      {"quiet", no_argument, NULL, OPTION_QUIET},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    struct common c;
    const char *key, *proof, *place;
    const char *witness_texts[MOST_WITNESSES], *held_files[MOST_HELD];
    struct note_key witnesses[MOST_WITNESSES];
    struct verify_held held[MOST_HELD];
    struct verify_options o;
    int64_t timeout;
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_KEY:
        if (a->key) return fail(cx, E_INVALID, "--key: one key; what it handed over to is found in the ledger");
        a->key = value;
        return OK;
    case OPTION_WITNESS:
        if (a->o.n_witnesses == MOST_WITNESSES) return fail(cx, E_LIMIT, "at most %d witnesses", MOST_WITNESSES);
        a->witness_texts[a->o.n_witnesses++] = value;
        return OK;
    case OPTION_HELD:
        if (a->o.n_held == MOST_HELD) return fail(cx, E_LIMIT, "at most %d heads held from before", MOST_HELD);
        a->held_files[a->o.n_held++] = value;
        return OK;
    case OPTION_PROOF:
        a->proof = value;
        return OK;
    case OPTION_TIMEOUT:
        if (str_to_i64(str_from(value), 1, MOST_SECONDS, &a->timeout)) return OK;
        return fail(cx, E_INVALID, "--timeout is 1 to %d seconds", MOST_SECONDS);
    default:
        TRY(common_option(cx, &a->c, code, value));
        if (code != OPTION_FORMAT || a->c.format == REPORT_TEXT || a->c.format == REPORT_JSON) return OK;
        return fail(cx, E_INVALID, "--format is text or json");
    }
}

static enum rc check_usage(struct ctx *cx, const struct arguments *a, int places)
{
    if (!a->key) return fail(cx, E_INVALID, "--key is missing: without one nothing can be proven");
    if (a->proof && places) return fail(cx, E_INVALID, "--proof is verified by itself, without a folder");
    if (a->proof && a->o.n_held) return fail(cx, E_INVALID, "--held goes with a folder, not with --proof");
    if (!a->proof && places != 1) return fail(cx, E_INVALID, "one folder or URL of a ledger is expected");
    return OK;
}

static enum rc read_keys(struct ctx *cx, struct arguments *a)
{
    TRY(verify_key_read(cx, "--key", a->key, NOTE_ED25519, &a->o.key));
    for (size_t i = 0; i < a->o.n_witnesses; i++)
        TRY(verify_key_read(cx, "--witness", a->witness_texts[i], NOTE_COSIGNATURE, &a->witnesses[i]));
    a->o.witnesses = a->witnesses;
    return OK;
}

static enum rc read_held(struct ctx *cx, struct arguments *a)
{
    for (size_t i = 0; i < a->o.n_held; i++) TRY(verify_held_read(cx, a->held_files[i], &a->held[i]));
    a->o.held = a->held;
    return OK;
}

static int print(struct ctx *cx, const struct arguments *a, struct buf *text, bool verifies)
{
    enum rc rc = buf_ok(text);
    if (rc == OK && !a->c.quiet) rc = common_print(cx, buf_view(text));
    if (rc != OK) return common_failed(cx, rc);
    return verifies ? EXIT_FINE : EXIT_FAULTS;
}

static int verify_folder(struct ctx *cx, struct arguments *a)
{
    struct verified found;
    struct verify_place place;
    struct report_style style = common_style();
    enum rc rc = read_held(cx, a);
    if (rc == OK) rc = verify_place_open(cx, a->place, a->timeout, &place);
    if (rc == E_INVALID) return common_wrong(cx, "verify");
    if (rc != OK) return common_failed(cx, rc);
    a->o.reader = place.reader;
    common_progress(cx);
    rc = verify_ledger(cx, &a->o, &found);
    common_progress_end();
    verify_place_close(&place);
    if (rc != OK && rc != E_CORRUPT) return common_failed(cx, rc);
    struct ledger_report r = {&a->o, &found, rc == OK ? NULL : arena_cstr(&cx->arena, str_from(cx->message)),
                              a->c.lang};
    scoped_buf text;
    buf_init(&text, 0);
    if (a->c.format == REPORT_JSON)
        report_ledger_json(cx, &r, &text);
    else
        report_ledger_text(cx, &r, &style, &text);
    return print(cx, a, &text, rc == OK);
}

static int verify_proof(struct ctx *cx, struct arguments *a)
{
    struct proven found = {0};
    struct report_style style = common_style();
    struct verify_witness *w = arena_array(&cx->arena, struct verify_witness, a->o.n_witnesses);
    struct str bytes;
    enum rc rc = verify_file_read(cx, a->proof, LIMIT_PROOF, &bytes);
    if (rc != OK) return common_failed(cx, rc);
    for (size_t i = 0; i < a->o.n_witnesses; i++) w[i].key = &a->witnesses[i];
    rc = verify_proof_bytes(cx, bytes, &a->o.key, w, a->o.n_witnesses, &found);
    struct proof_report r = {&a->o.key, &found, w, a->o.n_witnesses, NULL, a->c.lang};
    if (rc != OK) r.wrong = arena_cstr(&cx->arena, str_from(cx->message));
    scoped_buf text;
    buf_init(&text, 0);
    if (a->c.format == REPORT_JSON)
        report_proof_json(cx, &r, &text);
    else
        report_proof_text(cx, &r, &style, &text);
    return print(cx, a, &text, rc == OK);
}

static int verify(struct ctx *cx, struct arguments *a)
{
    enum rc rc = read_keys(cx, a);
    if (rc == E_INVALID) return common_wrong(cx, "verify");
    if (rc != OK) return common_failed(cx, rc);
    return a->proof ? verify_proof(cx, a) : verify_folder(cx, a);
}

int cli_verify(int argc, char **argv)
{
    struct arguments a = {.timeout = 30};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && check_usage(&cx, &a, argc - optind) != OK) out = common_wrong(&cx, "verify");
    if (out < 0) {
        a.place = argv[optind];
        out = verify(&cx, &a);
    }
    ctx_release(&cx);
    return out;
}
