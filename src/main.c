/* `sinetti`: finds the command and runs it. */
#include "cli/cli.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *what;
} commands[] = {
    {"assess", cli_assess, "where a repository stands on the tasks"},
    {"check", cli_check, "what a change would bring, and how to fix it"},
    {"rules", cli_rules, "the rules: list, explain, try on a repository"},
    {"catalog", cli_catalog, "what must hold: check, list and show it"},
};

static int help(FILE *out, int code)
{
    fputs("usage: sinetti COMMAND [OPTIONS]\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof *commands; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].what);
    fputs("\n`sinetti COMMAND --help` tells its options.\n", out);
    return code;
}

int main(int argc, char **argv)
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
