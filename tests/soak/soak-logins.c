/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Whole visits, one after another: what pam_badge.so asks of the daemon from StartLogin to
 * CloseSession, each on a connection of its own, many people at a time. Approval is the provider's
 * business. Prints "granted NUMBER" and the sentence of everybody who did not get in.
 *
 *      soak-logins LOGINS AT-ONCE ACCOUNT
 */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/bus-client.h"
#include "common/challenge.h"
#include "common/cleanup.h"
#include "common/clock.h"
#include "common/login-context.h"
#include "common/login-details.h"
#include "common/login-verdict.h"

#define AT_ONCE_MAX     200
#define PATIENCE_USEC   (120 * USEC_PER_SEC)
#define STACK_MAX_BYTES ((size_t)256 * 1024)

struct soak {
        const char *account;
        atomic_int left;
        atomic_int granted;
};

static const struct login_context context = {
        .remote_host = "192.0.2.1", .terminal = "ssh", .qr = "utf8", .columns = 80, .lines = 24};

static bool visit(const char *account, struct login_verdict *verdict)
{
        uint64_t deadline_usec = clock_now_usec() + PATIENCE_USEC;
        _cleanup_bus_client_ struct bus_client *client = NULL;
        _cleanup_challenge_ struct challenge challenge = {0};
        _cleanup_login_details_ struct login_details details = {0};
        _cleanup_free_ char *login = NULL, *session = NULL;

        if (!bus_client_new(-1, deadline_usec, &client, verdict) ||
            !bus_client_start_login(client, account, "sshd", &context, deadline_usec, &login,
                                    &challenge, verdict))
                return false;
        bus_client_wait(client, login, deadline_usec, verdict, &details);
        return login_verdict_is_granted(verdict) &&
               bus_client_open_session(client, account, login, &context, &session, verdict) &&
               bus_client_close_session(client, session, verdict);
}

static void *come_and_go(void *userdata)
{
        struct soak *soak = userdata;
        struct login_verdict verdict;

        while (atomic_fetch_sub(&soak->left, 1) > 0)
                if (visit(soak->account, &verdict))
                        atomic_fetch_add(&soak->granted, 1);
                else
                        (void)printf("%s\n", verdict.reason);
        return NULL;
}

int main(int argc, char **argv)
{
        pthread_t people[AT_ONCE_MAX];
        pthread_attr_t attributes;
        unsigned at_once = argc == 4 ? (unsigned)strtoul(argv[2], NULL, 10) : 0;

        if (at_once == 0 || at_once > AT_ONCE_MAX || pthread_attr_init(&attributes) != 0 ||
            pthread_attr_setstacksize(&attributes, STACK_MAX_BYTES) != 0)
                return EXIT_FAILURE;
        struct soak soak = {.account = argv[3], .left = (int)strtol(argv[1], NULL, 10)};
        for (unsigned i = 0; i < at_once; i++)
                if (pthread_create(&people[i], &attributes, come_and_go, &soak) != 0)
                        return EXIT_FAILURE;
        for (unsigned i = 0; i < at_once; i++)
                (void)pthread_join(people[i], NULL);
        (void)pthread_attr_destroy(&attributes);
        (void)printf("granted %d\n", atomic_load(&soak.granted));
        return EXIT_SUCCESS;
}
