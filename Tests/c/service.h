/* SPDX-License-Identifier: Apache-2.0
 *
 * A service on loopback whose answer to each request is decided by a function
 * of the test, which sees the objects. It keeps what it is told to store, so
 * that a test can ask how often an object arrived. Each connection has a
 * thread of its own: an answer that waits holds up no other.
 */
#ifndef SERVICE_H
#define SERVICE_H

#include <pthread.h>
#include <stddef.h>

/* One request, as it arrived. */
struct service_request {
    size_t number;        /* from 0, in the order of arrival */
    const char *head;     /* as it was sent, with its request line */
    const char *body;
    size_t body_length;
    const char *const *objects; /* each as compact JSON */
    size_t count;
};

/* What becomes of it. All zero: 200, all of it stored, an id for each. */
struct service_answer {
    int status;          /* 0: 200 */
    int store;           /* of another status than 200: stored all the same */
    int close;           /* ends the connection in place of a reply */
    const char *headers; /* more of them, each with its line end; or NULL */
    const char *body;    /* in place of the ids, or of a refusal; or NULL */
};

/* Decides; called on the thread of the connection, and may wait. */
typedef struct service_answer (*service_decide)(
    const struct service_request *request, void *context);

/* A decision that holds back every answer until its gate, the context, is
 * open, and then stores everything. Open it before service_stop. */
struct service_gate {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    int open;
};
#define SERVICE_GATE                                                       \
    { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0 }
struct service_answer service_gated(const struct service_request *request,
                                    void *gate);
void service_open(struct service_gate *gate);

struct service;

/* Starts a service; without a `decide` it stores everything. */
struct service *service_start(service_decide decide, void *context);

/* Its address, "http://127.0.0.1:PORT". Borrowed. */
const char *service_url(const struct service *service);

/* How many requests have arrived, and the most that were there at once. */
size_t service_requests(struct service *service);
size_t service_together(struct service *service);

/* How many objects a request had, and its body; 0 and NULL when there is none
 * such. The body is borrowed until service_stop. */
size_t service_count(struct service *service, size_t request);
const char *service_body(struct service *service, size_t request);

/* How often an object, as compact JSON, was stored; of NULL all of them. */
size_t service_stored(struct service *service, const char *object);

/* Ends the service and all its connections. */
void service_stop(struct service *service);

#endif
