/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The parsers of values that are one of a few words. */
#include "settings-parse.h"

#include <errno.h>
#include <string.h>

#include "core/jws-algorithm.h"
#include "settings.h"

/* The number of the word, counted from 0; -EINVAL with the reason when it is none of them. */
static int word_number(const char *text, const char *const *words, const char *why,
                       const char **ret_why)
{
        for (int i = 0; words[i]; i++)
                if (strcmp(text, words[i]) == 0)
                        return i;
        *ret_why = why;
        return -EINVAL;
}

int parse_switch(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {"no", "yes", NULL};

        int r = word_number(text, words, "is neither yes nor no", ret_why);
        if (r < 0)
                return r;
        *(bool *)field = r == 1;
        return 0;
}

int parse_metadata(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {[METADATA_OIDC_DISCOVERY] = "oidc",
                                            [METADATA_RFC8414] = "rfc8414",
                                            [METADATA_BY_HAND] = "by-hand",
                                            NULL};

        int r = word_number(text, words, "is none of oidc, rfc8414, by-hand", ret_why);
        if (r < 0)
                return r;
        *(enum metadata_kind *)field = (enum metadata_kind)r;
        return 0;
}

int parse_flow(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {
                [FLOW_DEVICE] = "device", [FLOW_BACKCHANNEL] = "ciba", NULL};

        int r = word_number(text, words, "is neither device nor ciba", ret_why);
        if (r < 0)
                return r;
        *(enum provider_flow *)field = (enum provider_flow)r;
        return 0;
}

int parse_client_auth(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {
                [CLIENT_AUTH_NONE] = "none",
                [CLIENT_AUTH_SECRET_BASIC] = "client_secret_basic",
                [CLIENT_AUTH_SECRET_POST] = "client_secret_post",
                [CLIENT_AUTH_SECRET_JWT] = "client_secret_jwt",
                [CLIENT_AUTH_PRIVATE_KEY_JWT] = "private_key_jwt",
                [CLIENT_AUTH_TLS] = "tls_client_auth",
                [CLIENT_AUTH_SELF_SIGNED_TLS] = "self_signed_tls_client_auth",
                NULL,
        };

        int r = word_number(text, words,
                            "is none of none, client_secret_basic, client_secret_post, "
                            "client_secret_jwt, private_key_jwt, tls_client_auth, "
                            "self_signed_tls_client_auth",
                            ret_why);
        if (r < 0)
                return r;
        *(enum client_auth *)field = (enum client_auth)r;
        return 0;
}

int parse_secret_encoding(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {"form", "plain", NULL};

        int r = word_number(text, words, "is neither form nor plain", ret_why);
        if (r < 0)
                return r;
        *(bool *)field = r == 1;
        return 0;
}

int parse_device_client_auth(const char *text, const char *folder, void *field,
                             const char **ret_why)
{
        static const char *const words[] = {"same", "none", NULL};

        int r = word_number(text, words, "is neither same nor none", ret_why);
        if (r < 0)
                return r;
        *(bool *)field = r == 1;
        return 0;
}

int parse_assertion_audience(const char *text, const char *folder, void *field,
                             const char **ret_why)
{
        static const char *const words[] = {"issuer", "endpoint", NULL};

        int r = word_number(text, words, "is neither issuer nor endpoint", ret_why);
        if (r < 0)
                return r;
        *(bool *)field = r == 1;
        return 0;
}

int parse_owner(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {"nobody", "first", NULL};

        int r = word_number(text, words, "is neither nobody nor first", ret_why);
        if (r < 0)
                return r;
        *(bool *)field = r == 1;
        return 0;
}

int parse_second_factor(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {"none", "totp", NULL};

        int r = word_number(text, words, "is neither none nor totp", ret_why);
        if (r < 0)
                return r;
        *(bool *)field = r == 1;
        return 0;
}

int parse_identity_source(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {
                [IDENTITY_FROM_ID_TOKEN] = "id_token", [IDENTITY_FROM_USERINFO] = "userinfo", NULL};

        int r = word_number(text, words, "is neither id_token nor userinfo", ret_why);
        if (r < 0)
                return r;
        *(enum identity_source *)field = (enum identity_source)r;
        return 0;
}

int parse_dpop(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {
                [DPOP_AUTO] = "auto", [DPOP_NO] = "no", [DPOP_YES] = "yes", NULL};

        int r = word_number(text, words, "is none of auto, no, yes", ret_why);
        if (r < 0)
                return r;
        *(enum dpop_use *)field = (enum dpop_use)r;
        return 0;
}

int parse_sources_when(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {
                [GROUP_SOURCES_NEEDED] = "needed", [GROUP_SOURCES_OVERAGE] = "overage", NULL};

        int r = word_number(text, words, "is neither needed nor overage", ret_why);
        if (r < 0)
                return r;
        *(enum group_sources_when *)field = (enum group_sources_when)r;
        return 0;
}

int parse_group_token(const char *text, const char *folder, void *field, const char **ret_why)
{
        static const char *const words[] = {
                [GROUP_TOKEN_PERSON] = "person", [GROUP_TOKEN_CLIENT] = "client", NULL};

        int r = word_number(text, words, "is neither person nor client", ret_why);
        if (r < 0)
                return r;
        *(enum group_token *)field = (enum group_token)r;
        return 0;
}

int parse_algorithm(const char *text, const char *folder, void *field, const char **ret_why)
{
        unsigned bit;

        if (jws_algorithm_from_name(text, &bit) < 0) {
                *ret_why = "is none of RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, "
                           "ES512";
                return -EINVAL;
        }
        *(unsigned *)field = bit;
        return 0;
}
