/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/provider-metadata.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/strict-json.h"

#define ADDRESS_MAX_BYTES 2048

#define OIDC_SUFFIX       "/.well-known/openid-configuration"
#define RFC8414_INFIX     "/.well-known/oauth-authorization-server"
#define DEVICE_GRANT      "urn:ietf:params:oauth:grant-type:device_code"
#define BACKCHANNEL_GRANT "urn:openid:params:grant-type:ciba"
#define SCHEME            "https://"

/* By enum provider_endpoint. The reasons are whole, so that no text is put together here. */
static const struct {
        const char *name, *why;
} endpoints[PROVIDER_ENDPOINTS] = {
        [ENDPOINT_DEVICE_AUTHORIZATION] = {"device_authorization_endpoint",
                                           "device_authorization_endpoint is missing or not https"},
        [ENDPOINT_TOKEN] = {"token_endpoint", "token_endpoint is missing or not https"},
        [ENDPOINT_USERINFO] = {"userinfo_endpoint", "userinfo_endpoint is missing or not https"},
        [ENDPOINT_KEYS] = {"jwks_uri", "jwks_uri is missing or not https"},
        [ENDPOINT_AUTHORIZATION] = {"authorization_endpoint",
                                    "authorization_endpoint is missing or not https"},
        [ENDPOINT_BACKCHANNEL_AUTHENTICATION] =
                {"backchannel_authentication_endpoint",
                 "backchannel_authentication_endpoint is missing or not https"},
        [ENDPOINT_REVOCATION] = {"revocation_endpoint",
                                 "revocation_endpoint is missing or not https"},
        [ENDPOINT_INTROSPECTION] = {"introspection_endpoint",
                                    "introspection_endpoint is missing or not https"},
        [ENDPOINT_END_SESSION] = {"end_session_endpoint",
                                  "end_session_endpoint is missing or not https"},
};

const char *provider_endpoint_name(enum provider_endpoint endpoint)
{
        return endpoints[endpoint].name;
}

void provider_metadata_finish(struct provider_metadata *metadata)
{
        free(metadata->issuer);
        for (size_t i = 0; i < PROVIDER_ENDPOINTS; i++) {
                free(metadata->endpoints[i]);
                free(metadata->mtls_endpoints[i]);
        }
        *metadata = (struct provider_metadata){0};
}

int provider_metadata_url(const char *issuer, enum metadata_kind kind, char **ret_url)
{
        char *url = NULL;
        int r = -1;

        if (!text_is_https_url(issuer) || strchr(issuer, '?'))
                return -EINVAL;
        size_t size = strlen(issuer);
        if (issuer[size - 1] == '/')
                size--;
        size_t host = strlen(SCHEME) + strcspn(issuer + strlen(SCHEME), "/");

        switch (kind) {
        case METADATA_OIDC_DISCOVERY:
                r = asprintf(&url, "%.*s" OIDC_SUFFIX, (int)size, issuer);
                break;
        case METADATA_RFC8414:
                r = asprintf(&url, "%.*s" RFC8414_INFIX "%.*s", (int)host, issuer,
                             (int)(size - host), issuer + host);
                break;
        case METADATA_BY_HAND:
                return -EINVAL;
        }
        if (r < 0)
                return -ENOMEM;
        *ret_url = url;
        return 0;
}

static int read_address(struct json_object *object, const char *name, char **ret_address)
{
        const char *address = NULL;
        int r = strict_json_text(object, name, ADDRESS_MAX_BYTES, &address);
        if (r <= 0)
                return r;
        if (!text_is_https_url(address))
                return -EBADMSG;
        char *copy = strdup(address);
        if (!copy)
                return -ENOMEM;
        *ret_address = copy;
        return 1;
}

/* names is the document itself or its mtls_endpoint_aliases. An address that is not fit for use is
 * as none: only where it is needed does that matter. */
static int read_addresses(struct json_object *names, unsigned needed, char **addresses,
                          const char **ret_why)
{
        for (size_t i = 0; i < PROVIDER_ENDPOINTS; i++) {
                int r = read_address(names, endpoints[i].name, &addresses[i]);
                if (r == -ENOMEM)
                        return r;
                if (r <= 0 && needed & ENDPOINT_BIT(i)) {
                        *ret_why = endpoints[i].why;
                        return -EBADMSG;
                }
        }
        return 0;
}

static int read_aliases(struct json_object *object, struct provider_metadata *metadata,
                        const char **ret_why)
{
        struct json_object *aliases = NULL;

        if (!json_object_object_get_ex(object, "mtls_endpoint_aliases", &aliases) || !aliases)
                return 0;
        if (!json_object_is_type(aliases, json_type_object)) {
                *ret_why = "mtls_endpoint_aliases is not an object";
                return -EBADMSG;
        }
        return read_addresses(aliases, 0, metadata->mtls_endpoints, ret_why);
}

static bool is_text(struct json_object *value, const char *text)
{
        return json_object_is_type(value, json_type_string) &&
               strcmp(json_object_get_string(value), text) == 0;
}

/* What a list that is not there says depends on the list. */
static bool lists(struct json_object *object, const char *name, const char *text, bool if_absent)
{
        struct json_object *list = NULL;

        if (!json_object_object_get_ex(object, name, &list) || !list)
                return if_absent;
        if (!json_object_is_type(list, json_type_array))
                return false;
        for (size_t i = 0; i < json_object_array_length(list); i++)
                if (is_text(json_object_array_get_idx(list, i), text))
                        return true;
        return false;
}

/* The lists are optional (8628-16), and the endpoint alone says enough. */
static int check_grants(struct json_object *object, unsigned needed, const char **ret_why)
{
        const struct {
                enum provider_endpoint endpoint;
                const char *list, *text, *why;
        } rows[] = {
                {ENDPOINT_DEVICE_AUTHORIZATION, "grant_types_supported", DEVICE_GRANT,
                 "grant_types_supported does not list the device grant"},
                {ENDPOINT_BACKCHANNEL_AUTHENTICATION, "grant_types_supported", BACKCHANNEL_GRANT,
                 "grant_types_supported does not list the CIBA grant"},
                {ENDPOINT_BACKCHANNEL_AUTHENTICATION, "backchannel_token_delivery_modes_supported",
                 "poll", "backchannel_token_delivery_modes_supported does not list poll"},
        };

        for (size_t i = 0; i < ELEMENTSOF(rows); i++)
                if (needed & ENDPOINT_BIT(rows[i].endpoint) &&
                    !lists(object, rows[i].list, rows[i].text, true)) {
                        *ret_why = rows[i].why;
                        return -EBADMSG;
                }
        return 0;
}

/* A flag of the wrong type is as none. */
static bool flag_is_set(struct json_object *object, const char *name)
{
        bool flag = false;
        return strict_json_bool(object, name, &flag) > 0 && flag;
}

/* RFC 8414 section 4: code point by code point, nothing is normalised. */
static bool issuer_is(struct json_object *object, const char *issuer)
{
        const char *text = NULL;

        return strict_json_text(object, "issuer", ADDRESS_MAX_BYTES, &text) > 0 &&
               strcmp(text, issuer) == 0;
}

int provider_metadata_parse(const char *body, size_t size, const char *issuer, unsigned needed,
                            struct provider_metadata *ret_metadata, const char **ret_why)
{
        _cleanup_(provider_metadata_finish) struct provider_metadata metadata = {0};
        _cleanup_json_ struct json_object *object = NULL;

        int r = strict_json_parse_object(body, size, &object, ret_why);
        if (r < 0)
                return r;
        if (!issuer_is(object, issuer)) {
                *ret_why = "issuer is not the one that was asked";
                return -EBADMSG;
        }
        r = check_grants(object, needed, ret_why);
        if (r < 0)
                return r;
        r = read_addresses(object, needed, metadata.endpoints, ret_why);
        if (r < 0)
                return r;
        r = read_aliases(object, &metadata, ret_why);
        if (r < 0)
                return r;
        metadata.names_issuer = flag_is_set(object,
                                            "authorization_response_iss_parameter_supported");
        metadata.binds_tokens = lists(object, "dpop_signing_alg_values_supported", "ES256", false);
        metadata.issuer = strdup(issuer);
        if (!metadata.issuer)
                return -ENOMEM;

        *ret_metadata = metadata;
        metadata = (struct provider_metadata){0};
        return 0;
}
