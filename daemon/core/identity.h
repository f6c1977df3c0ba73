/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Who approved, as the provider says it: the claims of a verified id_token, of the userinfo answer
 * when there is one, and lists that were asked for besides. Only (issuer, subject) is a stable key
 * (OIDC Core section 5.7). Whether this identity may be an account is account-policy's to say. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "core/text-list.h"

#define IDENTITY_SUBJECT_MAX_BYTES 255
#define IDENTITY_CLAIM_MAX_BYTES   2048
#define IDENTITY_MAX_AMR           32
#define IDENTITY_AMR_MAX_BYTES     255

struct json_object;

/* The values of a claim that no document has. */
struct identity_values {
        char *claim;
        struct text_list texts;
};

struct identity {
        char *provider, *issuer, *subject;
        struct json_object *id_token; /* NULL: plain OAuth 2.0 */
        struct json_object *userinfo; /* may be NULL, but not both */
        struct identity_values *lists;
        size_t n_lists;
        char *acr; /* NULL: the provider did not say */
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

/* Plain OAuth 2.0: who the API says the token belongs to. body is the answer of the userinfo
 * endpoint, issuer the one of the settings, subject_claim what names the account for good there; an
 * integer becomes its decimal digits. 0, -EBADMSG with *ret_why, -ENOMEM. */
int identity_new_from_userinfo(const char *provider, const char *issuer, const char *subject_claim,
                               const char *body, size_t size, struct identity **ret_identity,
                               const char **ret_why);

/* Takes NULL, returns NULL. */
struct identity *identity_free(struct identity *identity);
DEFINE_CLEANUP(struct identity *, identity_free);
#define _cleanup_identity_ _cleanup_(identity_freep)

/* Adds a userinfo answer, in place of an earlier one. Its sub must be there and equal (OIDC Core
 * section 5.3.2): otherwise -EBADMSG with *ret_why, and nothing is added or lost. */
int identity_add_userinfo(struct identity *identity, const char *body, size_t size,
                          const char **ret_why);

/* Adds a list that was fetched (core/directory-page), in place of an earlier one for this claim; it
 * is copied. What vouches for an e-mail there is the source's form. 0 or -ENOMEM. */
int identity_add_groups(struct identity *identity, const char *claim,
                        const struct text_list *groups);

/* Claims are looked up in the id_token, then in the userinfo answer, then in the lists; the first
 * that has the claim counts, and identity_claim_has() sees a list besides. A name that starts with
 * a slash is a path (core/json-path); any other is the literal name of a member. email and
 * phone_number count only where the same document says that they are verified; elsewhere, and
 * deeper down in a document, they are as good as absent. */

/* 1 and the borrowed, non-empty text; 0 when absent; -EBADMSG when it is no text, is empty, too
 * long, or not one but several. */
int identity_claim_text(const struct identity *identity, const char *name, const char **ret_text);

/* The same, where a whole number counts as its digits: 1 and the text, the caller's to free;
 * otherwise likewise, or -ENOMEM. */
int identity_claim_word(const struct identity *identity, const char *name, char **ret_text);

/* True when the claim is the value or an array that holds it, as a string of just these bytes. */
bool identity_claim_has(const struct identity *identity, const char *name, const char *value);

bool identity_has_claim(const struct identity *identity, const char *name);

/* What the claim is, to show: the caller puts it. Several values become an array; *ret_value is
 * NULL when it is absent. 0 or -ENOMEM. */
int identity_claim_value(const struct identity *identity, const char *name,
                         struct json_object **ret_value);

/* True when a document says that the groups are to be had elsewhere, because they were too many for
 * a token (OIDC Core section 5.6.2; hasgroups), and no list has been added for the claim. */
bool identity_has_overage(const struct identity *identity, const char *groups_claim);

/* "acr=… amr=…" for the journal; the caller frees it. NULL when memory is short. */
char *identity_strength_text(const struct identity *identity);

/* The methods with commas between them, and "" without any; likewise. */
char *identity_amr_text(const struct identity *identity);
