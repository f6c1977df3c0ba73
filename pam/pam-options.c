/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "pam/pam-options.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "common/account-name.h"
#include "common/cleanup.h"
#include "common/text.h"

#define TIMEOUT_MAX_SEC         3600
#define UID_LIMIT               (UINT32_MAX - 1)
#define PROVIDER_NAME_MAX_BYTES 64

struct word {
        const char *word;
        int value;
};

static const struct word dialog_words[] = {
        {"prompt", DIALOG_PROMPT},
        {"wait", DIALOG_WAIT},
        {"text", DIALOG_TEXT},
};

static const struct word qr_words[] = {
        {"auto", QR_CHOICE_AUTO},   {"utf8", QR_CHOICE_UTF8}, {"utf8-inverse", QR_CHOICE_INVERSE},
        {"ascii", QR_CHOICE_ASCII}, {"none", QR_CHOICE_NONE},
};

static enum dialog_mode default_dialog(const char *service)
{
        static const char *const graphical[] = {"polkit-1", "lightdm", "sddm"};

        if (strcmp(service, "sshd") == 0)
                return DIALOG_PROMPT;
        if (strncmp(service, "gdm", 3) == 0)
                return DIALOG_TEXT;
        for (size_t i = 0; i < ELEMENTSOF(graphical); i++)
                if (strcmp(service, graphical[i]) == 0)
                        return DIALOG_TEXT;
        return DIALOG_WAIT;
}

static int parse_word(const char *word, const struct word *words, size_t n_words, int *ret_value)
{
        for (size_t i = 0; i < n_words; i++)
                if (strcmp(words[i].word, word) == 0) {
                        *ret_value = words[i].value;
                        return 0;
                }
        return -EINVAL;
}

static int parse_dialog(const char *value, struct options *options)
{
        int mode;

        int r = parse_word(value, dialog_words, ELEMENTSOF(dialog_words), &mode);
        if (r >= 0)
                options->dialog = (enum dialog_mode)mode;
        return r;
}

static int parse_qr(const char *value, struct options *options)
{
        int choice;

        int r = parse_word(value, qr_words, ELEMENTSOF(qr_words), &choice);
        if (r >= 0)
                options->qr = (enum qr_choice)choice;
        return r;
}

static int parse_timeout(const char *value, struct options *options)
{
        return text_parse_number(value, 1, TIMEOUT_MAX_SEC, &options->timeout_sec);
}

static int parse_min_uid(const char *value, struct options *options)
{
        uint64_t uid;

        int r = text_parse_number(value, 1, UID_LIMIT, &uid);
        if (r >= 0)
                options->min_uid = (uid_t)uid;
        return r;
}

static int parse_provider(const char *value, struct options *options)
{
        size_t size = strlen(value);

        if (size == 0 || size > PROVIDER_NAME_MAX_BYTES || !text_is_printable(value))
                return -EINVAL;
        options->provider = value;
        return 0;
}

static int parse_prior(const char *value, struct options *options)
{
        if (strcmp(value, "publickey") != 0)
                return -EINVAL;
        options->require_publickey = true;
        return 0;
}

static int parse_flag(const char *argument, struct options *options)
{
        if (strcmp(argument, "allow_root") == 0)
                options->allow_root = true;
        else if (strcmp(argument, "debug") == 0)
                options->debug = true;
        else
                return -EINVAL;
        return 0;
}

static int parse_argument(const char *argument, struct options *options)
{
        static const struct {
                const char *name;
                int (*parse)(const char *value, struct options *options);
        } settings[] = {
                {"dialog=", parse_dialog},       {"min_uid=", parse_min_uid},
                {"provider=", parse_provider},   {"qr=", parse_qr},
                {"require_prior=", parse_prior}, {"timeout=", parse_timeout},
        };

        for (size_t i = 0; i < ELEMENTSOF(settings); i++) {
                size_t size = strlen(settings[i].name);
                if (strncmp(argument, settings[i].name, size) == 0)
                        return settings[i].parse(argument + size, options);
        }
        return parse_flag(argument, options);
}

int options_parse(int argc, const char **argv, const char *service, struct options *ret_options,
                  const char **ret_bad)
{
        struct options options = {
                .dialog = default_dialog(service),
                .qr = QR_CHOICE_AUTO,
                .min_uid = ACCOUNT_MIN_UID,
        };

        for (int i = 0; i < argc; i++)
                if (parse_argument(argv[i], &options) < 0) {
                        *ret_bad = argv[i];
                        return -EINVAL;
                }
        *ret_options = options;
        return 0;
}
