/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long until the code can be shown: what pam_badge.so does up to there, beside a bare POST to
 * the same endpoint and, every now and then, beside a COMMAND that fetches a code in its own way.
 *
 *      bench-start-login ROUNDS ACCOUNT DEVICE-ENDPOINT CA-FILE FORM [COMMAND...]
 */
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "common/bus-client.h"
#include "common/challenge-text.h"
#include "common/challenge.h"
#include "common/cleanup.h"
#include "common/login-context.h"
#include "common/login-verdict.h"
#include "measure.h"
#include "warm-post.h"

#define WARM_UP_ROUNDS       30
#define ROUNDS_FOR_A_COMMAND 10
#define COMMAND_MAX_BYTES    4096

#define COLUMNS 80
#define LINES   24

struct bench {
        const char *account, *endpoint, *form;
        char **command; /* first word NULL: none */
        struct warm_post *post;
        bool is_warm;
};

static void print(const struct bench *bench, const char *label, uint64_t nsec)
{
        if (bench->is_warm)
                measure_print(label, nsec);
}

/* As sshd has it: the picture comes inside a prompt, the size of the window is not known there. */
static uint64_t measure_code(const struct bench *bench, const char *qr)
{
        const struct login_context context = {.remote_host = "192.0.2.1",
                                              .terminal = "ssh",
                                              .qr = qr,
                                              .columns = COLUMNS,
                                              .lines = LINES};
        const struct challenge_view view = {.host = "shellhost",
                                            .service = "sshd",
                                            .account = bench->account,
                                            .origin = context.remote_host,
                                            .columns = COLUMNS,
                                            .lines = LINES,
                                            .prompt = true};
        _cleanup_bus_client_ struct bus_client *client = NULL;
        _cleanup_challenge_ struct challenge challenge = {0};
        _cleanup_free_ char *id = NULL, *text = NULL;
        struct login_verdict verdict;

        uint64_t begin = measure_now_nsec();
        if (!bus_client_new(-1, UINT64_MAX, &client, &verdict) ||
            !bus_client_start_login(client, bench->account, "sshd", &context, UINT64_MAX, &id,
                                    &challenge, &verdict))
                measure_give_up("StartLogin", verdict.reason);
        if (!challenge.user_code || challenge_text_new(&challenge, &view, &text) < 0)
                measure_give_up("StartLogin", "there is nothing to show");
        return measure_now_nsec() - begin; /* what is cleaned up now, nobody waits for */
}

static void measure_login(const struct bench *bench, const char *label, const char *qr)
{
        measure_settle();
        print(bench, label, measure_code(bench, qr));
}

static void measure_post(const struct bench *bench)
{
        const char *body;

        measure_settle();
        uint64_t begin = measure_now_nsec();
        long status = warm_post_send(bench->post, bench->endpoint, bench->form, &body);
        uint64_t end = measure_now_nsec();
        if (status != 200)
                measure_give_up("the bare POST", body);
        print(bench, "post", end - begin);
}

/* What it writes ends up in output; a poll for its end would cost time of its own. */
static bool run_command(char **command, char *output)
{
        posix_spawn_file_actions_t actions;
        ssize_t size = 0, more;
        int fds[2], status = -1;
        pid_t pid;

        if (pipe(fds) < 0)
                return false;
        (void)posix_spawn_file_actions_init(&actions);
        (void)posix_spawn_file_actions_adddup2(&actions, fds[1], STDOUT_FILENO);
        (void)posix_spawn_file_actions_addclose(&actions, fds[0]);
        int r = posix_spawn(&pid, command[0], &actions, NULL, command, environ);
        (void)posix_spawn_file_actions_destroy(&actions);
        (void)close(fds[1]);
        while (r == 0 && (more = read(fds[0], output + size, COMMAND_MAX_BYTES - (size_t)size)) > 0)
                size += more;
        (void)close(fds[0]);
        output[size] = '\0';
        return r == 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void measure_command(const struct bench *bench)
{
        char output[COMMAND_MAX_BYTES + 1];

        measure_settle();
        uint64_t begin = measure_now_nsec();
        bool is_done = run_command(bench->command, output);
        uint64_t end = measure_now_nsec();
        if (!is_done || !strstr(output, "user_code"))
                measure_give_up(bench->command[0], "it brought no code");
        print(bench, "command", end - begin);
}

static void run_rounds(const struct bench *bench, unsigned rounds)
{
        for (unsigned i = 0; i < rounds; i++) {
                measure_login(bench, "login", "utf8");
                measure_post(bench);
                measure_login(bench, "login-without-picture", "none");
                if (bench->command[0] && i % ROUNDS_FOR_A_COMMAND == 0)
                        measure_command(bench);
        }
}

int main(int argc, char **argv)
{
        if (argc < 6)
                measure_give_up("bench-start-login", "read its first lines for the arguments");

        _cleanup_(warm_post_freep) struct warm_post *post = warm_post_new(argv[4]);
        struct bench bench = {.account = argv[2],
                              .endpoint = argv[3],
                              .form = argv[5],
                              .command = argv + 6,
                              .post = post};
        if (!post)
                measure_give_up("libcurl", "it cannot be set up");
        run_rounds(&bench, WARM_UP_ROUNDS);
        bench.is_warm = true;
        run_rounds(&bench, (unsigned)strtoul(argv[1], NULL, 10));
        return EXIT_SUCCESS;
}
