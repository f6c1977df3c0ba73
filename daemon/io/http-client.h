/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* HTTPS requests on the event loop: libcurl's multi-socket interface behind sd-event. It follows no
 * redirect, asks no environment, keeps no cookie and judges no status: what was answered, or why
 * nothing was, goes to the callback. Connections are kept and shared among the requests of a
 * client.
 *
 * A connection on which the other side acknowledges nothing for 5 s is given up, and the next
 * request makes a new one.
 *
 * A request on a kept connection which the server closes without a single byte of answer is sent
 * once more on a new connection (libcurl does that by itself), so a server may see it twice, unless
 * the spec says that it must not. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/cleanup.h"
#include "common/secret.h"

struct sd_event;
struct http_client;
struct http_request;

enum http_failure {
        HTTP_ANSWERED,    /* a whole answer, whatever its status */
        HTTP_TIMEOUT,     /* no connection, or no whole answer, in time */
        HTTP_UNREACHABLE, /* no name, no route, nobody listens, or no TLS spoken there */
        HTTP_UNTRUSTED,   /* a certificate: theirs is not good for this name and these authorities,
                             or ours cannot be used, or not for them */
        HTTP_TOO_LARGE,   /* header or body went beyond the limit */
        HTTP_BROKEN,      /* what came is not HTTP, not whole, or does not say where it ends */
};

/* Borrowed for the time of the callback, also when that frees the request or the client. */
struct http_answer {
        enum http_failure failure;
        const char *failure_text;  /* NULL when answered; printable, for the journal */
        unsigned status;           /* 0 unless answered, as are the members below (or NULL) */
        const char *content_type;  /* printable; NULL when the server named none */
        const struct secret *body; /* of any size up to the limit; never NULL when answered */
        uint64_t retry_after_sec;  /* 1..3600; 0 when the server gave no number of seconds */
        uint64_t max_age_sec;      /* Cache-Control, at most a day; 0: do not keep, or not said */
        const char *dpop_nonce;    /* RFC 9449 section 8; NULL: none that is one */
        const char *next_link;     /* https:// only, of rel="next" (RFC 8288); NULL: none */
};

typedef void (*http_on_answer)(const struct http_answer *answer, void *userdata);

struct http_header {
        const char *name, *value;
};

struct http_request_spec {
        const char *url;           /* https:// only */
        const char *ca_file;       /* PEM; then nothing else is trusted. NULL: the system's */
        const char *proxy;         /* NULL: none; the environment never counts */
        const struct secret *form; /* body of a POST, form-urlencoded; NULL: GET */
        const struct secret *authorization; /* value of the header; NULL: none */
        const struct secret *dpop;          /* value of the header DPoP; NULL: none */
        const char *accept;                 /* media type; NULL: any */
        const struct http_header *headers;  /* further ones, of names that are not ours */
        size_t n_headers;
        /* For mutual TLS, both or neither. The first is PEM, the leaf first; the second a place as
         * io/private-key.h takes them. Read for each request: files may be renewed. */
        const char *client_certificate_file;
        const char *client_key_file;
        bool is_sent_once; /* on a connection of its own: the server sees it once, or not at all */
        size_t max_body_bytes;         /* 0: 64 KiB */
        uint64_t connect_timeout_usec; /* 0: 5 s */
        uint64_t request_timeout_usec; /* 0: 15 s, from http_request_new() to the whole answer */
};

/* Refs the event loop. Makes the process ignore SIGPIPE unless it handles that already. */
int http_client_new(struct sd_event *event, struct http_client **ret_client);

/* Closes the connections. Requests that are pending end without a callback; their handles stay
 * their owners' to free. Takes NULL, returns NULL. */
struct http_client *http_client_free(struct http_client *client);
DEFINE_CLEANUP(struct http_client *, http_client_free);

/* Copies what it needs of spec. on_answer runs once, from the loop, never from inside this call,
 * and may start requests and free any request or the client. -EINVAL for an address that is not
 * https, for what is not the name or value of a header, or the name of one that is set here or by
 * libcurl, and for one client file without the other. What reading those files said, too. */
int http_request_new(struct http_client *client, const struct http_request_spec *spec,
                     http_on_answer on_answer, void *userdata, struct http_request **ret_request);

/* Cancels unless answered: then the callback does not run any more. Takes NULL, returns NULL. */
struct http_request *http_request_free(struct http_request *request);
DEFINE_CLEANUP(struct http_request *, http_request_free);
