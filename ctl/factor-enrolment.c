/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/factor-enrolment.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>

#include "common/bus-names.h"
#include "common/clock.h"
#include "common/text.h"
#include "ctl/terminal.h"

#define TIMEOUT_USEC (10 * USEC_PER_SEC)

#define ID_MAX_BYTES      64
#define URI_MAX_BYTES     1024
#define PICTURE_MAX_BYTES ((size_t)64 * 1024)
#define GROUP_LETTERS     4

#define MEND_AGAIN "check that the clock of the device with the app goes right, and try again"

void factor_enrolment_finish(struct factor_enrolment *enrolment)
{
        free(enrolment->id);
        (void)secret_free(enrolment->uri);
        (void)secret_free(enrolment->letters);
        (void)secret_free(enrolment->picture);
        *enrolment = (struct factor_enrolment){0};
}

/* ---- reading ---- */

static int read_letters(const struct secret *uri, struct secret **ret_letters)
{
        static const char mark[] = "?secret=";
        const char *letters = strstr(secret_bytes(uri), mark);
        _cleanup_secret_ struct secret *groups = secret_new(NULL, 0);

        if (!groups)
                return -ENOMEM;
        if (!letters)
                return -EBADMSG;
        letters += strlen(mark);
        size_t n = strspn(letters, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567");
        if (n == 0)
                return -EBADMSG;
        for (size_t i = 0; i < n; i++) {
                int r = i > 0 && i % GROUP_LETTERS == 0
                                ? secret_append_text(groups, " ", URI_MAX_BYTES)
                                : 0;
                if (r >= 0)
                        r = secret_append(groups, letters + i, 1, URI_MAX_BYTES);
                if (r < 0)
                        return r;
        }
        *ret_letters = TAKE_PTR(groups);
        return 0;
}

/* Nothing but lines of printable text may go to the terminal. */
static bool picture_is_sound(const char *picture)
{
        _cleanup_free_ char *line = strdup(picture);

        if (!line || strlen(picture) > PICTURE_MAX_BYTES)
                return false;
        for (char *s = line; *s; s++)
                if (*s == '\n')
                        *s = ' ';
        bool is_sound = text_is_printable(line);
        secret_erase(line, strlen(line));
        return is_sound;
}

static int read_enrolment(sd_bus_message *reply, struct factor_enrolment *enrolment)
{
        const char *id, *uri, *picture;

        int r = sd_bus_message_read(reply, "sss", &id, &uri, &picture);
        if (r < 0)
                return r;
        if (!*id || strlen(id) > ID_MAX_BYTES || !text_is_printable(id) ||
            strlen(uri) > URI_MAX_BYTES || !text_is_printable(uri))
                return -EBADMSG;
        r = text_copy(id, &enrolment->id);
        enrolment->uri = r < 0 ? NULL : secret_new_text(uri);
        if (!enrolment->uri)
                return -ENOMEM;
        r = read_letters(enrolment->uri, &enrolment->letters);
        if (r < 0 || !*picture || !picture_is_sound(picture))
                return r;
        enrolment->picture = secret_new_text(picture);
        return enrolment->picture ? 0 : -ENOMEM;
}

/* ---- asking ---- */

static int fill_enrolment(sd_bus_message *call, const char *login, const char *account,
                          const char *name, const char *qr)
{
        struct window window = terminal_window();
        char path[sizeof(BADGED_LOGIN_PATH) + ID_MAX_BYTES + 1] = "/";

        if (login)
                (void)snprintf(path, sizeof(path), BADGED_LOGIN_PATH "/%s", login);
        return sd_bus_message_append(call, "ossa{sv}", path, account, name, 3, "qr", "s", qr,
                                     "columns", "u", window.columns, "lines", "u", window.lines);
}

bool factor_enrolment_begin(struct bus_peer *peer, const char *login, const char *account,
                            const char *name, const char *qr,
                            struct factor_enrolment *ret_enrolment, struct complaint *complaint)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

        /* A core would be the secret on disk. */
        (void)prctl(PR_SET_DUMPABLE, 0);
        int r = bus_peer_new_call(peer, BADGED_PATH, BADGED_INTERFACE, "EnrolFactor", &call);
        if (r >= 0)
                r = fill_enrolment(call, login, account, name, qr);
        if (r >= 0 && !daemon_call(peer, call, TIMEOUT_USEC, &reply, complaint))
                return false;
        if (r >= 0)
                r = read_enrolment(reply, ret_enrolment);
        if (r < 0)
                complaint_set_unreadable(complaint, r);
        return r >= 0;
}

bool factor_enrolment_confirm(struct bus_peer *peer, const struct factor_enrolment *enrolment,
                              const char *first, const char *second, bool *ret_again,
                              struct complaint *complaint)
{
        _cleanup_message_ sd_bus_message *call = NULL, *reply = NULL;

        *ret_again = false;
        int r = bus_peer_new_call(peer, BADGED_PATH, BADGED_INTERFACE, "ConfirmFactor", &call);
        if (r >= 0)
                r = sd_bus_message_append(call, "sss", enrolment->id, first, second);
        if (r < 0) {
                complaint_set_unreadable(complaint, r);
                return false;
        }
        if (daemon_call(peer, call, TIMEOUT_USEC, &reply, complaint))
                return true;
        /* An enrolment that is over is an answer that nothing mends. */
        *ret_again = complaint->verdict.from_daemon &&
                     complaint->verdict.outcome == LOGIN_REFUSED && !complaint->is_about_thing;
        if (*ret_again)
                complaint->mend = MEND_AGAIN;
        return false;
}
