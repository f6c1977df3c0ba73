/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/jws-algorithm.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"

static const struct {
        const char *name;
        unsigned bit;
        const char *digest;
} algorithms[] = {
        {"RS256", JWS_RS256, "SHA256"}, {"RS384", JWS_RS384, "SHA384"},
        {"RS512", JWS_RS512, "SHA512"}, {"PS256", JWS_PS256, "SHA256"},
        {"PS384", JWS_PS384, "SHA384"}, {"PS512", JWS_PS512, "SHA512"},
        {"ES256", JWS_ES256, "SHA256"}, {"ES384", JWS_ES384, "SHA384"},
        {"ES512", JWS_ES512, "SHA512"},
};

int jws_algorithm_from_name(const char *name, unsigned *ret_bit)
{
        for (size_t i = 0; i < ELEMENTSOF(algorithms); i++)
                if (strcmp(name, algorithms[i].name) == 0) {
                        *ret_bit = algorithms[i].bit;
                        return 0;
                }
        return -EINVAL;
}

const char *jws_algorithm_name(unsigned bit)
{
        for (size_t i = 0; i < ELEMENTSOF(algorithms); i++)
                if (algorithms[i].bit == bit)
                        return algorithms[i].name;
        return NULL;
}

const char *jws_algorithm_digest(unsigned bit)
{
        for (size_t i = 0; i < ELEMENTSOF(algorithms); i++)
                if (algorithms[i].bit == bit)
                        return algorithms[i].digest;
        return NULL;
}

const char *jws_algorithm_refusal(const char *name)
{
        if (strcasecmp(name, "none") == 0)
                return "the token is not signed";
        if (strncasecmp(name, "HS", 2) == 0)
                return "the token is authenticated with a shared secret, which is never accepted";
        if (strcasecmp(name, "EdDSA") == 0 || strncasecmp(name, "Ed", 2) == 0)
                return "EdDSA signatures are not supported; let the provider sign with RS256 or "
                       "ES256";
        return "the signature algorithm is unknown";
}
