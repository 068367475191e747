/* sinetti ledger: signed heads, proofs and tiles of the audit log. */
#include "base/base64.h"
#include "cli/common.h"
#include "cli/data.h"
#include "cli/witnesses.h"
#include "ledger/tiles_write.h"
#include "store/config.h"

#include <stdio.h>

static const char help[] =
    "usage: sinetti ledger checkpoint         signs the newest head and prints it\n"
    "       sinetti ledger vkey               the key that verifies this ledger: give it to auditors\n"
    "       sinetti ledger prove N            that fact N is in the ledger, as one file (C2SP tlog-proof)\n"
    "       sinetti ledger consistency M N    that the ledger of M facts is the beginning of that of N\n"
    "       sinetti ledger tiles OUT          a folder that `sinetti verify` and public clients read\n"
    "       sinetti ledger rotate-key --reason TEXT   a new key, handed over to by the old one\n"
    "       sinetti ledger replay --into FILE [--until TIME]   all tables as they were (replay --help)\n"
    "       sinetti ledger erase N …          takes the body of fact N away (erase --help)\n"
    "       sinetti ledger witness …          cosigns the heads of other ledgers (witness --help)\n\n" DATA_HELP
    "  --witness URL=VKEY   of checkpoint: asks this witness to cosign; may be repeated. Those of the setting\n"
    "                  `witnesses` in DIR/config are asked too. The head is signed and printed without those that\n"
    "                  do not cosign; they are told, and the exit code is 1\n"
    "  --without-body  of prove: show that, when and of which kind it is, and not what it says\n"
    "  --catalog DIR   of rotate-key: another catalog than the built-in one\n"
    "exit codes: 0 fine, 1 a witness did not cosign, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_SIGNER, OPTION_REASON, OPTION_WITHOUT_BODY, OPTION_WITNESS };

static const struct option table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                      {"signer", required_argument, NULL, OPTION_SIGNER},
                                      {"reason", required_argument, NULL, OPTION_REASON},
                                      {"witness", required_argument, NULL, OPTION_WITNESS},
                                      {"without-body", no_argument, NULL, OPTION_WITHOUT_BODY},
                                      {"catalog", required_argument, NULL, OPTION_CATALOG},
                                      {"help", no_argument, NULL, OPTION_HELP},
                                      {0}};

struct arguments {
    struct data data;
    const char *reason, *operands[2];
    bool without_body;
    struct witness_place witnesses[LIMIT_WITNESSES];
    size_t n_witnesses, refused; /* refused: those that did not cosign */
    uint64_t numbers[2];
};

static enum rc print_text(struct ctx *cx, const struct buf *text)
{
    if (text->failed) return fail(cx, E_LIMIT, "it is too long to print");
    return common_print(cx, buf_view(text));
}

/* Those of the options and of the settings; one that is in both is asked once. */
static enum rc find_witnesses(struct ctx *cx, const struct arguments *a, struct witness_place *out, size_t *n)
{
    struct config config;
    *n = 0;
    TRY(config_read(cx, a->data.dir, &config));
    for (size_t i = 0; i < a->n_witnesses + config.n_witnesses; i++) {
        bool is_new = true;
        if (i < a->n_witnesses)
            out[*n] = a->witnesses[i];
        else
            TRY(witness_place_read(cx, config.witnesses[i - a->n_witnesses], &out[*n]));
        for (size_t k = 0; k < *n; k++) is_new = is_new && !note_key_eq(&out[k].key, &out[*n].key);
        *n += is_new;
    }
    return OK;
}

static enum rc newest_or_none(struct ctx *cx, struct log_reader *r, struct str *note)
{
    *note = STR("");
    enum rc rc = head_newest(cx, r, note);
    return rc == E_NOTFOUND ? OK : rc;
}

static enum rc checkpoint(struct ctx *cx, struct arguments *a)
{
    struct witness_place witnesses[2 * LIMIT_WITNESSES];
    size_t n;
    struct str before, kept;
    scoped_buf note, cosigned;
    buf_init(&note, LIMIT_NOTE);
    buf_init(&cosigned, LIMIT_NOTE);
    TRY(find_witnesses(cx, a, witnesses, &n));
    TRY(newest_or_none(cx, a->data.reader, &before));
    TRY(head_sign(cx, a->data.log, a->data.reader, a->data.signer, &note));
    signer_close(a->data.signer); /* others may sign while the witnesses are asked */
    a->data.signer = NULL;
    TRY(log_reader_refresh(cx, a->data.reader));
    TRY(head_newest(cx, a->data.reader, &kept));
    if (!str_starts(kept, buf_view(&note))) return fail(cx, E_CONFLICT, "another head was signed in the meantime");
    TRY(witnesses_ask(cx, a->data.reader, witnesses, n, before, kept, &cosigned, &a->refused));
    if (!str_eq(kept, buf_view(&cosigned))) TRY(head_cosign(cx, a->data.log, kept, buf_view(&cosigned)));
    return print_text(cx, &cosigned);
}

static enum rc print_key(struct ctx *cx, const struct note_key *key)
{
    scoped_buf text;
    buf_init(&text, 0);
    note_key_put(&text, key);
    buf_char(&text, '\n');
    return print_text(cx, &text);
}

static enum rc vkey(struct ctx *cx, struct arguments *a)
{
    return print_key(cx, signer_key(a->data.signer));
}

static enum rc prove(struct ctx *cx, struct arguments *a)
{
    scoped_buf text;
    buf_init(&text, LIMIT_PROOF);
    TRY(head_prove(cx, a->data.reader, a->numbers[0], !a->without_body, &text));
    return print_text(cx, &text);
}

static enum rc consistency(struct ctx *cx, struct arguments *a)
{
    struct hash proof[MERKLE_PROOF];
    size_t n = 0;
    scoped_buf text;
    buf_init(&text, 0);
    struct merkle_nodes nodes = log_reader_nodes(a->data.reader);
    uint64_t size = log_reader_size(a->data.reader), from = a->numbers[0], to = a->numbers[1];
    if (from > to || to > size)
        return fail(cx, E_INVALID, "consistency: the ledger has %llu facts; M must not be over N, nor N over that",
                    (unsigned long long)size);
    if (merkle_consistency(&nodes, from, to, proof, &n) != OK)
        return fail(cx, E_CORRUPT, "the log's hashes cannot be read; run `sinetti fsck`");
    for (size_t i = 0; i < n; i++) {
        base64_put(&text, proof[i].b, sizeof proof[i].b);
        buf_char(&text, '\n');
    }
    return print_text(cx, &text);
}

static enum rc tiles(struct ctx *cx, struct arguments *a)
{
    struct str note;
    TRY(head_newest(cx, a->data.reader, &note));
    common_progress(cx);
    enum rc rc = tiles_write(cx, a->data.reader, note, a->operands[0]);
    common_progress_end();
    return rc;
}

static enum rc rotate(struct ctx *cx, struct arguments *a)
{
    struct note_key key;
    const struct body by = {.actor = STR("unknown"), .credential = STR(""), .via = STR("operator")};
    struct str reason = str_from(a->reason);
    if (!reason.n || reason.n > 4096 || !str_is_utf8(reason))
        return fail(cx, E_INVALID, "--reason: 1 to 4096 bytes of text are expected");
    TRY(head_rotate(cx, a->data.log, a->data.reader, a->data.signer, &by, reason, &key));
    TRY(print_key(cx, signer_key(a->data.signer)));
    return data_catch_up(cx, &a->data); /* the key is replaced, whatever becomes of the tables */
}

static const struct verb {
    const char *name;
    enum rc (*run)(struct ctx *cx, struct arguments *a);
    int operands;
    bool are_numbers, has_reason;
    unsigned needs;
} verbs[] = {
    {"checkpoint", checkpoint, 0, false, false, DATA_READ | DATA_WRITE | DATA_SIGN},
    {"vkey", vkey, 0, false, false, DATA_SIGN},
    {"prove", prove, 1, true, false, DATA_READ},
    {"consistency", consistency, 2, true, false, DATA_READ},
    {"tiles", tiles, 1, false, false, DATA_READ},
    {"rotate-key", rotate, 0, false, true, DATA_READ | DATA_WRITE | DATA_SIGN},
};

static enum rc take(struct ctx *cx, void *arguments, int code, const char *value)
{
    struct arguments *a = arguments;
    switch (code) {
    case OPTION_DATA:
        a->data.dir = value;
        return OK;
    case OPTION_SIGNER:
        a->data.signer_dir = value;
        return OK;
    case OPTION_REASON:
        a->reason = value;
        return OK;
    case OPTION_CATALOG:
        a->data.catalog = value;
        return OK;
    case OPTION_WITNESS:
        if (a->n_witnesses == LIMIT_WITNESSES) return fail(cx, E_LIMIT, "--witness: at most %d", LIMIT_WITNESSES);
        return witness_place_read(cx, value, &a->witnesses[a->n_witnesses++]);
    case OPTION_WITHOUT_BODY:
        a->without_body = true;
        return OK;
    default:
        return fail(cx, E_INTERNAL, "option %d is not handled", code);
    }
}

static enum rc find_verb(struct ctx *cx, struct arguments *a, int n, char **words, const struct verb **out)
{
    if (n == 0)
        return fail(cx, E_INVALID,
                    "say what to do: checkpoint, vkey, prove, consistency, tiles, rotate-key, replay, "
                    "erase or witness");
    const struct verb *v = NULL;
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
        if (!strcmp(words[0], verbs[i].name)) v = &verbs[i];
    if (!v) return fail(cx, E_INVALID, "there is no `ledger %s`", str_visible(cx, str_from(words[0])));
    if (n - 1 != v->operands) return fail(cx, E_INVALID, "ledger %s takes %d words behind it", v->name, v->operands);
    for (int i = 0; i < v->operands; i++) {
        a->operands[i] = words[i + 1];
        if (v->are_numbers && !size_read(str_from(words[i + 1]), &a->numbers[i]))
            return fail(cx, E_INVALID, "\"%s\" is no number of a fact", str_visible(cx, str_from(words[i + 1])));
    }
    if (v->has_reason != (a->reason != NULL))
        return fail(cx, E_INVALID, v->has_reason ? "ledger %s needs --reason" : "ledger %s has no --reason", v->name);
    if (a->without_body && v->run != prove) return fail(cx, E_INVALID, "--without-body is of `ledger prove`");
    if (a->n_witnesses && v->run != checkpoint) return fail(cx, E_INVALID, "--witness is of `ledger checkpoint`");
    *out = v;
    return OK;
}

int cli_ledger(int argc, char **argv)
{
    if (argc > 1 && (!strcmp(argv[1], "replay") || !strcmp(argv[1], "erase")))
        return cli_ledger_facts(argc - 1, argv + 1);
    if (argc > 1 && !strcmp(argv[1], "witness")) return cli_ledger_witness(argc - 1, argv + 1);
    struct arguments a = {0};
    const struct verb *v = NULL;
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0 && find_verb(&cx, &a, argc - optind, argv + optind, &v) != OK) out = common_wrong(&cx, "ledger");
    if (out < 0 && v) {
        enum rc rc = data_open(&cx, &a.data, v->needs);
        if (rc == OK) rc = v->run(&cx, &a);
        out = rc != OK ? common_failed(&cx, rc) : a.refused ? EXIT_FAULTS : EXIT_FINE;
        data_close(&a.data);
    }
    ctx_release(&cx);
    return out;
}
