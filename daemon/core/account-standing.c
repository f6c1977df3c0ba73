/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "core/account-standing.h"

#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "common/cleanup.h"
#include "core/json-path.h"
#include "core/refuse.h"
#include "core/strict-json.h"

int account_standing_read(const char *body, size_t size, const char *path, const char *value,
                          const char **ret_why)
{
        _cleanup_json_ struct json_object *document = NULL;

        int r = strict_json_parse_object(body, size, &document, ret_why);
        if (r < 0)
                return r;
        struct json_object *found = json_path_only(document, path);
        if (!found || json_object_is_type(found, json_type_object) ||
            json_object_is_type(found, json_type_array))
                return refuse("the provider does not say whether the account stands", ret_why);
        const char *text = json_object_get_string(found);
        if (!text)
                return -ENOMEM;
        if (strcmp(text, value) != 0)
                return refuse("the account does not stand at the provider any more", ret_why);
        return 0;
}
