/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* A page of groups from a provider's API, read by what an administrator wrote about it. */
#include <errno.h>
#include <string.h>

#include "common/text.h"
#include "core/directory-page.h"
#include "fuzz-bytes.h"
#include "fuzz-target.h"

#define ORIGIN "https://api.example"

/* The token goes along to the next page. */
static void check_next(const char *next)
{
        char after = next[strlen(ORIGIN)];

        FUZZ_EXPECT(strncasecmp(next, ORIGIN, strlen(ORIGIN)) == 0);
        FUZZ_EXPECT(strchr("/?:", after) && strlen(next) <= DIRECTORY_ADDRESS_MAX_BYTES);
        FUZZ_EXPECT(after != ':' || strncmp(next + strlen(ORIGIN), ":443", 4) == 0);
        FUZZ_EXPECT(text_is_https_url(next));
}

static void check_groups(const struct text_list *groups)
{
        for (size_t i = 0; i < groups->n; i++) {
                size_t size = strlen(groups->items[i]);
                FUZZ_EXPECT(size > 0 && size <= GROUP_NAME_MAX_BYTES);
                FUZZ_EXPECT(text_is_printable(groups->items[i]));
        }
}

static void check_page(const struct group_source *source, const char *link, const char *body,
                       size_t size)
{
        _cleanup_list_ struct text_list groups = {0};
        _cleanup_free_ char *next = NULL;
        const char *why = NULL, *source_why = NULL;

        int check = group_source_check(source, &source_why);
        int r = directory_page_read(source, body, size, link[0] ? link : NULL, &groups, &next,
                                    &why);
        FUZZ_EXPECT((check < 0) == (r == -EINVAL) && (r == -EBADMSG) == (why != NULL));
        FUZZ_EXPECT(r == 0 || !next);
        if (next)
                check_next(next);
        check_groups(&groups);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct group_source source = {.url = (char *)ORIGIN "/groups?a=b"};
        struct fuzz_bytes bytes;
        size_t left;

        fuzz_bytes_init(&bytes, data, size);
        source.path = (char *)fuzz_text(&bytes);
        source.next = (char *)fuzz_text(&bytes);
        if (source.next[0] == '\0')
                source.next = NULL;
        const char *link = fuzz_text(&bytes);
        const uint8_t *body = fuzz_piece(&bytes, fuzz_bytes_left(&bytes), &left);
        check_page(&source, link, (const char *)body, left);
        fuzz_bytes_finish(&bytes);
        return 0;
}
