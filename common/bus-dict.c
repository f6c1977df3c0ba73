/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "common/bus-dict.h"

#include <errno.h>
#include <string.h>

#include "common/cleanup.h"
#include "common/text.h"

#define DICT_MAX_KEYS       32
#define LIST_MAX_ITEMS      32
#define LIST_ITEM_MAX_BYTES 256

/* Whatever sd-bus says about types and ends is the peer's fault, but for memory. */
static int bad_message(int r)
{
        return r == -ENOMEM ? -ENOMEM : -EBADMSG;
}

static int read_text(sd_bus_message *message, const struct bus_field *field)
{
        const char *text;

        int r = sd_bus_message_read(message, "v", "s", &text);
        if (r < 0)
                return bad_message(r);
        if (*field->ret_text)
                return -EBADMSG;
        if (field->is_sound && (strlen(text) > field->max_bytes || !field->is_sound(text)))
                return -EBADMSG;
        *field->ret_text = field->is_sound ? strdup(text) : text_sanitise(text, field->max_bytes);
        return *field->ret_text ? 0 : -ENOMEM;
}

static int read_number(sd_bus_message *message, const struct bus_field *field)
{
        uint64_t number;

        int r = sd_bus_message_read(message, "v", "t", &number);
        if (r < 0)
                return bad_message(r);
        if (*field->ret_number != 0 || number < field->min || number > field->max)
                return -EBADMSG;
        *field->ret_number = number;
        return 0;
}

static int read_items(sd_bus_message *message, char **items)
{
        const char *item;
        int r;

        for (size_t n = 0; (r = sd_bus_message_read(message, "s", &item)) > 0; n++) {
                if (n == LIST_MAX_ITEMS || strlen(item) > LIST_ITEM_MAX_BYTES)
                        return -EBADMSG;
                items[n] = text_sanitise(item, LIST_ITEM_MAX_BYTES);
                if (!items[n])
                        return -ENOMEM;
        }
        return r < 0 ? bad_message(r) : 0;
}

static int read_list(sd_bus_message *message, const struct bus_field *field)
{
        if (*field->ret_list)
                return -EBADMSG;
        *field->ret_list = calloc(LIST_MAX_ITEMS + 1, sizeof(char *));
        if (!*field->ret_list)
                return -ENOMEM;

        int r = sd_bus_message_enter_container(message, 'v', "as");
        if (r < 0)
                return bad_message(r);
        r = sd_bus_message_enter_container(message, 'a', "s");
        if (r < 0)
                return bad_message(r);
        r = read_items(message, *field->ret_list);
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(message);
        if (r < 0)
                return bad_message(r);
        r = sd_bus_message_exit_container(message);
        return r < 0 ? bad_message(r) : 0;
}

static int read_other(sd_bus_message *message, const struct bus_field *field)
{
        int r = field->read(message, field->place);
        return r < 0 ? bad_message(r) : 0;
}

static int read_value(sd_bus_message *message, const char *key, const struct bus_field *fields,
                      size_t n_fields)
{
        for (size_t i = 0; i < n_fields; i++) {
                if (strcmp(fields[i].key, key) != 0)
                        continue;
                if (fields[i].ret_text)
                        return read_text(message, &fields[i]);
                if (fields[i].ret_number)
                        return read_number(message, &fields[i]);
                if (fields[i].ret_list)
                        return read_list(message, &fields[i]);
                return read_other(message, &fields[i]);
        }
        int r = sd_bus_message_skip(message, "v");
        return r < 0 ? bad_message(r) : 0;
}

static int read_entry(sd_bus_message *message, const struct bus_field *fields, size_t n_fields)
{
        const char *key;

        int r = sd_bus_message_read(message, "s", &key);
        if (r < 0)
                return bad_message(r);
        r = read_value(message, key, fields, n_fields);
        if (r < 0)
                return r;
        r = sd_bus_message_exit_container(message);
        return r < 0 ? bad_message(r) : 0;
}

int bus_dict_read(sd_bus_message *message, const struct bus_field *fields, size_t n_fields)
{
        size_t n_keys = 0;

        int r = sd_bus_message_enter_container(message, 'a', "{sv}");
        if (r < 0)
                return bad_message(r);
        while ((r = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
                if (n_keys++ == DICT_MAX_KEYS)
                        return -EBADMSG;
                r = read_entry(message, fields, n_fields);
                if (r < 0)
                        return r;
        }
        if (r < 0)
                return bad_message(r);
        r = sd_bus_message_exit_container(message);
        if (r < 0)
                return bad_message(r);
        return n_keys > 0;
}
