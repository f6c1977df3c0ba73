/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The metadata document of one issuer. */
#include <errno.h>
#include <string.h>

#include "common/text.h"
#include "core/provider-metadata.h"
#include "fuzz-target.h"

#define ISSUER "https://issuer.example/realms/corp"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct provider_metadata metadata = {0};
        const char *why = NULL;

        int r = provider_metadata_parse((const char *)data, size, ISSUER, &metadata, &why);
        if (r == 0) {
                FUZZ_EXPECT(strcmp(metadata.issuer, ISSUER) == 0);
                FUZZ_EXPECT(text_is_https_url(metadata.device_authorization_endpoint));
                FUZZ_EXPECT(text_is_https_url(metadata.token_endpoint));
                FUZZ_EXPECT(text_is_https_url(metadata.jwks_uri));
                FUZZ_EXPECT(!metadata.userinfo_endpoint ||
                            text_is_https_url(metadata.userinfo_endpoint));
        } else {
                FUZZ_EXPECT(r == -EBADMSG && why && !metadata.issuer && !metadata.token_endpoint);
        }
        provider_metadata_finish(&metadata);
        return 0;
}
