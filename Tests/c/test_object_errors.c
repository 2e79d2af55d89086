/* SPDX-License-Identifier: Apache-2.0
 *
 * A path or a value that an object cannot take is refused with its reason, and
 * the object is as it was.
 */
#include "check.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char before[] =
    "{\"title\":\"t\",\"list\":[1,{\"a\":2}],\"empty\":[],\"o\":{\"p\":3}}";

static dp_object *make(void)
{
    dp_object *object = dp_object_new();

    CHECK_CODE(dp_object_set_string(object, "title", "t", NULL), DP_OK);
    CHECK_CODE(dp_object_set_json(object, "list", "[1,{\"a\":2}]", 11, NULL),
               DP_OK);
    CHECK_CODE(dp_object_set_json(object, "empty", "[]", 2, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "o.p", 3, NULL), DP_OK);
    return object;
}

static void unchanged(const dp_object *object)
{
    char *json = dp_object_json(object, NULL);

    CHECK_TEXT(json, before);
    dp_free(json);
}

/* Paths that do not parse, then paths that do not fit the object above. */
static const char *const bad_paths[] = {
    ".", ".a", "a.", "a..b", "[0]", "[+].a", "a[", "a[]", "a[+", "a[0",
    "a[x]", "a[0]b", "a[ 0]", "a[-2]", "a[+1]", "a[0x1]", "a\\",
    "list[99999999999999999999]",
    "title.a", "title[0]", "title[+]", "list.a", "list[0].a", "list[1][0]",
    "o[0]", "o[+]", "o.p.q", "list[2]", "list[7].a", "empty[0]", "empty[-1]",
    "new[0]", "new[-1].a", "new.list[0]", "new[+].list[0]", "list[+][0]",
};

static void bad_paths_are_refused(void)
{
    dp_object *object = make();

    for (size_t i = 0; i < sizeof bad_paths / sizeof bad_paths[0]; i++) {
        const char *path = bad_paths[i];
        dp_error *error = NULL;

        check_row(path);
        CHECK_CODE(dp_object_set_int(object, path, 1, &error), DP_E_PATH);
        CHECK_HAS(dp_error_message(error), path);
        CHECK_TEXT(check_field(error, "key"), path);
        CHECK_CODE(dp_object_set_string(object, path, "", NULL), DP_E_PATH);
        CHECK_CODE(dp_object_set_real(object, path, 1.5, NULL), DP_E_PATH);
        CHECK_CODE(dp_object_set_bool(object, path, 1, NULL), DP_E_PATH);
        CHECK_CODE(dp_object_set_null(object, path, NULL), DP_E_PATH);
        CHECK_CODE(dp_object_set_json(object, path, "1", 1, NULL), DP_E_PATH);
        unchanged(object);
        dp_error_free(error);
    }
    check_row(NULL);
    dp_object_free(object);
}

static void a_deep_path_does_no_harm(void)
{
    size_t steps = 100000;
    char *path = (char *)malloc(2 * steps + 1);
    dp_object *object = make();
    dp_request *request = dp_request_new();
    dp_code code;

    REQUIRE(path != NULL);
    for (size_t i = 0; i < steps; i++)
        memcpy(path + 2 * i, "a.", 2);
    path[2 * steps - 1] = '\0';
    code = dp_object_set_int(object, path, 1, NULL);
    CHECK_CODE(code, DP_E_PATH);
    unchanged(object);
    CHECK_CODE(dp_request_add_object(request, object, NULL), DP_OK);
    dp_request_free(request);
    dp_object_free(object);
    free(path);
}

static void bad_values_are_refused(void)
{
    static const char *const texts[] = {
        "\xff", "a\xc0\x80", "\xed\xa0\xbd", "\xf5\x80\x80\x80", "\xe2\x82",
        "\x80", "\xf0\x9f\x9a",
    };
    dp_object *object = make();
    dp_error *error = NULL;

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        CHECK_CODE(dp_object_set_string(object, "new.a", texts[i], &error),
                   DP_E_ARGUMENT);
        CHECK_HAS(dp_error_message(error), "UTF-8");
        CHECK(dp_object_set_int(object, texts[i], 1, NULL) != DP_OK);
        unchanged(object);
        dp_error_free(error);
    }
    CHECK_CODE(dp_object_set_real(object, "new.a", NAN, &error),
               DP_E_ARGUMENT);
    CHECK(strlen(dp_error_message(error)) > 0);
    dp_error_free(error);
    CHECK_CODE(dp_object_set_real(object, "a", INFINITY, NULL), DP_E_ARGUMENT);
    CHECK_CODE(dp_object_set_real(object, "a", -INFINITY, NULL),
               DP_E_ARGUMENT);
    unchanged(object);
    dp_object_free(object);
}

static void bad_json_is_refused(void)
{
    static const char *const texts[] = {
        "", " ", "{", "[1,]", "{\"a\":1,}", "tru", "1 2", "nul", "\"", "01",
        "{'a':1}", "\"\\ud83d\"", "\"\xff\"", "NaN",
        "123456789012345678901234567890",
    };
    dp_object *object = make();

    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        dp_error *error = NULL;
        const char *offset;

        check_row(texts[i]);
        CHECK_CODE(dp_object_set_json(object, "new.a", texts[i],
                                      strlen(texts[i]), &error), DP_E_JSON);
        offset = check_field(error, "offset");
        CHECK(*offset && strtoul(offset, NULL, 10) <= strlen(texts[i]));
        unchanged(object);
        dp_error_free(error);
    }
    check_row(NULL);
    dp_object_free(object);
}

int main(void)
{
    bad_paths_are_refused();
    a_deep_path_does_no_harm();
    bad_values_are_refused();
    bad_json_is_refused();
    return check_result();
}
