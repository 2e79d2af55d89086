/* SPDX-License-Identifier: Apache-2.0
 *
 * The sink's sockets. Reading never waits; writing does, for the peers are
 * programs that read as soon as there is something to read.
 */
#define _GNU_SOURCE /* accept4 */
#include "sink.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { TLS_BUFFER = 256 << 10 }; /* many records for one call of the kernel */

static SSL_CTX *tls;

static void stop_tls(const char *what)
{
    fprintf(stderr, "%s: ", what);
    ERR_print_errors_fp(stderr);
    exit(EXIT_FAILURE);
}

void wire_use_tls(const char *certificate, const char *key)
{
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes as to a file */
    tls = SSL_CTX_new(TLS_server_method());
    if (!tls || SSL_CTX_use_certificate_chain_file(tls, certificate) != 1
        || SSL_CTX_use_PrivateKey_file(tls, key, SSL_FILETYPE_PEM) != 1)
        stop_tls(certificate);
    SSL_CTX_set_read_ahead(tls, 1);
    SSL_CTX_set_default_read_buffer_len(tls, TLS_BUFFER);
}

int wire_listen(void)
{
    struct sockaddr_in address;
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    memset(&address, 0, sizeof address);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (listener < 0
        || bind(listener, (struct sockaddr *)&address, sizeof address) != 0
        || listen(listener, 128) != 0
        || getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        stop("listen");
    printf("%s://127.0.0.1:%d\n", tls ? "https" : "http",
           ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

/* What is written is kept together until BIO_flush. */
static void begin_tls(struct connection *peer)
{
    BIO *socket = BIO_new_socket(peer->socket, BIO_NOCLOSE);
    BIO *buffer = BIO_new(BIO_f_buffer());

    peer->tls = SSL_new(tls);
    if (!socket || !buffer || !peer->tls
        || BIO_set_write_buffer_size(buffer, TLS_BUFFER) != 1)
        stop_tls("SSL_new");
    SSL_set0_rbio(peer->tls, socket);
    BIO_up_ref(socket);
    SSL_set0_wbio(peer->tls, BIO_push(buffer, socket));
    SSL_set_accept_state(peer->tls);
}

int wire_accept(int listener, struct connection *peer)
{
    int on = 1;

    memset(peer, 0, sizeof *peer);
    peer->socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (peer->socket < 0)
        return 0;
    setsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (tls)
        begin_tls(peer);
    return 1;
}

void wire_close(struct connection *peer)
{
    SSL_free(peer->tls);
    peer->tls = NULL;
    close(peer->socket);
}

ssize_t wire_receive(struct connection *peer, char *bytes, size_t size)
{
    ssize_t got = 0;
    size_t read = 0;

    if (peer->tls) {
        ERR_clear_error();
        if (SSL_read_ex(peer->tls, bytes, size, &read) == 1)
            return (ssize_t)read;
        return SSL_get_error(peer->tls, 0) == SSL_ERROR_WANT_READ ? 0 : -1;
    }
    got = recv(peer->socket, bytes, size, 0);
    if (got < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -1;
    return got > 0 ? got : -1;
}

int wire_has_more(const struct connection *peer)
{
    return peer->tls && SSL_has_pending(peer->tls);
}

/* Waits until more can be written. Returns whether that can be hoped for. */
static int wait_to_write(const struct connection *peer)
{
    struct pollfd socket = {peer->socket, POLLOUT, 0};

    return poll(&socket, 1, -1) >= 0 || errno == EINTR;
}

static void send_tls(struct connection *peer, const char *bytes, size_t length)
{
    size_t written = 0;

    while (SSL_write_ex(peer->tls, bytes, length, &written) != 1) {
        if (SSL_get_error(peer->tls, 0) != SSL_ERROR_WANT_WRITE
            || !wait_to_write(peer))
            return;
    }
    while (BIO_flush(SSL_get_wbio(peer->tls)) != 1) {
        if (!BIO_should_retry(SSL_get_wbio(peer->tls)) || !wait_to_write(peer))
            return;
    }
}

/* When the peer is gone, the next read will tell. */
void wire_send(struct connection *peer, const char *bytes, size_t length)
{
    if (peer->tls) {
        send_tls(peer, bytes, length);
        return;
    }
    while (length > 0) {
        ssize_t sent = send(peer->socket, bytes, length, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR && errno != EAGAIN)
            return;
        if (sent < 0 && !wait_to_write(peer))
            return;
        bytes += sent > 0 ? sent : 0;
        length -= sent > 0 ? (size_t)sent : 0;
    }
}
