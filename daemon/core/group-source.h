/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What the settings say about a list of groups at a provider's API: where it is, what an entry of
 * it is called, how it goes on. directory-page reads the list by it. */
#pragma once

#include <stddef.h>

#define GROUP_NAME_MAX_BYTES   1024
#define GROUP_SOURCE_MAX_BYTES 1024 /* of a path */
#define GROUP_NEXT_BY_LINK     "link"

struct json_object;

/* Owned by whoever holds the struct. */
struct group_source {
        char *url; /* of the first page */
        /* PLACE or PLACE=FORM. PLACE (core/json-path) is where each entry stands; without FORM the
         * entry itself is the group's name. FORM is the name, with {PLACE} for what stands there in
         * the entry, and {PLACE=VALUE} for nothing: entries where something else stands there do
         * not count. "{/organization/login}/{/slug}", "team:{/id}", "{/primary=true}{/email}" */
        char *path;
        /* How the answer names the next page. NULL: there is none. "link": in the Link header
         * (RFC 8288). PLACE: its address. "NAME=PLACE": what the parameter NAME must be, added to
         * url. */
        char *next;
};

/* 0; -EBADMSG and *ret_why ("has …", "is …", "names …") for a path or a next that is no such thing,
 * and for a form that could make one name of two different entries; -ENOMEM. */
int group_source_check(const struct group_source *source, const char **ret_why);

/* The FORM of a path, borrowed; NULL when it has none. */
const char *group_source_form(const struct group_source *source);

/* The entry's name by a checked form (or NULL): 1 and the name, which the caller frees. 0 for an
 * entry that does not count: a condition of the form does not hold, or a text that it wants is
 * absent, empty, too long, not printable, neither text nor integer, or has a sign of the form in
 * it, so that another entry could have the same name. -ENOMEM. */
int group_source_name(const char *form, struct json_object *entry, char **ret_name);
