/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/suggestion.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"

#define WORD_MAX_LETTERS 24

/* Words as short as this may differ in one letter, longer ones in two. */
#define SHORT_LETTERS 4

static size_t least(size_t a, size_t b)
{
        return a < b ? a : b;
}

/* How many letters have to be put in, left out or changed, or change places with the next one, to
 * make the one word of the other. */
static size_t distance(const char *a, const char *b)
{
        size_t n_a = strlen(a), n_b = strlen(b);
        size_t rows[WORD_MAX_LETTERS + 1][WORD_MAX_LETTERS + 1];

        if (n_a > WORD_MAX_LETTERS || n_b > WORD_MAX_LETTERS)
                return WORD_MAX_LETTERS;
        for (size_t i = 0; i <= n_a; i++)
                for (size_t j = 0; j <= n_b; j++) {
                        if (i == 0 || j == 0) {
                                rows[i][j] = i + j;
                                continue;
                        }
                        size_t change = rows[i - 1][j - 1] + (a[i - 1] != b[j - 1]);
                        size_t one = least(rows[i - 1][j], rows[i][j - 1]) + 1;
                        rows[i][j] = least(change, one);
                        if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                                rows[i][j] = least(rows[i][j], rows[i - 2][j - 2] + 1);
                }
        return rows[n_a][n_b];
}

static bool is_near(const char *word, const char *name)
{
        size_t most = strlen(name) > SHORT_LETTERS ? 2 : 1;

        return distance(word, name) <= most;
}

static const struct verb *find_near(const struct noun *noun, const char *word)
{
        for (const struct verb *verb = noun->verbs; verb->name; verb++)
                if (is_near(word, verb->name))
                        return verb;
        return NULL;
}

static bool has_verb(const struct noun *noun, const char *word)
{
        for (const struct verb *verb = noun->verbs; noun->name && verb->name; verb++)
                if (strcmp(verb->name, word) == 0)
                        return true;
        return false;
}

/* A verb without the noun that it belongs to: the nouns that have it. */
static bool print_nouns(const struct noun *const nouns[], const char *word)
{
        const char *before = "Did you mean 'badgectl ";

        for (size_t i = 0; nouns[i]; i++)
                if (has_verb(nouns[i], word)) {
                        fprintf(stderr, "%s%s", before, nouns[i]->name);
                        before = "|";
                }
        if (*before != '|')
                return false;
        fprintf(stderr, " %s'?\n", word);
        return true;
}

void suggestion_print_first(const struct noun *const nouns[], const char *word)
{
        if (print_nouns(nouns, word))
                return;
        for (size_t i = 0; nouns[i]; i++) {
                const struct verb *verb = nouns[i]->name ? NULL : find_near(nouns[i], word);
                const char *name = verb ? verb->name : nouns[i]->name;
                if (name && is_near(word, name)) {
                        fprintf(stderr, "Did you mean 'badgectl %s'?\n", name);
                        return;
                }
        }
}

void suggestion_print_verb(const struct noun *noun, const char *word)
{
        const struct verb *verb = find_near(noun, word);

        if (verb)
                fprintf(stderr, "Did you mean 'badgectl %s %s'?\n", noun->name, verb->name);
}

void suggestion_print_option(const struct verb *verb, const char *word)
{
        static const char *const common[] = {"json", "help"};
        const char *name = word + strspn(word, "-"), *near = NULL;

        for (size_t i = 0; i < ELEMENTSOF(common); i++)
                if (is_near(name, common[i]))
                        near = common[i];
        for (const struct command_option *option = verb->options; option && option->name; option++)
                if (is_near(name, option->name))
                        near = option->name;
        if (near)
                fprintf(stderr, "Did you mean '--%s'?\n", near);
}
