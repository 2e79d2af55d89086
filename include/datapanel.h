/* SPDX-License-Identifier: Apache-2.0
 *
 * libdatapanel builds and submits batch-create requests to the SecMaster data
 * panel: it takes JSON objects (alerts, incidents, indicators), sends them in
 * one HTTP call, and tells for each object what became of it. It keeps the
 * bytes it is given: what you add is what is sent. When an attempt may have
 * worked it never sends the object again without telling you.
 *
 *     #include <datapanel.h>
 *     #include <stdio.h>
 *     #include <string.h>
 *
 *     int main(void)
 *     {
 *         const char *json = "{\"title\":\"SSH brute force\"}";
 *         dp_error *error = NULL;
 *         dp_reports *reports = NULL;
 *         dp_config *config = dp_config_new();
 *         dp_request *request = dp_request_new();
 *         dp_client *client = NULL;
 *         dp_code code = dp_config_load(config, NULL, &error);
 *         if (code == DP_OK) {
 *             client = dp_client_new(config, &error);
 *             code = client ? DP_OK : dp_error_code(error);
 *         }
 *         if (code == DP_OK)
 *             code = dp_request_add(request, json, strlen(json), &error);
 *         if (code == DP_OK)
 *             code = dp_client_submit(client,
 *                 "9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02", request, 0,
 *                 &reports, &error);
 *         if (code == DP_OK)
 *             puts(dp_reports_at(reports, 0)->id);
 *         else
 *             fprintf(stderr, "%s\n", dp_error_message(error));
 *         dp_reports_free(reports);
 *         dp_request_free(request);
 *         dp_client_free(client);
 *         dp_config_free(config);
 *         dp_error_free(error);
 *         return code == DP_OK ? 0 : 1;
 *     }
 *
 * Build it with: cc program.c $(pkg-config --cflags --libs datapanel)
 *
 * Ownership
 *   copied    what you pass in is copied; you may reuse it at once. Nothing is
 *             ever taken over from you, whether the call succeeds or fails.
 *   borrowed  a returned `const` pointer belongs to a handle and lives exactly
 *             as long as that handle does.
 *   owned     a returned `char *` is yours; release it with dp_free. A handle
 *             is yours; release it with its own _free. Every _free takes NULL.
 *
 * Threads
 *   A dp_client and a dp_producer may be used by any number of threads at
 *   once. Every other handle is for one thread at a time; several threads may
 *   read the same handle while nobody changes it. The library installs no
 *   signal handler and raises no SIGPIPE. A client starts no thread, a
 *   producer exactly one; libcurl may look a host name up in one of its own.
 *   Functions that can wait take milliseconds.
 *   In a child process made by fork, an inherited client or producer answers
 *   DP_E_FORKED; free it and make another.
 *
 * Errors
 *   A call answers with a dp_code, enough to branch on. A call that can say
 *   more takes `dp_error **error_out`: NULL when you do not want it; otherwise
 *   it is set to NULL on success and to an owned error on failure.
 *   NULL where a pointer is needed answers DP_E_ARGUMENT; it never crashes.
 *   What became of an object that was sent is in its report, not in the error.
 *
 * Compatibility
 *   The library is libdatapanel.so.1 for as long as this header only grows.
 *   Numbers are never reused and new ones will appear: treat a code that you
 *   do not know as a failure. dp_report grows at its end only; its `size`
 *   says how much of it this library filled.
 */
#ifndef DATAPANEL_H
#define DATAPANEL_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ------------------------------------------------------------- version -- */

/* The version of this header. dp_version() tells that of the library. */
#define DP_VERSION "0.1.0"

/* The version of the library in use, such as "0.1.0". A static string. */
const char *dp_version(void);

/* Whether this library can do something: 1 for yes, 0 for no, NULL or an
 * unknown name. Names: "https", "http2", "embedded" (the flavour without a
 * Swift runtime). Since 0.1.0. */
int32_t dp_has_feature(const char *name);

/* Releases what the library returned as `char *`. NULL is allowed. */
void dp_free(void *pointer);

/* -------------------------------------------------------------- errors -- */

/* What a call, or the submission of an object, came to. */
typedef int32_t dp_code;
enum {
    DP_OK = 0,

    /* 1xx: the call asked for something that cannot be done. */
    DP_E_ARGUMENT = 100,  /* NULL, empty or out of range */
    DP_E_CONFIG = 101,    /* unknown setting, bad value, or two that clash */
    DP_E_JSON = 102,      /* not a JSON object; field "offset" tells where */
    DP_E_PATH = 103,      /* a member path that does not parse or fit */
    DP_E_EMPTY = 104,     /* a request without objects */
    DP_E_TOO_LARGE = 105, /* above the service's size limit */

    /* 2xx: this machine. */
    DP_E_NOMEM = 200,      /* memory ran out */
    DP_E_FILE = 201,       /* a file cannot be read */
    DP_E_QUEUE_FULL = 202, /* no room for the object now */
    DP_E_WAIT = 203,       /* the time to wait is over */
    DP_E_SPOOL = 204,      /* the spool cannot be opened, or take more */
    DP_E_INTERNAL = 299,   /* a defect in this library; please report it */

    /* 3xx: the way to the service. */
    DP_E_RESOLVE = 300,    /* the host name has no address */
    DP_E_CONNECT = 301,    /* no connection to the host */
    DP_E_TLS = 302,        /* the TLS handshake broke off */
    DP_E_TLS_VERIFY = 303, /* the certificate was refused */
    DP_E_PROXY = 304,      /* the proxy refused to connect */
    DP_E_SEND = 305,       /* broke off before the whole body was out */
    DP_E_NO_REPLY = 306,   /* the body was out, then the connection ended */
    DP_E_TIMEOUT = 307,    /* the body was out, then time ran out */

    /* 4xx: what the service said. */
    DP_E_REJECTED = 400,   /* the service refused the objects */
    DP_E_AUTH = 401,       /* the credentials were refused, or there are none */
    DP_E_FORBIDDEN = 403,  /* permission, quota or address rule */
    DP_E_ENDPOINT = 404,   /* wrong address, ids, or something in between */
    DP_E_THROTTLED = 429,  /* too many calls */
    DP_E_SERVER = 450,     /* the service or its gateway failed */
    DP_E_REPLY = 460,      /* accepted, but the reply cannot be used */
    DP_E_REPLY_ITEM = 461, /* accepted, but without an id for this object */
    DP_E_NAME = 470,       /* no id has this name, or more than one has */

    /* 5xx: the life of a handle or of an object. */
    DP_E_FORKED = 500,    /* the handle belongs to the parent process */
    DP_E_CANCELLED = 501, /* given up on request */
    DP_E_EXPIRED = 502,   /* not delivered within its time */
    DP_E_CLOSED = 503     /* the producer was closed */
};

/* The name of a code, such as "DP_E_CONNECT"; "DP_E_UNKNOWN" for a number that
 * this library does not know. A static string. */
const char *dp_code_name(dp_code code);

/* Whether the service could hold an object now. */
typedef int32_t dp_stored;
enum {
    DP_STORED_NO = 0,    /* it does not: sending again is safe */
    DP_STORED_MAYBE = 1, /* nobody can tell: sending again may duplicate */
    DP_STORED_YES = 2    /* it does, and the id is known */
};

/* Why a call failed. Read-only and owned; see dp_error_free. */
typedef struct dp_error dp_error;

/* The error's code; DP_OK for NULL. */
dp_code dp_error_code(const dp_error *error);

/* One sentence: what was attempted, what came of it, and what to do. Borrowed
 * from the error; "" for NULL. Never holds a secret. */
const char *dp_error_message(const dp_error *error);

/* A detail by name; NULL when the error has none such. Borrowed from the
 * error. Names:
 *   "http_status"     the reply's status, "403"
 *   "server_code"     the service's own code, "SecMaster.20010001"
 *   "server_message"  the service's own text
 *   "request_id"      the service's X-request-id, to quote to its operators
 *   "stored"          "no", "maybe" or "yes"
 *   "attempts"        how many times the request was tried
 *   "retry_after_ms"  how long the service asked to wait
 *   "curl"            libcurl's text for what went wrong
 *   "offset"          where in the given text the fault is, in bytes from 0
 *   "key"             the setting, request field or path that is at fault
 *   "reply"           the first bytes of a reply that could not be used */
const char *dp_error_field(const dp_error *error, const char *name);

/* Releases an error. NULL is allowed. */
void dp_error_free(dp_error *error);

/* -------------------------------------------------------------- config -- */

/* Settings, each a key and a text value. docs/CONFIGURATION.md lists them. */
typedef struct dp_config dp_config;

/* A new set of settings with every default and nothing else: neither the
 * environment nor any file is read. Owned; NULL when memory ran out. */
dp_config *dp_config_new(void);

/* Sets one setting, for example ("request.timeout", "20s"). The value carries
 * its unit: "500ms", "30s", "5m"; "64KiB", "1MiB"; plain numbers count. Key
 * and value are copied. Settings that clash are found by dp_client_new.
 * Returns DP_OK; DP_E_ARGUMENT for NULL; DP_E_CONFIG for an unknown key (the
 * message names the nearest) or a value out of range; DP_E_NOMEM. */
dp_code dp_config_set(dp_config *config, const char *key, const char *value,
                      dp_error **error_out);

/* Reads settings from a file of `key = value` lines ('#' starts a comment
 * line), or from the environment when `path` is NULL: DATAPANEL_ENDPOINT,
 * DATAPANEL_PROJECT_ID and so on, the key in upper case with '_' for '.'.
 * All or nothing: after a failure the settings are as they were.
 * Returns DP_OK; DP_E_ARGUMENT for NULL `config`; DP_E_FILE when the file
 * cannot be read; DP_E_CONFIG for the first bad line or variable, named in
 * the message; DP_E_NOMEM. */
dp_code dp_config_load(dp_config *config, const char *path,
                       dp_error **error_out);

/* The value in force: as it was set, else the default ("" where there is
 * none); "[redacted]" for a secret that is set. NULL for an unknown key.
 * Borrowed from the config. */
const char *dp_config_get(const dp_config *config, const char *key);

/* Every setting with its type, range, default and meaning, as a JSON array:
 * what CONFIGURATION.md is made from. Owned; NULL when memory ran out. */
char *dp_config_describe(void);

/* Receives one line of the log, without a line end. `level` counts as in
 * syslog: 3 error, 4 warning, 6 information, 7 debug. `area` is one word, such
 * as "conn", "retry" or "auth". Both strings are borrowed for the call. */
typedef void (*dp_log_fn)(int32_t level, const char *area, const char *message,
                          void *context);

/* Sends the log of clients made from this config to `log`; NULL, the default,
 * keeps them silent. `log` is called on the thread that called the library,
 * with no lock held, and never with a secret or a payload. Debug lines come
 * only for the areas named in the setting "debug".
 * Returns DP_OK; DP_E_ARGUMENT for NULL `config`. */
dp_code dp_config_set_log(dp_config *config, dp_log_fn log, void *context);

/* Releases the settings; clients made from them keep their own copy. */
void dp_config_free(dp_config *config);

/* -------------------------------------------------------------- object -- */

/* A JSON object under construction, for programs that have no JSON library.
 * A program that has its object as text needs none of this. */
typedef struct dp_object dp_object;

/* A new object without members. Owned; NULL when memory ran out. */
dp_object *dp_object_new(void);

/* Each of these sets the member that `path` names, making the objects and
 * arrays on the way, and replaces what was there. A path is member names
 * joined by dots, with array steps in brackets:
 *   "title"                        a member
 *   "data_source.product_name"     a member of a member
 *   "network_list[+].src_ip"       appends an element, then sets its member
 *   "network_list[-1].dest_ip"     the last element
 *   "network_list[0].direction"    an element by position
 * A backslash makes the next character part of the name: "a\\.b" in C.
 * Path and value are copied.
 * All return DP_OK; DP_E_ARGUMENT for NULL or a value that JSON cannot hold
 * (text that is not UTF-8, a real that is not finite); DP_E_PATH for a path
 * that does not parse, steps into something that is no object or array, or
 * lies beyond an array's end; DP_E_NOMEM. The object is unchanged then.
 * dp_object_set_json also returns DP_E_JSON, with "offset", when `json` (any
 * JSON value of `len` bytes) does not parse; it reads integers of 64 bits. */
dp_code dp_object_set_string(dp_object *object, const char *path,
                             const char *value, dp_error **error_out);
dp_code dp_object_set_int(dp_object *object, const char *path, int64_t value,
                          dp_error **error_out);
dp_code dp_object_set_real(dp_object *object, const char *path, double value,
                           dp_error **error_out);
dp_code dp_object_set_bool(dp_object *object, const char *path, int32_t value,
                           dp_error **error_out);
dp_code dp_object_set_null(dp_object *object, const char *path,
                           dp_error **error_out);
dp_code dp_object_set_json(dp_object *object, const char *path,
                           const char *json, size_t len, dp_error **error_out);

/* The object as compact JSON text, NUL-terminated; its length goes to
 * `len_out` unless that is NULL. Owned; NULL for NULL or when memory ran
 * out. */
char *dp_object_json(const dp_object *object, size_t *len_out);

/* Releases an object; requests that it was added to keep their copy. */
void dp_object_free(dp_object *object);

/* ------------------------------------------------------------- request -- */

/* One batch-create call: an envelope and its objects. */
typedef struct dp_request dp_request;

/* A new request without objects, its envelope {"format_version":1}. Owned;
 * NULL when memory ran out. */
dp_request *dp_request_new(void);

/* Sets one member of the envelope; NULL as `value` leaves the member out.
 *   "format_version"  an integer of 32 bits; "1" from the start
 *   "name" "type"     text
 *   "trigger_flag"    "true" or "false"
 *   "id"              text; newer revisions of the service know it
 * Returns DP_OK; DP_E_ARGUMENT for NULL, an unknown field, or a value that
 * does not fit it; DP_E_NOMEM. */
dp_code dp_request_set(dp_request *request, const char *field,
                       const char *value, dp_error **error_out);

/* Adds one object, given as JSON text of `len` bytes. The text is checked in
 * one pass (RFC 8259, UTF-8, at most 512 levels deep) and copied; it is sent
 * exactly as it stands, numbers, order and duplicate names included.
 * Returns DP_OK; DP_E_ARGUMENT for NULL; DP_E_JSON with "offset" when it is
 * not a JSON object; DP_E_TOO_LARGE when the body would pass 12,000,000
 * bytes; DP_E_NOMEM. The request is unchanged after a failure. */
dp_code dp_request_add(dp_request *request, const char *json, size_t len,
                       dp_error **error_out);

/* Adds a built object; it is copied as it is now.
 * Returns as dp_request_add. */
dp_code dp_request_add_object(dp_request *request, const dp_object *object,
                              dp_error **error_out);

/* How many objects the request has; 0 for NULL. */
size_t dp_request_count(const dp_request *request);

/* The exact bytes of the body that a client with these settings sends;
 * `config` may be NULL for the defaults (only "request.list_field" matters).
 * NUL-terminated; the length goes to `len_out` unless that is NULL. Owned.
 * NULL, with an error, for NULL (DP_E_ARGUMENT), no objects (DP_E_EMPTY), a
 * body above 12,000,000 bytes (DP_E_TOO_LARGE), or DP_E_NOMEM. */
char *dp_request_body(const dp_request *request, const dp_config *config,
                      size_t *len_out, dp_error **error_out);

/* Releases a request; reports about it keep what they need. */
void dp_request_free(dp_request *request);

/* -------------------------------------------------------------- client -- */

/* Submits requests, one call at a time per thread, over connections that it
 * keeps open between calls. */
typedef struct dp_client dp_client;

/* What became of each object of a request, in the request's order. */
typedef struct dp_reports dp_reports;

/* A client with a copy of these settings. Opens no connection yet. "project.id"
 * and "workspace.id" are needed by the calls that use them, not here. Each may
 * be an id or, as "name:demo", a name: the first call that needs its id looks
 * it up as dp_client_lookup does, for all threads together, and within its own
 * time. Without "project.id" it is the project that has the name of "region".
 * Where "region" is set, the vendor's variables or its file of regions may say
 * where the services are. With "auth" = "default" credentials are looked for,
 * and the first that are found count:
 *   1. settings: "auth.token", or "auth.access_key" and "auth.secret_key", or
 *      "auth.user", "auth.password" and "auth.domain";
 *   2. the variables HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and, for temporary
 *      keys, HUAWEICLOUD_SDK_SECURITY_TOKEN;
 *   3. ak, sk and security_token in the section [basic] of the file that
 *      HUAWEICLOUD_SDK_CREDENTIALS_FILE names, or ~/.huaweicloud/credentials;
 *   4. the metadata service of a cloud server, at "metadata.endpoint". It is
 *      asked by the first call, not here; its keys are renewed before they end.
 * "project.id", where it is not set, is first what 2 or 3 say it is. Owned.
 * NULL, with an error: DP_E_ARGUMENT for NULL; DP_E_CONFIG when a needed
 * setting, or one of two keys, is missing, or two settings clash (both are
 * named); DP_E_FILE for a named file that cannot be read; DP_E_NOMEM. */
dp_client *dp_client_new(const dp_config *config, dp_error **error_out);

/* Changes a setting of a client in use; calls that begin later see it. The
 * settings marked "runtime" in docs/CONFIGURATION.md can be changed, such as
 * "auth.token" and "debug". A new "auth.user" or "auth.domain" counts from the
 * next change of "auth.password", a new "auth.access_key" or
 * "auth.security_token" from that of "auth.secret_key". Where keys come from
 * the metadata service, a new token, password or secret key takes its place.
 * Safe from any thread.
 * Returns DP_OK; DP_E_ARGUMENT for NULL; DP_E_CONFIG for other keys and bad
 * values; DP_E_FORKED; DP_E_NOMEM. */
dp_code dp_client_set(dp_client *client, const char *key, const char *value,
                      dp_error **error_out);

/* Finds the id that has a name. `kind` is one of
 *   "project"    by its name, which is often that of its region; IAM is asked
 *   "workspace"  by its name; needs "project.id" or "region"
 *   "dataclass"  by its name, such as "Alert", or, where no name fits, by its
 *                business code; needs "workspace.id" as well
 * Names are compared exactly, upper and lower case included. `timeout_ms`
 * bounds the whole call; 0 stands for the setting "request.timeout". Within it
 * the call tries again whatever may pass, for nothing is changed by asking.
 * `id_out` receives the id, NULL on failure. Owned; release it with dp_free.
 * Safe from any thread.
 * Returns DP_OK; DP_E_NAME, with the nearest names or with the ids that have
 * it in the message; DP_E_ARGUMENT for NULL, negative time, another kind or a
 * name that is empty or has a control character; DP_E_CONFIG for an id or an
 * address that is needed and not set; DP_E_NOMEM; DP_E_FORKED; or what the
 * attempt came to, DP_E_RESOLVE to DP_E_REPLY, with "stored" always "no". */
dp_code dp_client_lookup(dp_client *client, const char *kind, const char *name,
                         int32_t timeout_ms, char **id_out,
                         dp_error **error_out);

/* Submits the request to a target and waits for the outcome. A target is a
 * data class id, or its name as "name:Alert": that is looked up as by
 * dp_client_lookup when the client meets it first, by one thread for all, and
 * once more when the service knows the id no longer (404, or its codes for an
 * unknown data class or workspace); so are the names of project and workspace.
 * `timeout_ms` bounds the whole call,
 * look-ups, attempts and the pauses between them together; 0 stands for the
 * setting "request.timeout".
 *
 * The call tries again, after a pause, only when the service certainly holds
 * nothing and might accept later (no connection, throttled); it never repeats
 * an attempt that may have been stored, and follows no redirect.
 *
 * `reports_out` receives one report for each object, also when the call fails
 * after something was attempted; it is NULL when nothing was. Owned. It may
 * itself be NULL. The request is not changed and can be submitted again.
 *
 * Safe from any thread; the calling thread waits. Other threads may submit
 * the same request at the same time.
 *
 * Returns DP_OK when every object is stored. Before anything is attempted:
 * DP_E_ARGUMENT (NULL, negative time, a target that is empty, has a control
 * character or, in an id, '/'), DP_E_CONFIG ("project.id" or "workspace.id" is
 * not set), DP_E_EMPTY, DP_E_TOO_LARGE, DP_E_NOMEM, DP_E_FORKED; of a name also
 * what dp_client_lookup returns.
 * Otherwise the code of the outcome, DP_E_RESOLVE to DP_E_REPLY_ITEM,
 * DP_E_TOO_LARGE or DP_E_NOMEM, with "stored" in the error. */
dp_code dp_client_submit(dp_client *client, const char *target,
                         const dp_request *request, int32_t timeout_ms,
                         dp_reports **reports_out, dp_error **error_out);

/* Releases a client and closes its connections. No call may be using it. In a
 * child made by fork it leaves the parent's connections alone. */
void dp_client_free(dp_client *client);

/* ------------------------------------------------------------- reports -- */

/* Bits of a report's flags. */
enum {
    DP_POSSIBLE_DUPLICATE = 1, /* the object is stored, and an earlier attempt
                                  may have stored it, too */
    DP_DEAD_LETTERED = 2,      /* it failed, and stands with its reason in the
                                  file "dead_letter.path", safe from a loss of
                                  power: docs/DEAD_LETTERS.md */
    DP_RECOVERED = 4           /* a former process took the object; its spool
                                  handed it on, and `opaque` is NULL */
};

/* The outcome of one object. Read-only; borrowed from its dp_reports, and so
 * is everything it points to. Pointers are NULL where there is nothing. */
typedef struct dp_report {
    uint32_t size;       /* of this struct as the library knows it, in bytes */
    dp_code code;        /* DP_OK: stored, and `id` is known */
    dp_stored stored;    /* whether the service could hold the object */
    uint32_t flags;      /* bits as above; ignore unknown ones */
    uint64_t ticket;     /* of dp_producer_send; of a client the object's
                            position in the request, from 0 */
    void *opaque;        /* of dp_producer_send; NULL from a client */
    const char *id;      /* the service's id of the object */
    const char *event_id;
    const char *message; /* one sentence, when code is not DP_OK */
    const char *server_code;
    const char *request_id;
    const void *payload; /* the object's exact bytes, when not DP_OK; for the
                            exception see dp_producer_poll */
    size_t payload_len;
    int32_t http_status; /* 0 when no status line arrived */
    uint32_t attempts;   /* how many times the object was sent, or tried */
    int64_t queued_us;   /* when it was handed over: microseconds of Unix */
    int64_t finished_us; /* time; and when its outcome was known */
} dp_report;

/* How many reports there are; 0 for NULL. */
size_t dp_reports_count(const dp_reports *reports);

/* The report at a position from 0; NULL beyond the end or for NULL. */
const dp_report *dp_reports_at(const dp_reports *reports, size_t index);

/* Releases reports and all that was borrowed from them. */
void dp_reports_free(dp_reports *reports);

/* ------------------------------------------------------------ producer -- */

/* Takes objects one by one from any thread, sends them in batches over a
 * thread of its own, tries again what was certainly not stored, and reports
 * once about each object. An object that was taken is never dropped: it is
 * reported, or handed back by dp_producer_close.
 *
 * With the setting "spool.path" it is written to that folder first, and is
 * there until its outcome is known: when the process ends before, however it
 * ends, the next producer with the same folder goes on with it. Then the queue
 * in memory ("queue.objects", "queue.bytes") bounds nothing but memory: what
 * finds no room in it waits on the disk, up to "spool.bytes". See
 * docs/SPOOL.md. */
typedef struct dp_producer dp_producer;

/* A producer with a copy of these settings, and its thread: named "datapanel",
 * with all signals blocked. The log function is called on that thread. Owned.
 * Credentials are found as by dp_client_new.
 * NULL, with an error: DP_E_ARGUMENT for NULL; DP_E_CONFIG when a needed
 * setting is missing or two of them clash; DP_E_FILE, also when
 * "dead_letter.path" is no regular file that can be written; DP_E_SPOOL when
 * the folder of the spool cannot be used, or another producer has it;
 * DP_E_NOMEM, also when the system gives no thread. With a spool that is synced
 * there is a second thread, "datapanel-sync", which does nothing else. */
dp_producer *dp_producer_new(const dp_config *config, dp_error **error_out);

/* Takes one object for a target: JSON text of `len` bytes, checked and copied
 * as by dp_request_add. A target is a data class id, or its name as
 * "name:Alert". When the queue is full it waits for room for up to
 * `timeout_ms`; 0 never waits. `ticket_out`, unless NULL, receives the
 * number that the report will carry, counted from 1; `opaque` comes back in
 * the report as it is. With a spool tickets go on where the former process
 * stopped, or above, and none is given twice.
 *
 * With "spool.sync" = "always" it returns once the object is on the disk, which
 * "timeout_ms" does not bound; threads that send at once share a sync.
 *
 * An object for a name is taken at once. The producer's thread looks the id up
 * as dp_client_lookup does, one request for all its objects, which wait
 * meanwhile; other targets do not. So it does with names in "project.id" and
 * "workspace.id". What may pass (no connection, throttled) is tried again as
 * for objects. When no id has the name, or several have it, that is a wrong
 * setting like a wrong id: the objects stay, the log and the statistics
 * ("blocked_by") say why, with the nearest names or all the ids, and the name
 * is tried again after 5 s, less and less often up to every 5 minutes, and at
 * once after dp_producer_set. Objects that outlive "delivery.timeout" are
 * reported with DP_E_EXPIRED, not stored, and the message of the look-up;
 * dp_producer_purge gives them up earlier. A name whose id the service knows
 * no longer (as for dp_client_submit) is looked up again at once: another id
 * is used from then on, and the same one blocks the target as any 404 does.
 *
 * Safe from any thread.
 * Returns DP_OK when the object was taken. Otherwise it was not: DP_E_ARGUMENT
 * for NULL, negative time or a bad target; DP_E_JSON with "offset";
 * DP_E_TOO_LARGE when it fits into no request; DP_E_QUEUE_FULL; DP_E_SPOOL
 * when the disk is full or fails; DP_E_CLOSED; DP_E_FORKED; DP_E_NOMEM. */
dp_code dp_producer_send(dp_producer *producer, const char *target,
                         const char *json, size_t len, void *opaque,
                         int32_t timeout_ms, uint64_t *ticket_out,
                         dp_error **error_out);

/* Takes many objects of one target: `text` of `len` bytes is either one JSON
 * array of objects or a sequence of objects with white space between, such as
 * NDJSON. They are taken in order until one cannot be: `count_out` receives
 * how many were, also on failure, and `first_ticket_out` the ticket of the
 * first; the others follow in order unless other threads send, too. Both may
 * be NULL. `timeout_ms` bounds the whole call. All get the same `opaque`.
 * Safe from any thread.
 * Returns as dp_producer_send; of a bad object "offset" counts from `text`.
 * An empty text or array is DP_OK. */
dp_code dp_producer_send_many(dp_producer *producer, const char *target,
                              const char *text, size_t len, void *opaque,
                              int32_t timeout_ms, uint64_t *first_ticket_out,
                              size_t *count_out, dp_error **error_out);

/* Collects reports, `max` at the most (0: as many as there are), and waits up
 * to `timeout_ms` while there is none. `reports_out` receives them, owned, or
 * NULL when there is none. Reports of one target come in the order of their
 * outcomes. The setting "reports" says which outcomes are reported at all.
 * Reports take no room of the queue. When nobody collects them, the oldest
 * beyond 100,000 are dropped; and when the payloads of failed objects and the
 * queue together pass 1.25 times "queue.bytes", the oldest reports stay but
 * lose their payloads. Both are counted in the statistics.
 * Safe from any thread.
 * Returns DP_OK, with or without reports; DP_E_ARGUMENT; DP_E_FORKED;
 * DP_E_NOMEM, when the reports stay for the next call. */
dp_code dp_producer_poll(dp_producer *producer, int32_t timeout_ms, size_t max,
                         dp_reports **reports_out);

/* A descriptor for the program's own event loop: readable while reports wait,
 * and after DP_E_QUEUE_FULL once there is room again, until the next
 * dp_producer_poll. Only to be waited for, never read or closed. -1 for NULL.
 * Borrowed from the producer. */
int dp_producer_event_fd(const dp_producer *producer);

/* Sends what was taken so far without waiting for full batches, and waits up
 * to `timeout_ms` until all of it has its outcome.
 * Safe from any thread.
 * Returns DP_OK; DP_E_WAIT when the time was over first, and things go on as
 * before; DP_E_ARGUMENT; DP_E_CLOSED; DP_E_FORKED. */
dp_code dp_producer_flush(dp_producer *producer, int32_t timeout_ms,
                          dp_error **error_out);

/* Changes a setting of a producer in use: those that dp_client_set takes.
 * Targets that wait for better credentials, or for a name, try at once.
 * Safe from any thread.
 * Returns as dp_client_set. */
dp_code dp_producer_set(dp_producer *producer, const char *key,
                        const char *value, dp_error **error_out);

/* How many objects, and bytes of them, were taken and have no outcome yet, in
 * memory and in the spool. The bytes of what a former process left are about.
 * Both pointers may be NULL. Safe from any thread.
 * Returns DP_OK; DP_E_ARGUMENT for NULL `producer`; DP_E_FORKED. */
dp_code dp_producer_queued(const dp_producer *producer, size_t *objects_out,
                           size_t *bytes_out);

/* Stops sending to a target (`on` is 1) or goes on with it (0); NULL as
 * `target` stands for all. Objects are taken all the same, requests under way
 * end as they do, and "delivery.timeout" runs on.
 * Safe from any thread.
 * Returns DP_OK; DP_E_ARGUMENT for NULL `producer` or a bad target;
 * DP_E_CLOSED; DP_E_FORKED; DP_E_NOMEM. */
dp_code dp_producer_pause(dp_producer *producer, const char *target,
                          int32_t on);

/* Gives up what waits for a target, NULL for all: each object is reported with
 * DP_E_CANCELLED and its payload, those that wait on the disk alone as soon as
 * they are read. Requests under way end as they do. How many objects were
 * given up goes to `count_out` unless that is NULL.
 * Safe from any thread.
 * Returns as dp_producer_pause. */
dp_code dp_producer_purge(dp_producer *producer, const char *target,
                          size_t *count_out);

/* What happened so far: counters, histograms of batch sizes and of times, and
 * the state of each target; docs/STATISTICS.md describes them. `format` is
 * "json", also for NULL, or "prometheus", the text that Prometheus reads.
 * Owned; NULL for NULL, another format, in a forked child, or when memory ran
 * out. Safe from any thread. */
char *dp_producer_stats(dp_producer *producer, const char *format);

/* Takes no more objects, sends what it has, waits for up to `timeout_ms`, and
 * stops the thread. What has no outcome then comes back in `left_out` as
 * reports with DP_E_CANCELLED, "stored" and payload; owned, NULL when nothing
 * is left. Reports that nobody collected can still be polled. With
 * "dead_letter.path" what is left is written there, too.
 * With a spool nothing is handed back: what has no outcome stays there, and the
 * next process reports it. The folder is free for it when this returns, or as
 * soon as the disk has written what it was given.
 * Returns DP_OK when nothing is left; DP_E_CANCELLED when something is;
 * DP_E_ARGUMENT; DP_E_CLOSED when it was closed before; DP_E_FORKED;
 * DP_E_NOMEM, when it is not closed and goes on. */
dp_code dp_producer_close(dp_producer *producer, int32_t timeout_ms,
                          dp_reports **left_out, dp_error **error_out);

/* Releases a producer at once, in at most 250 ms: a call under way is broken
 * off, and what has no outcome is lost, with a line in the log that counts it;
 * with a spool it stays there.
 * Use dp_producer_close first. No call may be using it. In a child made by
 * fork it leaves the parent's thread and connections alone. */
void dp_producer_free(dp_producer *producer);

#ifdef __cplusplus
}
#endif

#endif /* DATAPANEL_H */
