/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A path, as an administrator writes it, through a document, as a provider sends it. */
#include <errno.h>

#include "core/json-path.h"
#include "core/strict-json.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"

struct count {
        size_t n;
        struct json_object *last;
};

static int on_value(struct json_object *value, void *userdata)
{
        struct count *count = userdata;

        FUZZ_EXPECT(value);
        count->n++;
        count->last = value;
        return 0;
}

static void check_path(struct json_object *document, const char *path)
{
        struct count count = {0};

        int r = json_path_each(document, path, on_value, &count);
        FUZZ_EXPECT(r == (json_path_is_valid(path) ? 0 : -EINVAL));
        FUZZ_EXPECT(r == 0 || count.n == 0);
        struct json_object *only = json_path_only(document, path);
        FUZZ_EXPECT(!only || (count.n == 1 && only == count.last));
        FUZZ_EXPECT(!json_path_starts_at(path, "email") || json_path_has_step(path, "email"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        _cleanup_json_ struct json_object *document = NULL;
        struct fuzz_bytes bytes;
        const char *why = NULL;
        size_t left;

        fuzz_bytes_init(&bytes, data, size);
        const char *path = fuzz_text(&bytes);
        const uint8_t *body = fuzz_piece(&bytes, fuzz_bytes_left(&bytes), &left);
        if (strict_json_parse((const char *)body, left, &document, &why) == 0)
                check_path(document, path);
        fuzz_bytes_finish(&bytes);
        return 0;
}
