/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/listing-read.h"

#include <errno.h>
#include <string.h>

#include "common/text.h"
#include "ctl/json-output.h"

#define RECORDS_MAX    100000
#define KEYS_MAX       64
#define TEXT_MAX_BYTES 2048
#define TEXTS_MAX      64

/* Whatever sd-bus says about types and ends is the daemon's fault, but for memory. */
static int bad_message(int r)
{
        return r == -ENOMEM ? -ENOMEM : -EBADMSG;
}

static int new_text(const char *text, struct json_object **ret_value)
{
        _cleanup_free_ char *clean = text_sanitise(text, TEXT_MAX_BYTES);
        struct json_object *value = clean ? json_object_new_string(clean) : NULL;

        if (!value)
                return -ENOMEM;
        *ret_value = value;
        return 0;
}

static int read_text(sd_bus_message *message, struct json_object **ret_value)
{
        const char *text;

        int r = sd_bus_message_read(message, "s", &text);
        return r < 0 ? bad_message(r) : new_text(text, ret_value);
}

static int read_number(sd_bus_message *message, struct json_object **ret_value)
{
        uint64_t number;

        int r = sd_bus_message_read(message, "t", &number);
        if (r < 0)
                return bad_message(r);
        struct json_object *value = json_object_new_uint64(number);
        if (!value)
                return -ENOMEM;
        *ret_value = value;
        return 0;
}

static int read_flag(sd_bus_message *message, struct json_object **ret_value)
{
        int flag;

        int r = sd_bus_message_read(message, "b", &flag);
        if (r < 0)
                return bad_message(r);
        struct json_object *value = json_object_new_boolean(flag);
        if (!value)
                return -ENOMEM;
        *ret_value = value;
        return 0;
}

static int read_texts(sd_bus_message *message, struct json_object **ret_value)
{
        _cleanup_json_ struct json_object *list = json_object_new_array();
        const char *text;

        int r = list ? sd_bus_message_enter_container(message, 'a', "s") : -ENOMEM;
        if (r < 0)
                return bad_message(r);
        while ((r = sd_bus_message_read(message, "s", &text)) > 0) {
                struct json_object *value;
                if (json_object_array_length(list) == TEXTS_MAX)
                        return -EBADMSG;
                r = new_text(text, &value);
                if (r < 0)
                        return r;
                if (json_object_array_add(list, value) < 0) {
                        json_object_put(value);
                        return -ENOMEM;
                }
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        if (r < 0)
                return bad_message(r);
        *ret_value = TAKE_PTR(list);
        return 0;
}

static const char *kind_signature(enum listing_kind kind)
{
        switch (kind) {
        case LISTING_TEXT:
                return "s";
        case LISTING_NUMBER:
        case LISTING_TIME:
        case LISTING_SPAN:
                return "t";
        case LISTING_FLAG:
                return "b";
        case LISTING_TEXTS:
                return "as";
        }
        return "";
}

static int read_inner(sd_bus_message *message, enum listing_kind kind,
                      struct json_object **ret_value)
{
        switch (kind) {
        case LISTING_TEXT:
                return read_text(message, ret_value);
        case LISTING_NUMBER:
        case LISTING_TIME:
        case LISTING_SPAN:
                return read_number(message, ret_value);
        case LISTING_FLAG:
                return read_flag(message, ret_value);
        case LISTING_TEXTS:
                return read_texts(message, ret_value);
        }
        return -EBADMSG;
}

static int read_field(sd_bus_message *message, const struct listing_field *field,
                      struct json_object *record)
{
        struct json_object *value;

        int r = sd_bus_message_enter_container(message, 'v', kind_signature(field->kind));
        if (r < 0)
                return bad_message(r);
        r = read_inner(message, field->kind, &value);
        if (r < 0)
                return r;
        r = json_add(record, field->key, value);
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(message);
        return r < 0 ? bad_message(r) : 0;
}

static int read_value(const struct listing *listing, sd_bus_message *message, const char *key,
                      struct json_object *record)
{
        for (size_t i = 0; i < listing->n_fields; i++)
                if (strcmp(listing->fields[i].key, key) == 0)
                        return json_object_object_get_ex(record, key, NULL)
                                       ? -EBADMSG
                                       : read_field(message, &listing->fields[i], record);
        int r = sd_bus_message_skip(message, "v");
        return r < 0 ? bad_message(r) : 0;
}

/* What is known here alone. */
static int add_flags(const struct listing *listing, struct json_object *record)
{
        struct json_object *id;
        int r = 0;

        if (!json_object_object_get_ex(record, "id", &id))
                return 0;
        for (size_t i = 0; i < listing->n_fields && r >= 0; i++) {
                const struct listing_field *field = &listing->fields[i];
                if (field->of_id && strcmp(field->of_id, json_object_get_string(id)) == 0)
                        r = json_add(record, field->key, json_object_new_boolean(true));
        }
        return r;
}

int listing_read_record(const struct listing *listing, sd_bus_message *message,
                        struct json_object **ret_record)
{
        _cleanup_json_ struct json_object *record = json_object_new_object();
        const char *key;
        size_t n = 0;

        int r = record ? sd_bus_message_enter_container(message, 'a', "{sv}") : -ENOMEM;
        if (r <= 0)
                return r < 0 ? bad_message(r) : 0;
        while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                if (n++ == KEYS_MAX || sd_bus_message_read(message, "s", &key) <= 0)
                        return -EBADMSG;
                r = read_value(listing, message, key, record);
                if (r >= 0)
                        r = sd_bus_message_exit_container(message);
                if (r < 0)
                        return bad_message(r);
        }
        if (r >= 0)
                r = sd_bus_message_exit_container(message);
        if (r < 0)
                return bad_message(r);
        r = add_flags(listing, record);
        if (r < 0)
                return r;
        *ret_record = TAKE_PTR(record);
        return 1;
}

int listing_read_records(const struct listing *listing, sd_bus_message *message,
                         struct json_object **ret_list)
{
        _cleanup_json_ struct json_object *list = json_object_new_array();
        struct json_object *record;

        int r = list ? sd_bus_message_enter_container(message, 'a', "a{sv}") : -ENOMEM;
        if (r < 0)
                return bad_message(r);
        while ((r = listing_read_record(listing, message, &record)) > 0) {
                if (json_object_array_length(list) == RECORDS_MAX ||
                    json_object_array_add(list, record) < 0) {
                        json_object_put(record);
                        return -ENOMEM;
                }
        }
        if (r < 0)
                return r;
        *ret_list = TAKE_PTR(list);
        return 0;
}
