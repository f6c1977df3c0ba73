/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/jws.h"

#include <cjose/cjose.h>
#include <errno.h>
#include <json-c/json.h>
#include <openssl/err.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/secret.h"
#include "core/base64url.h"
#include "core/jwk.h"
#include "core/jwks.h"
#include "core/refuse.h"
#include "core/strict-json.h"

#define NAME_MAX_BYTES 64

struct header {
        struct json_object *members;
        const char *kid; /* NULL: none */
        enum jws_algorithm algorithm;
        size_t signature_bytes;
};

/* A part of the token, decoded: who approved, and what proves it. Erased. */
struct part {
        unsigned char *bytes;
        size_t size;
};

static void part_finish(struct part *part)
{
        if (part->bytes)
                secret_erase(part->bytes, part->size);
        free(part->bytes);
}

static void header_finish(struct header *header)
{
        json_object_put(header->members);
}

static void cjose_jws_freep(cjose_jws_t **jws)
{
        cjose_jws_release(*jws);
}

static void cjose_jwk_freep(cjose_jwk_t **jwk)
{
        cjose_jwk_release(*jwk);
}

/* CVE-2025-4658, CVE-2025-3757: a token with more parts than three fooled others. */
static int split(const char *compact, size_t size, const char *ret_parts[3], size_t ret_sizes[3])
{
        const char *rest = compact, *end = compact + size;

        for (int i = 0; i < 3; i++) {
                const char *dot = memchr(rest, '.', (size_t)(end - rest));
                if ((i < 2) != (dot != NULL))
                        return -EBADMSG;
                ret_parts[i] = rest;
                ret_sizes[i] = (size_t)((dot ? dot : end) - rest);
                if (ret_sizes[i] == 0)
                        return -EBADMSG;
                rest = dot ? dot + 1 : end;
        }
        return 0;
}

/* RFC 8725 section 3.11. An access token ("at+jwt", RFC 9068) or a logout token is not an id_token.
 */
static bool type_is_jwt(struct json_object *members)
{
        const char *typ;
        int r = strict_json_text(members, "typ", NAME_MAX_BYTES, &typ);

        if (r <= 0)
                return r == 0;
        return strcasecmp(typ, "JWT") == 0 || strcasecmp(typ, "application/jwt") == 0;
}

static int check_extensions(struct json_object *members, const char **ret_why)
{
        if (json_object_object_get_ex(members, "crit", NULL))
                return refuse("the token demands an extension (crit)", ret_why);
        if (json_object_object_get_ex(members, "b64", NULL))
                return refuse("the token's payload is not encoded (b64)", ret_why);
        if (json_object_object_get_ex(members, "enc", NULL))
                return refuse("the token is encrypted", ret_why);
        if (!type_is_jwt(members))
                return refuse("the token is of another type (typ)", ret_why);
        return 0;
}

static int read_algorithm(struct json_object *members, unsigned allowed,
                          enum jws_algorithm *ret_algorithm, const char **ret_why)
{
        const char *alg;
        unsigned bit;

        if (strict_json_text(members, "alg", NAME_MAX_BYTES, &alg) <= 0)
                return refuse("the token names no algorithm", ret_why);
        if (jws_algorithm_from_name(alg, &bit) < 0)
                return refuse(jws_algorithm_refusal(alg), ret_why);
        if (!(allowed & bit))
                return refuse("the token's algorithm is not allowed for this provider", ret_why);
        *ret_algorithm = bit;
        return 0;
}

static int read_header(const char *text, size_t size, unsigned allowed, struct header *header,
                       const char **ret_why)
{
        _cleanup_(part_finish) struct part part = {0};

        *ret_why = "the token is not strict base64url";
        int r = base64url_decode(text, size, &part.bytes, &part.size);
        if (r < 0)
                return r;
        r = strict_json_parse_object((const char *)part.bytes, part.size, &header->members,
                                     ret_why);
        if (r < 0)
                return r;
        r = read_algorithm(header->members, allowed, &header->algorithm, ret_why);
        if (r < 0)
                return r;
        if (strict_json_text(header->members, "kid", JWK_KID_MAX_BYTES, &header->kid) < 0)
                return refuse("the token's kid is not a short text", ret_why);
        return check_extensions(header->members, ret_why);
}

/* Everything that can be said without the key. */
static int read_token(const char *compact, size_t size, unsigned allowed, struct header *header,
                      const char **ret_why)
{
        _cleanup_(part_finish) struct part payload = {0}, signature = {0};
        const char *parts[3];
        size_t sizes[3];

        if (size > JWS_MAX_BYTES)
                return refuse("the token is larger than 64 KiB", ret_why);
        if (split(compact, size, parts, sizes) < 0)
                return refuse("the token does not have exactly three parts", ret_why);
        int r = read_header(parts[0], sizes[0], allowed, header, ret_why);
        if (r < 0)
                return r;
        *ret_why = "the token is not strict base64url";
        r = base64url_decode(parts[1], sizes[1], &payload.bytes, &payload.size);
        if (r < 0)
                return r;
        r = base64url_decode(parts[2], sizes[2], &signature.bytes, &signature.size);
        if (r < 0)
                return r;
        header->signature_bytes = signature.size;
        return 0;
}

/* The claims, from the bytes that libcjose says it verified and from nothing else. */
static int verify_with(const char *compact, size_t size, const struct header *header,
                       const struct jwk *key, struct json_object **ret_claims, const char **ret_why)
{
        _cleanup_(cjose_jws_freep) cjose_jws_t *jws = NULL;
        _cleanup_(cjose_jwk_freep) cjose_jwk_t *jwk = NULL;
        uint8_t *payload;
        size_t n_payload;

        /* libcjose 0.6.2.1 drops the odd byte of an EC signature and trusts the length of a PSS
         * one. */
        if (header->signature_bytes != key->signature_bytes)
                return refuse("the signature has the wrong length", ret_why);
        jwk = cjose_jwk_import(key->public_json, strlen(key->public_json), NULL);
        if (!jwk)
                return refuse("the provider's key is not valid", ret_why);
        jws = cjose_jws_import(compact, size, NULL);
        if (!jws)
                return refuse("the token cannot be read", ret_why);

        /* libcjose parses the header itself; both of us must have seen the same algorithm. */
        const char *alg = cjose_header_get(cjose_jws_get_protected(jws), CJOSE_HDR_ALG, NULL);
        if (!alg || strcmp(alg, jws_algorithm_name(header->algorithm)) != 0)
                return refuse("the token's header is ambiguous", ret_why);
        if (!cjose_jws_verify(jws, jwk, NULL) ||
            !cjose_jws_get_plaintext(jws, &payload, &n_payload, NULL))
                return refuse("the signature is not valid", ret_why);
        int r = strict_json_parse_object((const char *)payload, n_payload, ret_claims, ret_why);
        /* libcjose frees it as it is. */
        secret_erase(payload, n_payload);
        return r;
}

static enum jws_verdict verify_header(const char *compact, size_t size, const struct jwks *jwks,
                                      const struct header *header, struct jws_token *ret_token,
                                      const char **ret_why)
{
        const struct jwk *key;
        struct json_object *claims = NULL;

        switch (jwks_choose(jwks, header->kid, header->algorithm, &key, ret_why)) {
        case JWKS_UNKNOWN:
                return JWS_UNKNOWN_KEY;
        case JWKS_REFUSED:
                return JWS_INVALID;
        case JWKS_FOUND:
                break;
        }
        int r = verify_with(compact, size, header, key, &claims, ret_why);
        /* A failed verification must not be taken for a TLS error by whoever looks there next. */
        ERR_clear_error();
        if (r == -ENOMEM)
                *ret_why = "memory is short";
        if (r < 0)
                return JWS_INVALID;
        *ret_token = (struct jws_token){.claims = claims, .algorithm = header->algorithm};
        return JWS_VALID;
}

enum jws_verdict jws_verify(const char *compact, size_t size, const struct jwks *jwks,
                            unsigned algorithms, struct jws_token *ret_token, const char **ret_why)
{
        _cleanup_(header_finish) struct header header = {0};

        int r = read_token(compact, size, algorithms, &header, ret_why);
        if (r == -ENOMEM)
                *ret_why = "memory is short";
        if (r < 0)
                return JWS_INVALID;
        return verify_header(compact, size, jwks, &header, ret_token, ret_why);
}

void jws_token_finish(struct jws_token *token)
{
        json_object_put(token->claims);
        *token = (struct jws_token){0};
}
