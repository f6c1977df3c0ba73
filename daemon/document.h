/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* One document that a provider publishes (its metadata, its keys), kept fresh: fetched when first
 * wanted, again in the background before it grows old, and used a while longer when the provider is
 * away. What the bytes mean is its owner's business. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-event.h>

#include "common/cleanup.h"
#include "io/http-client.h"

struct document;
struct document_wait;

struct document_spec {
        const char *name; /* for the log: "metadata of provider corp" */
        const char *url;  /* may be NULL until document_set_url() */
        const char *ca_file, *proxy;
        size_t max_bytes;
        /* Takes the bytes in; -EBADMSG and *ret_why when they are no good: then the document stays
         * as it was. Called from the loop. */
        int (*on_body)(void *owner, const char *body, size_t size, const char **ret_why);
        void *owner;
};

/* Called from the loop, once, when the fetch that was under way ended, well (why NULL) or not. */
typedef void (*document_on_done)(const char *why, void *userdata);

/* Copies the strings of the spec. Fetches nothing yet. */
int document_new(sd_event *event, struct http_client *http, const struct document_spec *spec,
                 struct document **ret_document);
/* Cancels what is under way; its waits must be gone already. */
struct document *document_free(struct document *document);
DEFINE_CLEANUP(struct document *, document_free);

/* A changed address makes what is held stale and is fetched anew; the same one changes nothing. */
int document_set_url(struct document *document, const char *url);

/* True while what was last taken in may be relied on. */
bool document_is_usable(const struct document *document);

/* True when the last fetch that ended did so badly: what is held may not be the newest. */
bool document_has_failed(const struct document *document);

/* Starts a fetch unless one is under way. */
int document_fetch(struct document *document);

/* Starts a fetch too, but not more than once a minute: -EAGAIN when the last was less than that
 * ago. For a key that is not in the set. */
int document_fetch_sparingly(struct document *document);

/* Be told when the fetch under way ends; -ENODATA when none is. Freeing the wait ends it, also from
 * inside the callback. */
int document_wait_new(struct document *document, document_on_done on_done, void *userdata,
                      struct document_wait **ret_wait);
/* A fetch, unless one is under way, and the wait for its end. */
int document_fetch_and_wait(struct document *document, document_on_done on_done, void *userdata,
                            struct document_wait **ret_wait);
struct document_wait *document_wait_free(struct document_wait *wait);
DEFINE_CLEANUP(struct document_wait *, document_wait_free);
