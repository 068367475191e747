/* `sinetti`: finds the command and runs it. */
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
} commands[] = {
    {"assess", cli_assess, "where a repository stands on the tasks"},
    {"check", cli_check, "what a change would bring, and how to fix it"},
    {"status", cli_status, "where the organization stands, by what was recorded"},
    {"refresh", cli_refresh, "what pages read of it, brought up to date"},
    {"metrics", cli_metrics, "figures over events: now, and days that are past computed again"},
    {"rules", cli_rules, "the rules: list, explain, try on a repository"},
    {"catalog", cli_catalog, "what must hold: check, list and show it"},
    {"serve", cli_serve, "the pages and the API, for browsers and programs"},
    {"review", cli_review, "changes of a server's repositories: read, comment on, approve, publish"},
    {"record", cli_record, "items of registers: list, show, put, import, export"},
    {"import", cli_import, "tasks from a file of another tool"},
    {"export", cli_export, "tasks, the catalog as a library, results as an assessment"},
    {"people", cli_people, "who is here: list, add, import, leave, roles"},
    {"admin-link", cli_admin_link, "a one-time link for who cannot get in"},
    {"repo", cli_repo, "repositories with a gate, here or elsewhere: list, create, import, protect, connect"},
    {"evidence", cli_evidence, "hand in reports of tests and analyses about a commit"},
    {"attest", cli_attest, "show and verify what is attested of published commits"},
    {"access", cli_access, "why somebody may or may not: explain WHO REPOSITORY REF"},
    {"authorized-keys", cli_authorized_keys, "what sshd asks about a key"},
    {"gate", cli_gate, "break glass at the gate, and find what moved past it"},
    {"hook", cli_gate_hook, "what a repository's hook does where no server runs"},
    {"door", cli_door, "the way in over SSH, a key's forced command"},
    {"doctor", cli_doctor, "what is amiss with folder, machine and server, and how to mend it"},
    {"upgrade", cli_upgrade, "a data folder of an older version, brought to this one"},
    {"job", cli_job, "one job of the server, as its worker runs it"},
    {"init", cli_init, "a new data folder, with an empty audit log"},
    {"fact", cli_fact, "events of the audit log: add, list and show them"},
    {"verify", cli_verify, "whether a ledger is whole, or a proof proves"},
    {"ledger", cli_ledger, "signed heads, proofs and tiles of the audit log"},
    {"signer", cli_signer, "the audit log's key in a process of its own"},
    {"backup", cli_backup, "the audit log as one file"},
    {"restore", cli_restore, "the audit log from its backup, with a visible seam where facts are lost"},
    {"api", cli_api, "operations of a server, with a token"},
    {"fsck", cli_fsck, "whether the audit log is what its entries say"},
};

static int help(FILE *out, int code)
{
    fputs("usage: sinetti COMMAND [OPTIONS]\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-15s %s\n", commands[i].name, commands[i].what);
    fputs("\n`sinetti COMMAND --help` tells its options.\n", out);
    return code;
}

/* Standard descriptors that the caller closed would become the next files opened, and be written to. Opened so, each
 * fails when it is used. */
static bool open_standard(void)
{
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd) return false;
    return true;
}

static int run(int argc, char **argv)
{
    if (argc < 2) return help(stderr, EXIT_USAGE);
    if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") || !strcmp(argv[1], "help"))
        return help(stdout, EXIT_FINE);
    if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
        puts("sinetti " SINETTI_VERSION);
        return EXIT_FINE;
    }
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        if (!strcmp(argv[1], commands[i].name)) return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "sinetti: no such command; `sinetti --help` lists them\n");
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    if (!open_standard()) return EXIT_INTERNAL;
    (void)signal(SIGXFSZ, SIG_IGN); /* a file over the caller's limit is an error to tell, not an end */
    int code = run(argc, argv);
    /* What was asked for and is not all there is no success. */
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "sinetti: standard output: cannot write: %s\n", strerror(errno));
    return code == EXIT_FINE || code == EXIT_FAULTS ? EXIT_UNREADABLE : code;
}
