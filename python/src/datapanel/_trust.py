# SPDX-License-Identifier: Apache-2.0
"""Which certificate authorities are trusted by a library that came in a wheel.

Such a library brings an OpenSSL of its own, which does not know where this system keeps them. One
that belongs to the system does.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from ._ffi import is_bundled, lib

if TYPE_CHECKING:
    from typing import Any

# Where distributions keep them in one file.
KNOWN = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Ubuntu
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",  # RHEL, Fedora
    "/etc/pki/tls/certs/ca-bundle.crt",  # RHEL, Fedora, older
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",
)


@lru_cache(maxsize=1)
def authorities() -> str | None:
    """Return the file that Python itself trusts, else the system's, else that of certifi."""
    # It takes as long to import as all of this package, and most need it never.
    import ssl  # noqa: PLC0415

    for path in (ssl.get_default_verify_paths().cafile, *KNOWN):
        if path and Path(path).is_file():
            return path
    try:
        import certifi  # noqa: PLC0415
    except ImportError:
        return None
    return str(certifi.where())


def complete(config: Any) -> None:
    """Name the authorities in a dp_config that names none, if its library cannot find them."""
    if is_bundled and not lib.dp_config_get(config, b"tls.ca_file") and (found := authorities()):
        lib.dp_config_set(config, b"tls.ca_file", found.encode(), None)
