/* sinetti backup, sinetti restore: the audit log as one file, and back. */
#include "ledger/backup.h"
#include "cli/common.h"
#include "cli/data.h"
#include "cli/kept.h"
#include "store/config.h"

#include <inttypes.h>
#include <stdio.h>

static const char backup_help[] = "usage: sinetti backup FILE [OPTIONS]\n"
                                  "Writes the audit log as it is now into a new file, and reports of assessments and "
                                  "attachments into FILE.files beside\n"
                                  "it; nobody is kept waiting. The "
                                  "signer's folder is not in it, and must\n"
                                  "not lie beside it: it is what tells an older copy from the newest.\n\n" DATA_HELP
                                  "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

static const char restore_help[] =
    "usage: sinetti restore FILE --reason TEXT [OPTIONS]\n"
    "       sinetti restore --reason TEXT [OPTIONS]     finishes one that was broken off behind the copying\n"
    "Checks the file whole and puts it in the place of the audit log, which is kept beside it. Everything else that "
    "uses the\n"
    "data folder must be stopped. When the copy lacks facts that were under a signed head, the log goes on under a new "
    "name,\n"
    "and the first fact there tells what was lost.\n\n" DATA_HELP
    "  --catalog DIR   another catalog than the built-in one\n"
    "exit codes: 0 fine, 2 wrong usage, 3 refused or unreadable, 4 internal fault\n";

enum { OPTION_DATA = OPTION_OWN, OPTION_SIGNER, OPTION_REASON };

static const struct option backup_table[] = {{"data", required_argument, NULL, OPTION_DATA},
                                             {"signer", required_argument, NULL, OPTION_SIGNER},
                                             {"help", no_argument, NULL, OPTION_HELP},
                                             {0}};
static const struct option restore_table[] = {
    {"data", required_argument, NULL, OPTION_DATA},     {"signer", required_argument, NULL, OPTION_SIGNER},
    {"reason", required_argument, NULL, OPTION_REASON}, {"catalog", required_argument, NULL, OPTION_CATALOG},
    {"help", no_argument, NULL, OPTION_HELP},           {0}};

struct arguments {
    struct data data;
    const char *file, *reason;
};

static void say_kept(const struct kept_counts *k)
{
    printf(" %" PRIu64 " report%s and %" PRIu64 " attachment%s", k->reports, k->reports == 1 ? "" : "s", k->files,
           k->files == 1 ? "" : "s");
    printf("\n");
    uint64_t missing = k->missing_reports + k->missing_files;
    if (missing) printf("%" PRIu64 " that facts name are not there\n", missing);
    if (k->damaged) printf("%" PRIu64 " are damaged and were left out\n", k->damaged);
}

static enum rc backup(struct ctx *cx, struct arguments *a)
{
    TRY(data_open(cx, &a->data, DATA_READ));
    struct kept_counts kept;
    common_progress(cx);
    enum rc rc = kept_backup(cx, a->data.reader, a->data.dir, a->file, &kept);
    if (rc == OK) rc = log_backup(cx, a->data.reader, a->file);
    common_progress_end();
    if (rc != OK) return rc;
    printf("%" PRIu64 " facts,", log_reader_size(a->data.reader));
    say_kept(&kept);
    return OK;
}

static enum rc go_on(struct ctx *cx, struct arguments *a)
{
    struct head_seam seam;
    const struct body by = {.actor = STR("unknown"), .credential = STR(""), .via = STR("operator")};
    TRY(data_open(cx, &a->data, DATA_READ | DATA_WRITE | DATA_SIGN));
    TRY(head_restore(cx, a->data.log, a->data.reader, a->data.signer, &by, str_from(a->reason), &seam));
    if (!seam.seam) {
        printf("nothing that was under a signed head is missing: the log goes on as before\n");
        return data_catch_up(cx, &a->data);
    }
    printf("lost, though they were under a signed head: %" PRIu64 " facts from number %" PRIu64 " on\n",
           seam.lost_to - seam.lost_from, seam.lost_from);
    printf("the log goes on as " STR_FMT "; its new key, for auditors:\n", STR_ARG(seam.origin));
    scoped_buf key;
    buf_init(&key, 0);
    note_key_put(&key, signer_key(a->data.signer));
    printf(STR_FMT "\nerasures among the lost facts have to be done again\n", STR_ARG(buf_view(&key)));
    return data_catch_up(cx, &a->data);
}

static enum rc restore(struct ctx *cx, struct arguments *a)
{
    struct log_restored out;
    struct str reason = str_from(a->reason);
    if (!reason.n || reason.n > 4096 || !str_is_utf8(reason))
        return fail(cx, E_INVALID, "--reason: 1 to 4096 bytes of text are expected");
    if (a->file) {
        struct config config;
        data_find(cx, &a->data);
        TRY(config_read(cx, a->data.dir, &config));
        if (config_log_is_shared(&config))
            return fail(cx, E_DENIED,
                        "this folder's log is in PostgreSQL: restore it there, remove ledger.db on every server, join "
                        "again by `sinetti init --log`, then finish with `sinetti restore --reason` beside the signer");
        TRY(data_open(cx, &a->data, DATA_SIGN)); /* before anything changes: without it there is no going on */
        common_progress(cx);
        enum rc rc = log_restore(cx, a->file, a->data.dir, &out);
        common_progress_end();
        data_close(&a->data);
        TRY(rc);
        printf("%" PRIu64 " facts are back", out.facts);
        if (out.kept) printf("; what was there is kept as %s", str_visible(cx, str_from(out.kept)));
        printf("\n");
        struct kept_counts kept;
        bool found;
        TRY(kept_restore(cx, a->data.dir, a->file, &found, &kept));
        if (!found)
            printf("there is no %s.files: findings of past assessments and attachments may be missing\n",
                   str_visible(cx, str_from(a->file)));
        else if (kept.reports + kept.files + kept.damaged) {
            printf("back are");
            say_kept(&kept);
        }
    }
    return go_on(cx, a);
}

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
    case OPTION_CATALOG:
        a->data.catalog = value;
        return OK;
    case OPTION_REASON:
        a->reason = value;
        return OK;
    default:
        return fail(cx, E_INTERNAL, "option %d is not handled", code);
    }
}

static int command(int argc, char **argv, const char *name, const char *help, const struct option *table, bool restores,
                   enum rc (*run)(struct ctx *cx, struct arguments *a))
{
    struct arguments a = {0};
    struct ctx cx;
    ctx_init(&cx);
    int out = common_parse(&cx, argc, argv, table, help, take, &a);
    if (out < 0) a.file = argv[optind];
    bool right = restores ? argc - optind <= 1 && a.reason : argc - optind == 1;
    if (out < 0 && !right) {
        (void)fail(&cx, E_INVALID, restores ? "restore needs --reason, and takes one file" : "backup takes one file");
        out = common_wrong(&cx, name);
    }
    if (out < 0) {
        enum rc rc = run(&cx, &a);
        out = rc == OK ? EXIT_FINE : common_failed(&cx, rc);
        data_close(&a.data);
    }
    ctx_release(&cx);
    return out;
}

int cli_backup(int argc, char **argv)
{
    return command(argc, argv, "backup", backup_help, backup_table, false, backup);
}

int cli_restore(int argc, char **argv)
{
    return command(argc, argv, "restore", restore_help, restore_table, true, restore);
}
