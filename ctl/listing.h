/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Records of the daemon (a{sv}), shown: many of them as a table, one of them line by line, either
 * as JSON for programs. What a record has is said by a list of its fields. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <systemd/sd-bus.h>

#include "ctl/output.h"

enum listing_kind {
        LISTING_TEXT,   /* s */
        LISTING_NUMBER, /* t */
        LISTING_TIME,   /* t: seconds since 1970; 0: never */
        LISTING_SPAN,   /* t: seconds; 0: none */
        LISTING_FLAG,   /* b */
        LISTING_TEXTS,  /* as */
};

struct listing_field {
        const char *key;     /* the daemon's, and the one of the JSON */
        const char *heading; /* for people; NULL: it is for programs only */
        enum listing_kind kind;
        bool is_whole;     /* never cut in a narrow window: what is typed again, like an id */
        bool is_spare;     /* need not be there in a narrow window */
        const char *flag;  /* LISTING_FLAG: the word for true; false is left empty. NULL: "yes" */
        enum tone tone;    /* of the word for true, or of any text */
        const char *of_id; /* LISTING_FLAG that the daemon does not send: true of the record whose
                              "id" this is */
};

struct listing {
        const char *name; /* of the list in JSON: "sessions" */
        const char *none; /* the sentence for people when the list is empty */
        const struct listing_field *fields;
        size_t n_fields; /* at least one with a heading */
};

/* The reply is aa{sv}. Unknown keys are skipped. 0, -EBADMSG, -ENOMEM. Nothing is written unless
 * the whole of it could be read. */
int listing_show(const struct listing *listing, sd_bus_message *reply, bool json);

/* The reply is a{sv}, which for programs becomes the whole object: likewise. */
int listing_show_one(const struct listing *listing, sd_bus_message *reply, bool json);
