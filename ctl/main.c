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

/* How long a token has to count: unless --min-lifetime says otherwise, and the most it may say. */
#define LIFETIME_USUAL_SEC 60
#define LIFETIME_MAX_SEC   (24 * 60 * 60)

/* What a verb takes besides --help. */
#define TAKES_JSON     (1U << 0)
#define TAKES_PROVIDER (1U << 1)
#define TAKES_LIFETIME (1U << 2)
#define TAKES_HEADER   (1U << 3)
#define TAKES_OPERAND  (1U << 4)
#define TAKES_TARGET   (1U << 5)
#define TAKES_BROWSER  (1U << 6)

struct verb {
        const char *name, *synopsis, *summary, *help;
        unsigned takes;
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
                .takes = TAKES_JSON | TAKES_PROVIDER | TAKES_BROWSER | TAKES_OPERAND,
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
                .takes = TAKES_JSON,
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
                .takes = TAKES_JSON | TAKES_OPERAND,
                .run = check_command,
        },
        {
                .name = "token",
                .synopsis = "token [--min-lifetime TIME] [--header] [--json]",
                .summary = "print an access token of your own session",
                .help = "Prints an access token that your own session here has got from the "
                        "identity provider,\na new one if need be. Only where the administrator "
                        "allows it. Keep it to yourself:\nwhoever has it can do what you can.\n"
                        "\n"
                        "  --min-lifetime TIME  it has to count for so long: 90, 90s, 5min, 2h; "
                        "otherwise 60s\n"
                        "  --header             print the whole header, for curl -H @-\n"
                        "  --json               print one JSON object, with the token's terms\n"
                        "\n"
                        "Exit codes: 0 here it is, 1 refused, 2 wrong arguments, 5 out of reach.\n",
                .takes = TAKES_JSON | TAKES_LIFETIME | TAKES_HEADER,
                .run = token_command,
        },
        {
                .name = "userinfo",
                .synopsis = "userinfo [--json]",
                .summary = "ask the provider who you are there",
                .help = "Asks the provider's userinfo endpoint with your own access token and "
                        "prints the claims.\n"
                        "\n"
                        "  --json  print one JSON object\n"
                        "\n"
                        "Exit codes: 0 here they are, 1 refused, 2 wrong arguments, 5 out of "
                        "reach.\n",
                .takes = TAKES_JSON,
                .run = userinfo_command,
        },
        {
                .name = "api",
                .synopsis = "api METHOD URL|/PATH",
                .summary = "make a request with your own access token",
                .help = "Sends the request with your own access token and prints what is answered. "
                        "A path is\ntaken at the host of the provider's userinfo endpoint; any "
                        "other host has to be named,\nand gets the token. Redirects are not "
                        "followed.\n"
                        "\n"
                        "Exit codes: 0 status 2xx, 1 refused or any other status, 2 wrong "
                        "arguments,\n5 out of reach or status 5xx.\n",
                .takes = TAKES_OPERAND | TAKES_TARGET,
                .run = api_command,
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

static bool parse_lifetime(const char *text, uint64_t *ret_sec)
{
        static const struct {
                const char *unit;
                uint64_t sec;
        } units[] = {{"", 1}, {"s", 1}, {"min", 60}, {"h", 3600}};
        size_t n_digits = strspn(text, "0123456789");
        _cleanup_free_ char *digits = strndup(text, n_digits);
        uint64_t number;

        if (!digits || text_parse_number(digits, 0, LIFETIME_MAX_SEC, &number) < 0)
                return false;
        for (size_t i = 0; i < ELEMENTSOF(units); i++)
                if (strcmp(units[i].unit, text + n_digits) == 0) {
                        *ret_sec = number * units[i].sec;
                        return *ret_sec <= LIFETIME_MAX_SEC;
                }
        return false;
}

/* An option that the verb takes, whose name is its word: false for a bad value. */
static bool take_option(struct command_line *line, unsigned option, const char *value)
{
        switch (option) {
        case TAKES_JSON:
                line->json = true;
                return true;
        case TAKES_HEADER:
                line->header = true;
                return true;
        case TAKES_BROWSER:
                line->browser = true;
                return true;
        case TAKES_PROVIDER:
                line->provider = value;
                return true;
        default:
                return parse_lifetime(value, &line->min_lifetime_sec);
        }
}

static enum command_exit complain_of_option(const char *name, const char *verb)
{
        char option[WORD_MAX_BYTES];

        (void)snprintf(option, sizeof(option), "--%s", name);
        return complain("There is no option", option, verb);
}

/* argv[0] is the verb. */
static enum command_exit run_verb(const struct verb *verb, int argc, char **argv)
{
        static const struct option options[] = {
                {"help", no_argument, NULL, 'h'},
                {"browser", no_argument, NULL, TAKES_BROWSER},
                {"json", no_argument, NULL, TAKES_JSON},
                {"header", no_argument, NULL, TAKES_HEADER},
                {"provider", required_argument, NULL, TAKES_PROVIDER},
                {"min-lifetime", required_argument, NULL, TAKES_LIFETIME},
                {NULL, 0, NULL, 0},
        };
        struct command_line line = {.badged_program = BADGED_PROGRAM,
                                    .min_lifetime_sec = LIFETIME_USUAL_SEC};
        int option, index = 0;

        while ((option = getopt_long(argc, argv, ":h", options, &index)) >= 0) {
                if (option == 'h')
                        return print_verb_help(verb);
                if (option == ':')
                        return complain("A value is missing after", argv[optind - 1], verb->name);
                if (option == '?')
                        return complain("There is no option", argv[optind - 1], verb->name);
                if (!(verb->takes & (unsigned)option))
                        return complain_of_option(options[index].name, verb->name);
                if (!take_option(&line, (unsigned)option, optarg))
                        return complain("That is no time from 0 to a day:", optarg, verb->name);
        }
        if (optind < argc && verb->takes & TAKES_OPERAND)
                line.operand = argv[optind++];
        if (optind < argc && verb->takes & TAKES_TARGET)
                line.target = argv[optind++];
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
