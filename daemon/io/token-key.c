/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/token-key.h"

#include <openssl/evp.h>
#include <openssl/store.h>
#include <openssl/ui.h>
#if !defined(OPENSSL_NO_ENGINE) && defined(__has_include)
#if __has_include(<openssl/engine.h>)
#include <openssl/engine.h>
#define ENGINE_NAME "pkcs11"
#endif
#endif

#include "common/cleanup.h"

static void store_closep(OSSL_STORE_CTX **store)
{
        (void)OSSL_STORE_close(*store);
}

static void evp_freep(EVP_PKEY **evp)
{
        EVP_PKEY_free(*evp);
}

static EVP_PKEY *find_by_provider(const char *uri)
{
        _cleanup_(evp_freep) EVP_PKEY *found = NULL;
        _cleanup_(store_closep)
                OSSL_STORE_CTX *store = OSSL_STORE_open(uri, UI_null(), NULL, NULL, NULL);

        if (!store || OSSL_STORE_expect(store, OSSL_STORE_INFO_PKEY) != 1)
                return NULL;
        while (!OSSL_STORE_eof(store)) {
                OSSL_STORE_INFO *item = OSSL_STORE_load(store);
                if (!item)
                        break;
                EVP_PKEY *evp = OSSL_STORE_INFO_get1_PKEY(item);
                OSSL_STORE_INFO_free(item);
                if (evp && found) {
                        EVP_PKEY_free(evp);
                        return NULL;
                }
                if (evp)
                        found = evp;
        }
        return TAKE_PTR(found);
}

#ifdef ENGINE_NAME
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
static EVP_PKEY *find_by_engine(const char *uri)
{
        EVP_PKEY *evp = NULL;

        ENGINE *engine = ENGINE_by_id(ENGINE_NAME);
        if (engine && ENGINE_init(engine) == 1) {
                /* Otherwise it writes the URI, with the PIN, to standard error. */
                (void)ENGINE_ctrl_cmd_string(engine, "QUIET", NULL, 0);
                /* With a key it stays for good: libp11's, of Ubuntu 24.04, does not wait for the
                 * key to go, which then signs with what was freed. It is one engine however many
                 * keys. */
                evp = ENGINE_load_private_key(engine, uri, (UI_METHOD *)UI_null(), NULL);
                if (!evp)
                        ENGINE_finish(engine);
        }
        ENGINE_free(engine);
        return evp;
}
#pragma GCC diagnostic pop
#else
static EVP_PKEY *find_by_engine(const char *uri)
{
        return NULL;
}
#endif

struct evp_pkey_st *token_key_find(const char *uri)
{
        EVP_PKEY *evp = find_by_provider(uri);

        return evp ? evp : find_by_engine(uri);
}
