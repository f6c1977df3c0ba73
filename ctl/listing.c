/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "ctl/listing.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "ctl/json-output.h"
#include "ctl/listing-read.h"
#include "ctl/listing-text.h"
#include "ctl/table.h"

static int add_row(const struct listing *listing, struct table *table, struct json_object *record)
{
        for (size_t i = 0; i < listing->n_fields; i++) {
                const struct listing_field *field = &listing->fields[i];
                if (!field->heading)
                        continue;
                _cleanup_free_ char *text = NULL, *brief = NULL;
                int r = listing_text(field, record, &text);
                if (r >= 0)
                        r = listing_brief(field, record, &brief);
                if (r >= 0)
                        r = table_add_brief(table, *text ? field->tone : TONE_PLAIN, text, brief);
                if (r < 0)
                        return r;
        }
        return 0;
}

static int print_table(const struct listing *listing, struct json_object *list)
{
        _cleanup_free_ struct table_column *columns = calloc(listing->n_fields, sizeof(*columns));
        _cleanup_table_ struct table *table = NULL;
        size_t n = 0;

        if (!columns)
                return -ENOMEM;
        for (size_t i = 0; i < listing->n_fields; i++)
                if (listing->fields[i].heading)
                        columns[n++] = (struct table_column){
                                .heading = listing->fields[i].heading,
                                .is_whole = listing->fields[i].is_whole,
                                .is_spare = listing->fields[i].is_spare,
                        };
        int r = table_new(columns, n, &table);
        for (size_t i = 0; i < json_object_array_length(list) && r >= 0; i++)
                r = add_row(listing, table, json_object_array_get_idx(list, i));
        return r < 0 ? r : table_print(table);
}

static int print_rows(const struct listing *listing, struct json_object *record)
{
        for (size_t i = 0; i < listing->n_fields; i++) {
                const struct listing_field *field = &listing->fields[i];
                _cleanup_free_ char *text = NULL;
                int r = field->heading ? listing_text(field, record, &text) : 0;
                if (r < 0)
                        return r;
                if (text && *text)
                        output_row(field->heading, "%s", text);
        }
        return 0;
}

int listing_show(const struct listing *listing, sd_bus_message *reply, bool json)
{
        _cleanup_json_ struct json_object *list = NULL, *object = NULL;

        if (sd_bus_message_has_signature(reply, "aa{sv}") <= 0)
                return -EBADMSG;
        int r = listing_read_records(listing, reply, &list);
        if (r < 0)
                return r;
        if (json) {
                object = json_object_new_object();
                if (!object || json_add(object, listing->name, json_object_get(list)) < 0)
                        return -ENOMEM;
                return json_print(object);
        }
        if (json_object_array_length(list) > 0)
                return print_table(listing, list);
        puts(listing->none);
        return 0;
}

int listing_show_one(const struct listing *listing, sd_bus_message *reply, bool json)
{
        _cleanup_json_ struct json_object *record = NULL;

        if (sd_bus_message_has_signature(reply, "a{sv}") <= 0)
                return -EBADMSG;
        int r = listing_read_record(listing, reply, &record);
        if (r < 0)
                return r;
        return json ? json_print(record) : print_rows(listing, record);
}
