/* SPDX-License-Identifier: Apache-2.0
 *
 * Only a JSON object gets into a request, and it gets in as it stands; a
 * refusal tells where the fault is and changes nothing.
 */
#include "check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text, its length, and the offsets between which its fault is. */
struct bad {
    const char *json;
    size_t length;
    size_t first;
    size_t last;
};
#define BAD(text, first, last) { text, sizeof text - 1, first, last }

static const struct bad bad[] = {
    /* No object. */
    BAD("", 0, 0), BAD("  \n", 3, 3), BAD("[1]", 0, 0), BAD("\"x\"", 0, 0),
    BAD("1", 0, 0), BAD("null", 0, 0), BAD("true", 0, 0), BAD("  [{}]", 2, 2),
    BAD("\xef\xbb\xbf{}", 0, 0), BAD("\0{}", 0, 0), BAD("x", 0, 0),
    /* More or less than one. */
    BAD("{}{}", 2, 2), BAD("{},", 2, 2), BAD("{} x", 3, 3), BAD("{}\0", 2, 2),
    BAD("{\"a\":1}x", 7, 7), BAD("{", 1, 1), BAD("{\"a\"", 4, 4),
    BAD("{\"a\":", 5, 5), BAD("{\"a\":1", 6, 6), BAD("{\"a\":[", 6, 6),
    BAD("{\"a\":\"b", 5, 7),
    /* Punctuation. */
    BAD("{\"a\":1,}", 7, 7), BAD("{,}", 1, 1), BAD("{\"a\" 1}", 5, 5),
    BAD("{\"a\"::1}", 5, 5), BAD("{\"a\":[1,]}", 8, 8),
    BAD("{\"a\":[,1]}", 6, 6), BAD("{\"a\":[1 2]}", 8, 8),
    BAD("{\"a\":1]", 6, 6), BAD("{\"a\":[1}", 7, 7), BAD("{a:1}", 1, 1),
    BAD("{'a':1}", 1, 1), BAD("{1:1}", 1, 1), BAD("{\"a\":1 \"b\":2}", 7, 7),
    BAD("{/**/}", 1, 1), BAD("{\"a\":1;\"b\":2}", 6, 6),
    /* Words and numbers. */
    BAD("{\"a\":tru}", 5, 8), BAD("{\"a\":True}", 5, 5),
    BAD("{\"a\":nulL}", 5, 8), BAD("{\"a\":NaN}", 5, 5),
    BAD("{\"a\":Infinity}", 5, 5), BAD("{\"a\":01}", 5, 6),
    BAD("{\"a\":-}", 5, 6), BAD("{\"a\":+1}", 5, 5), BAD("{\"a\":.5}", 5, 5),
    BAD("{\"a\":1.}", 5, 7), BAD("{\"a\":1e}", 5, 7), BAD("{\"a\":1e+}", 5, 8),
    BAD("{\"a\":0x1}", 5, 6), BAD("{\"a\":-01}", 5, 7),
    /* Strings. */
    BAD("{\"a\":\"\\x\"}", 6, 7), BAD("{\"a\":\"\\u12g4\"}", 6, 10),
    BAD("{\"a\":\"\\u12\"}", 6, 10), BAD("{\"a\":\"\x01\"}", 6, 6),
    BAD("{\"a\":\"\n\"}", 6, 6), BAD("{\"a\":\"\0\"}", 6, 6),
    BAD("{\"a\tb\":1}", 3, 3),
    BAD("{\"a\":\"\\ud83d\"}", 6, 12), BAD("{\"a\":\"\\udea8\"}", 6, 12),
    BAD("{\"a\":\"\\ud83d\\u0041\"}", 6, 18),
    BAD("{\"a\":\"\\ud83dx\"}", 6, 12), BAD("{\"\\udc00\":1}", 2, 8),
    /* UTF-8: alone, overlong, cut short, a surrogate, beyond U+10FFFF. */
    BAD("{\"a\":\"\xff\"}", 6, 6), BAD("{\"a\":\"\x80\"}", 6, 6),
    BAD("{\"a\":\"\xc0\xaf\"}", 6, 7), BAD("{\"a\":\"\xe0\x80\xaf\"}", 6, 8),
    BAD("{\"a\":\"\xf0\x80\x80\xaf\"}", 6, 9),
    BAD("{\"a\":\"\xe2\x82\"}", 6, 8), BAD("{\"a\":\"\xed\xa0\xbd\"}", 6, 8),
    BAD("{\"a\":\"\xf4\x90\x80\x80\"}", 6, 9), BAD("{\"\xff\":1}", 2, 2),
    BAD("{\"0123456789abcdefghijklmnopqrstuvwxyz\":\"\xfe\"}", 41, 41),
};

static void bad_texts_are_refused(void)
{
    dp_request *request = check_request(1);

    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        dp_error *error = NULL;
        size_t offset;
        char *end;

        check_row(bad[i].json);
        CHECK_CODE(dp_request_add(request, bad[i].json, bad[i].length,
                                  &error), DP_E_JSON);
        offset = strtoul(check_field(error, "offset"), &end, 10);
        CHECK(end != check_field(error, "offset") && *end == '\0');
        if (!CHECK(offset >= bad[i].first && offset <= bad[i].last))
            fprintf(stderr, "    offset %lu\n", (unsigned long)offset);
        CHECK(strlen(dp_error_message(error)) > 0);
        CHECK_INT(dp_request_count(request), 1);
        dp_error_free(error);
    }
    check_row(NULL);
    dp_request_free(request);
}

static const char *const good[] = {
    "{}", " \t\r\n{ } ", "{\"\":\"\"}", "{\"a\":1,\"a\":2}",
    "{\"big\":123456789012345678901234567890,\"deep\":1e400}",
    "{\"n\":[-0,0,0.0,1E5,1e-7,1.50,-1.5e+10]}",
    "{\"s\":\"\\u0000\\ud83d\\udea8\\/\\\\\\\"\\b\\f\\n\\r\\t\"}",
    "{\"u\":\"\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xef\xbf\xbf\"}",
    "{\"u\":\"\xf0\x90\x80\x80\xf4\x8f\xbf\xbf\"}",
    "{\"w\":[true,false,null,{},[]]}", "{\"ключ\" : \"🔑\"}",
};

static void good_texts_are_kept_as_they_are(void)
{
    dp_request *request = dp_request_new();
    size_t count = sizeof good / sizeof good[0];
    char wanted[2048] = "{\"format_version\":1,\"data_object\":[";
    char *body;

    for (size_t i = 0; i < count; i++) {
        dp_error *error = NULL;
        check_row(good[i]);
        CHECK_CODE(dp_request_add(request, good[i], strlen(good[i]), &error),
                   DP_OK);
        CHECK_TEXT(dp_error_message(error), "");
        strcat(strcat(wanted, i ? "," : ""), good[i]);
        dp_error_free(error);
    }
    check_row(NULL);
    strcat(wanted, "]}");
    CHECK_INT(dp_request_count(request), count);
    body = dp_request_body(request, NULL, NULL, NULL);
    CHECK_TEXT(body, wanted);
    dp_free(body);
    dp_request_free(request);
}

/* An object of so many levels, itself the first, with `core` in the innermost;
 * to be freed. */
static char *nested(size_t levels, const char *core)
{
    size_t arrays = levels - 1;
    char *json = (char *)malloc(2 * arrays + strlen(core) + 7);

    REQUIRE(json != NULL);
    memcpy(json, "{\"a\":", 5);
    memset(json + 5, '[', arrays);
    strcpy(json + 5 + arrays, core);
    memset(json + 5 + arrays + strlen(core), ']', arrays);
    strcpy(json + 5 + 2 * arrays + strlen(core), "}");
    return json;
}

static void depth_ends_at_512(void)
{
    static const struct {
        size_t levels;
        const char *core;
        dp_code code;
    } rows[] = {
        { 1, "1", DP_OK }, { 64, "1", DP_OK }, { 511, "1", DP_OK },
        { 512, "1", DP_OK }, { 513, "1", DP_E_JSON }, { 511, "[]", DP_OK },
        { 512, "[]", DP_E_JSON }, { 512, "{}", DP_E_JSON },
        { 10000, "1", DP_E_JSON }, { 2000000, "", DP_E_JSON },
    };
    dp_request *request = dp_request_new();
    size_t added = 0;

    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        dp_error *error = NULL;
        char *json = nested(rows[i].levels, rows[i].core);
        char row[64];

        snprintf(row, sizeof row, "%lu levels around \"%s\"",
                 (unsigned long)rows[i].levels, rows[i].core);
        check_row(row);
        CHECK_CODE(dp_request_add(request, json, strlen(json), &error),
                   rows[i].code);
        if (rows[i].code == DP_OK) {
            added++;
        } else {
            /* The 513th bracket, or what follows it. */
            size_t offset = strtoul(check_field(error, "offset"), NULL, 10);
            CHECK(offset == 516 || offset == 517);
        }
        check_row(NULL);
        dp_error_free(error);
        free(json);
    }
    CHECK_INT(dp_request_count(request), added);
    dp_request_free(request);
}

static void text_is_read_no_further_than_its_length(void)
{
    dp_request *request = dp_request_new();
    char *json = (char *)malloc(2);
    char *body;

    REQUIRE(json != NULL);
    memcpy(json, "{}", 2); /* no NUL: a memory checker sees a byte too many */
    CHECK_CODE(dp_request_add(request, json, 2, NULL), DP_OK);
    CHECK_CODE(dp_request_add(request, json, 1, NULL), DP_E_JSON);
    memcpy(json, "??", 2);
    body = dp_request_body(request, NULL, NULL, NULL);
    CHECK_HAS(body, "[{}]");
    dp_free(body);
    free(json);
    dp_request_free(request);
}

int main(void)
{
    bad_texts_are_refused();
    good_texts_are_kept_as_they_are();
    depth_ends_at_512();
    text_is_read_no_further_than_its_length();
    return check_result();
}
