/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Runs tests/io/https-server beside a test program, with an event loop and a client to ask it. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <systemd/sd-event.h>

#include "io/http-client.h"

#define FIXTURE_PORTS_MAX 16

/* One request and what came of it: copies, because an answer lives only as long as its callback. */
struct fetch {
        struct http_request *request;
        unsigned n_answers;
        enum http_failure failure;
        unsigned status;
        char *failure_text, *content_type, *dpop_nonce, *next_link,
                *body; /* NULL where the answer had none */
        size_t size;
        uint64_t retry_after_sec, max_age_sec;
};

struct https_fixture {
        sd_event *event;
        struct http_client *client;
        char *folder; /* of the certificates */
        char *ca_file;
        pid_t server;
        int server_input; /* closing it ends the server */
        struct {
                char name[16];
                unsigned number;
        } ports[FIXTURE_PORTS_MAX];
        size_t n_ports;
};

/* For cmocka's group: *state is the struct https_fixture. */
int fixture_set_up(void **state);
int fixture_tear_down(void **state);

/* For single tests: a client of its own, so that no connection is left from the test before. */
int client_set_up(void **state);
int client_tear_down(void **state);

unsigned fixture_port(const struct https_fixture *fixture, const char *name);

/* https://localhost:PORT/path; the caller frees. */
char *fixture_url(const struct https_fixture *fixture, const char *port, const char *path);

/* Starts a request; spec's ca_file is the fixture's unless it has one, and its timeouts are such
 * that no busy machine comes up to them. */
void fetch_start(struct https_fixture *fixture, struct http_request_spec spec,
                 struct fetch *ret_fetch);

/* Runs the loop until it has an answer; two minutes mean that none will come. */
void fetch_wait(struct https_fixture *fixture, struct fetch *fetch);

/* Both, for a URL of the fixture. */
void fetch_page(struct https_fixture *fixture, const char *port, const char *path,
                struct http_request_spec spec, struct fetch *ret_fetch);

void fetch_finish(struct fetch *fetch);
#define _cleanup_fetch_ _cleanup_(fetch_finish)

/* Runs the loop for so long, whatever happens; returns how often it woke up. */
unsigned loop_run(struct https_fixture *fixture, uint64_t usec);

uint64_t monotonic_usec(void);
