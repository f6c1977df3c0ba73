/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/terminal.h"

#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <unistd.h>

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
