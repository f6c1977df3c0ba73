/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The files of the state as badged leaves them, and what stands in them, for whoever damages them:
 * the same bytes in every run. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct store;

enum folder_state {
        FOLDER_AT_REST, /* badged ended by itself */
        FOLDER_KILLED,  /* it did not: the journal of the store is full */
        FOLDER_BACKUP,  /* at rest, but the store is one of before */
        FOLDER_STATES,
};

enum folder_file {
        FILE_STORE,
        FILE_JOURNAL,
        FILE_KEY,
        FILE_COUNT,
        FILE_OBJECTION,
        FOLDER_FILES,
};

/* Its path: the same folder for every call, removed when the program ends. */
const char *state_folder_path(void);

/* Empties the folder and puts the files of that state into it. */
void state_folder_fill(enum folder_state state);

/* The path of a file of the folder. Borrowed. */
const char *state_folder_file(enum folder_file file);
bool state_folder_has(enum folder_file file);
/* In place of what it says. */
void state_folder_write(enum folder_file file, const void *bytes, size_t size);
/* The bytes at that offset, modulo its size, are changed by the mask; nothing where it is empty. */
void state_folder_flip(enum folder_file file, uint64_t offset, uint8_t mask);
void state_folder_cut(enum folder_file file, uint64_t size);

/* What the opened store says was written there, all of it, in these very words. True when nothing
 * of it is missing. The program aborts where it says anything else. */
bool state_folder_is_whole(struct store *store);
