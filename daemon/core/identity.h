/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who approved, as the provider says it: the claims of a verified id_token, and of the userinfo
 * answer when there is one. Only (issuer, subject) is a stable key (OIDC Core section 5.7). Whether
 * this identity may be an account is account-policy's to say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"

#define IDENTITY_SUBJECT_MAX_BYTES 255
#define IDENTITY_CLAIM_MAX_BYTES   2048
#define IDENTITY_MAX_AMR           32
#define IDENTITY_AMR_MAX_BYTES     255

struct json_object;

struct identity {
        char *provider, *issuer, *subject;
        struct json_object *id_token, *userinfo; /* userinfo may be NULL */
        char *acr;                               /* NULL: the provider did not say */
        char **amr;
        size_t n_amr;
        uint64_t auth_time_sec; /* CLOCK_REALTIME; 0: the provider did not say */
};

/* True for 1 to 255 printable ASCII characters (OIDC Core section 2). */
bool identity_subject_is_valid(const char *subject);

/* id_token: the claims that id_token_check() accepted; takes a reference. 0, -EBADMSG with
 * *ret_why, -ENOMEM. */
int identity_new(const char *provider, struct json_object *id_token, struct identity **ret_identity,
                 const char **ret_why);

/* Takes NULL, returns NULL. */
struct identity *identity_free(struct identity *identity);
DEFINE_CLEANUP(struct identity *, identity_free);
#define _cleanup_identity_ _cleanup_(identity_freep)

/* Adds a userinfo answer, in place of an earlier one. Its sub must be there and equal (OIDC Core
 * section 5.3.2): otherwise -EBADMSG with *ret_why, and nothing is added or lost. */
int identity_add_userinfo(struct identity *identity, const char *body, size_t size,
                          const char **ret_why);

/* Claims are looked up by their literal name in the id_token, and in the userinfo answer only if
 * the id_token does not have them. email and phone_number count only where the same document says
 * that they are verified; elsewhere they are as good as absent. */

/* 1 and the borrowed, non-empty text; 0 when absent; -EBADMSG when it is no text, is empty or too
 * long. */
int identity_claim_text(const struct identity *identity, const char *name, const char **ret_text);

/* True when the claim is the value or an array that holds it, as a string of just these bytes. */
bool identity_claim_has(const struct identity *identity, const char *name, const char *value);

bool identity_has_claim(const struct identity *identity, const char *name);
