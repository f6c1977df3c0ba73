/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "torture-provider.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "common/cleanup.h"
#include "own-folder.h"
#include "token-forge.h"

/* Takes the text over. */
static bool publish(const struct torture_provider *provider, const char *name, char *text)
{
        _cleanup_free_ char *owned = text;
        const struct own_file file = {name, owned, 0};

        return owned && own_file_write(provider->fixture->folder, &file);
}

static char *metadata(const struct torture_provider *provider)
{
        const char *base = provider->issuer;
        char *text = NULL;

        return asprintf(&text,
                        "{\"issuer\":\"%s\",\"device_authorization_endpoint\":\"%s/device\","
                        "\"token_endpoint\":\"%s/token\",\"userinfo_endpoint\":\"%s/userinfo\","
                        "\"jwks_uri\":\"%s/keys\",\"grant_types_supported\":"
                        "[\"urn:ietf:params:oauth:grant-type:device_code\"]}",
                        base, base, base, base, base) < 0
                       ? NULL
                       : text;
}

static char *challenge(const struct torture_provider *provider)
{
        char *text = NULL;

        return asprintf(&text,
                        "{\"device_code\":\"GmRhmhcxhwAzkoEqiMEg\",\"user_code\":\"WDJB-MJHT\","
                        "\"verification_uri\":\"%s\",\"verification_uri_complete\":"
                        "\"%s?user_code=WDJB-MJHT\",\"expires_in\":600,\"interval\":1}",
                        provider->issuer, provider->issuer) < 0
                       ? NULL
                       : text;
}

static char *tokens(const struct torture_provider *provider, EVP_PKEY *key, const char *person)
{
        _cleanup_free_ char *payload = NULL, *token = NULL;
        char *text = NULL;
        long now = (long)time(NULL);

        if (asprintf(&payload,
                     "{\"iss\":\"%s\",\"aud\":\"linux-login\",\"sub\":\"%s\",\"exp\":%ld,"
                     "\"iat\":%ld,\"acr\":\"2\",\"amr\":[\"pwd\",\"otp\"],\"auth_time\":%ld}",
                     provider->issuer, person, now + 86400, now, now) < 0)
                return NULL;
        token = forge_jws(key, "ES256", "{\"alg\":\"ES256\",\"kid\":\"one\"}", payload);
        return asprintf(&text,
                        "{\"access_token\":\"at\",\"token_type\":\"Bearer\",\"expires_in\":300,"
                        "\"refresh_token\":\"rt\",\"scope\":\"openid\",\"id_token\":\"%s\"}",
                        token) < 0
                       ? NULL
                       : text;
}

static char *userinfo(const char *person)
{
        char *text = NULL;

        return asprintf(&text, "{\"sub\":\"%s\",\"preferred_username\":\"%s\"}", person, person) < 0
                       ? NULL
                       : text;
}

static bool publish_all(const struct torture_provider *provider, const char *person)
{
        EVP_PKEY *key = forge_ec("P-256");
        _cleanup_free_ char *jwk = forge_jwk(key, ",\"kid\":\"one\"");

        bool is_good = publish(provider, "stored/.well-known/openid-configuration",
                               metadata(provider)) &&
                       publish(provider, "stored/device", challenge(provider)) &&
                       publish(provider, "stored/token", tokens(provider, key, person)) &&
                       publish(provider, "stored/userinfo", userinfo(person)) &&
                       publish(provider, "stored/keys", forge_jwks(jwk, NULL));
        EVP_PKEY_free(key);
        return is_good;
}

bool torture_provider_start(struct torture_provider *provider, const char *person)
{
        void *fixture = NULL;

        if (fixture_set_up(&fixture) != 0)
                return false;
        *provider = (struct torture_provider){.fixture = fixture};
        provider->issuer = fixture_url(fixture, "good", "/stored");
        return publish_all(provider, person);
}

void torture_provider_stop(struct torture_provider *provider)
{
        void *fixture = provider->fixture;

        (void)fixture_tear_down(&fixture);
        free(provider->issuer);
}
