/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <termios.h>
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

/* 1 when there is a byte, or the end, to be read. */
static int wait_for_input(int interrupt_fd)
{
        struct pollfd fds[] = {{.fd = STDIN_FILENO, .events = POLLIN},
                               {.fd = interrupt_fd, .events = POLLIN}};

        while (poll(fds, ELEMENTSOF(fds), -1) < 0)
                if (errno != EINTR)
                        return -errno;
        return fds[1].revents == 0 ? 1 : -ECANCELED;
}

int terminal_read_line(int interrupt_fd, char *line, size_t size)
{
        size_t n = 0;
        char c;
        int r;

        while ((r = wait_for_input(interrupt_fd)) > 0 && read(STDIN_FILENO, &c, 1) == 1) {
                if (c == '\n') {
                        line[n] = '\0';
                        return 1;
                }
                if (n + 1 < size)
                        line[n++] = c;
        }
        return r < 0 ? r : 0;
}

bool terminal_set_echo(bool is_on)
{
        struct termios modes;

        if (tcgetattr(STDIN_FILENO, &modes) < 0)
                return is_on;
        bool was_on = modes.c_lflag & ECHO;
        /* The cursor goes on at the end of a line as if that were shown. */
        modes.c_lflag &= ~(tcflag_t)(is_on ? ECHONL : ECHO);
        modes.c_lflag |= is_on ? ECHO : ECHONL;
        (void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &modes);
        return was_on;
}
