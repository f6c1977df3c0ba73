/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Where a provider's endpoints are: the address and the content of its metadata document (OpenID
 * Connect Discovery 1.0 section 4, RFC 8414 section 3). Not the fetching of it. */
#pragma once

#include <stddef.h>

enum metadata_kind {
        METADATA_OIDC_DISCOVERY,
        METADATA_RFC8414,
        METADATA_BY_HAND, /* there is no document: the settings name the endpoints */
};

struct provider_metadata {
        char *issuer;
        char *device_authorization_endpoint;
        char *token_endpoint;
        char *userinfo_endpoint; /* may be NULL */
        char *jwks_uri;
};

/* Frees what it holds; it may be used anew. */
void provider_metadata_finish(struct provider_metadata *metadata);

/* The address of the issuer's document, freed by the caller. -EINVAL for METADATA_BY_HAND and for
 * an issuer that is not https or has a query or fragment (RFC 8414 section 2); -ENOMEM. */
int provider_metadata_url(const char *issuer, enum metadata_kind kind, char **ret_url);

/* 0; -EBADMSG and *ret_why (static, no foreign bytes) unless the document names exactly this issuer
 * (RFC 8414 section 3.3), has every endpoint as an https address of at most 2048 bytes, and lists
 * the device grant where it lists grants; -ENOMEM. The caller finishes *ret_metadata. */
int provider_metadata_parse(const char *body, size_t size, const char *issuer,
                            struct provider_metadata *ret_metadata, const char **ret_why);
