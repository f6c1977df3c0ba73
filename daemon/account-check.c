/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "account-check.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "io/account-lookup.h"

#define SENTENCE_NOBODY   "Sign in with your identity provider first."
#define SENTENCE_OVER     "Your identity provider has ended your session. Sign in again."
#define SENTENCE_SILENT   "Your identity provider cannot be asked right now. Try again later."
#define SENTENCE_NOT_HERE "The account cannot be looked up right now. Try again later."

struct account_check {
        struct admission *admission;
        struct login_request request; /* a copy */
        struct recheck *recheck;
        account_check_on_done on_done;
        void *userdata;
};

/* Of this very transaction: it was granted, and opens its session next. */
static bool has_granted_login(const struct recheck_sources *sources,
                              const struct login_request *request)
{
        const struct session_record *session = request->login ? sessions_get(sources->sessions,
                                                                             request->login)
                                                              : NULL;

        return session && !session_is_open(session) &&
               strcmp(session->account, request->account) == 0 &&
               strcmp(session->service, request->service) == 0;
}

static struct refusal refuse(struct account_check *check, enum login_outcome outcome,
                             const char *sentence, const char *detail)
{
        return admission_refuse(check->admission, LOG_EVENT_ACCOUNT, &check->request, outcome,
                                sentence, detail);
}

static struct refusal answer_to(struct account_check *check, enum recheck_end end,
                                const char *detail)
{
        switch (end) {
        case RECHECK_STANDS:
                return admission_no_objection;
        case RECHECK_UNREACHABLE:
                return refuse(check, LOGIN_UNAVAILABLE, SENTENCE_SILENT, detail);
        case RECHECK_REFUSED:
                return refuse(check, LOGIN_REFUSED, SENTENCE_OVER, detail);
        case RECHECK_NOTHING:
                break;
        }
        return refuse(check, LOGIN_REFUSED, SENTENCE_NOBODY, detail);
}

static void on_rechecked(enum recheck_end end, const struct session_record *session,
                         const char *detail, void *userdata)
{
        struct account_check *check = userdata;

        check->on_done(answer_to(check, end, detail), check->userdata);
}

static int find_uid(const char *account, uint64_t *ret_uid)
{
        _cleanup_(local_account_finish) struct local_account local = {0};

        int r = account_lookup(account, &local);
        if (r < 0)
                return r;
        if (r == 0 || strcmp(local.name, account) != 0)
                return -ENOENT;
        *ret_uid = local.uid;
        return 0;
}

static int start(struct account_check *check, const struct recheck_sources *sources, uint64_t uid)
{
        const struct recheck_spec spec = {
                .sources = sources,
                .account = check->request.account,
                .uid = uid,
                .service = check->request.service,
        };

        return recheck_new(&spec, on_rechecked, check, &check->recheck);
}

int account_check_new(struct admission *admission, const struct recheck_sources *sources,
                      const struct login_request *request, account_check_on_done on_done,
                      void *userdata, struct account_check **ret_check, struct refusal *ret_answer)
{
        _cleanup_(account_check_freep) struct account_check *check = NULL;
        uint64_t uid = 0;

        /* Nobody but root has a provider asked by asking here. */
        if (!settings_service(sources->settings, request->service)->recheck ||
            request->caller_uid != 0 || has_granted_login(sources, request)) {
                *ret_answer = admission_no_objection;
                return 0;
        }
        check = calloc(1, sizeof(*check));
        if (!check)
                return -ENOMEM;
        check->admission = admission;
        check->on_done = on_done;
        check->userdata = userdata;
        int r = login_request_copy(request, &check->request);
        if (r < 0)
                return r;
        r = find_uid(request->account, &uid);
        if (r < 0 && r != -ENOMEM) {
                *ret_answer = refuse(check, LOGIN_UNAVAILABLE, SENTENCE_NOT_HERE, strerror(-r));
                return 0;
        }
        if (r >= 0)
                r = start(check, sources, uid);
        if (r < 0)
                return r;
        *ret_check = TAKE_PTR(check);
        return 1;
}

struct account_check *account_check_free(struct account_check *check)
{
        if (!check)
                return NULL;
        (void)recheck_free(check->recheck);
        login_request_finish(&check->request);
        free(check);
        return NULL;
}
