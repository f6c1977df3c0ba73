/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "directory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/account-standing.h"
#include "core/claim-address.h"
#include "core/directory-page.h"
#include "directory-token.h"
#include "provider-call.h"

#define STATUS_OK           200
#define STATUS_UNAUTHORIZED 401
#define STATUS_NOT_FOUND    404

struct directory {
        struct provider *provider;
        const struct provider_settings *settings;
        struct directory_token *token;
};

struct directory_lookup {
        struct directory *directory;
        directory_on_done on_done;
        void *userdata;
        const struct identity *identity;
        struct secret *token; /* the person's or the client's; NULL: the client's, not at hand */
        const struct private_key *dpop;
        struct provider_call *call;
        char *first; /* address of a list's first page, with the claims in it */
        char *url;   /* of the document that is asked for */
        size_t source, pages;
        struct text_list groups;
        bool about_account;
        bool token_is_final; /* the person's, or one that is new */
};

/* ---- the end ---- */

static void fail(struct directory_lookup *lookup, enum login_outcome outcome, const char *detail)
{
        lookup->on_done(outcome, NULL, detail, lookup->userdata);
}

static void fail_with(struct directory_lookup *lookup, int error, const char *why)
{
        if (error == -EBADMSG)
                fail(lookup, LOGIN_REFUSED, why);
        else
                fail(lookup, LOGIN_UNAVAILABLE, strerror(-error));
}

static bool is_out_of_order(const struct http_answer *answer)
{
        return answer->status >= 500 || answer->status == 429;
}

/* ---- the client's own token ---- */

static int send_document(struct directory_lookup *lookup);
static int send_question(struct directory_lookup *lookup);
static void go_on(struct directory_lookup *lookup, int r);

static void on_token(const struct http_answer *answer, void *userdata)
{
        struct directory_lookup *lookup = userdata;
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(lookup->call);
        const char *why = NULL;

        int r = directory_token_take(lookup->directory->token, answer, &lookup->token, &why);
        if (r == -EBADMSG)
                fail(lookup, LOGIN_UNAVAILABLE, why);
        else
                go_on(lookup, r < 0 ? r : send_document(lookup));
}

static int copy_token(struct directory_lookup *lookup, const struct secret *token)
{
        lookup->token = secret_new(secret_bytes(token), secret_size(token));
        return lookup->token ? 0 : -ENOMEM;
}

static int need_token(struct directory_lookup *lookup)
{
        const struct secret *kept = directory_token_kept(lookup->directory->token);

        if (kept) {
                int r = copy_token(lookup, kept);
                return r < 0 ? r : send_document(lookup);
        }
        lookup->token_is_final = true;
        return directory_token_ask(lookup->directory->token, on_token, lookup, &lookup->call);
}

/* ---- documents ---- */

static void take_page(struct directory_lookup *lookup, const struct http_answer *answer)
{
        const struct provider_settings *settings = lookup->directory->settings;
        struct group_source source = settings->group_sources[lookup->source];
        char *next = NULL;
        const char *why = NULL;

        source.url = lookup->first;
        int r = directory_page_read(&source, secret_bytes(answer->body), secret_size(answer->body),
                                    answer->next_link, &lookup->groups, &next, &why);
        if (r < 0) {
                fail_with(lookup, r, why);
                return;
        }
        free(lookup->url);
        lookup->url = next;
        if (next && ++lookup->pages >= DIRECTORY_MAX_PAGES) {
                fail(lookup, LOGIN_REFUSED, "a list of groups has too many pages");
                return;
        }
        if (!next && ++lookup->source == settings->n_group_sources) {
                lookup->on_done(LOGIN_GRANTED, &lookup->groups, NULL, lookup->userdata);
                return;
        }
        if (!next)
                lookup->pages = 0;
        go_on(lookup, send_question(lookup));
}

static void take_account(struct directory_lookup *lookup, const struct http_answer *answer)
{
        const struct account_source *source = &lookup->directory->settings->account_source;
        const char *why = NULL;

        int r = account_standing_read(secret_bytes(answer->body), secret_size(answer->body),
                                      source->path, source->value, &why);
        if (r < 0)
                fail_with(lookup, r, why);
        else
                lookup->on_done(LOGIN_GRANTED, NULL, NULL, lookup->userdata);
}

/* A token that was kept may have been taken back. */
static bool wants_other_token(struct directory_lookup *lookup, const struct http_answer *answer)
{
        if (answer->status != STATUS_UNAUTHORIZED || lookup->token_is_final)
                return false;
        lookup->token = secret_free(lookup->token);
        directory_token_forget(lookup->directory->token);
        return true;
}

static void on_document(const struct http_answer *answer, void *userdata)
{
        struct directory_lookup *lookup = userdata;
        _cleanup_(provider_call_freep) struct provider_call *finished = TAKE_PTR(lookup->call);

        if (answer->failure != HTTP_ANSWERED)
                fail(lookup, LOGIN_UNAVAILABLE, answer->failure_text);
        else if (is_out_of_order(answer))
                fail(lookup, LOGIN_UNAVAILABLE, "the provider's directory is out of order");
        else if (wants_other_token(lookup, answer))
                go_on(lookup, send_question(lookup));
        else if (lookup->about_account && answer->status == STATUS_NOT_FOUND)
                fail(lookup, LOGIN_REFUSED, "the provider's directory does not know the account");
        else if (answer->status != STATUS_OK)
                fail(lookup, LOGIN_UNAVAILABLE,
                     "the provider's directory gave no answer; see that "
                     "the client's scopes allow the question");
        else if (lookup->about_account)
                take_account(lookup, answer);
        else
                take_page(lookup, answer);
}

/* The next list. */
static int begin_list(struct directory_lookup *lookup)
{
        const struct provider_settings *settings = lookup->directory->settings;

        free(TAKE_PTR(lookup->first));
        int r = claim_address_new(settings->group_sources[lookup->source].url, lookup->identity,
                                  &lookup->first);
        return r < 0 ? r : text_copy(lookup->first, &lookup->url);
}

static int send_document(struct directory_lookup *lookup)
{
        int r = lookup->url ? 0 : begin_list(lookup);

        if (r < 0)
                return r;
        return provider_call_new_resource(lookup->directory->provider, lookup->url, lookup->token,
                                          lookup->dpop, on_document, lookup, &lookup->call);
}

static int send_question(struct directory_lookup *lookup)
{
        return lookup->token ? send_document(lookup) : need_token(lookup);
}

/* Nothing may touch the lookup after this. */
static void go_on(struct directory_lookup *lookup, int r)
{
        if (r == -EINVAL)
                fail(lookup, LOGIN_REFUSED,
                     "no claim of the identity fits into the address of group_sources");
        else if (r < 0)
                fail_with(lookup, r, NULL);
}

/* ---- the outside ---- */

int directory_new(struct provider *provider, struct directory **ret_directory)
{
        _cleanup_(directory_freep) struct directory *directory = calloc(1, sizeof(*directory));
        if (!directory)
                return -ENOMEM;

        directory->provider = provider;
        directory->settings = provider_settings(provider);
        int r = directory_token_new(provider, &directory->token);
        if (r < 0)
                return r;
        *ret_directory = TAKE_PTR(directory);
        return 0;
}

struct directory *directory_free(struct directory *directory)
{
        if (!directory)
                return NULL;
        directory->token = directory_token_free(directory->token);
        free(directory);
        return NULL;
}

static struct directory_lookup *lookup_new(struct directory *directory, directory_on_done on_done,
                                           void *userdata)
{
        struct directory_lookup *lookup = calloc(1, sizeof(*lookup));

        if (lookup)
                *lookup = (struct directory_lookup){
                        .directory = directory, .on_done = on_done, .userdata = userdata};
        return lookup;
}

int directory_lookup_groups(struct directory *directory, const struct identity *identity,
                            const struct secret *access_token, const struct private_key *dpop,
                            directory_on_done on_done, void *userdata,
                            struct directory_lookup **ret_lookup)
{
        _cleanup_(directory_lookup_freep) struct directory_lookup *lookup = lookup_new(
                directory, on_done, userdata);
        int r = 0;

        if (!lookup)
                return -ENOMEM;
        lookup->identity = identity;
        if (directory->settings->group_token == GROUP_TOKEN_PERSON) {
                lookup->dpop = dpop;
                lookup->token_is_final = true;
                r = copy_token(lookup, access_token);
        }
        if (r >= 0)
                r = send_question(lookup);
        if (r < 0)
                return r;
        *ret_lookup = TAKE_PTR(lookup);
        return 0;
}

int directory_lookup_account(struct directory *directory, const struct identity *identity,
                             directory_on_done on_done, void *userdata,
                             struct directory_lookup **ret_lookup)
{
        _cleanup_(directory_lookup_freep) struct directory_lookup *lookup = lookup_new(
                directory, on_done, userdata);

        if (!lookup)
                return -ENOMEM;
        lookup->about_account = true;
        int r = claim_address_new(directory->settings->account_source.url, identity, &lookup->url);
        if (r >= 0)
                r = send_question(lookup);
        if (r < 0)
                return r;
        *ret_lookup = TAKE_PTR(lookup);
        return 0;
}

struct directory_lookup *directory_lookup_free(struct directory_lookup *lookup)
{
        if (!lookup)
                return NULL;
        lookup->call = provider_call_free(lookup->call);
        (void)secret_free(lookup->token);
        text_list_finish(&lookup->groups);
        free(lookup->first);
        free(lookup->url);
        free(lookup);
        return NULL;
}
