/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The metadata document of one issuer. */
#include <errno.h>
#include <string.h>

#include "common/text.h"
#include "core/provider-metadata.h"
#include "fuzz-target.h"

#define ISSUER "https://issuer.example/realms/corp"

#define NEEDED                                                                        \
        (ENDPOINT_BIT(ENDPOINT_DEVICE_AUTHORIZATION) | ENDPOINT_BIT(ENDPOINT_TOKEN) | \
         ENDPOINT_BIT(ENDPOINT_KEYS))

static void expect_address(const char *address, bool needed)
{
        FUZZ_EXPECT(address ? text_is_https_url(address) : !needed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct provider_metadata metadata = {0};
        const char *why = NULL;

        int r = provider_metadata_parse((const char *)data, size, ISSUER, NEEDED, &metadata, &why);
        if (r == 0) {
                FUZZ_EXPECT(strcmp(metadata.issuer, ISSUER) == 0);
                for (size_t i = 0; i < PROVIDER_ENDPOINTS; i++) {
                        expect_address(metadata.endpoints[i], NEEDED & ENDPOINT_BIT(i));
                        expect_address(metadata.mtls_endpoints[i], false);
                }
        } else {
                FUZZ_EXPECT(r == -EBADMSG && why && !metadata.issuer &&
                            !metadata.endpoints[ENDPOINT_TOKEN]);
        }
        provider_metadata_finish(&metadata);
        return 0;
}
