/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/answer-state.h"

#include <stddef.h>
#include <string.h>

static const char name[] = "state=";
static const size_t name_size = sizeof(name) - 1;

void answer_state_find(const char *authorization_url, char ret_state[ANSWER_STATE_SIZE])
{
        const char *query = strchr(authorization_url, '?');

        ret_state[0] = '\0';
        while (query && strncmp(query + 1, name, name_size) != 0)
                query = strchr(query + 1, '&');
        if (!query)
                return;
        const char *state = query + 1 + name_size;
        size_t size = strcspn(state, "&");
        if (size >= ANSWER_STATE_SIZE)
                return;
        memcpy(ret_state, state, size);
        ret_state[size] = '\0';
}

/* How long it takes says nothing about the state. */
static bool is_same(const char *text, size_t size, const char *state)
{
        unsigned char difference = size != strlen(state);

        for (size_t i = 0; i < size && state[i]; i++)
                difference |= (unsigned char)(text[i] ^ state[i]);
        return difference == 0;
}

bool answer_state_is_in(const char *state, const char *query)
{
        bool found = false;

        while (*query) {
                size_t size = strcspn(query, "&");
                if (strncmp(query, name, name_size) == 0) {
                        if (!is_same(query + name_size, size - name_size, state))
                                return false;
                        found = true;
                }
                query += size + (query[size] == '&');
        }
        return found;
}
