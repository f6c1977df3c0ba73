/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/client-authentication.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>

#include "core/form.h"

#define BASIC_MAX_BYTES         ((size_t)16 * 1024) /* id, colon and secret */
#define AUTHORIZATION_MAX_BYTES ((size_t)48 * 1024)

#define ASSERTION_TYPE "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

/* Base64 with its alphabet's padding, appended. */
static int secret_append_base64(struct secret *secret, const struct secret *plain)
{
        size_t size = sodium_base64_encoded_len(secret_size(plain), sodium_base64_VARIANT_ORIGINAL);
        _cleanup_free_ char *text = calloc(1, size);
        if (!text)
                return -ENOMEM;

        (void)sodium_bin2base64(text, size, (const unsigned char *)secret_bytes(plain),
                                secret_size(plain), sodium_base64_VARIANT_ORIGINAL);
        int r = secret_append_text(secret, text, AUTHORIZATION_MAX_BYTES);
        secret_erase(text, size);
        return r;
}

static int basic_add(struct secret *pair, const char *bytes, size_t size, bool plain)
{
        return plain ? secret_append(pair, bytes, size, BASIC_MAX_BYTES)
                     : form_encode(pair, bytes, size);
}

/* RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined, so that neither a
 * colon nor a byte beyond ASCII in them is misread. */
static int authorization_basic(const struct oauth_client *client, struct secret **ret_authorization)
{
        _cleanup_secret_ struct secret *pair = secret_new(NULL, 0);
        _cleanup_secret_ struct secret *authorization = secret_new_text("Basic ");
        if (!pair || !authorization)
                return -ENOMEM;

        int r = basic_add(pair, client->client_id, strlen(client->client_id), client->plain_basic);
        if (r >= 0)
                r = secret_append_text(pair, ":", BASIC_MAX_BYTES);
        if (r >= 0)
                r = basic_add(pair, secret_bytes(client->secret), secret_size(client->secret),
                              client->plain_basic);
        if (r >= 0)
                r = secret_append_base64(authorization, pair);
        if (r < 0)
                return r;
        *ret_authorization = TAKE_PTR(authorization);
        return 0;
}

static bool is_given(const struct secret *secret)
{
        return secret && secret_size(secret) > 0;
}

static bool client_is_valid(const struct oauth_client *client)
{
        if (!client->client_id || client->client_id[0] == '\0')
                return false;
        switch (client->auth) {
        case CLIENT_AUTH_NONE:
        case CLIENT_AUTH_TLS:
        case CLIENT_AUTH_SELF_SIGNED_TLS:
                return !client->secret && !client->assertion;
        case CLIENT_AUTH_SECRET_BASIC:
                /* Plain, the first colon ends the id (RFC 7617 section 2). */
                if (client->plain_basic && strchr(client->client_id, ':'))
                        return false;
                return is_given(client->secret) && !client->assertion;
        case CLIENT_AUTH_SECRET_POST:
                return is_given(client->secret) && !client->assertion;
        case CLIENT_AUTH_SECRET_JWT:
                return is_given(client->assertion);
        case CLIENT_AUTH_PRIVATE_KEY_JWT:
                return is_given(client->assertion) && !client->secret;
        }
        return false;
}

/* The client_id may stand beside an assertion (RFC 7521 section 4.2), and some providers look the
 * client up by it. */
static int add_assertion(struct secret *form, const struct secret *assertion)
{
        int r = form_add_text(form, "client_assertion_type", ASSERTION_TYPE);
        if (r < 0)
                return r;
        return form_add_secret(form, "client_assertion", assertion);
}

int client_authenticate(const struct oauth_client *client, struct secret *form,
                        struct secret **ret_authorization)
{
        _cleanup_secret_ struct secret *authorization = NULL;
        int r;

        if (!client_is_valid(client))
                return -EINVAL;
        if (client->auth == CLIENT_AUTH_SECRET_BASIC)
                r = authorization_basic(client, &authorization);
        else
                r = form_add_text(form, "client_id", client->client_id);
        if (r >= 0 && client->auth == CLIENT_AUTH_SECRET_POST)
                r = form_add_secret(form, "client_secret", client->secret);
        if (r >= 0 && client->assertion)
                r = add_assertion(form, client->assertion);
        if (r < 0)
                return r;
        *ret_authorization = TAKE_PTR(authorization);
        return 0;
}
