/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* How long from the daemon's start to its READY=1, beside a round trip on the system bus. It runs
 * as USER, whom the bus lets own the name, but without the unit's sandbox.
 *
 *      bench-ready ROUNDS USER PROGRAM
 */
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <systemd/sd-bus.h>

#include "common/cleanup.h"
#include "measure.h"

#define MESSAGE_MAX_BYTES 512
#define READY_SEC         60
#define ROUND_TRIPS       20

/* Unnamed in the file system: a NUL stands where $NOTIFY_SOCKET writes an @. */
#define SOCKET_NAME "badged-bench-ready"

static int open_socket(void)
{
        const struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "\0" SOCKET_NAME};
        const socklen_t size = offsetof(struct sockaddr_un, sun_path) + sizeof(SOCKET_NAME);
        const struct timeval patience = {.tv_sec = READY_SEC};
        int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

        if (fd < 0 || bind(fd, (const struct sockaddr *)&address, size) < 0 ||
            setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience)) < 0)
                measure_give_up("the notification socket", strerror(errno));
        return fd;
}

static void wait_ready(int fd)
{
        char message[MESSAGE_MAX_BYTES + 1];

        for (;;) {
                ssize_t size = recv(fd, message, MESSAGE_MAX_BYTES, 0);
                if (size < 0)
                        measure_give_up("the daemon", "it did not become ready");
                message[size] = '\0';
                if (strstr(message, "READY=1"))
                        return;
        }
}

static void become(const struct passwd *user, const char *program)
{
        if (setgroups(0, NULL) == 0 && setresgid(user->pw_gid, user->pw_gid, user->pw_gid) == 0 &&
            setresuid(user->pw_uid, user->pw_uid, user->pw_uid) == 0)
                (void)execl(program, program, NULL);
        _exit(EXIT_FAILURE);
}

static void measure_start(int fd, const struct passwd *user, const char *program)
{
        uint64_t begin = measure_now_nsec();
        pid_t pid = fork();

        if (pid < 0)
                measure_give_up("fork", strerror(errno));
        if (pid == 0)
                become(user, program);
        wait_ready(fd);
        measure_print("ready", measure_now_nsec() - begin);
        (void)kill(pid, SIGTERM);
        (void)waitpid(pid, NULL, 0);
}

static void measure_bus(sd_bus *bus)
{
        for (unsigned i = 0; i < ROUND_TRIPS; i++) {
                uint64_t begin = measure_now_nsec();
                int r = sd_bus_call_method(bus, "org.freedesktop.DBus", "/org/freedesktop/DBus",
                                           "org.freedesktop.DBus", "GetId", NULL, NULL, NULL);
                if (r < 0)
                        measure_give_up("the system bus", strerror(-r));
                measure_print("bus", measure_now_nsec() - begin);
        }
}

int main(int argc, char **argv)
{
        _cleanup_(sd_bus_flush_close_unrefp) sd_bus *bus = NULL;
        const struct passwd *user = argc == 4 ? getpwnam(argv[2]) : NULL;

        if (!user || setenv("NOTIFY_SOCKET", "@" SOCKET_NAME, 1) < 0)
                measure_give_up("bench-ready", "read its first lines for the arguments");
        if (sd_bus_open_system(&bus) < 0)
                measure_give_up("the system bus", "it cannot be opened");
        _cleanup_close_ int fd = open_socket();
        for (unsigned i = 0; i < strtoul(argv[1], NULL, 10); i++) {
                measure_settle();
                measure_start(fd, user, argv[3]);
                measure_bus(bus);
        }
        return EXIT_SUCCESS;
}
