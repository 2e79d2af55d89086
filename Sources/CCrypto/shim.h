// SPDX-License-Identifier: Apache-2.0
// SHA-256 and HMAC-SHA256 of OpenSSL's libcrypto.
#pragma once
#include <openssl/evp.h>
#include <openssl/hmac.h>

#define DPX_SHA256_SIZE 32

// NULL when there is no memory for it.
static inline EVP_MD_CTX *dpx_sha256_begin(void) {
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    if (hash != NULL && EVP_DigestInit_ex(hash, EVP_sha256(), NULL) == 1) return hash;
    EVP_MD_CTX_free(hash);
    return NULL;
}

static inline int dpx_sha256_add(EVP_MD_CTX *hash, const void *bytes, size_t count) {
    return EVP_DigestUpdate(hash, bytes, count) == 1;
}

static inline int dpx_sha256_end(EVP_MD_CTX *hash, unsigned char *result) {
    return EVP_DigestFinal_ex(hash, result, NULL) == 1;
}

static inline void dpx_sha256_free(EVP_MD_CTX *hash) { EVP_MD_CTX_free(hash); }

static inline int dpx_hmac_sha256(const void *key, int key_count, const unsigned char *bytes,
                                  size_t count, unsigned char *result) {
    return HMAC(EVP_sha256(), key, key_count, bytes, count, result, NULL) != NULL;
}
