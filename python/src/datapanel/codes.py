# SPDX-License-Identifier: Apache-2.0
"""The numbers of the library, under the names that its header gives them."""

from __future__ import annotations

import enum


class Code(enum.IntEnum):
    """What a call, or the submission of an object, came to.

    Newer libraries know more codes, so `DatapanelError.code` and `Report.code` are plain numbers;
    they compare with these names, and `code_name` is the library's own name for them.
    """

    DP_OK = 0

    DP_E_ARGUMENT = 100
    """Empty or out of range."""
    DP_E_CONFIG = 101
    """Unknown setting, bad value, or two that clash."""
    DP_E_JSON = 102
    """Not a JSON object."""
    DP_E_PATH = 103
    """A member path that does not parse or fit."""
    DP_E_EMPTY = 104
    """A request without objects."""
    DP_E_TOO_LARGE = 105
    """Above the service's size limit."""

    DP_E_NOMEM = 200
    """Memory ran out."""
    DP_E_FILE = 201
    """A file cannot be read."""
    DP_E_QUEUE_FULL = 202
    """No room for the object now."""
    DP_E_WAIT = 203
    DP_E_SPOOL = 204
    """The time to wait is over."""
    DP_E_INTERNAL = 299
    """A defect in the library; please report it."""

    DP_E_RESOLVE = 300
    """The host name has no address."""
    DP_E_CONNECT = 301
    """No connection to the host."""
    DP_E_TLS = 302
    """The TLS handshake broke off."""
    DP_E_TLS_VERIFY = 303
    """The certificate was refused."""
    DP_E_PROXY = 304
    """The proxy refused to connect."""
    DP_E_SEND = 305
    """Broke off before the whole body was out."""
    DP_E_NO_REPLY = 306
    """The body was out, then the connection ended."""
    DP_E_TIMEOUT = 307
    """The body was out, then time ran out."""

    DP_E_REJECTED = 400
    """The service refused the objects."""
    DP_E_AUTH = 401
    """The credentials were refused."""
    DP_E_FORBIDDEN = 403
    """Permission, quota or address rule."""
    DP_E_ENDPOINT = 404
    """Wrong address, ids, or something in between."""
    DP_E_THROTTLED = 429
    """Too many calls."""
    DP_E_SERVER = 450
    """The service or its gateway failed."""
    DP_E_REPLY = 460
    """Accepted, but the reply cannot be used."""
    DP_E_REPLY_ITEM = 461
    """Accepted, but without an id for this object."""
    DP_E_NAME = 470
    """No id has this name, or more than one has."""

    DP_E_FORKED = 500
    """The handle belongs to the parent process."""
    DP_E_CANCELLED = 501
    """Given up on request."""
    DP_E_EXPIRED = 502
    """Not delivered within its time."""
    DP_E_CLOSED = 503
    """The producer was closed."""


class Stored(enum.IntEnum):
    """Whether the service could hold an object now.

    `NO` counts as false and the other two as true, so `if error.stored:` asks "could it be there?".

    >>> bool(Stored.NO), bool(Stored.MAYBE), bool(Stored.YES)
    (False, True, True)
    """

    NO = 0
    """It does not: sending again is safe."""
    MAYBE = 1
    """Nobody can tell: sending again may duplicate."""
    YES = 2
    """It does, and the id is known."""

    @classmethod
    def _missing_(cls, value: object) -> Stored | None:
        # A newer library may know more shades; the careful reading of any of them is "maybe".
        return cls.MAYBE if isinstance(value, int) else None
