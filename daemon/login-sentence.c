/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "login-sentence.h"

#include <stddef.h>

#include "common/cleanup.h"

static const struct {
        enum login_outcome outcome;
        const char *sentence;
} sentences[] = {
        {LOGIN_GRANTED, "Signed in."},
        {LOGIN_DENIED, "The sign-in was declined at the identity provider."},
        {LOGIN_EXPIRED, "The code was not approved in time."},
        {LOGIN_REFUSED, "Whoever approved may not use this account."},
        {LOGIN_UNAVAILABLE, "The identity provider cannot be asked right now. Try again later."},
        {LOGIN_THROTTLED, "Too many sign-ins are waiting. Try again in a few minutes."},
        {LOGIN_CANCELLED, "The sign-in was cancelled."},
};

const char *login_sentence(enum login_outcome outcome)
{
        for (size_t i = 0; i < ELEMENTSOF(sentences); i++)
                if (sentences[i].outcome == outcome)
                        return sentences[i].sentence;
        return "The sign-in was refused.";
}
