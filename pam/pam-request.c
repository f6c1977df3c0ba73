/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam/pam-request.h"

#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <security/pam_ext.h>
#include <string.h>
#include <syslog.h>

#include "common/account-name.h"
#include "common/text.h"
#include "pam/pam-dialog.h"

#define ITEM_MAX_BYTES  255
#define ENTRY_MIN_BYTES ((size_t)1024)
#define ENTRY_MAX_BYTES ((size_t)64 * 1024)
#define PRIOR_MAX_BYTES (64 * 1024)

/* A printable copy in *ret_text; NULL for an item that is not set. */
static int read_item(pam_handle_t *pamh, int type, char **ret_text)
{
        const void *item = NULL;

        if (pam_get_item(pamh, type, &item) != PAM_SUCCESS || !item || !*(const char *)item)
                return PAM_SUCCESS;
        *ret_text = text_sanitise(item, ITEM_MAX_BYTES);
        return *ret_text ? PAM_SUCCESS : PAM_BUF_ERR;
}

static int read_service(struct request *request)
{
        int r = read_item(request->pamh, PAM_SERVICE, &request->service);
        if (r == PAM_SUCCESS && !request->service)
                request->service = strdup("");
        return request->service ? PAM_SUCCESS : PAM_BUF_ERR;
}

/* SSH_AUTH_INFO_0 has one line for each method that succeeded: its name, then details that nobody
 * here needs. Only the PAM environment counts: the process's own belongs to whoever started it. */
static int read_prior(struct request *request)
{
        const char *lines = pam_getenv(request->pamh, "SSH_AUTH_INFO_0");
        char *rest = NULL;
        size_t n = 0;

        if (!lines)
                return PAM_SUCCESS;
        request->prior = strndup(lines, PRIOR_MAX_BYTES);
        if (!request->prior)
                return PAM_BUF_ERR;
        for (char *line = strtok_r(request->prior, "\n", &rest); line && n < PRIOR_FACTORS_MAX;
             line = strtok_r(NULL, "\n", &rest)) {
                size_t size = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789-");
                if (size == 0 || (line[size] != ' ' && line[size] != '/' && line[size] != '\0'))
                        continue;
                line[size] = '\0';
                request->prior_factors[n++] = line;
        }
        return PAM_SUCCESS;
}

static int read_options(struct request *request, int argc, const char **argv)
{
        const char *bad;

        if (options_parse(argc, argv, request->service, &request->options, &bad) >= 0)
                return PAM_SUCCESS;

        _cleanup_free_ char *printable = text_sanitise(bad, ITEM_MAX_BYTES);
        pam_syslog(request->pamh, LOG_ERR,
                   "Unknown option or bad value '%s' in the service file; refused.",
                   printable ? printable : "?");
        (void)dialog_complain(request->pamh,
                              "Signing in is not set up correctly. Ask the administrator.");
        return PAM_SERVICE_ERR;
}

static bool is_this_host(const char *name)
{
        char host[HOST_NAME_MAX + 1] = "";

        (void)gethostname(host, sizeof(host) - 1);
        return strcmp(name, host) == 0;
}

static int read_items(struct request *request)
{
        int r = pam_get_user(request->pamh, &request->account, NULL);
        if (r != PAM_SUCCESS)
                return r == PAM_CONV_ERR ? PAM_ABORT : PAM_SYSTEM_ERR;
        r = read_item(request->pamh, PAM_RHOST, &request->remote_host);
        if (r != PAM_SUCCESS)
                return r;
        /* sudo gives the name of this host as the remote one. */
        if (request->remote_host && is_this_host(request->remote_host)) {
                free(request->remote_host);
                request->remote_host = NULL;
        }
        r = read_item(request->pamh, PAM_TTY, &request->terminal);
        if (r != PAM_SUCCESS)
                return r;
        r = read_item(request->pamh, PAM_RUSER, &request->requesting_user);
        if (r != PAM_SUCCESS)
                return r;
        return read_prior(request);
}

int request_init(struct request *request, pam_handle_t *pamh, int argc, const char **argv)
{
        *request = (struct request){.pamh = pamh, .standing = ACCOUNT_UNCHECKED};

        int r = read_service(request);
        if (r != PAM_SUCCESS)
                return r;
        r = read_options(request, argc, argv);
        if (r != PAM_SUCCESS)
                return r;
        r = read_items(request);
        if (r != PAM_SUCCESS)
                pam_syslog(pamh, LOG_ERR, "Failed to learn who wants in: %s",
                           pam_strerror(pamh, r));
        return r;
}

void request_finish(struct request *request)
{
        free(request->service);
        free(request->remote_host);
        free(request->terminal);
        free(request->requesting_user);
        free(request->prior);
        *request = (struct request){0};
}

/* Not by pam_modutil_getpwnam(): while memory is short it tries INT_MAX times to keep the entry,
 * and logs each of them. */
static bool find_uid(const char *account, uid_t *ret_uid)
{
        for (size_t size = ENTRY_MIN_BYTES; size <= ENTRY_MAX_BYTES; size *= 2) {
                _cleanup_free_ char *buffer = malloc(size);
                struct passwd entry, *found = NULL;

                int r = buffer ? getpwnam_r(account, &entry, buffer, size, &found) : ENOMEM;
                if (r == ERANGE)
                        continue;
                if (r == 0 && found)
                        *ret_uid = found->pw_uid;
                return r == 0 && found;
        }
        return false;
}

enum account_standing request_look_up(struct request *request)
{
        uid_t uid;

        request->standing = ACCOUNT_UNKNOWN;
        if (!account_name_is_valid(request->account) || !find_uid(request->account, &uid))
                return request->standing;
        request->standing = uid == 0                         ? ACCOUNT_ROOT
                            : uid < request->options.min_uid ? ACCOUNT_SYSTEM
                                                             : ACCOUNT_PERSON;
        login_session_find(uid, request->login_session);
        return request->standing;
}

void request_find_login_session(struct request *request, const char *account)
{
        uid_t uid;

        request->login_session[0] = '\0';
        if (account_name_is_valid(account) && find_uid(account, &uid))
                login_session_find(uid, request->login_session);
}

bool request_has_prior(const struct request *request, const char *method)
{
        for (const char *const *factor = request->prior_factors; *factor; factor++)
                if (strcmp(*factor, method) == 0)
                        return true;
        return false;
}

bool request_is_sshd(const struct request *request)
{
        return strcmp(request->service, "sshd") == 0;
}

struct login_context request_context(const struct request *request)
{
        struct window window = dialog_window();

        return (struct login_context){
                .remote_host = request->remote_host,
                .terminal = request->terminal,
                .requesting_user = request->requesting_user,
                .provider = request->options.provider,
                .qr = dialog_qr_word(&request->options, request->service),
                .columns = window.columns,
                .lines = window.lines,
                .login_session = request->login_session[0] ? request->login_session : NULL,
                .prior_factors = request->prior_factors,
        };
}
