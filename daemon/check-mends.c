/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "check-mends.h"

#include <string.h>

#include "core/provider-preset.h"

#define AT_THE_PROVIDER " with the client at the provider"
#define GRANT_IS_ON \
        "switch the device authorization grant, or CIBA, on for this client at the provider"
/* Some providers say unauthorized_client to a client that did not prove itself. */
#define GRANT_OR(mend) GRANT_IS_ON "; if it is on, " mend

#define MEND_PUBLIC \
        "compare client_id" AT_THE_PROVIDER "; if it is no public client there, set client_auth"
#define MEND_PUBLIC_HERE "compare client_id" AT_THE_PROVIDER ", or set device_client_auth = same"
#define MEND_BASIC                                                                            \
        "compare client_id, client_auth and client_secret_file" AT_THE_PROVIDER "; for some " \
        "providers set client_secret_encoding"
#define MEND_POST "compare client_id, client_auth and client_secret_file" AT_THE_PROVIDER
#define MEND_SECRET_JWT \
        MEND_POST "; it has to take HS256; for some providers set client_assertion_audience"
#define MEND_KEY                                                                            \
        "compare client_id, client_auth, client_key_file and client_key_id" AT_THE_PROVIDER \
        "; it has to know the public key; for some providers set client_assertion_audience"
#define MEND_TLS "compare client_id, client_auth and client_certificate_file" AT_THE_PROVIDER

struct client_mends {
        const char *invalid_client, *unauthorized_client;
};

#define MENDS(mend) ((struct client_mends){mend, GRANT_OR(mend)})

static struct client_mends client_mends(enum client_auth method)
{
        switch (method) {
        case CLIENT_AUTH_NONE:
                return MENDS(MEND_PUBLIC);
        case CLIENT_AUTH_SECRET_BASIC:
                return MENDS(MEND_BASIC);
        case CLIENT_AUTH_SECRET_POST:
                return MENDS(MEND_POST);
        case CLIENT_AUTH_SECRET_JWT:
                return MENDS(MEND_SECRET_JWT);
        case CLIENT_AUTH_PRIVATE_KEY_JWT:
                return MENDS(MEND_KEY);
        case CLIENT_AUTH_TLS:
                return MENDS(MEND_TLS "; it has to know the certificate's subject");
        case CLIENT_AUTH_SELF_SIGNED_TLS:
                return MENDS(MEND_TLS "; it has to know this very certificate");
        }
        return (struct client_mends){MEND_OTHER, MEND_OTHER};
}

/* What this provider means by it, then what everybody means. */
const char *check_mend(const struct provider_settings *settings, bool asked_as_public,
                       const struct oauth_problem *problem)
{
        const struct client_mends client = asked_as_public ? MENDS(MEND_PUBLIC_HERE)
                                                           : client_mends(settings->client_auth);
        const struct {
                const char *code, *mend;
        } mends[] = {
                {"invalid_client", client.invalid_client},
                {"unauthorized_client", client.unauthorized_client},
                {"unsupported_grant_type", GRANT_IS_ON},
                {"invalid_grant", GRANT_IS_ON},
                {"invalid_scope", "ask for a scope that the provider gives to this client"},
                {"slow_down", MEND_LATER},
                {"temporarily_unavailable", MEND_LATER},
        };
        const char *mend = settings->preset ? provider_preset_mend(settings->preset, problem->code,
                                                                   problem->description)
                                            : NULL;

        for (size_t i = 0; !mend && i < ELEMENTSOF(mends); i++)
                if (strcmp(mends[i].code, problem->code) == 0)
                        mend = mends[i].mend;
        if (mend)
                return mend;
        return problem->answer == OAUTH_TRANSIENT ? MEND_LATER : MEND_OTHER;
}
