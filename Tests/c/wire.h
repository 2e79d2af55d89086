/* SPDX-License-Identifier: Apache-2.0
 *
 * A server on loopback of which the test decides every byte: for what the
 * emulator is too well-mannered to do, and for seeing a request exactly as it
 * was sent.
 */
#ifndef WIRE_H
#define WIRE_H

#include <stddef.h>

/* How a connection goes on after a step: WIRE_HANG leaves it open, but reads
 * and answers nothing more. */
enum wire_end { WIRE_KEEP, WIRE_CLOSE, WIRE_RESET, WIRE_HANG };

/* What the server does with one request; the last step is for all others. */
struct wire_step {
    const char *reply; /* sent as it is; NULL: none */
    enum wire_end end;
    size_t body_max;   /* acts after so much of the body; 0: after all */
};

/* The reply of a service that stored one object. */
#define WIRE_STORED_ONE                                                    \
    "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"                \
    "Content-Length: 12\r\nX-request-id: wire-1\r\n\r\n[{\"id\":\"w\"}]"

struct wire;

/* Starts a server; `steps` must outlive it. */
struct wire *wire_start(const struct wire_step *steps, size_t count);

/* Its address, "http://127.0.0.1:PORT". Borrowed. */
const char *wire_url(const struct wire *wire);

/* How many requests got as far as their step. */
size_t wire_requests(struct wire *wire);

/* The head of a request, as it was sent, and the number of its connection,
 * from 0. Borrowed until wire_stop. NULL and -1 when there is none such. */
const char *wire_head(struct wire *wire, size_t request);
int wire_connection(struct wire *wire, size_t request);

/* Waits until the server has ended so many connections as its steps say: the
 * client learns of that right away. 0 when it did not in ten seconds. */
int wire_wait_for_ends(struct wire *wire, size_t count);

/* Ends the server and all its connections. */
void wire_stop(struct wire *wire);

#endif
