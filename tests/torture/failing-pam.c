/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the PAM module and its client of the bus call of libpam, libsystemd and the C library. */
#include "failing-calls.h"

#include <errno.h>
#include <poll.h>
#include <pwd.h>
#include <security/pam_ext.h>
#include <security/pam_modules.h>
#include <stdarg.h>
#include <string.h>
#include <sys/signalfd.h>
#include <systemd/sd-bus.h>
#include <unistd.h>

FAILING(int, pam_get_user, (pam_handle_t * pamh, const char **ret_user, const char *prompt),
        (pamh, ret_user, prompt), PAM_CONV_ERR);
FAILING(int, pam_get_item, (const pam_handle_t *pamh, int item, const void **ret_value),
        (pamh, item, ret_value), PAM_BAD_ITEM);
FAILING(int, pam_get_data, (const pam_handle_t *pamh, const char *name, const void **ret_value),
        (pamh, name, ret_value), PAM_NO_MODULE_DATA);
FAILING(int, pam_set_data,
        (pam_handle_t * pamh, const char *name, void *value,
         void (*clean_up)(pam_handle_t *pamh, void *value, int status)),
        (pamh, name, value, clean_up), PAM_BUF_ERR);
FAILING(const char *, pam_getenv, (pam_handle_t * pamh, const char *name), (pamh, name), NULL);
FAILING(int, pam_putenv, (pam_handle_t * pamh, const char *entry), (pamh, entry), PAM_BUF_ERR);

extern int __wrap_pam_prompt(pam_handle_t *pamh, int style, char **ret_response, const char *format,
                             ...);

__attribute__((format(printf, 4, 5))) int
__wrap_pam_prompt(pam_handle_t *pamh, int style, char **ret_response, const char *format, ...)
{
        va_list arguments;

        if (call_fails("pam_prompt"))
                return PAM_CONV_ERR;
        va_start(arguments, format);
        int r = pam_vprompt(pamh, style, ret_response, format, arguments);
        va_end(arguments);
        return r;
}

FAILING(char *, strndup, (const char *text, size_t size), (text, size), fail_with_null(ENOMEM));
FAILING(int, getpwnam_r,
        (const char *name, struct passwd *entry, char *buffer, size_t size,
         struct passwd **ret_found),
        (name, entry, buffer, size, ret_found), EIO);
FAILING(int, gethostname, (char *name, size_t size), (name, size), fail_with(ENAMETOOLONG));
FAILING(int, poll, (struct pollfd * fds, nfds_t n, int timeout), (fds, n, timeout),
        fail_with(ENOMEM));
FAILING(int, signalfd, (int fd, const sigset_t *signals, int flags), (fd, signals, flags),
        fail_with(EMFILE));

FAILING(int, sd_bus_open_system, (sd_bus * *ret_bus), (ret_bus), -ENOENT);
FAILING(int, sd_bus_process, (sd_bus * bus, sd_bus_message **ret_message), (bus, ret_message),
        -ECONNRESET);
FAILING(int, sd_bus_send, (sd_bus * bus, sd_bus_message *message, uint64_t *ret_cookie),
        (bus, message, ret_cookie), -ENOBUFS);
FAILING(int, sd_bus_get_fd, (sd_bus * bus), (bus), -ENOTCONN);
FAILING(int, sd_bus_get_events, (sd_bus * bus), (bus), -ENOTCONN);
FAILING(int, sd_bus_message_new_method_call,
        (sd_bus * bus, sd_bus_message **ret_message, const char *destination, const char *path,
         const char *interface, const char *member),
        (bus, ret_message, destination, path, interface, member), -ENOMEM);
FAILING(int, sd_bus_message_append_strv, (sd_bus_message * message, char **texts), (message, texts),
        -ENOMEM);
FAILING(int, sd_bus_message_appendv,
        (sd_bus_message * message, const char *types, va_list arguments),
        (message, types, arguments), -ENOMEM);
FAILING(int, sd_bus_message_set_auto_start, (sd_bus_message * message, int is_on), (message, is_on),
        -EPERM);
