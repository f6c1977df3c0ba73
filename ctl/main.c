/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* badgectl: the table of verbs, and the command line read for all of them. */
#include <errno.h>
#include <getopt.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "ctl/command.h"
#include "ctl/output.h"

#define WORD_MAX_BYTES 64

struct verb {
        const char *name, *synopsis, *summary, *help;
        bool takes_provider, takes_browser, takes_operand;
        enum command_exit (*run)(const struct command_line *line);
};

static const struct verb verbs[] = {
        {
                .name = "login",
                .synopsis = "login [ACCOUNT] [--browser] [--provider NAME] [--json]",
                .summary = "try a login: show the code, wait, say who approved and what decided",
                .help = "Shows address and code, waits for the approval and prints the outcome. It "
                        "opens no\nsession and gives no rights. Without ACCOUNT it is for your own "
                        "account; only root may\nname another one. Ctrl-C ends it.\n"
                        "\n"
                        "  --browser        approve in a browser on this desktop, without a code; "
                        "without a\n                   display the code comes after all\n"
                        "  --provider NAME  ask this provider, whatever the settings say\n"
                        "  --json           print one JSON object for the code and one for the "
                        "outcome\n"
                        "\n"
                        "Exit codes: 0 granted, 1 refused, 2 wrong arguments, 3 denied, 4 "
                        "expired,\n"
                        "5 unavailable, 6 throttled, 7 cancelled.\n",
                .takes_provider = true,
                .takes_browser = true,
                .takes_operand = true,
                .run = login_command,
        },
        {
                .name = "status",
                .synopsis = "status [--json]",
                .summary = "show the daemon, its logins and its providers (root)",
                .help = "Shows the daemon's version, how many logins are waiting and how many "
                        "ended how, and\nwhat is known of each provider. For root.\n"
                        "\n"
                        "  --json  print one JSON object\n"
                        "\n"
                        "Exit codes: 0 the daemon answered, 1 not allowed, 2 wrong arguments, 5 "
                        "out of reach.\n",
                .run = status_command,
        },
        {
                .name = "check",
                .synopsis = "check [PROVIDER] [--json]",
                .summary = "find out what is wrong with settings and providers (root)",
                .help = "Checks the settings, the daemon and each provider, or only the one named; "
                        "each\nfinding comes with its mend. For root.\n"
                        "\n"
                        "  --json  print one JSON object\n"
                        "\n"
                        "Exit codes: 0 nothing is wrong, 1 something is, 2 wrong arguments.\n",
                .takes_operand = true,
                .run = check_command,
        },
};

static const struct verb *find_verb(const char *name)
{
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                if (strcmp(verbs[i].name, name) == 0)
                        return &verbs[i];
        return NULL;
}

static void print_help(FILE *file)
{
        fputs("badgectl VERB [ARGUMENT] [OPTION...]\n\n"
              "Tries logins and looks at badged.\n\n",
              file);
        for (size_t i = 0; i < ELEMENTSOF(verbs); i++)
                fprintf(file, "  %s\n          %s\n", verbs[i].synopsis, verbs[i].summary);
        fputs("  help [VERB]\n          print this text, or more about a verb\n\n"
              "  --help     print this text\n"
              "  --version  print the version\n\n"
              "See badgectl(1).\n",
              file);
}

static enum command_exit print_verb_help(const struct verb *verb)
{
        printf("badgectl %s\n\n%s", verb->synopsis, verb->help);
        return COMMAND_GOOD;
}

static enum command_exit complain(const char *what, const char *word, const char *verb)
{
        _cleanup_free_ char *printable = text_sanitise(word, WORD_MAX_BYTES);

        fprintf(stderr, "badgectl: %s '%s'.\nTry 'badgectl help%s%s'.\n", what,
                printable ? printable : "?", verb ? " " : "", verb ? verb : "");
        return COMMAND_USAGE;
}

static enum command_exit run_help(int argc, char **argv)
{
        const struct verb *verb = argc > 1 ? find_verb(argv[1]) : NULL;

        if (argc > 2)
                return complain("There is an argument too many:", argv[2], NULL);
        if (argc > 1 && !verb)
                return complain("There is no verb", argv[1], NULL);
        if (verb)
                return print_verb_help(verb);
        print_help(stdout);
        return COMMAND_GOOD;
}

/* argv[0] is the verb. */
static enum command_exit run_verb(const struct verb *verb, int argc, char **argv)
{
        static const struct option options[] = {
                {"browser", no_argument, NULL, 'b'},
                {"help", no_argument, NULL, 'h'},
                {"json", no_argument, NULL, 'j'},
                {"provider", required_argument, NULL, 'p'},
                {NULL, 0, NULL, 0},
        };
        struct command_line line = {.badged_program = BADGED_PROGRAM};
        int option;

        while ((option = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
                if (option == 'j')
                        line.json = true;
                else if (option == 'p' && verb->takes_provider)
                        line.provider = optarg;
                else if (option == 'b' && verb->takes_browser)
                        line.browser = true;
                else if (option == 'h')
                        return print_verb_help(verb);
                else if (option == 'p')
                        return complain("There is no option", "--provider", verb->name);
                else if (option == 'b')
                        return complain("There is no option", "--browser", verb->name);
                else if (option == ':')
                        return complain("A value is missing after", argv[optind - 1], verb->name);
                else
                        return complain("There is no option", argv[optind - 1], verb->name);
        }
        if (optind < argc && verb->takes_operand)
                line.operand = argv[optind++];
        if (optind < argc)
                return complain("There is an argument too many:", argv[optind], verb->name);
        return verb->run(&line);
}

static enum command_exit run(int argc, char **argv)
{
        const char *word = argc > 1 ? argv[1] : NULL;

        if (!word) {
                print_help(stderr);
                return COMMAND_USAGE;
        }
        if (strcmp(word, "--version") == 0) {
                puts("badgectl " PROJECT_VERSION);
                return COMMAND_GOOD;
        }
        if (strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0)
                return run_help(argc - 1, argv + 1);
        const struct verb *verb = find_verb(word);
        if (!verb)
                return complain("There is no verb", word, NULL);
        return run_verb(verb, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
        (void)setlocale(LC_ALL, "");

        enum command_exit code = run(argc, argv);
        if (output_finish() < 0) {
                output_complaint("Failed to write to standard output.", NULL);
                code = code == COMMAND_GOOD ? COMMAND_BAD : code;
        }
        return (int)code;
}
