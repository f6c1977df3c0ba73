/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* token-record as JSON: written without json-c, whose buffers keep what they held. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/text.h"
#include "core/refuse.h"
#include "core/strict-json.h"
#include "core/token-record.h"

#define TEXT_MAX_BYTES  4096
#define TOKEN_MAX_BYTES ((size_t)32 * 1024)
#define KEY_MAX_BYTES   4096
#define TIME_MAX_SEC    253402300799U /* the end of the year 9999 */

enum member_kind {
        MEMBER_TEXT,   /* char *, printable */
        MEMBER_TOKEN,  /* struct secret *, fit for a header */
        MEMBER_SECRET, /* struct secret *, of any characters */
        MEMBER_TIME,   /* uint64_t, 0 for none */
        MEMBER_FLAG,   /* bool */
};

static const struct member {
        const char *name;
        size_t offset;
        const char *why;
        enum member_kind kind;
        bool is_needed;
} members[] = {
        {"provider", offsetof(struct token_record, provider),
         "provider is missing, or no printable text", MEMBER_TEXT, true},
        {"issuer", offsetof(struct token_record, issuer), "issuer is missing, or no printable text",
         MEMBER_TEXT, true},
        {"subject", offsetof(struct token_record, subject),
         "subject is missing, or no printable text", MEMBER_TEXT, true},
        {"scope", offsetof(struct token_record, scope), "scope is missing, or no printable text",
         MEMBER_TEXT, true},
        {"access_token", offsetof(struct token_record, access_token),
         "access_token is missing, or no token", MEMBER_TOKEN, true},
        {"refresh_token", offsetof(struct token_record, refresh_token), "refresh_token is no token",
         MEMBER_TOKEN, false},
        {"id_token", offsetof(struct token_record, id_token), "id_token is no token", MEMBER_TOKEN,
         false},
        {"dpop_key", offsetof(struct token_record, dpop_key), "dpop_key is no text, or too long",
         MEMBER_SECRET, false},
        {"granted_at", offsetof(struct token_record, granted_at_sec), "granted_at is no time",
         MEMBER_TIME, false},
        {"expires_at", offsetof(struct token_record, expires_at_sec), "expires_at is no time",
         MEMBER_TIME, false},
        {"auth_time", offsetof(struct token_record, auth_time_sec), "auth_time is no time",
         MEMBER_TIME, false},
        {"refresh_in_doubt", offsetof(struct token_record, refresh_in_doubt),
         "refresh_in_doubt is neither true nor false", MEMBER_FLAG, false},
};

static void *member_field(const struct member *member, const struct token_record *record)
{
        return (char *)record + member->offset;
}

/* ---- writing ---- */

static int append(struct secret *json, const char *text)
{
        return secret_append_text(json, text, TOKEN_RECORD_MAX_BYTES);
}

/* RFC 8259 section 7. */
static int append_character(struct secret *json, char character)
{
        char escape[8] = {character};

        if ((unsigned char)character < ' ')
                (void)snprintf(escape, sizeof(escape), "\\u%04x", (unsigned)character);
        else if (character == '"' || character == '\\')
                (void)snprintf(escape, sizeof(escape), "\\%c", character);
        return append(json, escape);
}

static int append_text(struct secret *json, const char *text)
{
        int r = append(json, "\"");

        for (const char *s = text; r >= 0 && *s; s++)
                r = append_character(json, *s);
        return r < 0 ? r : append(json, "\"");
}

static int append_value(struct secret *json, const struct member *member, void *field)
{
        char digits[24];

        switch (member->kind) {
        case MEMBER_TEXT:
                return append_text(json, *(char **)field);
        case MEMBER_TOKEN:
        case MEMBER_SECRET:
                return append_text(json, secret_bytes(*(struct secret **)field));
        case MEMBER_TIME:
                (void)snprintf(digits, sizeof(digits), "%llu",
                               (unsigned long long)*(uint64_t *)field);
                return append(json, digits);
        case MEMBER_FLAG:
                break;
        }
        return append(json, *(bool *)field ? "true" : "false");
}

static bool has_value(const struct member *member, void *field)
{
        return (member->kind != MEMBER_TOKEN && member->kind != MEMBER_SECRET) ||
               *(struct secret **)field;
}

int token_record_write(const struct token_record *record, struct secret **ret_json)
{
        _cleanup_secret_ struct secret *json = secret_new_text("{");
        int r = json ? 0 : -ENOMEM;

        for (size_t i = 0; r >= 0 && i < ELEMENTSOF(members); i++) {
                void *field = member_field(&members[i], record);
                if (!has_value(&members[i], field))
                        continue;
                r = append(json, i == 0 ? "\"" : ",\"");
                if (r >= 0)
                        r = append(json, members[i].name);
                if (r >= 0)
                        r = append(json, "\":");
                if (r >= 0)
                        r = append_value(json, &members[i], field);
        }
        if (r >= 0)
                r = append(json, "}");
        if (r < 0)
                return r;
        *ret_json = TAKE_PTR(json);
        return 0;
}

/* ---- reading: 1 found, 0 absent ---- */

static int read_text(struct json_object *object, const struct member *member, char **ret_text)
{
        const char *text;

        int r = strict_json_text(object, member->name, TEXT_MAX_BYTES, &text);
        if (r <= 0)
                return r;
        if (!text_is_printable(text))
                return -EBADMSG;
        r = text_copy(text, ret_text);
        return r < 0 ? r : 1;
}

/* As core/token-set has it. */
static bool is_token(const char *text)
{
        for (const char *s = text; *s; s++)
                if (*s <= ' ' || *s > '~')
                        return false;
        return *text != '\0';
}

static int read_secret(struct json_object *object, const struct member *member,
                       struct secret **ret_secret)
{
        const char *text;

        int r = strict_json_text(object, member->name,
                                 member->kind == MEMBER_TOKEN ? TOKEN_MAX_BYTES : KEY_MAX_BYTES,
                                 &text);
        if (r <= 0)
                return r;
        if (member->kind == MEMBER_TOKEN && !is_token(text))
                return -EBADMSG;
        *ret_secret = secret_new_text(text);
        return *ret_secret ? 1 : -ENOMEM;
}

static int read_value(struct json_object *object, const struct member *member, void *field)
{
        switch (member->kind) {
        case MEMBER_TEXT:
                return read_text(object, member, field);
        case MEMBER_TOKEN:
        case MEMBER_SECRET:
                return read_secret(object, member, field);
        case MEMBER_TIME:
                return strict_json_number(object, member->name, 0, TIME_MAX_SEC, field);
        case MEMBER_FLAG:
                break;
        }
        return strict_json_bool(object, member->name, field);
}

int token_record_read(const char *json, size_t size, struct token_record *ret_record,
                      const char **ret_why)
{
        _cleanup_json_erase_ struct json_object *object = NULL;
        _cleanup_record_ struct token_record record = {0};

        int r = strict_json_parse_object(json, size, &object, ret_why);
        if (r < 0)
                return r;
        for (size_t i = 0; i < ELEMENTSOF(members); i++) {
                r = read_value(object, &members[i], member_field(&members[i], &record));
                if (r == -EBADMSG || (r == 0 && members[i].is_needed))
                        return refuse(members[i].why, ret_why);
                if (r < 0)
                        return r;
        }
        *ret_record = record;
        record = (struct token_record){0};
        return 0;
}
