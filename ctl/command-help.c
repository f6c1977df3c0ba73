/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/command-help.h"

#include <errno.h>
#include <string.h>

#include "common/text-lines.h"
#include "ctl/command.h"
#include "ctl/json-output.h"

#define HELP_COLUMNS   80
#define INDENT_COLUMNS 6
#define NAME_COLUMNS   8 /* of a noun or verb in the list of all */

#define USUAL_EXIT_CODES \
        "0 done, 1 not allowed, not there or refused, 2 wrong arguments, 5 out of reach."

/* The first one stands in every synopsis. */
static const struct command_option common_options[] = {
        {"json", NULL, "print JSON for programs"},
        {"help", NULL, "print this text"},
};

static const char *noun_prefix(const struct noun *noun)
{
        return noun->name ? noun->name : "";
}

static const char *noun_gap(const struct noun *noun)
{
        return noun->name ? " " : "";
}

/* An option in brackets, in the next line where this one is full. */
static void print_bracketed(FILE *file, const struct command_option *option, int *columns)
{
        char text[HELP_COLUMNS];

        int n = snprintf(text, sizeof(text), "[--%s%s%s]", option->name, option->value ? " " : "",
                         option->value ? option->value : "");
        if (*columns + 1 + n > HELP_COLUMNS) {
                fprintf(file, "\n%*s%s", INDENT_COLUMNS, "", text);
                *columns = INDENT_COLUMNS + n;
        } else {
                fprintf(file, " %s", text);
                *columns += 1 + n;
        }
}

static void print_synopsis(FILE *file, const struct noun *noun, const struct verb *verb)
{
        int columns = fprintf(file, "%s%s%s%s%s", noun_prefix(noun), noun_gap(noun), verb->name,
                              verb->operands ? " " : "", verb->operands ? verb->operands : "");

        for (const struct command_option *option = verb->options; option && option->name; option++)
                print_bracketed(file, option, &columns);
        print_bracketed(file, &common_options[0], &columns);
        fputs("\n", file);
}

static void print_verbs(FILE *file, const struct noun *noun)
{
        for (const struct verb *verb = noun->verbs; verb->name; verb++) {
                fputs("  ", file);
                print_synopsis(file, noun, verb);
                fprintf(file, "          %s\n", verb->summary);
        }
}

static void print_names(FILE *file, const struct noun *noun)
{
        if (noun->name)
                fprintf(file, "  %s VERB%*s  %s\n", noun->name,
                        NAME_COLUMNS - (int)strlen(noun->name), "", noun->summary);
        for (const struct verb *verb = noun->verbs; !noun->name && verb->name; verb++)
                fprintf(file, "  %-*s  %s\n", NAME_COLUMNS, verb->name, verb->summary);
}

/* As much as a window of 80 by 24 shows at once. */
void command_help_all(FILE *file, const struct noun *const nouns[])
{
        fputs("badgectl VERB [ARGUMENT] [OPTION...]\n"
              "badgectl NOUN VERB [ARGUMENT] [OPTION...]\n\n",
              file);
        for (size_t i = 0; nouns[i]; i++)
                print_names(file, nouns[i]);
        fputs("\nMore: badgectl help VERB, badgectl help NOUN [VERB], badgectl(1)\n", file);
}

void command_help_noun(FILE *file, const struct noun *noun)
{
        fprintf(file, "badgectl %s VERB [ARGUMENT] [OPTION...]\n\n", noun->name);
        print_verbs(file, noun);
}

/* Without an empty line behind it. */
static int print_last(const char *paragraph)
{
        _cleanup_lines_ struct text_lines lines = {0};
        _cleanup_free_ char *broken = NULL;

        if (text_lines_add_paragraph(&lines, paragraph, HELP_COLUMNS) < 0 ||
            text_lines_join(&lines, &broken) < 0)
                return -ENOMEM;
        puts(broken);
        return 0;
}

static int print_paragraphs(const char *text)
{
        while (*text) {
                const char *end = strstr(text, "\n\n");
                size_t length = end ? (size_t)(end - text) : strlen(text);
                _cleanup_free_ char *paragraph = strndup(text, length), *broken = NULL;
                _cleanup_lines_ struct text_lines lines = {0};

                if (!paragraph || text_lines_add_paragraph(&lines, paragraph, HELP_COLUMNS) < 0 ||
                    text_lines_join(&lines, &broken) < 0)
                        return -ENOMEM;
                printf("%s\n\n", broken);
                text += length + (end ? 2 : 0);
        }
        return 0;
}

static int option_columns(const struct command_option *option)
{
        return (int)strlen(option->name) + (option->value ? 1 + (int)strlen(option->value) : 0);
}

static void print_option(const struct command_option *option, int columns)
{
        printf("  --%s%s%s%*s  %s\n", option->name, option->value ? " " : "",
               option->value ? option->value : "", columns - option_columns(option), "",
               option->summary);
}

static void print_options(const struct command_option *options)
{
        int columns = 0;

        for (size_t i = 0; i < ELEMENTSOF(common_options); i++)
                if (option_columns(&common_options[i]) > columns)
                        columns = option_columns(&common_options[i]);
        for (const struct command_option *option = options; option && option->name; option++)
                if (option_columns(option) > columns)
                        columns = option_columns(option);

        for (const struct command_option *option = options; option && option->name; option++)
                print_option(option, columns);
        for (size_t i = 0; i < ELEMENTSOF(common_options); i++)
                print_option(&common_options[i], columns);
}

int command_help_verb(const struct noun *noun, const struct verb *verb)
{
        _cleanup_free_ char *codes = NULL;

        fputs("badgectl ", stdout);
        print_synopsis(stdout, noun, verb);
        puts("");
        int r = print_paragraphs(verb->help);
        if (r < 0)
                return r;
        print_options(verb->options);
        puts("");
        if (asprintf(&codes, "Exit codes: %s",
                     verb->exit_codes ? verb->exit_codes : USUAL_EXIT_CODES) < 0)
                return -ENOMEM;
        return print_last(codes);
}

/* ---- for programs ---- */

static int add_option(struct json_object *options, const struct command_option *option)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();

        if (!object || json_add_text(object, "name", option->name) < 0 ||
            json_add_text(object, "value", option->value) < 0 ||
            json_add_text(object, "summary", option->summary) < 0 ||
            json_object_array_add(options, object) < 0)
                return -ENOMEM;
        TAKE_PTR(object);
        return 0;
}

static int add_verb(struct json_object *verbs, const struct noun *noun, const struct verb *verb)
{
        _cleanup_json_ struct json_object *object = json_object_new_object();
        struct json_object *options = json_object_new_array();

        if (!object || json_add(object, "options", options) < 0 ||
            json_add_text(object, "noun", noun->name) < 0 ||
            json_add_text(object, "verb", verb->name) < 0 ||
            json_add_text(object, "operands", verb->operands) < 0 ||
            json_add_text(object, "summary", verb->summary) < 0)
                return -ENOMEM;
        for (const struct command_option *option = verb->options; option && option->name; option++)
                if (add_option(options, option) < 0)
                        return -ENOMEM;
        for (size_t i = 0; i < ELEMENTSOF(common_options); i++)
                if (add_option(options, &common_options[i]) < 0)
                        return -ENOMEM;
        if (json_object_array_add(verbs, object) < 0)
                return -ENOMEM;
        TAKE_PTR(object);
        return 0;
}

int command_help_json(const struct noun *const nouns[])
{
        _cleanup_json_ struct json_object *object = json_object_new_object();
        struct json_object *verbs = json_object_new_array();

        if (!object || json_add(object, "verbs", verbs) < 0)
                return -ENOMEM;
        for (size_t i = 0; nouns[i]; i++)
                for (const struct verb *verb = nouns[i]->verbs; verb->name; verb++)
                        if (add_verb(verbs, nouns[i], verb) < 0)
                                return -ENOMEM;
        return json_print(object);
}
