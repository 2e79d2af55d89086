/* SPDX-License-Identifier: Apache-2.0 */
#define _POSIX_C_SOURCE 200809L
#include "service.h"

#include "check.h"

#include <arpa/inet.h>
#include <jansson.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#define CONNECTIONS_MAX 256
#define REQUESTS_MAX 4096
#define HEAD_MAX 65536

struct service {
    service_decide decide;
    void *context;
    char url[64];
    int listener;
    pthread_t thread;
    pthread_mutex_t lock; /* guards all below */
    int stopping;
    int sockets[CONNECTIONS_MAX]; /* -1 once it is closed */
    pthread_t threads[CONNECTIONS_MAX];
    size_t connections;
    size_t requests;
    size_t together;
    size_t together_max;
    size_t counts[REQUESTS_MAX];
    char *bodies[REQUESTS_MAX];
    char **stored;
    size_t stored_count;
    size_t stored_capacity;
};

/* What the thread of a connection begins with. */
struct start {
    struct service *service;
    int socket;
    size_t place; /* in `sockets` */
};

/* --------------------------------------------------------------- a request */

/* Reads a request. Returns its body, to be freed, or NULL at the end of the
 * connection; `head` receives what stands before it. */
static char *receive(int socket, char *head, size_t *body_length)
{
    size_t length = 0;
    size_t wanted = 0;
    size_t have;
    char *end = NULL;
    char *line = head;
    char *body;
    ssize_t count;

    while (!end) {
        count = recv(socket, head + length, HEAD_MAX - length, 0);
        if (count <= 0)
            return NULL;
        length += (size_t)count;
        head[length] = '\0';
        end = strstr(head, "\r\n\r\n");
    }
    while ((line = strstr(line, "\r\n")) != NULL && line < end) {
        line += 2;
        if (strncasecmp(line, "Content-Length:", 15) == 0)
            wanted = strtoul(line + 15, NULL, 10);
    }
    have = length - (size_t)(end + 4 - head);
    body = (char *)malloc(wanted + 1);
    REQUIRE(body && have <= wanted);
    memcpy(body, end + 4, have);
    end[2] = '\0';
    for (; have < wanted; have += (size_t)count) {
        count = recv(socket, body + have, wanted - have, 0);
        if (count <= 0) {
            free(body);
            return NULL;
        }
    }
    body[wanted] = '\0';
    *body_length = wanted;
    return body;
}

/* The objects of a body, each as compact JSON, to be freed with it. */
static char **objects_of(const char *body, size_t length, size_t *count)
{
    json_t *envelope = json_loadb(body, length, 0, NULL);
    json_t *list = json_object_get(envelope, "data_object");
    char **objects;

    REQUIRE(json_is_array(list));
    *count = json_array_size(list);
    objects = (char **)calloc(*count + 1, sizeof *objects);
    REQUIRE(objects != NULL);
    for (size_t i = 0; i < *count; i++) {
        objects[i] = json_dumps(json_array_get(list, i), JSON_COMPACT);
        REQUIRE(objects[i] != NULL);
    }
    json_decref(envelope);
    return objects;
}

/* Keeps the objects of a request, with the lock held. */
static void store(struct service *service, char **objects, size_t count)
{
    if (service->stored_count + count > service->stored_capacity) {
        service->stored_capacity = 2 * (service->stored_count + count);
        service->stored = (char **)realloc(service->stored,
            service->stored_capacity * sizeof *service->stored);
        REQUIRE(service->stored != NULL);
    }
    for (size_t i = 0; i < count; i++) {
        service->stored[service->stored_count++] = objects[i];
        objects[i] = NULL;
    }
}

/* --------------------------------------------------------------- an answer */

/* The ids of so many objects, which follow those given before. */
static char *ids(size_t first, size_t count)
{
    size_t size = 3 + count * 96;
    char *list = (char *)malloc(size);
    size_t length = 0;

    REQUIRE(list != NULL);
    list[length++] = '[';
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(list + length, size - length,
            "%s{\"id\":\"id-%lu\",\"event_id\":\"event-%lu\"}", i ? "," : "",
            (unsigned long)(first + i), (unsigned long)(first + i));
    list[length++] = ']';
    list[length] = '\0';
    return list;
}

static int send_all(int socket, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t count = send(socket, bytes, length, MSG_NOSIGNAL);
        if (count <= 0)
            return 0;
        bytes += count;
        length -= (size_t)count;
    }
    return 1;
}

/* Sends a reply. Returns whether the connection goes on. */
static int reply(int socket, size_t number,
                 const struct service_answer *answer, const char *body)
{
    char head[4096];
    int length = snprintf(head, sizeof head,
        "HTTP/1.1 %d Answer\r\nContent-Type: application/json\r\n"
        "X-request-id: service-%lu\r\nContent-Length: %lu\r\n%s\r\n",
        answer->status, (unsigned long)number, (unsigned long)strlen(body),
        answer->headers ? answer->headers : "");

    return send_all(socket, head, (size_t)length)
           && send_all(socket, body, strlen(body));
}

/* Decides about a request and answers it. */
static int serve(struct service *service, int socket, const char *head,
                 char *body, size_t body_length)
{
    struct service_request request;
    struct service_answer answer = { 0, 0, 0, NULL, NULL };
    char **objects = objects_of(body, body_length, &request.count);
    char *list = NULL;
    int goes_on;

    pthread_mutex_lock(&service->lock);
    request.number = service->requests++;
    REQUIRE(request.number < REQUESTS_MAX);
    service->counts[request.number] = request.count;
    service->bodies[request.number] = body;
    if (++service->together > service->together_max)
        service->together_max = service->together;
    pthread_mutex_unlock(&service->lock);

    request.head = head;
    request.body = body;
    request.body_length = body_length;
    request.objects = (const char *const *)objects;
    if (service->decide)
        answer = service->decide(&request, service->context);
    if (answer.status == 0)
        answer.status = 200;

    pthread_mutex_lock(&service->lock);
    list = ids(service->stored_count, request.count);
    if (answer.status == 200 || answer.store)
        store(service, objects, request.count);
    service->together--;
    pthread_mutex_unlock(&service->lock);

    goes_on = !answer.close
              && reply(socket, request.number, &answer,
                       answer.body ? answer.body
                       : answer.status == 200 ? list
                       : "{\"code\":\"SecMaster.1\",\"message\":\"no\"}");
    for (size_t i = 0; i < request.count; i++)
        free(objects[i]);
    free(objects);
    free(list);
    return goes_on;
}

struct service_answer service_gated(const struct service_request *request,
                                    void *context)
{
    struct service_answer answer = { 0, 0, 0, NULL, NULL };
    struct service_gate *gate = (struct service_gate *)context;

    (void)request;
    pthread_mutex_lock(&gate->lock);
    while (!gate->open)
        pthread_cond_wait(&gate->opened, &gate->lock);
    pthread_mutex_unlock(&gate->lock);
    return answer;
}

void service_open(struct service_gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->open = 1;
    pthread_cond_broadcast(&gate->opened);
    pthread_mutex_unlock(&gate->lock);
}

/* ----------------------------------------------------------- the service */

static void *connection(void *context)
{
    struct start start = *(struct start *)context;
    char *head = (char *)malloc(HEAD_MAX + 1);
    size_t length = 0;
    char *body;

    free(context);
    REQUIRE(head != NULL);
    while ((body = receive(start.socket, head, &length)) != NULL)
        if (!serve(start.service, start.socket, head, body, length))
            break;
    free(head);
    pthread_mutex_lock(&start.service->lock);
    close(start.socket);
    start.service->sockets[start.place] = -1;
    pthread_mutex_unlock(&start.service->lock);
    return NULL;
}

static void *listening(void *context)
{
    struct service *service = (struct service *)context;

    for (;;) {
        int socket = accept(service->listener, NULL, NULL);
        struct start *start;

        pthread_mutex_lock(&service->lock);
        if (service->stopping) {
            if (socket >= 0)
                close(socket);
            pthread_mutex_unlock(&service->lock);
            return NULL;
        }
        if (socket >= 0) {
            start = (struct start *)malloc(sizeof *start);
            REQUIRE(start && service->connections < CONNECTIONS_MAX);
            start->service = service;
            start->socket = socket;
            start->place = service->connections++;
            service->sockets[start->place] = socket;
            REQUIRE(pthread_create(&service->threads[start->place], NULL,
                                   connection, start) == 0);
        }
        pthread_mutex_unlock(&service->lock);
    }
}

struct service *service_start(service_decide decide, void *context)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    struct service *service = (struct service *)calloc(1, sizeof *service);

    REQUIRE(service != NULL);
    service->decide = decide;
    service->context = context;
    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    service->listener = socket(AF_INET, SOCK_STREAM, 0);
    REQUIRE(service->listener >= 0);
    REQUIRE(bind(service->listener, (struct sockaddr *)&address, length) == 0);
    REQUIRE(listen(service->listener, 64) == 0);
    REQUIRE(getsockname(service->listener, (struct sockaddr *)&address,
                        &length) == 0);
    snprintf(service->url, sizeof service->url, "http://127.0.0.1:%u",
             (unsigned)ntohs(address.sin_port));
    REQUIRE(pthread_mutex_init(&service->lock, NULL) == 0);
    REQUIRE(pthread_create(&service->thread, NULL, listening, service) == 0);
    return service;
}

const char *service_url(const struct service *service)
{
    return service->url;
}

/* A number that the lock guards. */
static size_t guarded(struct service *service, const size_t *number)
{
    size_t value;

    pthread_mutex_lock(&service->lock);
    value = *number;
    pthread_mutex_unlock(&service->lock);
    return value;
}

size_t service_requests(struct service *service)
{
    return guarded(service, &service->requests);
}

size_t service_together(struct service *service)
{
    return guarded(service, &service->together_max);
}

size_t service_count(struct service *service, size_t request)
{
    return request < service_requests(service)
               ? guarded(service, &service->counts[request]) : 0;
}

const char *service_body(struct service *service, size_t request)
{
    return request < service_requests(service) ? service->bodies[request]
                                               : NULL;
}

size_t service_stored(struct service *service, const char *object)
{
    size_t count = 0;

    pthread_mutex_lock(&service->lock);
    for (size_t i = 0; i < service->stored_count; i++)
        if (!object || strcmp(service->stored[i], object) == 0)
            count++;
    pthread_mutex_unlock(&service->lock);
    return count;
}

void service_stop(struct service *service)
{
    pthread_mutex_lock(&service->lock);
    service->stopping = 1;
    shutdown(service->listener, SHUT_RDWR); /* ends accept */
    for (size_t i = 0; i < service->connections; i++)
        if (service->sockets[i] >= 0)
            shutdown(service->sockets[i], SHUT_RDWR);
    pthread_mutex_unlock(&service->lock);
    pthread_join(service->thread, NULL);
    for (size_t i = 0; i < service->connections; i++)
        pthread_join(service->threads[i], NULL);
    close(service->listener);
    for (size_t i = 0; i < service->requests; i++)
        free(service->bodies[i]);
    for (size_t i = 0; i < service->stored_count; i++)
        free(service->stored[i]);
    free(service->stored);
    pthread_mutex_destroy(&service->lock);
    free(service);
}
