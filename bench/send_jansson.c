/* SPDX-License-Identifier: Apache-2.0
 *
 * Sends objects as a program does that has libcurl and jansson and no library
 * for this service, and does it well: each object is checked with json_loadb
 * and its text copied into a body whose memory is used again, the connection
 * stays open, and each object's id is read from the reply. It has no answer
 * to a failure but to stop.
 */
#include "json.h"

int main(int argc, char **argv)
{
    return send_by_hand(argc, argv);
}
