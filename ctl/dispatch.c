/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/dispatch.h"

#include <assert.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "ctl/command-help.h"
#include "ctl/output.h"
#include "ctl/suggestion.h"

#define WORD_MAX_BYTES 64

/* What getopt_long() returns for the options of every verb; the verb's own ones follow. */
#define OPTION_HELP 'h'
#define OPTION_JSON 'j'
#define OPTION_OWN  256

/* What the command line names. */
struct choice {
        const struct noun *noun; /* NULL: nothing that is there */
        const struct verb *verb; /* NULL: the noun alone */
        int n_words;
};

static const struct verb *find_verb(const struct noun *noun, const char *name)
{
        for (const struct verb *verb = noun->verbs; verb->name; verb++)
                if (strcmp(verb->name, name) == 0)
                        return verb;
        return NULL;
}

static struct choice choose(int argc, char **argv, const struct noun *const nouns[])
{
        for (size_t i = 0; nouns[i] && argc > 0; i++) {
                struct choice choice = {.noun = nouns[i]};
                if (nouns[i]->name) {
                        if (strcmp(nouns[i]->name, argv[0]) != 0)
                                continue;
                        choice.verb = argc > 1 ? find_verb(nouns[i], argv[1]) : NULL;
                        choice.n_words = choice.verb ? 2 : 1;
                        return choice;
                }
                choice.verb = find_verb(nouns[i], argv[0]);
                choice.n_words = 1;
                if (choice.verb)
                        return choice;
        }
        return (struct choice){0};
}

/* ---- complaints ---- */

static void say_wrong(const char *what, const char *word)
{
        _cleanup_free_ char *printable = text_sanitise(word, WORD_MAX_BYTES);

        fprintf(stderr, "badgectl: %s '%s'.\n", what, printable ? printable : "?");
}

static enum command_exit point_to_help(const struct choice *choice)
{
        const char *noun = choice && choice->noun ? choice->noun->name : NULL;
        const char *verb = choice && choice->verb ? choice->verb->name : NULL;

        fprintf(stderr, "Try 'badgectl help%s%s%s%s'.\n", noun ? " " : "", noun ? noun : "",
                verb ? " " : "", verb ? verb : "");
        return COMMAND_USAGE;
}

static enum command_exit complain(const struct choice *choice, const char *what, const char *word)
{
        say_wrong(what, word);
        return point_to_help(choice);
}

static enum command_exit complain_of_first(const struct noun *const nouns[], const char *word)
{
        say_wrong("There is no verb", word);
        suggestion_print_first(nouns, word);
        return point_to_help(NULL);
}

static bool is_help(const char *word)
{
        return strcmp(word, "help") == 0 || strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0;
}

/* The word that follows a noun is none of its verbs, or is not there. */
static enum command_exit complain_of_noun(const struct choice *choice, const char *word)
{
        if (word && is_help(word)) {
                command_help_noun(stdout, choice->noun);
                return COMMAND_GOOD;
        }
        if (word) {
                say_wrong("There is no such verb:", word);
                suggestion_print_verb(choice->noun, word);
                return point_to_help(choice);
        }
        command_help_noun(stderr, choice->noun);
        return COMMAND_USAGE;
}

/* ---- help ---- */

static enum command_exit print_verb_help(const struct choice *choice)
{
        return command_help_verb(choice->noun, choice->verb) < 0 ? COMMAND_BAD : COMMAND_GOOD;
}

/* argv[0] is "help". */
static enum command_exit run_help(int argc, char **argv, const struct noun *const nouns[])
{
        if (argc == 2 && strcmp(argv[1], "--json") == 0)
                return command_help_json(nouns) < 0 ? COMMAND_BAD : COMMAND_GOOD;
        if (argc == 1) {
                command_help_all(stdout, nouns);
                return COMMAND_GOOD;
        }
        struct choice choice = choose(argc - 1, argv + 1, nouns);
        if (!choice.noun)
                return complain_of_first(nouns, argv[1]);
        if (choice.n_words < argc - 1 && choice.verb)
                return complain(NULL, "There is an argument too many:", argv[choice.n_words + 1]);
        if (!choice.verb)
                return complain_of_noun(&choice, argc > 2 ? argv[2] : "help");
        return print_verb_help(&choice);
}

/* ---- one verb ---- */

static void list_options(const struct verb *verb, struct option *options)
{
        size_t n = 0;

        options[n++] = (struct option){"help", no_argument, NULL, OPTION_HELP};
        options[n++] = (struct option){"json", no_argument, NULL, OPTION_JSON};
        for (size_t i = 0; verb->options && verb->options[i].name; i++) {
                assert(i < COMMAND_OPTIONS_MAX);
                options[n++] = (struct option){
                        verb->options[i].name,
                        verb->options[i].value ? required_argument : no_argument,
                        NULL,
                        OPTION_OWN + (int)i,
                };
        }
        options[n] = (struct option){0};
}

static enum command_exit take_option(const struct choice *choice, int option, const char *word,
                                     struct command_line *line)
{
        if (option == ':')
                return complain(choice, "A value is missing after", word);
        if (option == '?') {
                say_wrong("There is no option", word);
                suggestion_print_option(choice->verb, word);
                return point_to_help(choice);
        }
        if (option == OPTION_JSON) {
                line->json = true;
                return COMMAND_GOOD;
        }
        if (line->n_options == COMMAND_OPTIONS_MAX)
                return complain(choice, "There is an option too many:", word);
        line->options[line->n_options].name = choice->verb->options[option - OPTION_OWN].name;
        line->options[line->n_options++].value = optarg;
        return COMMAND_GOOD;
}

/* argv[0] is the verb. */
static enum command_exit run_verb(const struct choice *choice, int argc, char **argv,
                                  const char *badged_program)
{
        struct option options[COMMAND_OPTIONS_MAX + 3];
        struct command_line line = {.verb = choice->verb, .badged_program = badged_program};
        int option;

        list_options(choice->verb, options);
        while ((option = getopt_long(argc, argv, ":h", options, NULL)) >= 0) {
                if (option == OPTION_HELP)
                        return print_verb_help(choice);
                enum command_exit code = take_option(choice, option, argv[optind - 1], &line);
                if (code != COMMAND_GOOD)
                        return code;
        }
        unsigned n = 0;
        while (optind < argc && n < choice->verb->max_operands)
                line.operands[n++] = argv[optind++];
        if (optind < argc)
                return complain(choice, "There is an argument too many:", argv[optind]);
        if (n < choice->verb->min_operands)
                return complain(choice, "Some of these are missing:", choice->verb->operands);
        return choice->verb->run(&line);
}

enum command_exit dispatch(int argc, char **argv, const struct noun *const nouns[],
                           const char *badged_program)
{
        const char *word = argc > 1 ? argv[1] : NULL;

        if (!word) {
                command_help_all(stderr, nouns);
                return COMMAND_USAGE;
        }
        if (strcmp(word, "--version") == 0) {
                puts("badgectl " PROJECT_VERSION);
                return COMMAND_GOOD;
        }
        if (is_help(word))
                return run_help(argc - 1, argv + 1, nouns);
        struct choice choice = choose(argc - 1, argv + 1, nouns);
        if (!choice.noun)
                return complain_of_first(nouns, word);
        if (!choice.verb)
                return complain_of_noun(&choice, argc > 2 ? argv[2] : NULL);
        return run_verb(&choice, argc - choice.n_words, argv + choice.n_words, badged_program);
}
