/* The commands: one file each. A command gets its own arguments (argv[0] is its name) and returns the exit code: 0
 * fine, 1 what was asked for is not so (faults, --fail-on), 2 wrong usage, 3 the input cannot be read, 4 an internal
 * fault. */
#ifndef SINETTI_CLI_CLI_H
#define SINETTI_CLI_CLI_H

enum { EXIT_FINE, EXIT_FAULTS, EXIT_USAGE, EXIT_UNREADABLE, EXIT_INTERNAL };

int cli_assess(int argc, char **argv);
int cli_check(int argc, char **argv);
int cli_status(int argc, char **argv);
int cli_refresh(int argc, char **argv);
int cli_metrics(int argc, char **argv);
int cli_rules(int argc, char **argv);
int cli_catalog(int argc, char **argv);
int cli_catalog_import(int argc, char **argv); /* argv[0]: import */
int cli_verify(int argc, char **argv);
int cli_init(int argc, char **argv);
int cli_fact(int argc, char **argv);
int cli_ledger(int argc, char **argv);
int cli_ledger_facts(int argc, char **argv); /* argv[0]: replay or erase */
int cli_ledger_witness(int argc, char **argv);
int cli_fsck(int argc, char **argv);
int cli_backup(int argc, char **argv);
int cli_restore(int argc, char **argv);
int cli_signer(int argc, char **argv);
int cli_api(int argc, char **argv);
int cli_serve(int argc, char **argv);
int cli_job(int argc, char **argv);
int cli_doctor(int argc, char **argv);
int cli_upgrade(int argc, char **argv);
int cli_record(int argc, char **argv);
int cli_import(int argc, char **argv);
int cli_export(int argc, char **argv);
int cli_review(int argc, char **argv);
int cli_record_deploy(int argc, char **argv); /* argv[0]: deploy */
int cli_people(int argc, char **argv);
int cli_access(int argc, char **argv);
int cli_admin_link(int argc, char **argv);
int cli_authorized_keys(int argc, char **argv);
int cli_door(int argc, char **argv);
int cli_gate_hook(int argc, char **argv);
int cli_gate(int argc, char **argv);
int cli_repo(int argc, char **argv);
int cli_evidence(int argc, char **argv);
int cli_attest(int argc, char **argv);

#endif
