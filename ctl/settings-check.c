/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/settings-check.h"

#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "common/cleanup.h"
#include "common/text.h"
#include "ctl/finding.h"

#define LINE_MAX_BYTES 4096
#define LINES_MAX      1000

#define PART "settings"

/* How its last line starts when there is no error. */
#define VERDICT_GOOD "The settings are good"

static void fclosep(FILE **file)
{
        if (*file)
                (void)fclose(*file);
}

static int add(struct findings *findings, enum finding_state state, const char *what,
               const char *detail, const char *mend)
{
        const struct finding finding = {
                .state = state, .part = PART, .what = what, .detail = detail, .mend = mend};

        return findings_add(findings, &finding);
}

/* The start of the " (MEND)" that ends a line, with its brackets matched; NULL: there is none. */
static char *mend_start(char *line)
{
        size_t size = strlen(line), depth = 0;

        if (size == 0 || line[size - 1] != ')')
                return NULL;
        for (char *s = line + size - 1; s > line; s--) {
                depth += *s == ')';
                depth -= *s == '(';
                if (depth == 0)
                        return s[-1] == ' ' ? s - 1 : NULL;
        }
        return NULL;
}

/* "PLACE: error: REASON (MEND)", cut in place. */
static int add_problem(struct findings *findings, enum finding_state state, char *place,
                       char *separator, size_t separator_size)
{
        char *reason = separator + separator_size;
        char *mend = mend_start(reason);

        *separator = '\0';
        if (!mend)
                return add(findings, state, place, reason, "");
        mend[strlen(mend) - 1] = '\0';
        mend[0] = '\0';
        return add(findings, state, place, reason, mend + 2);
}

static int add_line(struct findings *findings, const char *bytes)
{
        static const struct {
                enum finding_state state;
                const char *separator;
        } kinds[] = {
                {FINDING_BAD, ": error: "},
                {FINDING_WARNING, ": warning: "},
        };
        _cleanup_free_ char *line = text_sanitise(bytes, LINE_MAX_BYTES);
        if (!line)
                return -ENOMEM;

        for (size_t i = 0; i < ELEMENTSOF(kinds); i++) {
                char *separator = strstr(line, kinds[i].separator);
                if (separator)
                        return add_problem(findings, kinds[i].state, line, separator,
                                           strlen(kinds[i].separator));
        }
        bool is_good = strncmp(line, VERDICT_GOOD, strlen(VERDICT_GOOD)) == 0;
        return add(findings, is_good ? FINDING_GOOD : FINDING_WARNING, line, "", "");
}

static int read_lines(FILE *file, struct findings *findings)
{
        _cleanup_free_ char *line = NULL;
        size_t size = 0;
        ssize_t n;

        /* To the end in any case: a full pipe would hold the child. */
        for (unsigned i = 0; (n = getline(&line, &size, file)) > 0; i++) {
                if (line[n - 1] == '\n')
                        line[n - 1] = '\0';
                if (i >= LINES_MAX || line[0] == '\0')
                        continue;
                int r = add_line(findings, line);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int spawn(const char *program, int output_fd, pid_t *ret_pid)
{
        const char *const argv[] = {program, "--check", NULL};
        posix_spawn_file_actions_t actions;

        int r = posix_spawn_file_actions_init(&actions);
        if (r != 0)
                return -r;
        r = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(&actions, output_fd, STDOUT_FILENO);
        if (r == 0)
                r = posix_spawn_file_actions_adddup2(&actions, output_fd, STDERR_FILENO);
        if (r == 0)
                r = posix_spawn(ret_pid, program, &actions, NULL, (char **)(uintptr_t)argv,
                                environ);
        (void)posix_spawn_file_actions_destroy(&actions);
        return -r;
}

static int start(const char *program, pid_t *ret_pid, FILE **ret_output)
{
        int fds[2];

        if (pipe2(fds, O_CLOEXEC) < 0)
                return -errno;
        _cleanup_close_ int read_fd = fds[0], write_fd = fds[1];
        FILE *output = fdopen(read_fd, "r");
        if (!output)
                return -errno;
        (void)TAKE_FD(read_fd);
        int r = spawn(program, write_fd, ret_pid);
        if (r < 0) {
                (void)fclose(output);
                return r;
        }
        *ret_output = output;
        return 0;
}

/* Whatever it wrote, only exit code 0 says that the settings are good. */
static int add_end(struct findings *findings, const char *program, int status, bool was_bad)
{
        char detail[64];

        if ((WIFEXITED(status) && WEXITSTATUS(status) == 0) || was_bad)
                return 0;
        (void)snprintf(detail, sizeof(detail), "ended with %s %d",
                       WIFSIGNALED(status) ? "signal" : "exit code",
                       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
        return add(findings, FINDING_BAD, program, detail, "run it with --check yourself");
}

int settings_check(const char *program, struct findings *findings)
{
        _cleanup_(fclosep) FILE *output = NULL;
        unsigned n_bad = findings->n_bad;
        int status;
        pid_t pid = 0;

        int r = start(program, &pid, &output);
        if (r == -ENOMEM)
                return r;
        if (r < 0)
                return add(findings, FINDING_BAD, program, strerror(-r),
                           "install badged and badgectl of the same version");
        r = read_lines(output, findings);
        (void)fclose(TAKE_PTR(output));
        while (waitpid(pid, &status, 0) < 0)
                if (errno != EINTR)
                        return -errno;
        return r < 0 ? r : add_end(findings, program, status, findings->n_bad > n_bad);
}
