/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "bus-fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/bus-names.h"
#include "common/cleanup.h"
#include "own-folder.h"

#define QUIET_MSEC 200
#define SOON_MSEC  60000
#define READY_MSEC 60000
#define WORDS_MAX  8

static void require(bool is_true, const char *what)
{
        if (is_true)
                return;
        printf("Bail out! %s: %m\n", what);
        exit(EXIT_FAILURE);
}

static const char *require_environment(const char *name)
{
        const char *value = getenv(name);

        require(value, name);
        return value;
}

static void write_file(const char *folder, const char *name, const char *text)
{
        char path[128];

        (void)snprintf(path, sizeof(path), "%s/%s", folder, name);
        FILE *file = fopen(path, "we");
        require(file && fputs(text, file) >= 0 && fclose(file) == 0, "writing a file");
}

static void write_settings(const struct bus_fixture *fixture, const char *activation)
{
        char text[2048];

        (void)snprintf(
                text, sizeof(text),
                "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration "
                "1.0//EN\" \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">"
                "<busconfig><listen>unix:path=%s/bus</listen><auth>EXTERNAL</auth>"
                "<servicedir>%s</servicedir><policy context='default'>"
                "<allow own='*'/><allow user='*'/>"
                "<allow send_destination='*' eavesdrop='true' send_requested_reply='false'/>"
                "<allow receive_sender='*' eavesdrop='true' receive_requested_reply='false'/>"
                "</policy></busconfig>",
                fixture->folder, fixture->folder);
        write_file(fixture->folder, "bus.conf", text);
        if (!activation)
                return;
        (void)snprintf(text, sizeof(text), "[D-BUS Service]\nName=%s\nExec=%s %s\n",
                       BADGED_BUS_NAME, require_environment("FAKE_BADGED"), activation);
        write_file(fixture->folder, BADGED_BUS_NAME ".service", text);
}

static pid_t spawn(const char *const *argv, int output_fd)
{
        pid_t pid = fork();

        require(pid >= 0, "fork");
        if (pid == 0) {
                (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
                (void)dup2(output_fd, STDOUT_FILENO);
                (void)dup2(output_fd, STDERR_FILENO);
                (void)execvp(argv[0], (char *const *)(uintptr_t)argv);
                _exit(EXIT_FAILURE);
        }
        return pid;
}

/* Until the text was read, or nothing more comes in time. */
static void read_log(struct bus_fixture *fixture, const char *until, int timeout_msec)
{
        struct pollfd fd = {.fd = fixture->log_fd, .events = POLLIN};

        while (!strstr(fixture->log, until) && poll(&fd, 1, timeout_msec) > 0) {
                size_t used = strlen(fixture->log);
                ssize_t n = read(fixture->log_fd, fixture->log + used,
                                 sizeof(fixture->log) - 1 - used);
                if (n <= 0)
                        break;
                fixture->log[used + (size_t)n] = '\0';
        }
}

static void start_bus(struct bus_fixture *fixture, int output_fd)
{
        char settings[128], address[128], number[16];
        const char *argv[] = {"dbus-daemon", "--nofork",      "--print-address=1",
                              "--nosyslog",  "--config-file", settings,
                              NULL};

        (void)snprintf(settings, sizeof(settings), "%s/bus.conf", fixture->folder);
        (void)snprintf(address, sizeof(address), "unix:path=%s/bus", fixture->folder);
        (void)setenv("DBUS_SYSTEM_BUS_ADDRESS", address, 1);
        fixture->bus = spawn(argv, output_fd);
        (void)snprintf(number, sizeof(number), "%d", (int)fixture->bus);
        (void)setenv("FAKE_BUS_PID", number, 1);
        read_log(fixture, "guid=", READY_MSEC);
        require(strstr(fixture->log, "guid="), "starting dbus-daemon");
}

void bus_fixture_start(struct bus_fixture *fixture, const char *const *words,
                       const char *activation)
{
        const char *argv[WORDS_MAX + 2] = {require_environment("FAKE_BADGED")};
        int pipe_fds[2];

        *fixture = (struct bus_fixture){.folder = "/tmp/badge-bus-XXXXXX"};
        require(own_folder_make(fixture->folder), "making a folder");
        require(pipe2(pipe_fds, O_CLOEXEC) == 0, "pipe2");
        fixture->log_fd = pipe_fds[0];
        write_settings(fixture, activation);
        start_bus(fixture, pipe_fds[1]);
        if (words) {
                for (size_t i = 0; i < WORDS_MAX && words[i]; i++)
                        argv[i + 1] = words[i];
                fixture->daemon = spawn(argv, pipe_fds[1]);
                read_log(fixture, "ready", READY_MSEC);
                require(strstr(fixture->log, "ready"), "starting fake-badged");
        }
        (void)close(pipe_fds[1]);
}

static void stop(pid_t pid)
{
        if (pid <= 0)
                return;
        (void)kill(pid, SIGKILL);
        (void)waitpid(pid, NULL, 0);
}

void bus_fixture_stop(struct bus_fixture *fixture)
{
        if (fixture->folder[0] == '\0')
                return;
        stop(fixture->daemon);
        stop(fixture->bus);
        (void)close(fixture->log_fd);
        own_folder_remove(fixture->folder);
        *fixture = (struct bus_fixture){0};
}

bool bus_fixture_saw(struct bus_fixture *fixture, const char *text)
{
        read_log(fixture, text, SOON_MSEC);
        return strstr(fixture->log, text) != NULL;
}

bool bus_fixture_missed(struct bus_fixture *fixture, const char *text)
{
        read_log(fixture, text, QUIET_MSEC);
        return strstr(fixture->log, text) == NULL;
}
