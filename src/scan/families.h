/* Private to the scan room: the checks the table of rules names, by family file. */
#ifndef SINETTI_SCAN_FAMILIES_H
#define SINETTI_SCAN_FAMILIES_H

#include "scan/match.h"

/* secrets.c: keys and tokens with a form of their own */
rule_check check_private_key;
rule_check check_putty_key;
rule_check check_token;     /* group 1 is not a stand-in and reads random */
rule_check check_crc_token; /* group 1: prefix, 30 characters, 6 of checksum */
rule_check check_aws_id;
rule_check check_aws_secret;
rule_check check_google_key;
rule_check check_nearby_vendor; /* check_token, and group 2 … or the vendor's name stands near */
rule_check check_jwt;
rule_check check_azure_storage;
rule_check check_live_key_in_test;

/* passwords.c: values assigned to names, and credentials in addresses */
rule_check check_assignment;
rule_check check_url_credentials;
rule_check check_connection_string;
rule_check check_signing_secret;
rule_check check_credential_file;
rule_check check_account_literal;

/* production.c */
rule_check check_production_host;

/* hashes.c */
rule_check check_fast_hash;
rule_check check_fast_hash_nearby;
rule_check check_hash_function;
rule_check check_few_rounds;
rule_check check_weak_encoder;

/* transport.c */
rule_check check_unverified;
rule_check check_python_unverified;
rule_check check_command_unverified;
rule_check check_old_tls;
rule_check check_old_tls_list;
rule_check check_plain_http;

/* downloads.c */
rule_check check_download_to_shell;

#endif
