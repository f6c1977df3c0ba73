/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/token-seal.h"

#include <errno.h>
#include <sodium.h>
#include <stdint.h>
#include <string.h>

#include "common/text.h"

#define VERSION      1
#define KEY_BYTES    ((size_t)TOKEN_SEAL_KEY_DIGITS / 2)
#define KEY_ID_BYTES ((size_t)TOKEN_SEAL_HEAD_BYTES - 1)
#define NONCE_BYTES  ((size_t)crypto_aead_xchacha20poly1305_ietf_NPUBBYTES)
#define TAG_BYTES    ((size_t)crypto_aead_xchacha20poly1305_ietf_ABYTES)
#define PROOF_BYTES  ((size_t)TOKEN_SEAL_PROOF_BYTES - TOKEN_SEAL_HEAD_BYTES)
#define BODY_AT      (TOKEN_SEAL_HEAD_BYTES + NONCE_BYTES)

/* Whatever is sealed stays below this. */
#define SEALED_MAX_BYTES ((size_t)1024 * 1024)
#define PLACE_MAX_BYTES  ((size_t)4096)

/* What a key is used for has a key of its own. */
#define KDF_CONTEXT "badgedst"

_Static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "one key, one cipher");
_Static_assert(KEY_BYTES == crypto_kdf_KEYBYTES, "a key that others are derived of");

enum key_use {
        KEY_SEALS = 1,
        KEY_PROVES = 2,
        KEY_ID = 3
};

struct seal_key {
        unsigned char seals[KEY_BYTES], proves[KEY_BYTES];
        unsigned char head[TOKEN_SEAL_HEAD_BYTES]; /* of what it makes */
};

struct token_seal {
        struct seal_key keys[TOKEN_SEAL_MAX_KEYS];
        size_t n;
};

/* ---- keys ---- */

int token_seal_make_key(struct secret **ret_key)
{
        unsigned char bytes[KEY_BYTES];
        char digits[TOKEN_SEAL_KEY_DIGITS + 1];

        if (sodium_init() < 0)
                return -EIO;
        randombytes_buf(bytes, sizeof(bytes));
        (void)sodium_bin2hex(digits, sizeof(digits), bytes, sizeof(bytes));
        struct secret *key = secret_new(digits, TOKEN_SEAL_KEY_DIGITS);
        secret_erase(bytes, sizeof(bytes));
        secret_erase(digits, sizeof(digits));
        if (!key)
                return -ENOMEM;
        *ret_key = key;
        return 0;
}

static int key_derive(struct seal_key *key, const unsigned char bytes[KEY_BYTES])
{
        unsigned char id[KEY_BYTES];

        if (crypto_kdf_derive_from_key(key->seals, KEY_BYTES, KEY_SEALS, KDF_CONTEXT, bytes) < 0 ||
            crypto_kdf_derive_from_key(key->proves, KEY_BYTES, KEY_PROVES, KDF_CONTEXT, bytes) <
                    0 ||
            crypto_kdf_derive_from_key(id, KEY_BYTES, KEY_ID, KDF_CONTEXT, bytes) < 0)
                return -EIO;
        key->head[0] = VERSION;
        memcpy(key->head + 1, id, KEY_ID_BYTES);
        return 0;
}

static const struct seal_key *key_find(const struct token_seal *seal, const unsigned char *head)
{
        for (size_t i = 0; i < seal->n; i++)
                if (memcmp(seal->keys[i].head, head, TOKEN_SEAL_HEAD_BYTES) == 0)
                        return &seal->keys[i];
        return NULL;
}

static int keys_refuse(int error, const char *why, const char **ret_why)
{
        *ret_why = why;
        return error;
}

static int key_add(struct token_seal *seal, const char *line, size_t size, const char **ret_why)
{
        struct seal_key key = {0};
        unsigned char bytes[KEY_BYTES];
        size_t n_bytes = 0;
        int r = 0;

        if (seal->n == TOKEN_SEAL_MAX_KEYS)
                return keys_refuse(-EBADMSG, "it holds more keys than are used", ret_why);
        if (size != TOKEN_SEAL_KEY_DIGITS ||
            sodium_hex2bin(bytes, sizeof(bytes), line, size, NULL, &n_bytes, NULL) < 0 ||
            n_bytes != sizeof(bytes)) {
                secret_erase(bytes, sizeof(bytes));
                return keys_refuse(-EBADMSG, "a line of it is not a key of 64 hexadecimal digits",
                                   ret_why);
        }
        r = key_derive(&key, bytes);
        if (r < 0)
                r = keys_refuse(r, "no keys can be derived of it", ret_why);
        else if (key_find(seal, key.head))
                r = keys_refuse(-EBADMSG, "it holds one key twice", ret_why);
        else
                seal->keys[seal->n++] = key;
        secret_erase(bytes, sizeof(bytes));
        secret_erase(&key, sizeof(key));
        return r;
}

int token_seal_new(const struct secret *keys, struct token_seal **ret_seal, const char **ret_why)
{
        _cleanup_(token_seal_freep) struct token_seal *seal = calloc(1, sizeof(*seal));
        const char *line = secret_bytes(keys), *end = line + secret_size(keys);

        if (!seal)
                return -ENOMEM;
        if (sodium_init() < 0)
                return -EIO;
        while (true) {
                const char *feed = memchr(line, '\n', (size_t)(end - line));
                int r = key_add(seal, line, (size_t)((feed ? feed : end) - line), ret_why);
                if (r < 0)
                        return r;
                if (!feed)
                        break;
                line = feed + 1;
        }
        *ret_seal = TAKE_PTR(seal);
        return 0;
}

struct token_seal *token_seal_free(struct token_seal *seal)
{
        if (seal)
                secret_erase(seal, sizeof(*seal));
        free(seal);
        return NULL;
}

/* ---- heads ---- */

/* Says which key made it; the head itself is vouched for by whatever follows. */
static int head_read(const struct token_seal *seal, const void *sealed, size_t size,
                     size_t min_size, const struct seal_key **ret_key)
{
        const unsigned char *head = sealed;

        if (size < 1)
                return -EBADMSG;
        if (head[0] != VERSION)
                return -EPROTONOSUPPORT;
        if (size < min_size)
                return -EBADMSG;
        const struct seal_key *key = key_find(seal, head);
        if (!key)
                return -ENOKEY;
        *ret_key = key;
        return 0;
}

bool token_seal_is_current(const struct token_seal *seal, const void *sealed, size_t size)
{
        return size >= TOKEN_SEAL_HEAD_BYTES &&
               memcmp(sealed, seal->keys[0].head, TOKEN_SEAL_HEAD_BYTES) == 0;
}

/* ---- secrets ---- */

/* Each part with its length in front, so that no two places look alike. */
static int place_append(struct secret *bound, const char *part)
{
        uint32_t size = (uint32_t)strnlen(part, PLACE_MAX_BYTES);
        unsigned char length[4] = {(unsigned char)(size >> 24), (unsigned char)(size >> 16),
                                   (unsigned char)(size >> 8), (unsigned char)size};

        int r = secret_append(bound, length, sizeof(length), PLACE_MAX_BYTES);
        return r < 0 ? r : secret_append_text(bound, part, PLACE_MAX_BYTES);
}

/* What is vouched for besides the secret: the head and the place. */
static int place_bind(const struct seal_place *place, const unsigned char *head,
                      struct secret **ret_bound)
{
        _cleanup_secret_ struct secret *bound = secret_new(head, TOKEN_SEAL_HEAD_BYTES);

        if (!bound)
                return -ENOMEM;
        int r = place_append(bound, place->table);
        if (r == 0)
                r = place_append(bound, place->row);
        if (r == 0)
                r = place_append(bound, place->column);
        if (r < 0)
                return r;
        *ret_bound = TAKE_PTR(bound);
        return 0;
}

static const unsigned char *bytes_of(const struct secret *secret)
{
        return (const unsigned char *)secret_bytes(secret);
}

int token_seal_lock(const struct token_seal *seal, const struct seal_place *place,
                    const struct secret *secret, struct secret **ret_sealed)
{
        const struct seal_key *key = &seal->keys[0];
        _cleanup_secret_ struct secret *bound = NULL;

        if (secret_size(secret) > SEALED_MAX_BYTES)
                return -E2BIG;
        int r = place_bind(place, key->head, &bound);
        if (r < 0)
                return r;

        size_t size = BODY_AT + secret_size(secret) + TAG_BYTES;
        _cleanup_free_ unsigned char *sealed = malloc(size);
        if (!sealed)
                return -ENOMEM;
        memcpy(sealed, key->head, TOKEN_SEAL_HEAD_BYTES);
        randombytes_buf(sealed + TOKEN_SEAL_HEAD_BYTES, NONCE_BYTES);
        if (crypto_aead_xchacha20poly1305_ietf_encrypt(
                    sealed + BODY_AT, NULL, bytes_of(secret), secret_size(secret), bytes_of(bound),
                    secret_size(bound), NULL, sealed + TOKEN_SEAL_HEAD_BYTES, key->seals) < 0)
                return -EIO;

        struct secret *copy = secret_new(sealed, size);
        if (!copy)
                return -ENOMEM;
        *ret_sealed = copy;
        return 0;
}

static int unlock_body(const struct seal_key *key, const struct secret *bound,
                       const unsigned char *sealed, size_t size, struct secret **ret_secret)
{
        size_t room = size - BODY_AT - TAG_BYTES + 1; /* malloc(0) may be NULL */
        unsigned long long plain_size = 0;
        _cleanup_free_ unsigned char *plain = malloc(room);
        struct secret *secret = NULL;

        if (!plain)
                return -ENOMEM;
        if (crypto_aead_xchacha20poly1305_ietf_decrypt(
                    plain, &plain_size, NULL, sealed + BODY_AT, size - BODY_AT, bytes_of(bound),
                    secret_size(bound), sealed + TOKEN_SEAL_HEAD_BYTES, key->seals) < 0)
                return -EBADMSG;
        secret = secret_new(plain, (size_t)plain_size);
        secret_erase(plain, room);
        if (!secret)
                return -ENOMEM;
        *ret_secret = secret;
        return 0;
}

int token_seal_unlock(const struct token_seal *seal, const struct seal_place *place,
                      const void *sealed, size_t size, struct secret **ret_secret)
{
        const struct seal_key *key;
        _cleanup_secret_ struct secret *bound = NULL;

        int r = head_read(seal, sealed, size, BODY_AT + TAG_BYTES, &key);
        if (r < 0)
                return r;
        r = place_bind(place, key->head, &bound);
        if (r < 0)
                return r;
        return unlock_body(key, bound, sealed, size, ret_secret);
}

/* ---- rows ---- */

static int prove(const struct seal_key *key, const struct secret *bytes,
                 unsigned char ret_proof[TOKEN_SEAL_PROOF_BYTES])
{
        memcpy(ret_proof, key->head, TOKEN_SEAL_HEAD_BYTES);
        return crypto_generichash(ret_proof + TOKEN_SEAL_HEAD_BYTES, PROOF_BYTES, bytes_of(bytes),
                                  secret_size(bytes), key->proves, KEY_BYTES) < 0
                       ? -EIO
                       : 0;
}

int token_seal_prove(const struct token_seal *seal, const struct secret *bytes,
                     unsigned char ret_proof[TOKEN_SEAL_PROOF_BYTES])
{
        return prove(&seal->keys[0], bytes, ret_proof);
}

int token_seal_check(const struct token_seal *seal, const struct secret *bytes, const void *proof,
                     size_t size)
{
        const struct seal_key *key;
        unsigned char expected[TOKEN_SEAL_PROOF_BYTES];

        int r = head_read(seal, proof, size, TOKEN_SEAL_PROOF_BYTES, &key);
        if (r < 0)
                return r;
        if (size != TOKEN_SEAL_PROOF_BYTES)
                return -EBADMSG;
        r = prove(key, bytes, expected);
        if (r < 0)
                return r;
        return sodium_memcmp(expected, proof, sizeof(expected)) == 0 ? 0 : -EBADMSG;
}
