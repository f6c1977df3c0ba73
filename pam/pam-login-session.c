/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam/pam-login-session.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <systemd/sd-id128.h>
#include <systemd/sd-login.h>
#include <unistd.h>

#include "common/cleanup.h"
#include "common/text.h"

#define LOGIND_ID_MAX_BYTES 64
#define LOGIND_ID_BYTES     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* What the kernel says of a process in no session. */
#define UNSET UINT32_MAX

static bool read_number(const char *path, uint32_t *ret_number)
{
        char text[16];
        uint64_t number;

        int fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0)
                return false;
        ssize_t size = read(fd, text, sizeof(text) - 1);
        (void)close(fd);
        if (size <= 0)
                return false;
        text[size] = '\0';
        text[strcspn(text, "\n")] = '\0';
        if (text_parse_number(text, 0, UINT32_MAX, &number) < 0 || number == UNSET)
                return false;
        *ret_number = (uint32_t)number;
        return true;
}

/* pam_loginuid sets the uid once, and the kernel gives each such process a session of its own. */
static bool find_audit_session(uid_t owner, const char *boot, char *name)
{
        uint32_t uid, session;

        if (!read_number("/proc/self/loginuid", &uid) || uid != owner ||
            !read_number("/proc/self/sessionid", &session))
                return false;
        (void)snprintf(name, LOGIN_SESSION_SIZE, "%s/audit/%u", boot, session);
        return true;
}

/* By the control group that pam_systemd put the process into. */
static bool find_logind_session(uid_t owner, const char *boot, char *name)
{
        _cleanup_free_ char *session = NULL;
        uid_t uid;

        if (sd_pid_get_session(0, &session) < 0 || sd_session_get_uid(session, &uid) < 0 ||
            uid != owner || strlen(session) > LOGIND_ID_MAX_BYTES ||
            strspn(session, LOGIND_ID_BYTES) != strlen(session))
                return false;
        (void)snprintf(name, LOGIN_SESSION_SIZE, "%s/logind/%s", boot, session);
        return true;
}

void login_session_find(uid_t owner, char ret_name[static LOGIN_SESSION_SIZE])
{
        char boot[SD_ID128_STRING_MAX];
        sd_id128_t id;

        ret_name[0] = '\0';
        if (sd_id128_get_boot(&id) < 0)
                return;
        (void)sd_id128_to_string(id, boot);
        if (!find_audit_session(owner, boot, ret_name))
                (void)find_logind_session(owner, boot, ret_name);
}
