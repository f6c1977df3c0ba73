/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "common/cleanup.h"

struct window terminal_window(void)
{
        struct winsize size;

        if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) < 0)
                return (struct window){0};
        return (struct window){.columns = size.ws_col, .lines = size.ws_row};
}

const char *terminal_qr_word(void)
{
        if (!isatty(STDOUT_FILENO))
                return "none";
        return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? "utf8" : "ascii";
}

char *terminal_name_new(void)
{
        char path[64];

        if (ttyname_r(STDIN_FILENO, path, sizeof(path)) != 0 &&
            ttyname_r(STDOUT_FILENO, path, sizeof(path)) != 0)
                return NULL;
        return strdup(path);
}

int terminal_interrupt_fd(void)
{
        sigset_t signals;

        (void)sigemptyset(&signals);
        (void)sigaddset(&signals, SIGINT);
        (void)sigaddset(&signals, SIGTERM);
        (void)sigaddset(&signals, SIGHUP);
        int fd = signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
        if (fd < 0 || sigprocmask(SIG_BLOCK, &signals, NULL) < 0)
                return -errno;
        return fd;
}

/* True when there is a byte, or the end, to be read. */
static bool wait_for_input(int interrupt_fd)
{
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.fd = interrupt_fd, .events = POLLIN}};

        while (poll(fds, ELEMENTSOF(fds), -1) < 0)
                if (errno != EINTR)
                        return false;
        return fds[1].revents == 0;
}

int terminal_read_line(int interrupt_fd, char *line, size_t size)
{
        size_t n = 0;
        char c;

        while (wait_for_input(interrupt_fd) && read(STDIN_FILENO, &c, 1) == 1) {
                if (c == '\n') {
                        line[n] = '\0';
                        return 1;
                }
                if (n + 1 < size)
                        line[n++] = c;
        }
        return 0;
}
