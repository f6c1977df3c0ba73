/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What signing, hashing, and writing down what is signed, call of libcrypto and json-c. */
#include "failing-calls.h"

#include <json-c/json.h>
#include <openssl/evp.h>

FAILING(EVP_MD_CTX *, EVP_MD_CTX_new, (void), (), NULL);
FAILING(int, EVP_DigestSignInit_ex,
        (EVP_MD_CTX * digest, EVP_PKEY_CTX **ret_context, const char *name, OSSL_LIB_CTX *library,
         const char *properties, EVP_PKEY *key, const OSSL_PARAM *parameters),
        (digest, ret_context, name, library, properties, key, parameters), 0);
FAILING(int, EVP_DigestSign,
        (EVP_MD_CTX * digest, unsigned char *ret_signature, size_t *ret_size,
         const unsigned char *bytes, size_t size),
        (digest, ret_signature, ret_size, bytes, size), 0);
FAILING(int, EVP_PKEY_get_bn_param, (const EVP_PKEY *key, const char *name, BIGNUM **ret_number),
        (key, name, ret_number), 0);
FAILING(int, EVP_PKEY_get_group_name,
        (const EVP_PKEY *key, char *ret_name, size_t room, size_t *ret_size),
        (key, ret_name, room, ret_size), 0);
FAILING(int, BN_bn2binpad, (const BIGNUM *number, unsigned char *bytes, int size),
        (number, bytes, size), -1);

FAILING(int, EVP_Q_digest,
        (OSSL_LIB_CTX * library, const char *name, const char *properties, const void *bytes,
         size_t size, unsigned char *ret_digest, size_t *ret_size),
        (library, name, properties, bytes, size, ret_digest, ret_size), 0);

FAILING(struct json_object *, json_object_new_array, (void), (), NULL);
FAILING(struct json_object *, json_object_new_uint64, (uint64_t number), (number), NULL);
FAILING(int, json_object_array_add, (struct json_object * array, struct json_object *value),
        (array, value), -1);
FAILING(const char *, json_object_to_json_string_length,
        (struct json_object * object, int flags, size_t *ret_size), (object, flags, ret_size),
        NULL);
