/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "enrolments.h"

#include <errno.h>
#include <string.h>

#include "accounts.h"
#include "common/text.h"
#include "core/otpauth-uri.h"
#include "factors.h"
#include "io/one-time-code.h"
#include "state.h"

#define USEC_PER_SEC UINT64_C(1000000)

struct enrolment {
        struct enrolment *next;
        char id[STATE_ID_DIGITS + 1];
        char *account, *name;
        uid_t caller_uid;
        uint64_t proved_at_sec;
        uint64_t started_usec;
        unsigned n_wrong;
        struct secret *shared_secret;
};

struct enrolments {
        struct state *state;
        struct enrolment *first;
        size_t n;
};

static struct enrolment *enrolment_free(struct enrolment *enrolment)
{
        if (!enrolment)
                return NULL;
        (void)secret_free(enrolment->shared_secret);
        free(enrolment->account);
        free(enrolment->name);
        free(enrolment);
        return NULL;
}
DEFINE_CLEANUP(struct enrolment *, enrolment_free);

int enrolments_new(struct state *state, struct enrolments **ret_enrolments)
{
        struct enrolments *enrolments = calloc(1, sizeof(*enrolments));
        if (!enrolments)
                return -ENOMEM;

        enrolments->state = state;
        *ret_enrolments = enrolments;
        return 0;
}

/* Takes what *link points to out of the list, and frees it. */
static void drop(struct enrolments *enrolments, struct enrolment **link)
{
        struct enrolment *enrolment = *link;

        *link = enrolment->next;
        enrolments->n--;
        (void)enrolment_free(enrolment);
}

struct enrolments *enrolments_free(struct enrolments *enrolments)
{
        if (!enrolments)
                return NULL;
        while (enrolments->first)
                drop(enrolments, &enrolments->first);
        free(enrolments);
        return NULL;
}

/* Those that took too long, and the account's own (NULL: nobody's). */
static void drop_old(struct enrolments *enrolments, const char *account, uint64_t now_usec)
{
        struct enrolment **link = &enrolments->first;

        while (*link)
                if (now_usec - (*link)->started_usec > ENROLMENT_LIFETIME_SEC * USEC_PER_SEC ||
                    (account && strcmp((*link)->account, account) == 0))
                        drop(enrolments, link);
                else
                        link = &(*link)->next;
}

static bool name_is_sound(const char *name)
{
        return *name && strlen(name) <= ENROLMENT_NAME_MAX_BYTES && text_is_printable(name);
}

static int enrolment_new(const struct enrolment_request *request, struct enrolment **ret_enrolment)
{
        _cleanup_(enrolment_freep) struct enrolment *enrolment = calloc(1, sizeof(*enrolment));
        if (!enrolment)
                return -ENOMEM;

        enrolment->caller_uid = request->caller_uid;
        enrolment->proved_at_sec = request->proved_at_sec;
        enrolment->started_usec = request->now_usec;
        if (text_copy(request->account, &enrolment->account) < 0 ||
            text_copy(request->name, &enrolment->name) < 0)
                return -ENOMEM;
        int r = state_new_id(enrolment->id);
        if (r >= 0)
                r = one_time_code_secret_new(&enrolment->shared_secret);
        if (r < 0)
                return r;
        *ret_enrolment = TAKE_PTR(enrolment);
        return 0;
}

int enrolments_begin(struct enrolments *enrolments, const struct enrolment_request *request,
                     const char **ret_id, struct secret **ret_uri)
{
        _cleanup_(enrolment_freep) struct enrolment *enrolment = NULL;

        if (!name_is_sound(request->name))
                return -EINVAL;
        if (factors_count(enrolments->state, request->account) >= FACTORS_PER_ACCOUNT_MAX)
                return -EDQUOT;
        drop_old(enrolments, request->account, request->now_usec);
        if (enrolments->n >= ENROLMENTS_MAX)
                return -EBUSY;
        int r = enrolment_new(request, &enrolment);
        if (r >= 0)
                r = otpauth_uri_new(request->host, request->account, enrolment->shared_secret,
                                    ret_uri);
        if (r < 0)
                return r;
        enrolment->next = enrolments->first;
        enrolments->first = TAKE_PTR(enrolment);
        enrolments->n++;
        *ret_id = enrolments->first->id;
        return 0;
}

/* ---- confirming ---- */

static bool is_meant(const struct enrolment *enrolment, const struct enrolment_proof *proof)
{
        return strcmp(enrolment->id, proof->id) == 0 && enrolment->caller_uid == proof->caller_uid;
}

static struct enrolment **find(struct enrolments *enrolments, const struct enrolment_proof *proof)
{
        struct enrolment **link = &enrolments->first;

        while (*link && !is_meant(*link, proof))
                link = &(*link)->next;
        return *link ? link : NULL;
}

const char *enrolments_account(const struct enrolments *enrolments,
                               const struct enrolment_proof *proof)
{
        const struct enrolment *enrolment = enrolments->first;

        while (enrolment && !is_meant(enrolment, proof))
                enrolment = enrolment->next;
        return enrolment ? enrolment->account : NULL;
}

/* The codes that confirmed it are used: the step of the second is the last one. */
static int put(const struct enrolments *enrolments, const struct enrolment *enrolment,
               uint64_t now_sec, uint64_t step, store_on_done on_done, void *userdata,
               struct store_write **ret_write)
{
        const struct factor_record factor = {
                .id = (char *)(uintptr_t)enrolment->id,
                .account = enrolment->account,
                .type = (char *)(uintptr_t) "totp",
                .name = enrolment->name,
                .created_at_sec = now_sec,
                .confirmed_at_sec = now_sec,
                .proved_at_sec = enrolment->proved_at_sec,
                .last_step = step,
                .shared_secret = enrolment->shared_secret,
        };

        int r = accounts_make_known(enrolments->state, enrolment->account, now_sec);
        return r < 0 ? r
                     : store_mirror_put(enrolments->state->factors, &factor, on_done, userdata,
                                        ret_write);
}

int enrolments_confirm(struct enrolments *enrolments, const struct enrolment_proof *proof,
                       store_on_done on_done, void *userdata, struct store_write **ret_write)
{
        enum code_answer answer;
        uint64_t step;

        drop_old(enrolments, NULL, proof->now_usec);
        struct enrolment **link = find(enrolments, proof);
        if (!link)
                return -ENOENT;
        int r = one_time_code_check_pair((*link)->shared_secret, proof->first, proof->second,
                                         proof->now_sec, &answer, &step);
        if (r < 0)
                return r;
        if (answer != CODE_RIGHT) {
                if (++(*link)->n_wrong >= ENROLMENT_MAX_WRONG)
                        drop(enrolments, link);
                return 0;
        }
        r = put(enrolments, *link, proof->now_sec, step, on_done, userdata, ret_write);
        if (r < 0)
                return r;
        drop(enrolments, link);
        return 1;
}
