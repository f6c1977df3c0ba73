/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/oauth-request.h"

#include <errno.h>
#include <sodium.h>
#include <stdbool.h>
#include <string.h>

#define FORM_MAX_BYTES          ((size_t)16 * 1024)
#define AUTHORIZATION_MAX_BYTES ((size_t)48 * 1024)

#define DEVICE_CODE_GRANT "urn:ietf:params:oauth:grant-type:device_code"

/* application/x-www-form-urlencoded (RFC 6749 appendix B). */
static int form_encode(struct secret *form, const char *bytes, size_t size)
{
        static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                    "0123456789-._*";
        static const char hex[] = "0123456789ABCDEF";

        for (size_t i = 0; i < size; i++) {
                unsigned char c = (unsigned char)bytes[i];
                char escape[3] = {'%', hex[c >> 4], hex[c & 0x0F]};
                char blank = '+';
                int r = c == ' '                ? secret_append(form, &blank, 1, FORM_MAX_BYTES)
                        : c && strchr(plain, c) ? secret_append(form, &c, 1, FORM_MAX_BYTES)
                                                : secret_append(form, escape, 3, FORM_MAX_BYTES);
                secret_erase(escape, sizeof(escape));
                if (r < 0)
                        return r;
        }
        return 0;
}

static int form_add(struct secret *form, const char *name, const char *value, size_t size)
{
        int r = 0;

        if (secret_size(form) > 0)
                r = secret_append_text(form, "&", FORM_MAX_BYTES);
        if (r >= 0)
                r = form_encode(form, name, strlen(name));
        if (r >= 0)
                r = secret_append_text(form, "=", FORM_MAX_BYTES);
        if (r >= 0)
                r = form_encode(form, value, size);
        return r;
}

static int form_add_text(struct secret *form, const char *name, const char *value)
{
        return form_add(form, name, value, strlen(value));
}

static int form_add_secret(struct secret *form, const char *name, const struct secret *value)
{
        return form_add(form, name, secret_bytes(value), secret_size(value));
}

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

/* RFC 6749 section 2.3.1: id and secret are form-encoded before they are joined, so that neither a
 * colon nor a byte beyond ASCII in them is misread. */
static int authorization_basic(const struct oauth_client *client, struct secret **ret_authorization)
{
        _cleanup_secret_ struct secret *pair = secret_new(NULL, 0);
        _cleanup_secret_ struct secret *authorization = secret_new_text("Basic ");
        if (!pair || !authorization)
                return -ENOMEM;

        int r = form_encode(pair, client->client_id, strlen(client->client_id));
        if (r >= 0)
                r = secret_append_text(pair, ":", FORM_MAX_BYTES);
        if (r >= 0)
                r = form_encode(pair, secret_bytes(client->secret), secret_size(client->secret));
        if (r >= 0)
                r = secret_append_base64(authorization, pair);
        if (r < 0)
                return r;
        *ret_authorization = TAKE_PTR(authorization);
        return 0;
}

static bool client_is_valid(const struct oauth_client *client)
{
        if (!client->client_id || client->client_id[0] == '\0')
                return false;
        switch (client->auth) {
        case CLIENT_AUTH_NONE:
                return !client->secret;
        case CLIENT_AUTH_SECRET_BASIC:
        case CLIENT_AUTH_SECRET_POST:
                return client->secret && secret_size(client->secret) > 0;
        }
        return false;
}

static int request_authenticate(struct oauth_request *request, const struct oauth_client *client)
{
        int r;

        switch (client->auth) {
        case CLIENT_AUTH_NONE:
                return form_add_text(request->form, "client_id", client->client_id);
        case CLIENT_AUTH_SECRET_BASIC:
                return authorization_basic(client, &request->authorization);
        case CLIENT_AUTH_SECRET_POST:
                r = form_add_text(request->form, "client_id", client->client_id);
                if (r < 0)
                        return r;
                return form_add_secret(request->form, "client_secret", client->secret);
        }
        return -EINVAL;
}

void oauth_request_finish(struct oauth_request *request)
{
        request->form = secret_free(request->form);
        request->authorization = secret_free(request->authorization);
}

int oauth_request_device_authorization(const struct oauth_client *client, const char *scope,
                                       struct oauth_request *ret_request)
{
        if (!client_is_valid(client))
                return -EINVAL;

        _cleanup_(oauth_request_finish) struct oauth_request request = {
                .form = secret_new(NULL, 0)};
        if (!request.form)
                return -ENOMEM;
        int r = request_authenticate(&request, client);
        if (r >= 0 && scope && scope[0] != '\0')
                r = form_add_text(request.form, "scope", scope);
        if (r < 0)
                return r;
        *ret_request = request;
        request = (struct oauth_request){0};
        return 0;
}

int oauth_request_device_token(const struct oauth_client *client, const struct secret *device_code,
                               struct oauth_request *ret_request)
{
        if (!client_is_valid(client) || !device_code || secret_size(device_code) == 0)
                return -EINVAL;

        _cleanup_(oauth_request_finish) struct oauth_request request = {
                .form = secret_new(NULL, 0)};
        if (!request.form)
                return -ENOMEM;
        int r = form_add_text(request.form, "grant_type", DEVICE_CODE_GRANT);
        if (r >= 0)
                r = form_add_secret(request.form, "device_code", device_code);
        if (r >= 0)
                r = request_authenticate(&request, client);
        if (r < 0)
                return r;
        *ret_request = request;
        request = (struct oauth_request){0};
        return 0;
}

/* No blank and no line break: those would end the header, or start another one. */
static bool token_is_header_safe(const struct secret *token)
{
        const char *bytes = secret_bytes(token);

        for (size_t i = 0; i < secret_size(token); i++)
                if (bytes[i] <= ' ' || bytes[i] >= 0x7F)
                        return false;
        return secret_size(token) > 0;
}

int oauth_request_bearer(const struct secret *access_token, struct secret **ret_authorization)
{
        if (!access_token || !token_is_header_safe(access_token))
                return -EINVAL;

        _cleanup_secret_ struct secret *authorization = secret_new_text("Bearer ");
        if (!authorization)
                return -ENOMEM;
        int r = secret_append(authorization, secret_bytes(access_token), secret_size(access_token),
                              AUTHORIZATION_MAX_BYTES);
        if (r < 0)
                return r;
        *ret_authorization = TAKE_PTR(authorization);
        return 0;
}
