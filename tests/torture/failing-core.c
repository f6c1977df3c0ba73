/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What core/ calls of json-c, libcjose and libqrencode, where it is not the bytes at hand
 * that decide whether it fails. libsodium has no such call here: sodium_init() is not needed. */
#include "failing-calls.h"

#include <cjose/cjose.h>
#include <errno.h>
#include <json-c/json.h>
#include <qrencode.h>

FAILING(struct json_tokener *, json_tokener_new_ex, (int depth), (depth), NULL);
FAILING(struct json_object *, json_object_new_object, (void), (), NULL);
FAILING(struct json_object *, json_object_new_string, (const char *text), (text), NULL);
FAILING(int, json_object_object_add,
        (struct json_object * object, const char *key, struct json_object *value),
        (object, key, value), -1);
FAILING(const char *, json_object_to_json_string_ext, (struct json_object * object, int flags),
        (object, flags), NULL);

static bool cjose_fail(cjose_err *error)
{
        if (error)
                *error = (cjose_err){.code = CJOSE_ERR_NO_MEMORY, .message = "no memory"};
        return false;
}

FAILING(cjose_jwk_t *, cjose_jwk_import, (const char *text, size_t size, cjose_err *error),
        (text, size, error), (cjose_fail(error), NULL));
FAILING(cjose_jws_t *, cjose_jws_import, (const char *text, size_t size, cjose_err *error),
        (text, size, error), (cjose_fail(error), NULL));
FAILING(bool, cjose_jws_verify, (cjose_jws_t * jws, const cjose_jwk_t *jwk, cjose_err *error),
        (jws, jwk, error), cjose_fail(error));
FAILING(bool, cjose_jws_get_plaintext,
        (const cjose_jws_t *jws, uint8_t **ret_text, size_t *ret_size, cjose_err *error),
        (jws, ret_text, ret_size, error), cjose_fail(error));
FAILING(cjose_header_t *, cjose_jws_get_protected, (cjose_jws_t * jws), (jws), NULL);
FAILING(const char *, cjose_header_get,
        (cjose_header_t * header, const char *name, cjose_err *error), (header, name, error),
        (cjose_fail(error), NULL));

static QRcode *no_picture(void)
{
        errno = ENOMEM;
        return NULL;
}

FAILING(QRcode *, QRcode_encodeString,
        (const char *text, int version, QRecLevel level, QRencodeMode mode, int is_case_sensitive),
        (text, version, level, mode, is_case_sensitive), no_picture());
