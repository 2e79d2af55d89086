/* SPDX-License-Identifier: Apache-2.0
 *
 * An object is built member by member, and becomes compact JSON.
 */
#include "check.h"

#include <string.h>

/* Checks the object's text and length, then releases the object. */
static void become(dp_object *object, const char *wanted)
{
    size_t length = 0;
    char *json = dp_object_json(object, &length);

    CHECK_TEXT(json, wanted);
    CHECK_INT(length, strlen(wanted));
    dp_free(json);
    dp_object_free(object);
}

static void every_kind_of_value(void)
{
    dp_object *object = dp_object_new();

    CHECK_CODE(dp_object_set_string(object, "s", "\"\\ \n\x01 é 🚪", NULL),
               DP_OK);
    CHECK_CODE(dp_object_set_string(object, "e", "", NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "i", -7, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "max", INT64_MAX, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "min", INT64_MIN, NULL), DP_OK);
    CHECK_CODE(dp_object_set_real(object, "r", 0.5, NULL), DP_OK);
    CHECK_CODE(dp_object_set_real(object, "q", -1048576.25, NULL), DP_OK);
    CHECK_CODE(dp_object_set_bool(object, "t", 2, NULL), DP_OK);
    CHECK_CODE(dp_object_set_bool(object, "f", 0, NULL), DP_OK);
    CHECK_CODE(dp_object_set_null(object, "n", NULL), DP_OK);
    CHECK_CODE(dp_object_set_json(object, "j", " [1, {\"a\": true}] ", 18,
                                  NULL), DP_OK);
    become(object,
           "{\"s\":\"\\\"\\\\ \\n\\u0001 é 🚪\",\"e\":\"\",\"i\":-7,"
           "\"max\":9223372036854775807,\"min\":-9223372036854775808,"
           "\"r\":0.5,\"q\":-1048576.25,\"t\":true,\"f\":false,\"n\":null,"
           "\"j\":[1,{\"a\":true}]}");
}

static void paths_make_what_is_missing(void)
{
    dp_object *object = dp_object_new();
    const char *src = "network_list[+].src_ip";
    const char *dest = "network_list[-1].dest_ip";

    CHECK_CODE(dp_object_set_string(object, src, "a", NULL), DP_OK);
    CHECK_CODE(dp_object_set_string(object, dest, "b", NULL), DP_OK);
    CHECK_CODE(dp_object_set_string(object, src, "c", NULL), DP_OK);
    CHECK_CODE(dp_object_set_string(object, dest, "d", NULL), DP_OK);
    CHECK_CODE(dp_object_set_string(object, "network_list[0].direction", "IN",
                                    NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "x.y.z", 1, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "x.y.w", 2, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "m[+][+]", 3, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "m[-1][+]", 4, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "m[+]", 5, NULL), DP_OK);
    become(object,
           "{\"network_list\":[{\"src_ip\":\"a\",\"dest_ip\":\"b\","
           "\"direction\":\"IN\"},{\"src_ip\":\"c\",\"dest_ip\":\"d\"}],"
           "\"x\":{\"y\":{\"z\":1,\"w\":2}},\"m\":[[3,4],5]}");
}

static void a_later_value_replaces_an_earlier(void)
{
    dp_object *object = dp_object_new();

    CHECK_CODE(dp_object_set_string(object, "a", "text", NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "a", 1, NULL), DP_OK);
    CHECK_CODE(dp_object_set_json(object, "list", "[1,2]", 5, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "list[-1]", 3, NULL), DP_OK);
    CHECK_CODE(dp_object_set_null(object, "list[0]", NULL), DP_OK);
    become(object, "{\"a\":1,\"list\":[null,3]}");
}

static void a_backslash_takes_a_character_as_it_is(void)
{
    dp_object *object = dp_object_new();

    CHECK_CODE(dp_object_set_int(object, "a\\.b", 1, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "c\\[0\\]", 2, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "d\\\\e", 3, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "ключ.🔑", 4, NULL), DP_OK);
    become(object,
           "{\"a.b\":1,\"c[0]\":2,\"d\\\\e\":3,\"ключ\":{\"🔑\":4}}");
}

static void path_and_value_are_copied(void)
{
    dp_object *object = dp_object_new();
    char path[] = "a.b";
    char value[] = "text";
    char json[] = "[1]";

    CHECK_CODE(dp_object_set_string(object, path, value, NULL), DP_OK);
    CHECK_CODE(dp_object_set_json(object, "c", json, 3, NULL), DP_OK);
    memset(path, '?', sizeof path - 1);
    memset(value, '?', sizeof value - 1);
    memset(json, '?', sizeof json - 1);
    become(object, "{\"a\":{\"b\":\"text\"},\"c\":[1]}");
}

static void json_reads_no_further_than_its_length(void)
{
    dp_object *object = dp_object_new();

    CHECK_CODE(dp_object_set_json(object, "a", "12345", 2, NULL), DP_OK);
    CHECK_CODE(dp_object_set_json(object, "b", "\"x\"]]]", 3, NULL), DP_OK);
    become(object, "{\"a\":12,\"b\":\"x\"}");
}

static void a_request_keeps_its_own_copy(void)
{
    dp_object *object = dp_object_new();
    dp_request *request = dp_request_new();
    char *body;

    CHECK_CODE(dp_object_set_int(object, "n", 1, NULL), DP_OK);
    CHECK_CODE(dp_request_add_object(request, object, NULL), DP_OK);
    CHECK_CODE(dp_object_set_int(object, "n", 2, NULL), DP_OK);
    CHECK_CODE(dp_request_add_object(request, object, NULL), DP_OK);
    dp_object_free(object);
    CHECK_INT(dp_request_count(request), 2);
    body = dp_request_body(request, NULL, NULL, NULL);
    CHECK_HAS(body, "[{\"n\":1},{\"n\":2}]");
    dp_free(body);
    dp_request_free(request);
}

int main(void)
{
    every_kind_of_value();
    paths_make_what_is_missing();
    a_later_value_replaces_an_earlier();
    a_backslash_takes_a_character_as_it_is();
    path_and_value_are_copied();
    json_reads_no_further_than_its_length();
    a_request_keeps_its_own_copy();
    return check_result();
}
