/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a provider's endpoints are and what it says it can: the address and the content of its
 * metadata document (OpenID Connect Discovery 1.0 section 4, RFC 8414 section 3). Not the fetching
 * of it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum metadata_kind {
        METADATA_OIDC_DISCOVERY,
        METADATA_RFC8414,
        METADATA_BY_HAND, /* there is no document: the settings name the endpoints */
};

enum provider_endpoint {
        ENDPOINT_DEVICE_AUTHORIZATION,       /* RFC 8628 */
        ENDPOINT_TOKEN,                      /* RFC 6749 */
        ENDPOINT_USERINFO,                   /* OIDC Core 5.3 */
        ENDPOINT_KEYS,                       /* jwks_uri */
        ENDPOINT_AUTHORIZATION,              /* RFC 6749 */
        ENDPOINT_BACKCHANNEL_AUTHENTICATION, /* CIBA Core 7 */
        ENDPOINT_REVOCATION,                 /* RFC 7009 */
        ENDPOINT_INTROSPECTION,              /* RFC 7662 */
        ENDPOINT_END_SESSION,                /* OIDC RP-Initiated Logout */
};
#define PROVIDER_ENDPOINTS 9

/* A set of endpoints has a bit for each. */
#define ENDPOINT_BIT(endpoint) (1U << (endpoint))

struct provider_metadata {
        char *issuer;
        char *endpoints[PROVIDER_ENDPOINTS];      /* NULL: the provider has none */
        char *mtls_endpoints[PROVIDER_ENDPOINTS]; /* RFC 8705 section 5; NULL: the same */
        bool names_issuer; /* in its authorization answers (RFC 9207 section 3) */
        bool binds_tokens; /* takes DPoP proofs made with ES256 (RFC 9449 section 5.1) */
};

/* The member of the document, "token_endpoint": also the key of the settings. Static. */
const char *provider_endpoint_name(enum provider_endpoint endpoint);

/* Frees what it holds; it may be used anew. */
void provider_metadata_finish(struct provider_metadata *metadata);

/* The address of the issuer's document, freed by the caller. -EINVAL for METADATA_BY_HAND and for
 * an issuer that is not https or has a query or fragment (RFC 8414 section 2); -ENOMEM. */
int provider_metadata_url(const char *issuer, enum metadata_kind kind, char **ret_url);

/* 0; -EBADMSG and *ret_why (static, no foreign bytes) unless the document names exactly this issuer
 * (RFC 8414 section 3.3) and has each endpoint of the set `needed` as an https address of at most
 * 2048 bytes; another that is none such is left out. Where it lists grants, the grant of a needed
 * device authorization or backchannel authentication endpoint must be among them; the latter's poll
 * mode where it lists modes. -ENOMEM. The caller finishes *ret_metadata. */
int provider_metadata_parse(const char *body, size_t size, const char *issuer, unsigned needed,
                            struct provider_metadata *ret_metadata, const char **ret_why);
