/* SPDX-License-Identifier: LGPL-2.1-or-later */
#include "io/private-key.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>

#include "io/secret-file.h"
#include "io/token-key.h"

#define PEM_MAX_BYTES          ((size_t)64 * 1024)
#define CERTIFICATES_MAX_BYTES ((size_t)4 * 1024 * 1024)

#define PKCS11_SCHEME     "pkcs11:"
#define CREDENTIAL_PREFIX "credential:"

struct private_key {
        EVP_PKEY *evp;
        bool in_token; /* then evp stands for it and does not contain it */
};

static void bio_freep(BIO **bio)
{
        BIO_free_all(*bio);
}

static void evp_freep(EVP_PKEY **evp)
{
        EVP_PKEY_free(*evp);
}

static void x509_freep(X509 **certificate)
{
        X509_free(*certificate);
}

static int refuse(int error, const char *why, const char **ret_why)
{
        /* A failure here must not be taken for a TLS error by whoever looks there next. */
        ERR_clear_error();
        *ret_why = why;
        return error;
}

/* Takes evp over in any case. */
static int key_wrap(EVP_PKEY *evp, struct private_key **ret_key)
{
        struct private_key *key = calloc(1, sizeof(*key));
        if (!key) {
                EVP_PKEY_free(evp);
                return -ENOMEM;
        }
        key->evp = evp;
        *ret_key = key;
        return 0;
}

struct private_key *private_key_free(struct private_key *key)
{
        if (!key)
                return NULL;
        EVP_PKEY_free(key->evp);
        free(key);
        return NULL;
}

struct evp_pkey_st *private_key_evp(const struct private_key *key)
{
        return key->evp;
}

int private_key_generate_p256(struct private_key **ret_key)
{
        EVP_PKEY *evp = EVP_EC_gen("P-256");
        if (!evp) {
                ERR_clear_error();
                return -EIO;
        }
        return key_wrap(evp, ret_key);
}

/* The answer "there is none" to the question for a passphrase; says that it was asked. */
static int on_passphrase(char *buffer, int size, int for_writing, void *userdata)
{
        bool *asked = userdata;

        *asked = true;
        return -1;
}

int private_key_from_secret(const struct secret *pem, struct private_key **ret_key,
                            const char **ret_why)
{
        bool asked = false;

        if (secret_size(pem) > PEM_MAX_BYTES)
                return refuse(-EFBIG, "it is too large", ret_why);
        _cleanup_(bio_freep) BIO *bio = BIO_new_mem_buf(secret_bytes(pem), (int)secret_size(pem));
        if (!bio)
                return refuse(-ENOMEM, "memory is short", ret_why);
        _cleanup_(evp_freep)
                EVP_PKEY *evp = PEM_read_bio_PrivateKey(bio, NULL, on_passphrase, &asked);
        if (!evp && asked)
                return refuse(-EBADMSG, "it is locked with a passphrase", ret_why);
        if (!evp)
                return refuse(-EBADMSG, "it is not a private key in PEM", ret_why);
        int r = key_wrap(TAKE_PTR(evp), ret_key);
        return r < 0 ? refuse(r, "memory is short", ret_why) : 0;
}

int private_key_to_secret(const struct private_key *key, struct secret **ret_pem)
{
        char *bytes = NULL;

        if (key->in_token)
                return -EPERM;
        /* OpenSSL erases this one itself, when it grows and when it goes. */
        _cleanup_(bio_freep) BIO *bio = BIO_new(BIO_s_mem());
        if (!bio)
                return -ENOMEM;
        if (PEM_write_bio_PKCS8PrivateKey(bio, key->evp, NULL, NULL, 0, NULL, NULL) != 1) {
                ERR_clear_error();
                return -EIO;
        }
        long size = BIO_get_mem_data(bio, &bytes);
        struct secret *pem = secret_new(bytes, (size_t)size);
        if (!pem)
                return -ENOMEM;
        *ret_pem = pem;
        return 0;
}

int private_key_check_certificate(const struct private_key *key, const char *pem, size_t size,
                                  const char **ret_why)
{
        if (size > CERTIFICATES_MAX_BYTES)
                return refuse(-EBADMSG, "it is too large", ret_why);
        _cleanup_(bio_freep) BIO *bio = BIO_new_mem_buf(pem, (int)size);
        if (!bio)
                return refuse(-ENOMEM, "memory is short", ret_why);
        _cleanup_(x509_freep) X509 *certificate = PEM_read_bio_X509(bio, NULL, NULL, NULL);
        if (!certificate)
                return refuse(-EBADMSG, "its first certificate makes no sense", ret_why);
        if (X509_check_private_key(certificate, key->evp) != 1)
                return refuse(-EKEYREJECTED, "it belongs to another key", ret_why);
        return 0;
}

static int load_from_token(const char *uri, struct private_key **ret_key, const char **ret_why)
{
        EVP_PKEY *evp = token_key_find(uri);
        if (!evp)
                return refuse(-ENOENT, "no token gives exactly one private key for it", ret_why);
        int r = key_wrap(evp, ret_key);
        if (r < 0)
                return refuse(r, "memory is short", ret_why);
        (*ret_key)->in_token = true;
        return 0;
}

bool private_key_is_elsewhere(const char *place)
{
        return strncmp(place, PKCS11_SCHEME, strlen(PKCS11_SCHEME)) == 0;
}

int private_key_read_pem(const char *place, struct secret **ret_pem, const char **ret_why)
{
        size_t prefix = strlen(CREDENTIAL_PREFIX);

        if (strncmp(place, CREDENTIAL_PREFIX, prefix) == 0)
                return secret_credential_read(place + prefix, PEM_MAX_BYTES, ret_pem, ret_why);
        return secret_file_read(place, PEM_MAX_BYTES, ret_pem, ret_why);
}

int private_key_load(const char *place, struct private_key **ret_key, const char **ret_why)
{
        _cleanup_secret_ struct secret *pem = NULL;

        if (private_key_is_elsewhere(place))
                return load_from_token(place, ret_key, ret_why);
        int r = private_key_read_pem(place, &pem, ret_why);
        if (r < 0)
                return r;
        return private_key_from_secret(pem, ret_key, ret_why);
}
