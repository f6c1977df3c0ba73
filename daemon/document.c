/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "document.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include "common/clock.h"
#include "common/text.h"
#include "log.h"

/* How long a document counts as fresh when the provider does not say, and the least and most that
 * it may say (Cache-Control: max-age). */
#define FRESH_DEFAULT_SEC (60 * 60)
#define FRESH_MIN_SEC     (5 * 60)
#define FRESH_MAX_SEC     (24 * 60 * 60)

/* With the provider away, the last good document serves this long. */
#define USABLE_SEC (24 * 60 * 60)

/* A fetch that failed is tried again after this, doubled each time up to the most. */
#define RETRY_MIN_SEC 5
#define RETRY_MAX_SEC (5 * 60)

#define SPARING_SEC 60

struct document_wait {
        struct document *document; /* NULL once it was called back */
        struct document_wait *next;
        document_on_done on_done;
        void *userdata;
};

struct document {
        sd_event *event;
        struct http_client *http;
        char *name, *url, *ca_file, *proxy;
        size_t max_bytes;
        int (*on_body)(void *owner, const char *body, size_t size, const char **ret_why);
        void *owner;

        struct http_request *request; /* the fetch under way */
        sd_event_source *timer;       /* the next fetch in the background */
        struct document_wait *waits;  /* for the fetch under way */
        struct document_wait *called; /* those that are just being told that one ended */
        uint64_t usable_until_usec;   /* 0: nothing taken in yet */
        uint64_t sparing_until_usec;
        uint64_t retry_sec;
        bool has_failed; /* the last fetch */
};

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata);

static void document_arm(struct document *document, uint64_t delay_sec)
{
        uint64_t at_usec = clock_now_usec() + delay_sec * USEC_PER_SEC;
        int r;

        if (document->timer) {
                r = sd_event_source_set_time(document->timer, at_usec);
                if (r >= 0)
                        r = sd_event_source_set_enabled(document->timer, SD_EVENT_ONESHOT);
        } else {
                /* A minute's accuracy lets the kernel wake us together with others. */
                r = sd_event_add_time(document->event, &document->timer, CLOCK_BOOTTIME, at_usec,
                                      delay_sec > 60 ? 60 * USEC_PER_SEC : USEC_PER_SEC, on_timer,
                                      document);
        }
        if (r < 0)
                log_line(LOG_WARNING, "Failed to plan the next fetch of %s: %s", document->name,
                         strerror(-r));
}

static void document_taken_in(struct document *document, uint64_t max_age_sec)
{
        uint64_t fresh_sec = max_age_sec > 0 ? max_age_sec : FRESH_DEFAULT_SEC;

        if (fresh_sec < FRESH_MIN_SEC)
                fresh_sec = FRESH_MIN_SEC;
        if (fresh_sec > FRESH_MAX_SEC)
                fresh_sec = FRESH_MAX_SEC;
        document->usable_until_usec = clock_now_usec() + USABLE_SEC * USEC_PER_SEC;
        document->retry_sec = RETRY_MIN_SEC;
        document->has_failed = false;
        /* Anew before it grows old, so that no login ever waits for it. */
        document_arm(document, fresh_sec / 4 * 3);
}

static void document_failed(struct document *document, const char *why)
{
        log_line(LOG_WARNING, "Failed to fetch %s: %s, trying again in %llu s", document->name, why,
                 (unsigned long long)document->retry_sec);
        document->has_failed = true;
        document_arm(document, document->retry_sec);
        document->retry_sec *= 2;
        if (document->retry_sec > RETRY_MAX_SEC)
                document->retry_sec = RETRY_MAX_SEC;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
        struct document *document = userdata;
        int r = document_fetch(document);
        if (r < 0)
                document_failed(document, strerror(-r));
        return 0;
}

/* Each wait leaves its list before it is called: its owner may free it, or any other, or start
 * anew. */
static void document_tell(struct document *document, const char *why)
{
        document->called = TAKE_PTR(document->waits);
        while (document->called) {
                struct document_wait *wait = document->called;
                document->called = wait->next;
                wait->document = NULL;
                wait->on_done(why, wait->userdata);
        }
}

static const char *answer_fault(struct document *document, const struct http_answer *answer)
{
        const char *why;

        if (answer->failure != HTTP_ANSWERED)
                return answer->failure_text;
        if (answer->status != 200)
                return "the provider did not answer with status 200";
        if (document->on_body(document->owner, secret_bytes(answer->body),
                              secret_size(answer->body), &why) < 0)
                return why;
        return NULL;
}

static void on_answer(const struct http_answer *answer, void *userdata)
{
        struct document *document = userdata;
        const char *why = answer_fault(document, answer);

        if (why)
                document_failed(document, why);
        else
                document_taken_in(document, answer->max_age_sec);
        _cleanup_(http_request_freep) struct http_request *finished = TAKE_PTR(document->request);
        document_tell(document, why);
}

int document_fetch(struct document *document)
{
        if (document->request)
                return 0;
        if (!document->url)
                return -ENOENT;

        struct http_request_spec spec = {
                .url = document->url,
                .ca_file = document->ca_file,
                .proxy = document->proxy,
                .accept = "application/json",
                .max_body_bytes = document->max_bytes,
        };
        return http_request_new(document->http, &spec, on_answer, document, &document->request);
}

int document_fetch_sparingly(struct document *document)
{
        uint64_t now_usec = clock_now_usec();

        if (!document->request) {
                if (now_usec < document->sparing_until_usec)
                        return -EAGAIN;
                document->sparing_until_usec = now_usec + SPARING_SEC * USEC_PER_SEC;
        }
        return document_fetch(document);
}

bool document_is_usable(const struct document *document)
{
        return clock_now_usec() < document->usable_until_usec;
}

bool document_has_failed(const struct document *document)
{
        return document->has_failed;
}

int document_set_url(struct document *document, const char *url)
{
        if (document->url && strcmp(document->url, url) == 0)
                return 0;

        char *copy = strdup(url);
        if (!copy)
                return -ENOMEM;
        free(document->url);
        document->url = copy;
        document->usable_until_usec = 0;
        document->request = http_request_free(document->request);
        return document_fetch(document);
}

int document_wait_new(struct document *document, document_on_done on_done, void *userdata,
                      struct document_wait **ret_wait)
{
        if (!document->request)
                return -ENODATA;

        struct document_wait *wait = calloc(1, sizeof(*wait));
        if (!wait)
                return -ENOMEM;
        *wait = (struct document_wait){document, document->waits, on_done, userdata};
        document->waits = wait;
        *ret_wait = wait;
        return 0;
}

static void unlink_wait(struct document_wait **list, const struct document_wait *wait)
{
        for (struct document_wait **link = list; *link; link = &(*link)->next)
                if (*link == wait) {
                        *link = wait->next;
                        return;
                }
}

int document_fetch_and_wait(struct document *document, document_on_done on_done, void *userdata,
                            struct document_wait **ret_wait)
{
        int r = document_fetch(document);
        return r < 0 ? r : document_wait_new(document, on_done, userdata, ret_wait);
}

struct document_wait *document_wait_free(struct document_wait *wait)
{
        if (!wait)
                return NULL;
        if (wait->document) {
                unlink_wait(&wait->document->waits, wait);
                unlink_wait(&wait->document->called, wait);
        }
        free(wait);
        return NULL;
}

int document_new(sd_event *event, struct http_client *http, const struct document_spec *spec,
                 struct document **ret_document)
{
        _cleanup_(document_freep) struct document *document = calloc(1, sizeof(*document));
        if (!document)
                return -ENOMEM;

        document->event = sd_event_ref(event);
        document->http = http;
        document->max_bytes = spec->max_bytes;
        document->on_body = spec->on_body;
        document->owner = spec->owner;
        document->retry_sec = RETRY_MIN_SEC;
        if (text_copy(spec->name, &document->name) < 0 ||
            text_copy(spec->url, &document->url) < 0 ||
            text_copy(spec->ca_file, &document->ca_file) < 0 ||
            text_copy(spec->proxy, &document->proxy) < 0)
                return -ENOMEM;
        *ret_document = TAKE_PTR(document);
        return 0;
}

struct document *document_free(struct document *document)
{
        if (!document)
                return NULL;
        document->request = http_request_free(document->request);
        document->timer = sd_event_source_disable_unref(document->timer);
        sd_event_unref(document->event);
        free(document->name);
        free(document->url);
        free(document->ca_file);
        free(document->proxy);
        free(document);
        return NULL;
}
