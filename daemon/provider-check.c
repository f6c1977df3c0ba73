/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "provider-check.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/device-authorization.h"

#define MEND_METADATA                                                                            \
        "compare issuer with what the provider calls itself, and see that this host reaches it " \
        "(proxy, ca_file)"
#define MEND_KEYS "see that this host reaches the provider's jwks_uri"
#define MEND_CLIENT \
        "compare client_id, client_auth and client_secret_file with the client at the provider"
#define MEND_GRANT "switch the device authorization grant on for this client at the provider"
#define MEND_LATER "try again later"
#define MEND_OTHER "read the provider's log for this request"

struct provider_check {
        sd_event *event;
        struct provider *provider;
        provider_check_on_done on_done;
        void *userdata;
        sd_event_source *begin;
        struct document_wait *wait;
        struct http_request *request;
        struct provider_finding findings[PROVIDER_FINDINGS_MAX];
        size_t n_findings;
};

static void add(struct provider_check *check, const char *what, const char *mend,
                const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A finding is good when it needs no mend. */
static void add(struct provider_check *check, const char *what, const char *mend,
                const char *format, ...)
{
        char *detail = NULL;
        va_list arguments;

        if (check->n_findings == PROVIDER_FINDINGS_MAX)
                return;
        va_start(arguments, format);
        if (vasprintf(&detail, format, arguments) < 0)
                detail = NULL;
        va_end(arguments);
        check->findings[check->n_findings++] = (struct provider_finding){what, mend[0] == '\0',
                                                                         detail, mend};
}

static void finish(struct provider_check *check)
{
        check->on_done(check->findings, check->n_findings, check->userdata);
}

/* ---- 3. the device authorization endpoint ---- */

static const char *mend_for(const struct oauth_problem *problem)
{
        static const struct {
                const char *code, *mend;
        } mends[] = {
                {"invalid_client", MEND_CLIENT},
                {"unauthorized_client", MEND_GRANT},
                {"unsupported_grant_type", MEND_GRANT},
                {"invalid_grant", MEND_GRANT},
                {"invalid_scope", "ask for a scope that the provider gives to this client"},
                {"slow_down", MEND_LATER},
                {"temporarily_unavailable", MEND_LATER},
        };
        for (size_t i = 0; i < ELEMENTSOF(mends); i++)
                if (strcmp(mends[i].code, problem->code) == 0)
                        return mends[i].mend;
        return problem->answer == OAUTH_TRANSIENT ? MEND_LATER : MEND_OTHER;
}

static void on_device_answer(const struct http_answer *answer, void *userdata)
{
        struct provider_check *check = userdata;
        _cleanup_(oauth_problem_finish) struct oauth_problem problem = {0};
        _cleanup_(device_authorization_finish) struct device_authorization code = {0};

        if (answer->failure != HTTP_ANSWERED) {
                add(check, "device endpoint", MEND_METADATA, "%s", answer->failure_text);
        } else if (device_authorization_parse(answer->status, secret_bytes(answer->body),
                                              secret_size(answer->body), &code,
                                              &problem) == OAUTH_SUCCESS) {
                add(check, "device endpoint", "",
                    "accepts the client; codes live %llu s, interval %llu s",
                    (unsigned long long)code.expires_in_sec, (unsigned long long)code.interval_sec);
                add(check, "verification address", "", "%s", code.verification_uri);
        } else {
                add(check, "device endpoint", mend_for(&problem), "status %u, %s%s%s",
                    answer->status,
                    problem.code[0] ? problem.code
                    : problem.why   ? problem.why
                                    : "out of order",
                    problem.description ? ", " : "",
                    problem.description ? problem.description : "");
        }
        finish(check);
}

static int ask_for_code(struct provider_check *check)
{
        const struct provider_metadata *metadata = provider_metadata(check->provider);
        const struct oauth_question question = {.kind = OAUTH_ASK_DEVICE_CODE,
                                                .scope = provider_settings(check->provider)->scope};
        _cleanup_(oauth_request_finish) struct oauth_request request = {0};

        if (!metadata)
                return -ENODATA;
        int r = provider_ask(check->provider, &question, &request);
        if (r < 0)
                return r;
        return provider_send(check->provider, metadata->endpoints[ENDPOINT_DEVICE_AUTHORIZATION],
                             request.form, request.authorization, on_device_answer, check,
                             &check->request);
}

/* ---- 1. and 2.: metadata and keys, fetched anew ---- */

static void on_keys(const char *why, void *userdata)
{
        struct provider_check *check = userdata;
        const struct provider_metadata *metadata = provider_metadata(check->provider);

        check->wait = document_wait_free(check->wait);
        if (why)
                add(check, "keys", MEND_KEYS, "%s", why);
        else
                add(check, "keys", "", "read from %s",
                    metadata ? metadata->endpoints[ENDPOINT_KEYS] : "there");
        int r = ask_for_code(check);
        if (r < 0) {
                add(check, "device endpoint", MEND_OTHER, "%s", strerror(-r));
                finish(check);
        }
}

static void fetch(struct provider_check *check, struct document *document, const char *what,
                  document_on_done on_done)
{
        int r = document_fetch(document);
        if (r >= 0)
                r = document_wait_new(document, on_done, check, &check->wait);
        if (r >= 0)
                return;
        add(check, what, MEND_OTHER, "%s", strerror(-r));
        finish(check);
}

static void on_metadata(const char *why, void *userdata)
{
        struct provider_check *check = userdata;

        check->wait = document_wait_free(check->wait);
        if (why) {
                add(check, "metadata", MEND_METADATA, "%s", why);
                finish(check);
                return;
        }
        add(check, "metadata", "", "issuer %s", provider_settings(check->provider)->issuer);
        fetch(check, provider_keys_document(check->provider), "keys", on_keys);
}

static int on_begin(sd_event_source *source, void *userdata)
{
        struct provider_check *check = userdata;

        if (provider_settings(check->provider)->metadata != METADATA_BY_HAND) {
                fetch(check, provider_metadata_document(check->provider), "metadata", on_metadata);
                return 0;
        }
        add(check, "metadata", "", "endpoints set by hand");
        fetch(check, provider_keys_document(check->provider), "keys", on_keys);
        return 0;
}

int provider_check_new(sd_event *event, struct provider *provider, provider_check_on_done on_done,
                       void *userdata, struct provider_check **ret_check)
{
        _cleanup_(provider_check_freep) struct provider_check *check = calloc(1, sizeof(*check));
        if (!check)
                return -ENOMEM;

        check->event = sd_event_ref(event);
        check->provider = provider;
        check->on_done = on_done;
        check->userdata = userdata;
        int r = sd_event_add_defer(event, &check->begin, on_begin, check);
        if (r < 0)
                return r;
        *ret_check = TAKE_PTR(check);
        return 0;
}

struct provider_check *provider_check_free(struct provider_check *check)
{
        if (!check)
                return NULL;
        check->begin = sd_event_source_disable_unref(check->begin);
        check->wait = document_wait_free(check->wait);
        check->request = http_request_free(check->request);
        for (size_t i = 0; i < check->n_findings; i++)
                free(check->findings[i].detail);
        sd_event_unref(check->event);
        free(check);
        return NULL;
}
