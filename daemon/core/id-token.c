/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/id-token.h"

#include <assert.h>
#include <errno.h>
#include <json-c/json.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdbool.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "core/base64url.h"
#include "core/identity.h"
#include "core/numeric-date.h"
#include "core/refuse.h"
#include "core/strict-json.h"
#include "core/text-list.h"

/* Section 3.1.3.7 (2). Two issuers that differ in a slash are two issuers. */
static int check_issuer(struct json_object *claims, const char *issuer, const char **ret_why)
{
        const char *iss;

        if (strict_json_text(claims, "iss", IDENTITY_CLAIM_MAX_BYTES, &iss) <= 0)
                return refuse("the id_token names no issuer", ret_why);
        if (strcmp(iss, issuer) != 0)
                return refuse("the id_token is from another issuer", ret_why);
        return 0;
}

static bool is_text(struct json_object *audience, const char *text)
{
        return json_object_is_type(audience, json_type_string) &&
               (size_t)json_object_get_string_len(audience) == strlen(text) &&
               strcmp(json_object_get_string(audience), text) == 0;
}

static bool is_trusted(struct json_object *audience, const struct text_list *trusted)
{
        for (size_t i = 0; trusted && i < trusted->n; i++)
                if (is_text(audience, trusted->items[i]))
                        return true;
        return false;
}

/* (3): whoever else a token is for could present it here, so nobody else may be named but those
 * whom the administrator trusts with that. */
static int check_audience(struct json_object *claims,
                          const struct id_token_expectation *expectation, size_t *ret_n,
                          const char **ret_why)
{
        struct json_object *aud;
        bool ours = false;

        if (!json_object_object_get_ex(claims, "aud", &aud) || !aud)
                return refuse("the id_token names no audience", ret_why);
        bool array = json_object_is_type(aud, json_type_array);
        size_t n = array ? json_object_array_length(aud) : 1;
        if (n == 0)
                return refuse("the id_token names no audience", ret_why);
        for (size_t i = 0; i < n; i++) {
                struct json_object *one = array ? json_object_array_get_idx(aud, i) : aud;
                bool client = is_text(one, expectation->client_id);
                if (!client && !is_trusted(one, expectation->trusted_audiences))
                        return refuse("the id_token is for another audience", ret_why);
                ours = ours || client;
        }
        if (!ours)
                return refuse("the id_token is for another audience", ret_why);
        *ret_n = n;
        return 0;
}

/* (4), (5) */
static int check_authorized_party(struct json_object *claims, const char *client_id,
                                  size_t n_audiences, const char **ret_why)
{
        const char *azp;
        int r = strict_json_text(claims, "azp", IDENTITY_CLAIM_MAX_BYTES, &azp);

        if (r < 0)
                return refuse("the id_token's azp is not a text", ret_why);
        if (r > 0 && strcmp(azp, client_id) != 0)
                return refuse("the id_token was issued to another client (azp)", ret_why);
        if (r == 0 && n_audiences > 1)
                return refuse("the id_token has several audiences and no azp", ret_why);
        return 0;
}

static int check_subject(struct json_object *claims, const char *subject, const char **ret_why)
{
        const char *sub;

        if (strict_json_text(claims, "sub", IDENTITY_SUBJECT_MAX_BYTES, &sub) <= 0)
                return refuse("the id_token names no subject", ret_why);
        if (!identity_subject_is_valid(sub))
                return refuse("the subject is not 1 to 255 printable ASCII characters", ret_why);
        if (subject && strcmp(sub, subject) != 0)
                return refuse("the id_token is about another subject than before", ret_why);
        return 0;
}

/* (11) */
static int check_nonce(struct json_object *claims, const char *expected, const char **ret_why)
{
        const char *nonce;

        if (!expected)
                return 0;
        if (strict_json_text(claims, "nonce", IDENTITY_CLAIM_MAX_BYTES, &nonce) <= 0)
                return refuse("the id_token lacks the nonce that was sent", ret_why);
        if (strcmp(nonce, expected) != 0)
                return refuse("the id_token has another nonce than the one that was sent", ret_why);
        return 0;
}

/* (9), (10) */
static int check_times(struct json_object *claims, double now, const char **ret_why)
{
        double exp, iat;

        if (numeric_date(claims, "exp", &exp) <= 0)
                return refuse("the id_token does not say when it expires", ret_why);
        if (now >= exp + ID_TOKEN_LEEWAY_SEC)
                return refuse("the id_token has expired", ret_why);
        if (numeric_date(claims, "iat", &iat) <= 0)
                return refuse("the id_token does not say when it was issued", ret_why);
        if (iat > now + ID_TOKEN_LEEWAY_SEC)
                return refuse("the id_token was issued in the future; check the clocks", ret_why);
        if (iat + ID_TOKEN_MAX_AGE_SEC + ID_TOKEN_LEEWAY_SEC < now)
                return refuse("the id_token was issued more than a day ago", ret_why);
        return 0;
}

/* An auth_time in the future would be fresh forever. */
static int check_optional_times(struct json_object *claims, double now, uint64_t expected,
                                const char **ret_why)
{
        double nbf = 0, auth_time = 0;

        if (numeric_date(claims, "nbf", &nbf) < 0)
                return refuse("nbf is no date", ret_why);
        if (nbf > now + ID_TOKEN_LEEWAY_SEC)
                return refuse("the id_token is not valid yet; check the clocks", ret_why);
        int r = numeric_date(claims, "auth_time", &auth_time);
        if (r < 0)
                return refuse("auth_time is no date", ret_why);
        if (auth_time > now + ID_TOKEN_LEEWAY_SEC)
                return refuse("auth_time is in the future; check the clocks", ret_why);
        if (r > 0 && expected > 0 && (uint64_t)auth_time != expected)
                return refuse("auth_time is another than before", ret_why);
        return 0;
}

/* Section 3.1.3.8: base64url of the left half of the access token's hash. */
static int check_access_token(struct json_object *claims,
                              const struct id_token_expectation *expectation, const char **ret_why)
{
        unsigned char digest[EVP_MAX_MD_SIZE];
        const char *at_hash;
        size_t size;

        int r = strict_json_text(claims, "at_hash", EVP_MAX_MD_SIZE * 2, &at_hash);
        if (r == 0)
                return 0;
        if (r < 0)
                return refuse("at_hash is not a short text", ret_why);
        assert(jws_algorithm_digest(expectation->algorithm));
        if (!EVP_Q_digest(NULL, jws_algorithm_digest(expectation->algorithm), NULL,
                          secret_bytes(expectation->access_token),
                          secret_size(expectation->access_token), digest, &size))
                return -ENOMEM;
        _cleanup_free_ char *expected = base64url_encode(digest, size / 2);
        if (!expected)
                return -ENOMEM;
        if (strlen(expected) != strlen(at_hash) ||
            CRYPTO_memcmp(expected, at_hash, strlen(expected)) != 0)
                return refuse(
                        "the access token is not the one that the id_token is about (at_hash)",
                        ret_why);
        return 0;
}

int id_token_check(struct json_object *claims, const struct id_token_expectation *expectation,
                   const char **ret_why)
{
        double now = (double)expectation->now_sec;
        size_t n_audiences = 0;

        int r = check_issuer(claims, expectation->issuer, ret_why);
        if (r < 0)
                return r;
        r = check_audience(claims, expectation, &n_audiences, ret_why);
        if (r < 0)
                return r;
        r = check_authorized_party(claims, expectation->client_id, n_audiences, ret_why);
        if (r < 0)
                return r;
        r = check_subject(claims, expectation->subject, ret_why);
        if (r < 0)
                return r;
        r = check_nonce(claims, expectation->nonce, ret_why);
        if (r < 0)
                return r;
        r = check_times(claims, now, ret_why);
        if (r < 0)
                return r;
        r = check_optional_times(claims, now, expectation->auth_time_sec, ret_why);
        if (r < 0)
                return r;
        return check_access_token(claims, expectation, ret_why);
}
