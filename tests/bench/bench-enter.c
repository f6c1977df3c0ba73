/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long from Enter to "granted" when somebody approved before, through real libpam and the
 * installed pam_badge.so, beside a bare POST that gets tokens from the same endpoint. The provider
 * must approve every code by itself. Also how long from pam_authenticate() to the prompt.
 *
 *      bench-enter LOGINS PAM-SERVICE ACCOUNT CLIENT-ID DEVICE-ENDPOINT TOKEN-ENDPOINT CA-FILE
 */
#include <errno.h>
#include <json-c/json.h>
#include <pthread.h>
#include <security/pam_appl.h>
#include <semaphore.h>
#include <stdio.h>
#include <string.h>

#include "common/cleanup.h"
#include "measure.h"
#include "warm-post.h"

/* After it the first poll of every code is allowed: the provider's interval is a second. */
#define INTERVAL_NSEC (NSEC_PER_SEC + NSEC_PER_SEC / 2)

#define DEVICE_GRANT "urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Adevice_code"

#define LOGINS_MAX     200
#define CODE_MAX_BYTES 256
#define FORM_MAX_BYTES 1024

/* A person before a screen: a thread, since libpam calls back in the middle of its work. */
struct person {
        const char *service, *account;
        pthread_t thread;
        sem_t news;  /* the prompt is there, or it is all over */
        sem_t enter; /* may be pressed */
        uint64_t asked_nsec, shown_nsec, pressed_nsec, ended_nsec;
        int result;
};

struct bench {
        const char *service, *account, *client_id, *device_endpoint, *token_endpoint;
        struct warm_post *post;
        unsigned n;
        struct person persons[LOGINS_MAX];
        char codes[LOGINS_MAX][CODE_MAX_BYTES]; /* for the bare POSTs */
};

static void wait_for(sem_t *semaphore)
{
        while (sem_wait(semaphore) < 0 && errno == EINTR)
                ;
}

static int on_messages(int n_messages, const struct pam_message **messages,
                       struct pam_response **ret_responses, void *userdata)
{
        struct person *person = userdata;
        struct pam_response *responses = calloc((size_t)n_messages, sizeof(*responses));

        if (!responses)
                return PAM_BUF_ERR;
        for (int i = 0; i < n_messages; i++) {
                if (messages[i]->msg_style != PAM_PROMPT_ECHO_OFF)
                        continue;
                person->shown_nsec = measure_now_nsec();
                (void)sem_post(&person->news);
                wait_for(&person->enter);
                responses[i].resp = strdup("");
                person->pressed_nsec = measure_now_nsec();
        }
        *ret_responses = responses;
        return PAM_SUCCESS;
}

static void *sign_in(void *userdata)
{
        struct person *person = userdata;
        const struct pam_conv conversation = {.conv = on_messages, .appdata_ptr = person};
        pam_handle_t *pamh = NULL;

        person->result = pam_start(person->service, person->account, &conversation, &pamh);
        if (person->result == PAM_SUCCESS) {
                person->asked_nsec = measure_now_nsec();
                person->result = pam_authenticate(pamh, 0);
                person->ended_nsec = measure_now_nsec();
                (void)pam_end(pamh, person->result);
        }
        (void)sem_post(&person->news);
        return NULL;
}

static void show_code(const struct bench *bench, struct person *person)
{
        person->service = bench->service;
        person->account = bench->account;
        (void)sem_init(&person->news, 0, 0);
        (void)sem_init(&person->enter, 0, 0);
        measure_settle();
        if (pthread_create(&person->thread, NULL, sign_in, person) != 0)
                measure_give_up("pthread_create", "no thread");
        wait_for(&person->news);
        if (person->shown_nsec == 0)
                measure_give_up("pam_authenticate", "it ended before the prompt");
        measure_print("prompt", person->shown_nsec - person->asked_nsec);
}

static void measure_enter(struct person *person)
{
        measure_settle();
        (void)sem_post(&person->enter);
        wait_for(&person->news);
        (void)pthread_join(person->thread, NULL);
        if (person->result != PAM_SUCCESS)
                measure_give_up("pam_authenticate", "not granted");
        measure_print("enter", person->ended_nsec - person->pressed_nsec);
}

static void measure_device_post(struct bench *bench, char *ret_code)
{
        char form[FORM_MAX_BYTES];
        const char *body;
        struct json_object *answer, *code = NULL;

        (void)snprintf(form, sizeof(form), "client_id=%s&scope=openid", bench->client_id);
        measure_settle();
        uint64_t begin = measure_now_nsec();
        long status = warm_post_send(bench->post, bench->device_endpoint, form, &body);
        measure_print("device-post", measure_now_nsec() - begin);
        if (status != 200)
                measure_give_up("the device endpoint", body);
        answer = json_tokener_parse(body);
        if (!json_object_object_get_ex(answer, "device_code", &code))
                measure_give_up("the device endpoint", "no code");
        (void)snprintf(ret_code, CODE_MAX_BYTES, "%s", json_object_get_string(code));
        json_object_put(answer);
}

static void measure_token_post(const struct bench *bench, const char *code)
{
        char form[FORM_MAX_BYTES];
        const char *body;

        (void)snprintf(form, sizeof(form), "grant_type=%s&device_code=%s&client_id=%s",
                       DEVICE_GRANT, code, bench->client_id);
        measure_settle();
        uint64_t begin = measure_now_nsec();
        long status = warm_post_send(bench->post, bench->token_endpoint, form, &body);
        uint64_t end = measure_now_nsec();
        if (status != 200)
                measure_give_up("the bare POST", "no tokens");
        measure_print("token-post", end - begin);
}

static void run(struct bench *bench)
{
        for (unsigned i = 0; i < bench->n; i++) {
                show_code(bench, &bench->persons[i]);
                measure_device_post(bench, bench->codes[i]);
        }
        measure_pause(INTERVAL_NSEC);
        for (unsigned i = 0; i < bench->n; i++) {
                measure_enter(&bench->persons[i]);
                measure_token_post(bench, bench->codes[i]);
        }
}

int main(int argc, char **argv)
{
        if (argc != 8)
                measure_give_up("bench-enter", "read its first lines for the arguments");

        _cleanup_(warm_post_freep) struct warm_post *post = warm_post_new(argv[7]);
        _cleanup_free_ struct bench *bench = calloc(1, sizeof(*bench));
        if (!post || !bench)
                measure_give_up("libcurl", "it cannot be set up");
        *bench = (struct bench){.n = (unsigned)strtoul(argv[1], NULL, 10),
                                .service = argv[2],
                                .account = argv[3],
                                .client_id = argv[4],
                                .device_endpoint = argv[5],
                                .token_endpoint = argv[6],
                                .post = post};
        if (bench->n > LOGINS_MAX)
                measure_give_up("bench-enter", "so many logins are too many");
        run(bench);
        return EXIT_SUCCESS;
}
