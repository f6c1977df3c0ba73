/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/login-hint.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"

#define PLACE "{account}"

/* The form with the account in its places, or NULL when memory is short. */
static char *fill(const char *form, const char *account)
{
        _cleanup_free_ char *text = strdup(form);
        char *place;

        for (size_t done = 0; text && (place = strstr(text + done, PLACE)) != NULL;) {
                char *longer = NULL;
                size_t before = (size_t)(place - text);
                if (asprintf(&longer, "%.*s%s%s", (int)before, text, account,
                             place + strlen(PLACE)) < 0)
                        return NULL;
                free(text);
                text = longer;
                done = before + strlen(account);
        }
        return TAKE_PTR(text);
}

int login_hint_new(const char *form, const char *account, const char *suffix, char **ret_hint)
{
        char *hint = NULL;

        if (form)
                hint = fill(form, account);
        else if (asprintf(&hint, "%s%s", account, suffix ? suffix : "") < 0)
                hint = NULL;
        if (!hint)
                return -ENOMEM;
        *ret_hint = hint;
        return 0;
}
