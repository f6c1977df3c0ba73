/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "own-output.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "fuzz-target.h"

struct held {
        FILE *kept;
        char *text;
        size_t size;
};

static struct held out, complaints;

static FILE *hold(struct held *held, FILE *file)
{
        FUZZ_EXPECT(!held->kept);
        held->kept = file;
        FILE *memory = open_memstream(&held->text, &held->size);
        FUZZ_EXPECT(memory);
        return memory;
}

static FILE *let_go(struct held *held, FILE *memory, char **ret_text)
{
        FILE *kept = held->kept;

        FUZZ_EXPECT(fclose(memory) == 0 && strlen(held->text) == held->size);
        if (ret_text)
                *ret_text = held->text;
        else
                free(held->text);
        held->kept = NULL;
        return kept;
}

void own_output_begin(void)
{
        stdout = hold(&out, stdout);
        stderr = hold(&complaints, stderr);
}

char *own_output_end(char **ret_complaints)
{
        char *text;

        stdout = let_go(&out, stdout, &text);
        stderr = let_go(&complaints, stderr, ret_complaints);
        return text;
}

void own_output_check_lines(const char *text)
{
        size_t size = strlen(text);
        _cleanup_free_ char *lines = strdup(text);

        FUZZ_EXPECT(lines && (size == 0 || text[size - 1] == '\n'));
        for (char *s = lines; *s; s++)
                if (*s == '\n')
                        *s = ' ';
        FUZZ_EXPECT(text_is_printable(lines));
}

struct json_object *own_output_check_json(const char *text)
{
        size_t size = strlen(text);

        FUZZ_EXPECT(size > 0 && strchr(text, '\n') == text + size - 1);
        for (size_t i = 0; i + 1 < size; i++)
                FUZZ_EXPECT(text[i] >= ' ' && text[i] <= '~');
        struct json_object *object = json_tokener_parse(text);
        FUZZ_EXPECT(object && json_object_is_type(object, json_type_object));
        return object;
}
