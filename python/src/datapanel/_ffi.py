# SPDX-License-Identifier: Apache-2.0
"""The C interface, declared as include/datapanel.h declares it, and the library that has it.

tests/test_header.py holds every line of this file against the header. Nothing from here leaves
the package.
"""

from __future__ import annotations

import os
from ctypes import (
    CDLL,
    CFUNCTYPE,
    POINTER,
    Structure,
    c_char,
    c_char_p,
    c_double,
    c_int,
    c_int32,
    c_int64,
    c_size_t,
    c_uint32,
    c_uint64,
    c_void_p,
)
from typing import Any

from ._version import __version__

SONAME = "libdatapanel.so.1"

dp_code = c_int32
dp_stored = c_int32

DP_POSSIBLE_DUPLICATE = 1
DP_RECOVERED = 4
"""A bit of a report's flags: an earlier attempt may have stored the object, too."""

DP_DEAD_LETTERED = 2
"""A bit of a report's flags: the object stands in the file of dead letters."""


class dp_error(Structure):
    """Opaque."""


class dp_config(Structure):
    """Opaque."""


class dp_object(Structure):
    """Opaque."""


class dp_request(Structure):
    """Opaque."""


class dp_client(Structure):
    """Opaque."""


class dp_reports(Structure):
    """Opaque."""


class dp_producer(Structure):
    """Opaque."""


class dp_report(Structure):
    """The outcome of one object; read-only and borrowed from its dp_reports."""

    _fields_ = (
        ("size", c_uint32),
        ("code", dp_code),
        ("stored", dp_stored),
        ("flags", c_uint32),
        ("ticket", c_uint64),
        ("opaque", c_void_p),
        ("id", c_char_p),
        ("event_id", c_char_p),
        ("message", c_char_p),
        ("server_code", c_char_p),
        ("request_id", c_char_p),
        ("payload", c_void_p),
        ("payload_len", c_size_t),
        ("http_status", c_int32),
        ("attempts", c_uint32),
        ("queued_us", c_int64),
        ("finished_us", c_int64),
    )


dp_log_fn = CFUNCTYPE(None, c_int32, c_char_p, c_char_p, c_void_p)

_error = POINTER(dp_error)
_config = POINTER(dp_config)
_object = POINTER(dp_object)
_request = POINTER(dp_request)
_client = POINTER(dp_client)
_reports = POINTER(dp_reports)
_producer = POINTER(dp_producer)
_report = POINTER(dp_report)
_error_out = POINTER(_error)
_reports_out = POINTER(_reports)
_len_out = POINTER(c_size_t)
_count_out = POINTER(c_size_t)
_ticket_out = POINTER(c_uint64)

# A `char *` that is ours to free must stay a pointer; c_char_p would turn it into bytes.
_owned_text = POINTER(c_char)
_text_out = POINTER(_owned_text)

# Name -> (what it returns, what it takes), in the order of the header.
PROTOTYPES: dict[str, tuple[Any, tuple[Any, ...]]] = {
    "dp_version": (c_char_p, ()),
    "dp_has_feature": (c_int32, (c_char_p,)),
    "dp_free": (None, (c_void_p,)),
    "dp_code_name": (c_char_p, (dp_code,)),
    "dp_error_code": (dp_code, (_error,)),
    "dp_error_message": (c_char_p, (_error,)),
    "dp_error_field": (c_char_p, (_error, c_char_p)),
    "dp_error_free": (None, (_error,)),
    "dp_config_new": (_config, ()),
    "dp_config_set": (dp_code, (_config, c_char_p, c_char_p, _error_out)),
    "dp_config_load": (dp_code, (_config, c_char_p, _error_out)),
    "dp_config_get": (c_char_p, (_config, c_char_p)),
    "dp_config_describe": (_owned_text, ()),
    "dp_config_set_log": (dp_code, (_config, dp_log_fn, c_void_p)),
    "dp_config_free": (None, (_config,)),
    "dp_object_new": (_object, ()),
    "dp_object_set_string": (dp_code, (_object, c_char_p, c_char_p, _error_out)),
    "dp_object_set_int": (dp_code, (_object, c_char_p, c_int64, _error_out)),
    "dp_object_set_real": (dp_code, (_object, c_char_p, c_double, _error_out)),
    "dp_object_set_bool": (dp_code, (_object, c_char_p, c_int32, _error_out)),
    "dp_object_set_null": (dp_code, (_object, c_char_p, _error_out)),
    "dp_object_set_json": (dp_code, (_object, c_char_p, c_char_p, c_size_t, _error_out)),
    "dp_object_json": (_owned_text, (_object, _len_out)),
    "dp_object_free": (None, (_object,)),
    "dp_request_new": (_request, ()),
    "dp_request_set": (dp_code, (_request, c_char_p, c_char_p, _error_out)),
    "dp_request_add": (dp_code, (_request, c_char_p, c_size_t, _error_out)),
    "dp_request_add_object": (dp_code, (_request, _object, _error_out)),
    "dp_request_count": (c_size_t, (_request,)),
    "dp_request_body": (_owned_text, (_request, _config, _len_out, _error_out)),
    "dp_request_free": (None, (_request,)),
    "dp_client_new": (_client, (_config, _error_out)),
    "dp_client_set": (dp_code, (_client, c_char_p, c_char_p, _error_out)),
    "dp_client_lookup": (
        dp_code,
        (_client, c_char_p, c_char_p, c_int32, _text_out, _error_out),
    ),
    "dp_client_submit": (
        dp_code,
        (_client, c_char_p, _request, c_int32, _reports_out, _error_out),
    ),
    "dp_client_free": (None, (_client,)),
    "dp_reports_count": (c_size_t, (_reports,)),
    "dp_reports_at": (_report, (_reports, c_size_t)),
    "dp_reports_free": (None, (_reports,)),
    "dp_producer_new": (_producer, (_config, _error_out)),
    "dp_producer_send": (
        dp_code,
        (_producer, c_char_p, c_char_p, c_size_t, c_void_p, c_int32, _ticket_out, _error_out),
    ),
    "dp_producer_send_many": (
        dp_code,
        (
            _producer,
            c_char_p,
            c_char_p,
            c_size_t,
            c_void_p,
            c_int32,
            _ticket_out,
            _count_out,
            _error_out,
        ),
    ),
    "dp_producer_poll": (dp_code, (_producer, c_int32, c_size_t, _reports_out)),
    "dp_producer_event_fd": (c_int, (_producer,)),
    "dp_producer_flush": (dp_code, (_producer, c_int32, _error_out)),
    "dp_producer_set": (dp_code, (_producer, c_char_p, c_char_p, _error_out)),
    "dp_producer_queued": (dp_code, (_producer, _count_out, _count_out)),
    "dp_producer_pause": (dp_code, (_producer, c_char_p, c_int32)),
    "dp_producer_purge": (dp_code, (_producer, c_char_p, _count_out)),
    "dp_producer_stats": (_owned_text, (_producer, c_char_p)),
    "dp_producer_close": (dp_code, (_producer, c_int32, _reports_out, _error_out)),
    "dp_producer_free": (None, (_producer,)),
}


def _declare(library: CDLL, path: str) -> CDLL:
    for name, (returns, takes) in PROTOTYPES.items():
        try:
            function = getattr(library, name)
        except AttributeError:
            raise ImportError(
                f"{path} has no {name}: it is older than this package, which needs "
                f"{SONAME} {__version__} or later",
                name="datapanel",
                path=path,
            ) from None
        function.restype = returns
        function.argtypes = takes
    return library


def _load() -> tuple[CDLL, bool]:
    """Load the library from beside this file, else DP_LIBRARY, else where the system keeps it.

    Say as well whether it is the one beside this file, as in a wheel.
    """
    # Without pathlib, whose import takes as long as that of the library.
    beside = os.path.join(os.path.dirname(__file__), SONAME)  # noqa: PTH118, PTH120
    # A path that someone chose is never quietly replaced by another copy.
    chosen = os.environ.get("DP_LIBRARY") or SONAME
    tried = []
    for path in (beside, chosen):
        try:
            library = CDLL(path)
        except OSError as failure:
            tried.append(f"\n  {path}: {str(failure).removeprefix(f'{path}: ')}")
        else:
            return _declare(library, path), path == beside
    raise ImportError(
        f"datapanel cannot load {SONAME}; tried{''.join(tried)}\n"
        "Build it with `make lib` and set DP_LIBRARY to build/lib/libdatapanel.so.1, or install it "
        "with `make install` where the system finds it (ldconfig)",
        name="datapanel",
    )


lib, is_bundled = _load()
