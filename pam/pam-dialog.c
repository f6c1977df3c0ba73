/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam/pam-dialog.h"

#include <langinfo.h>
#include <security/pam_ext.h>
#include <string.h>
#include <sys/ioctl.h>

#include "common/cleanup.h"
#include "common/secret.h"

int dialog_show(pam_handle_t *pamh, const char *text)
{
        return pam_prompt(pamh, PAM_TEXT_INFO, NULL, "%s", text);
}

int dialog_complain(pam_handle_t *pamh, const char *sentence)
{
        return pam_prompt(pamh, PAM_ERROR_MSG, NULL, "%s", sentence);
}

int dialog_ask(pam_handle_t *pamh, const char *text, struct secret **ret_typed)
{
        _cleanup_free_ char *answer = NULL;
        _cleanup_secret_ struct secret *typed = NULL;

        int r = pam_prompt(pamh, PAM_PROMPT_ECHO_OFF, &answer, "%s", text);
        if (!answer)
                return PAM_CONV_ERR;
        size_t size = strlen(answer);
        bool is_blank = strspn(answer, " \t") == size;
        if (!is_blank)
                typed = secret_new(answer, size);
        /* People type their password at any prompt. */
        secret_erase(answer, size);
        if (r != PAM_SUCCESS)
                return PAM_CONV_ERR;
        if (!is_blank && !typed)
                return PAM_BUF_ERR;
        *ret_typed = TAKE_PTR(typed);
        return PAM_SUCCESS;
}

int dialog_prompt(pam_handle_t *pamh, const char *text)
{
        _cleanup_secret_ struct secret *typed = NULL;

        return dialog_ask(pamh, text, &typed);
}

struct window dialog_window(void)
{
        for (int fd = 0; fd <= 2; fd++) {
                struct winsize size;
                if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 && size.ws_row > 0)
                        return (struct window){.columns = size.ws_col, .lines = size.ws_row};
        }
        return (struct window){0};
}

/* sshd's own locale says nothing about the client's. Inside a prompt every client shows half blocks
 * in a UTF-8 locale; as information text those before 10.3 turn them into octal noise. */
static const char *qr_word_auto(enum dialog_mode dialog, const char *service)
{
        if (strcmp(service, "sshd") == 0)
                return dialog == DIALOG_PROMPT ? "utf8" : "ascii";
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): glibc says MT-Safe */
        return strcmp(nl_langinfo(CODESET), "UTF-8") == 0 ? "utf8" : "ascii";
}

const char *dialog_qr_word(const struct options *options, const char *service)
{
        if (options->dialog == DIALOG_TEXT)
                return "none";
        switch (options->qr) {
        case QR_CHOICE_AUTO:
                return qr_word_auto(options->dialog, service);
        case QR_CHOICE_UTF8:
                return "utf8";
        case QR_CHOICE_INVERSE:
                return "utf8-inverse";
        case QR_CHOICE_ASCII:
                return "ascii";
        case QR_CHOICE_NONE:
                return "none";
        }
        return "none";
}
