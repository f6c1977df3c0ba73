/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/bus-reply.h"

#include <errno.h>
#include <string.h>

#include "common/bus-dict.h"
#include "common/bus-names.h"
#include "common/challenge.h"
#include "common/login-details.h"
#include "common/login-verdict.h"
#include "common/text.h"

#define NAME_MAX_BYTES   255
#define QR_MAX_BYTES     (48 * 1024) /* the longest address, in the roomiest style */
#define DETAIL_MAX_BYTES 2048
#define CLAIMS_MAX_BYTES (64 * 1024)
#define EXPIRY_MAX_SEC   1800
#define INTERVAL_MAX_SEC 300

#define ID_CHARACTERS                \
        "ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
        "abcdefghijklmnopqrstuvwxyz0123456789_"

static const char nonsense[] = "The sign-in service gave an answer that makes no sense.";

static bool text_consists_of(const char *text, const char *characters, size_t max_bytes)
{
        size_t size = strspn(text, characters);

        return size > 0 && size <= max_bytes && text[size] == '\0';
}

bool login_id_is_valid(const char *id)
{
        return text_consists_of(id, ID_CHARACTERS, LOGIN_ID_MAX_BYTES);
}

bool session_id_is_valid(const char *id)
{
        return text_consists_of(id, ID_CHARACTERS "./:-", SESSION_ID_MAX_BYTES);
}

static bool qr_is_sound(const char *text)
{
        static const char *const pens[] = {" ", "@", "\n", "▀", "▄", "█"};

        while (*text) {
                size_t length = 0;
                for (size_t i = 0; i < ELEMENTSOF(pens) && length == 0; i++)
                        if (strncmp(text, pens[i], strlen(pens[i])) == 0)
                                length = strlen(pens[i]);
                if (length == 0)
                        return false;
                text += length;
        }
        return true;
}

static struct bus_field text_field(const char *key, char **ret_text, size_t max_bytes,
                                   bool (*is_sound)(const char *text))
{
        return (struct bus_field){
                .key = key, .ret_text = ret_text, .max_bytes = max_bytes, .is_sound = is_sound};
}

static struct bus_field number_field(const char *key, uint64_t *ret_number, uint64_t min,
                                     uint64_t max)
{
        return (struct bus_field){.key = key, .ret_number = ret_number, .min = min, .max = max};
}

static int read_flag(sd_bus_message *message, void *place)
{
        int flag;

        int r = sd_bus_message_read(message, "v", "b", &flag);
        if (r >= 0)
                *(bool *)place = flag;
        return r;
}

static bool challenge_is_blank(const struct challenge *challenge)
{
        return challenge_is_empty(challenge) && !challenge->provider &&
               challenge->expires_in_sec == 0 && challenge->interval_sec == 0 &&
               !challenge->wants_code;
}

/* Exactly one way to approve, or none but a secret; and until when. */
static bool challenge_is_whole(const struct challenge *challenge)
{
        switch (challenge_kind(challenge)) {
        case CHALLENGE_CODE:
        case CHALLENGE_RING:
        case CHALLENGE_BROWSER:
        case CHALLENGE_SECRET:
                return challenge->expires_in_sec > 0;
        case CHALLENGE_EMPTY:
        case CHALLENGE_UNSOUND:
                break;
        }
        return false;
}

static int read_challenge(sd_bus_message *reply, struct challenge *challenge, bool *is_granted)
{
        const struct bus_field fields[] = {
                text_field("user_code", &challenge->user_code, CHALLENGE_CODE_MAX_BYTES,
                           challenge_text_is_sound),
                text_field("verification_uri", &challenge->verification_uri,
                           CHALLENGE_ADDRESS_MAX_BYTES, text_is_https_url),
                text_field("verification_uri_complete", &challenge->verification_uri_complete,
                           CHALLENGE_ADDRESS_MAX_BYTES, text_is_https_url),
                text_field("binding_message", &challenge->binding_message,
                           CHALLENGE_MESSAGE_MAX_BYTES, challenge_text_is_sound),
                text_field("authorization_url", &challenge->authorization_url,
                           CHALLENGE_BROWSER_MAX_BYTES, text_is_https_url),
                text_field("provider", &challenge->provider, NAME_MAX_BYTES, text_is_printable),
                text_field("qr", &challenge->qr, QR_MAX_BYTES, qr_is_sound),
                number_field("expires_in", &challenge->expires_in_sec, 1, EXPIRY_MAX_SEC),
                number_field("interval", &challenge->interval_sec, 1, INTERVAL_MAX_SEC),
                {.key = "wants_secret", .read = read_flag, .place = &challenge->wants_secret},
                {.key = "wants_code", .read = read_flag, .place = &challenge->wants_code},
                {.key = "granted", .read = read_flag, .place = is_granted},
        };

        int r = bus_dict_read(reply, fields, ELEMENTSOF(fields));
        if (r <= 0)
                return r;
        if (*is_granted)
                return challenge_is_blank(challenge) ? 0 : -EBADMSG;
        return challenge_is_whole(challenge) ? 0 : -EBADMSG;
}

int bus_reply_read_start(sd_bus_message *reply, char **ret_id, struct challenge *ret_challenge,
                         bool *ret_is_granted)
{
        static const char folder[] = BADGED_LOGIN_PATH "/";
        _cleanup_challenge_ struct challenge challenge = {0};
        bool is_granted = false;
        const char *path;

        if (sd_bus_message_has_signature(reply, "oa{sv}") <= 0 ||
            sd_bus_message_read(reply, "o", &path) < 0)
                return -EBADMSG;
        if (strncmp(path, folder, sizeof(folder) - 1) != 0 ||
            !login_id_is_valid(path + sizeof(folder) - 1))
                return -EBADMSG;
        int r = read_challenge(reply, &challenge, &is_granted);
        if (r < 0)
                return r;

        char *id = strdup(path + sizeof(folder) - 1);
        if (!id)
                return -ENOMEM;
        *ret_id = id;
        *ret_challenge = challenge;
        *ret_is_granted = is_granted;
        challenge = (struct challenge){0};
        return 0;
}

static int read_details(sd_bus_message *reply, struct login_details *details)
{
        const struct bus_field fields[] = {
                text_field("provider", &details->provider, NAME_MAX_BYTES, NULL),
                text_field("issuer", &details->issuer, DETAIL_MAX_BYTES, NULL),
                text_field("subject", &details->subject, NAME_MAX_BYTES, NULL),
                text_field("rule", &details->rule, DETAIL_MAX_BYTES, NULL),
                text_field("claims", &details->claims, CLAIMS_MAX_BYTES, NULL),
                text_field("acr", &details->acr, DETAIL_MAX_BYTES, NULL),
                number_field("auth_time", &details->auth_time_sec, 0, UINT64_MAX),
                {.key = "amr", .ret_list = &details->amr},
        };

        return bus_dict_read(reply, fields, ELEMENTSOF(fields));
}

/* True when the reply starts with an outcome and a reason; false leaves a refusal. */
static bool read_outcome(sd_bus_message *reply, const char *signature,
                         struct login_verdict *verdict)
{
        const char *word, *reason;
        enum login_outcome outcome;

        login_verdict_set(verdict, LOGIN_REFUSED, nonsense);
        if (sd_bus_message_has_signature(reply, signature) <= 0 ||
            sd_bus_message_read(reply, "ss", &word, &reason) < 0 ||
            login_outcome_from_word(word, &outcome) < 0)
                return false;
        login_verdict_set_foreign(verdict, outcome, reason);
        return true;
}

void bus_reply_read_wait(sd_bus_message *reply, struct login_verdict *verdict,
                         struct login_details *ret_details)
{
        _cleanup_login_details_ struct login_details details = {0};

        if (!read_outcome(reply, "ssa{sv}", verdict) || verdict->outcome != LOGIN_GRANTED)
                return;
        if (read_details(reply, &details) < 0) {
                login_verdict_set(verdict, LOGIN_REFUSED, nonsense);
                return;
        }
        if (ret_details) {
                *ret_details = details;
                details = (struct login_details){0};
        }
}

void bus_reply_read_check(sd_bus_message *reply, struct login_verdict *verdict)
{
        (void)read_outcome(reply, "ss", verdict);
}

int bus_reply_read_session(sd_bus_message *reply, char **ret_session)
{
        const char *id;

        if (sd_bus_message_has_signature(reply, "s") <= 0 ||
            sd_bus_message_read(reply, "s", &id) < 0 || !session_id_is_valid(id))
                return -EBADMSG;
        char *session = strdup(id);
        if (!session)
                return -ENOMEM;
        *ret_session = session;
        return 0;
}
