/* SPDX-License-Identifier: Apache-2.0
 *
 * As send_prebuilt.c, but libcurl asks for the body piece by piece, as it has
 * to with a body that must never be sent a second time: the wire limit of a
 * client that is careful with its objects.
 */
#define HTTP_BODY_IN_PARTS
#include "send_prebuilt.c"
