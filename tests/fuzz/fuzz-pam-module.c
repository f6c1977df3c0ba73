/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The PAM module whole: who wants in, the options of its line, what the bus says, what the person
 * answers. The bytes play all four. Only the owner of the daemon's name can let anybody in, with
 * that one word, and nothing unprintable reaches the screen or the log. */
#include <security/pam_modules.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "bus-wire.h"
#include "common/bus-names.h"
#include "common/cleanup.h"
#include "common/text-lines.h"
#include "common/text.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"
#include "pam-inside.h"

#define RECORDS_MAX 64
#define PHASES_MAX  4
#define DAEMON      ":1.1"
#define STRANGER    ":1.66"

enum record {
        RECORD_HANG_UP, /* what follows is for the next connection */
        RECORD_EMPTY,
        RECORD_OWNER,
        RECORD_CHALLENGE,
        RECORD_SILENT,
        RECORD_VERDICT,
        RECORD_ACCOUNT,
        RECORD_TEXT,
        RECORD_ERROR,
        RECORD_OWNER_CHANGED,
        RECORD_RAW,
        RECORD_RING,
        RECORD_GRANTED,
        RECORDS,
};

/* What one connection has heard, in the order of the wire. */
struct heard {
        const char *owners[RECORDS_MAX]; /* that the driver named */
        size_t n_owners;
        uint64_t grants_login, grants_at_once; /* bit by cookie that it answers */
        bool grants_account, names_session;
};

struct play {
        struct pam_script script;
        struct heard heard[PAM_INSIDE_CONNECTIONS];
        uint32_t next_cookie;
        char options[512], phases[PHASES_MAX + 1];
        bool is_service_listed;
        sigset_t signals;
};

static bool starts_with_text(const struct wire *body, const char *text)
{
        struct wire expected = {0};

        wire_text(&expected, text);
        bool starts = body->size >= expected.size &&
                      memcmp(body->bytes, expected.bytes, expected.size) == 0;
        wire_finish(&expected);
        return starts;
}

/* An empty owner stands for raw bytes of the driver: they may have named anybody. */
static bool is_owner(const struct heard *heard, const char *name)
{
        for (size_t i = 0; i < heard->n_owners; i++)
                if (!*heard->owners[i] || strcmp(heard->owners[i], name) == 0)
                        return true;
        return false;
}

static bool has_text(const struct wire *body, const char *text)
{
        return memmem(body->bytes, body->size, text, strlen(text) + 1) != NULL;
}

static void note(struct heard *heard, const struct wire_header *header, const struct wire *body,
                 const char *owner)
{
        const char *sender = header->sender ? header->sender : "";

        if (header->type != SD_BUS_MESSAGE_METHOD_RETURN)
                return;
        if (strcmp(sender, WIRE_DRIVER) == 0 && owner && heard->n_owners < RECORDS_MAX)
                heard->owners[heard->n_owners++] = owner;
        if (!is_owner(heard, sender))
                return;
        uint64_t bit = UINT64_C(1) << (header->reply_cookie % 64);
        if (strcmp(header->signature, "ssa{sv}") == 0 && starts_with_text(body, "granted"))
                heard->grants_login |= bit;
        if (strcmp(header->signature, "oa{sv}") == 0 && has_text(body, "granted"))
                heard->grants_at_once |= bit;
        if (strcmp(header->signature, "ss") == 0 && starts_with_text(body, "granted"))
                heard->grants_account = true;
        if (strcmp(header->signature, "s") == 0)
                heard->names_session = true;
}

static void write_entry(struct wire *body, const char *key, const char *text)
{
        wire_align(body, 8);
        wire_text(body, key);
        wire_signature(body, "s");
        wire_text(body, text);
}

static void write_challenge(struct fuzz_bytes *bytes, struct wire *body)
{
        wire_text(body, fuzz_text(bytes));
        size_t opened = wire_array_open(body, 8);
        write_entry(body, "user_code", fuzz_text(bytes));
        write_entry(body, "verification_uri", fuzz_text(bytes));
        write_entry(body, "qr", fuzz_text(bytes));
        wire_align(body, 8);
        wire_text(body, "expires_in");
        wire_signature(body, "t");
        wire_number(body, fuzz_number(bytes), 8);
        wire_array_close(body, opened, 8);
}

/* A challenge without a code; either text may be empty and is left out then. */
static void write_ring(struct fuzz_bytes *bytes, struct wire *body)
{
        wire_text(body, fuzz_text(bytes));
        const char *message = fuzz_text(bytes), *url = fuzz_text(bytes);
        size_t opened = wire_array_open(body, 8);
        if (*message)
                write_entry(body, "binding_message", message);
        if (*url)
                write_entry(body, "authorization_url", url);
        wire_align(body, 8);
        wire_text(body, "expires_in");
        wire_signature(body, "t");
        wire_number(body, fuzz_number(bytes), 8);
        wire_array_close(body, opened, 8);
}

/* A byte says whether it is, whether something else is said beside it, and how. */
static void write_granted(struct fuzz_bytes *bytes, struct wire *body)
{
        uint8_t how = fuzz_byte(bytes);

        wire_text(body, BADGED_LOGIN_PATH "/7");
        size_t opened = wire_array_open(body, 8);
        wire_align(body, 8);
        wire_text(body, "granted");
        wire_signature(body, how & 4 ? "u" : "b");
        wire_number(body, how & 1, 4);
        if (how & 2)
                write_entry(body, "user_code", fuzz_text(bytes));
        wire_array_close(body, opened, 8);
}

static void write_raw(struct fuzz_bytes *bytes, struct wire_header *header, struct wire *body)
{
        size_t size;

        header->type = fuzz_byte(bytes);
        header->sender = fuzz_text(bytes);
        header->signature = fuzz_text(bytes);
        header->error_name = fuzz_text(bytes);
        const uint8_t *piece = fuzz_piece(bytes, fuzz_byte(bytes), &size);
        wire_append(body, piece, size);
}

static void write_owner_changed(struct fuzz_bytes *bytes, struct wire_header *header,
                                struct wire *body)
{
        header->type = SD_BUS_MESSAGE_SIGNAL;
        header->path = "/org/freedesktop/DBus";
        header->interface = WIRE_DRIVER;
        header->member = "NameOwnerChanged";
        header->signature = "sss";
        wire_text(body, BADGED_BUS_NAME);
        wire_text(body, fuzz_text(bytes));
        wire_text(body, fuzz_text(bytes));
}

/* Returns the owner that the record names, if any. */
static const char *write_record(struct fuzz_bytes *bytes, enum record record,
                                struct wire_header *header, struct wire *body)
{
        const char *text;

        switch (record) {
        case RECORD_OWNER:
        case RECORD_TEXT:
                text = fuzz_text(bytes);
                header->signature = "s";
                wire_text(body, text);
                return text;
        case RECORD_CHALLENGE:
                header->signature = "oa{sv}";
                write_challenge(bytes, body);
                return NULL;
        case RECORD_RING:
                header->signature = "oa{sv}";
                write_ring(bytes, body);
                return NULL;
        case RECORD_GRANTED:
                header->signature = "oa{sv}";
                write_granted(bytes, body);
                return NULL;
        case RECORD_SILENT:
                header->signature = "oa{sv}";
                wire_text(body, BADGED_LOGIN_PATH "/7");
                wire_array_close(body, wire_array_open(body, 8), 8);
                return NULL;
        case RECORD_VERDICT:
        case RECORD_ACCOUNT:
                header->signature = record == RECORD_VERDICT ? "ssa{sv}" : "ss";
                wire_text(body, fuzz_text(bytes));
                wire_text(body, fuzz_text(bytes));
                if (record == RECORD_VERDICT)
                        wire_array_close(body, wire_array_open(body, 8), 8);
                return NULL;
        case RECORD_ERROR:
                header->type = SD_BUS_MESSAGE_METHOD_ERROR;
                header->error_name = fuzz_text(bytes);
                header->signature = "s";
                wire_text(body, fuzz_text(bytes));
                return NULL;
        case RECORD_OWNER_CHANGED:
                write_owner_changed(bytes, header, body);
                return NULL;
        case RECORD_RAW:
                write_raw(bytes, header, body);
                return "";
        case RECORD_EMPTY:
        case RECORD_HANG_UP:
        case RECORDS:
                break;
        }
        return NULL;
}

static void play_record(struct play *play, struct fuzz_bytes *bytes, enum record record,
                        size_t connection)
{
        static const char *const senders[] = {DAEMON, WIRE_DRIVER, STRANGER, ""};
        struct wire_header header = {.type = SD_BUS_MESSAGE_METHOD_RETURN,
                                     .serial = play->next_cookie + 100};
        struct wire body = {0};
        uint8_t how = fuzz_byte(bytes);

        /* Right for what it is, unless the byte wants otherwise. */
        header.sender = senders[(how + (record == RECORD_OWNER || record == RECORD_EMPTY ||
                                        record == RECORD_OWNER_CHANGED)) %
                                ELEMENTSOF(senders)];
        header.reply_cookie = how < 128 && record != RECORD_OWNER_CHANGED ? play->next_cookie++
                                                                          : how % 8;
        header.signature = "";
        const char *owner = write_record(bytes, record, &header, &body);
        note(&play->heard[connection], &header, &body, owner);
        wire_message(&play->script.wires[connection], &header, &body);
        wire_finish(&body);
}

static void play_bus(struct play *play, struct fuzz_bytes *bytes)
{
        size_t connection = 0;

        play->next_cookie = 1;
        for (size_t i = 0; i < RECORDS_MAX && fuzz_bytes_left(bytes) > 0; i++) {
                enum record record = (enum record)(fuzz_byte(bytes) % RECORDS);
                if (record != RECORD_HANG_UP) {
                        play_record(play, bytes, record, connection);
                        continue;
                }
                if (++connection == PAM_INSIDE_CONNECTIONS)
                        return;
                play->next_cookie = 1;
        }
}

static void split_options(struct play *play, const char *text)
{
        char *rest = NULL;

        (void)snprintf(play->options, sizeof(play->options), "%s", text);
        for (char *option = strtok_r(play->options, " ", &rest);
             option && play->script.argc < PAM_INSIDE_ARGUMENTS;
             option = strtok_r(NULL, " ", &rest))
                play->script.argv[play->script.argc++] = option;
}

static void read_script(struct play *play, struct fuzz_bytes *bytes)
{
        static const char *const services[] = {"sshd", "sudo", "login", "polkit-1", "gdm-password"};
        struct pam_script *script = &play->script;

        uint8_t service = fuzz_byte(bytes) % (ELEMENTSOF(services) + 1);
        play->is_service_listed = service < ELEMENTSOF(services);
        script->service = play->is_service_listed ? services[service] : fuzz_text(bytes);
        const char *user = fuzz_text(bytes);
        script->user = *user ? user : NULL;
        script->remote_host = fuzz_text(bytes);
        script->terminal = fuzz_text(bytes);
        split_options(play, fuzz_text(bytes));
        for (size_t i = 0; i < ELEMENTSOF(script->environment); i++)
                script->environment[i] = fuzz_text(bytes);
        script->answers = fuzz_text(bytes);
        (void)snprintf(play->phases, sizeof(play->phases), "%s", fuzz_text(bytes));
        script->phases = play->phases;
}

static bool has_option(const struct play *play, const char *start)
{
        for (int i = 0; i < play->script.argc; i++)
                if (strncmp(play->script.argv[i], start, strlen(start)) == 0)
                        return true;
        return false;
}

static void expect_may_enter(const struct play *play, const struct pam_outcome *outcome)
{
        const char *user = play->script.user ? play->script.user : "";
        bool is_root = strcmp(user, "root") == 0, is_system = strcmp(user, "svc") == 0;

        FUZZ_EXPECT(outcome->connection < PAM_INSIDE_CONNECTIONS);
        FUZZ_EXPECT(outcome->start_cookie > 0 && outcome->start_cookie < 64);
        FUZZ_EXPECT(outcome->wait_cookie < 64);
        const struct heard *heard = &play->heard[outcome->connection];
        FUZZ_EXPECT(outcome->wait_cookie > 0 ? heard->grants_login >> outcome->wait_cookie & 1
                                             : heard->grants_at_once >> outcome->start_cookie & 1);
        FUZZ_EXPECT(is_root || is_system || strcmp(user, "alice") == 0);
        FUZZ_EXPECT(!is_root || has_option(play, "allow_root"));
        FUZZ_EXPECT(!is_system || has_option(play, "min_uid="));
        FUZZ_EXPECT(!outcome->answers_failed && outcome->has_login);
}

static void check_code(const struct play *play, const struct pam_outcome *outcome)
{
        const struct heard nothing = {0};
        const struct heard *heard = outcome->connection < PAM_INSIDE_CONNECTIONS
                                            ? &play->heard[outcome->connection]
                                            : &nothing;

        switch (outcome->phase) {
        case 'a':
                FUZZ_EXPECT(outcome->code != PAM_IGNORE);
                if (outcome->code == PAM_SUCCESS)
                        expect_may_enter(play, outcome);
                return;
        case 'c':
                if (outcome->code == PAM_SUCCESS)
                        FUZZ_EXPECT(heard->grants_account);
                return;
        case 'o':
                if (outcome->code == PAM_SUCCESS)
                        FUZZ_EXPECT(heard->names_session && outcome->has_session);
                return;
        case 'x':
                if (outcome->code == PAM_SUCCESS)
                        FUZZ_EXPECT(heard->n_owners > 0);
                return;
        default:
                return;
        }
}

static void on_outcome(const struct pam_outcome *outcome, void *userdata)
{
        const struct play *play = userdata;
        sigset_t signals;

        FUZZ_EXPECT(sigprocmask(SIG_SETMASK, NULL, &signals) == 0);
        FUZZ_EXPECT(sigismember(&signals, SIGINT) == sigismember(&play->signals, SIGINT));
        if (outcome->code != PAM_INSIDE_NOT_CALLED)
                check_code(play, outcome);
}

static void on_text(const char *text, bool is_log, void *userdata)
{
        const struct play *play = userdata;
        _cleanup_lines_ struct text_lines lines = {0};

        /* libpam writes the service before every line, as the application gave it. */
        if (is_log)
                FUZZ_EXPECT(!play->is_service_listed || text_is_printable(text));
        else
                FUZZ_EXPECT(text_lines_add_text(&lines, text) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct fuzz_bytes bytes;
        struct play play = {0};

        fuzz_bytes_init(&bytes, data, size);
        read_script(&play, &bytes);
        play_bus(&play, &bytes);
        FUZZ_EXPECT(sigprocmask(SIG_SETMASK, NULL, &play.signals) == 0);
        (void)pam_inside_run(&play.script, on_outcome, on_text, &play);
        for (size_t i = 0; i < PAM_INSIDE_CONNECTIONS; i++)
                wire_finish(&play.script.wires[i]);
        fuzz_bytes_finish(&bytes);
        return 0;
}
