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

#define OIDC_SUFFIX   "/.well-known/openid-configuration"
#define RFC8414_INFIX "/.well-known/oauth-authorization-server"
#define DEVICE_GRANT  "urn:ietf:params:oauth:grant-type:device_code"
#define SCHEME        "https://"

void provider_metadata_finish(struct provider_metadata *metadata)
{
        free(metadata->issuer);
        free(metadata->device_authorization_endpoint);
        free(metadata->token_endpoint);
        free(metadata->userinfo_endpoint);
        free(metadata->jwks_uri);
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

static int read_addresses(struct json_object *object, struct provider_metadata *metadata,
                          const char **ret_why)
{
        const struct {
                const char *name;
                char **address;
                bool needed;
                const char *why;
        } addresses[] = {
                {"device_authorization_endpoint", &metadata->device_authorization_endpoint, true,
                 "device_authorization_endpoint is missing or not https"},
                {"token_endpoint", &metadata->token_endpoint, true,
                 "token_endpoint is missing or not https"},
                {"userinfo_endpoint", &metadata->userinfo_endpoint, false,
                 "userinfo_endpoint is not https"},
                {"jwks_uri", &metadata->jwks_uri, true, "jwks_uri is missing or not https"},
        };

        for (size_t i = 0; i < ELEMENTSOF(addresses); i++) {
                int r = read_address(object, addresses[i].name, addresses[i].address);
                if (r == 0 && addresses[i].needed)
                        r = -EBADMSG;
                if (r == -EBADMSG)
                        *ret_why = addresses[i].why;
                if (r < 0)
                        return r;
        }
        return 0;
}

/* The key is optional (8628-16), and the endpoint alone says enough. */
static bool grants_allow_device(struct json_object *object)
{
        struct json_object *grants = NULL;

        if (!json_object_object_get_ex(object, "grant_types_supported", &grants) || !grants)
                return true;
        if (!json_object_is_type(grants, json_type_array))
                return false;
        for (size_t i = 0; i < json_object_array_length(grants); i++) {
                struct json_object *grant = json_object_array_get_idx(grants, i);
                if (json_object_is_type(grant, json_type_string) &&
                    strcmp(json_object_get_string(grant), DEVICE_GRANT) == 0)
                        return true;
        }
        return false;
}

/* RFC 8414 section 4: code point by code point, nothing is normalised. */
static bool issuer_is(struct json_object *object, const char *issuer)
{
        const char *text = NULL;

        return strict_json_text(object, "issuer", ADDRESS_MAX_BYTES, &text) > 0 &&
               strcmp(text, issuer) == 0;
}

int provider_metadata_parse(const char *body, size_t size, const char *issuer,
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
        if (!grants_allow_device(object)) {
                *ret_why = "grant_types_supported does not list the device grant";
                return -EBADMSG;
        }
        r = read_addresses(object, &metadata, ret_why);
        if (r < 0)
                return r;
        metadata.issuer = strdup(issuer);
        if (!metadata.issuer)
                return -ENOMEM;

        *ret_metadata = metadata;
        metadata = (struct provider_metadata){0};
        return 0;
}
