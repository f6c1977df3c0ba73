/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the service is made of: for the files that are its parts. For nobody else. */
#pragma once

#include "admission.h"
#include "attempts.h"
#include "authorities.h"
#include "common/clock.h"
#include "recheck.h"
#include "service.h"

struct service {
        sd_event *event;
        struct settings *settings;
        struct state *state;
        struct http_client *http;
        struct authorities authorities;
        struct attempts attempts;
        struct admission admission;
        struct granted_logins *granted;
        struct session_watch *watch;
        struct recheck_sources rechecks;
        struct registrations *registrations;
        struct step_ups *step_ups;
        struct offline_codes *offline_codes;
        struct enrolments *enrolments;
        struct presentations *presentations;
        struct service_status status;
        void (*on_end_login)(const char *logind, void *userdata);
        void *userdata;
};

uint64_t service_now_usec(const struct service *service); /* CLOCK_BOOTTIME */
uint64_t service_now_sec(const struct service *service);  /* CLOCK_REALTIME */
