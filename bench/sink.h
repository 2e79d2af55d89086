/* SPDX-License-Identifier: Apache-2.0
 *
 * What the parts of the sink know of each other.
 */
#ifndef SINK_H
#define SINK_H

#include <stddef.h>
#include <sys/types.h>

/* One connection, with what of a request has arrived. */
struct connection {
    int socket;
    struct ssl_st *tls; /* NULL for a plain one */
    char *bytes;
    size_t held;
    size_t capacity;
    size_t head;   /* length of the request's head; 0 while it is incomplete */
    size_t length; /* of head and body */
    size_t owed;   /* answers that wait for their time */
    int has_posted;
    int is_over; /* the peer is gone */
};

/* sink.c: ends the program; memory, or the end of the program. */
void stop(const char *what);
void *grow(void *memory, size_t size);

/* sink_wire.c: sockets, with TLS or without. */
void wire_use_tls(const char *certificate, const char *key);
int wire_listen(void); /* prints the address */
int wire_accept(int listener, struct connection *peer);
void wire_close(struct connection *peer);
/* Bytes that came; 0 when there are none yet, -1 when none will come. */
ssize_t wire_receive(struct connection *peer, char *bytes, size_t size);
/* Whether there may be more that no event will announce. */
int wire_has_more(const struct connection *peer);
void wire_send(struct connection *peer, const char *bytes, size_t length);

/* sink_delay.c: requests that are not answered at once. */
int delay_open(long milliseconds); /* a descriptor: readable when one is due */
void delay_push(struct connection *peer, size_t objects);
/* Takes one whose time has come. Returns whether there was one; after the
 * last, the descriptor waits for the next. */
int delay_pop(struct connection **peer, size_t *objects);

#endif /* SINK_H */
