#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Signs random requests, with nothing but Python's standard library.

Usage: sign_requests.py SEED COUNT

Prints a request a line, the same ones for a seed. Its fields have a blank between and are in
hexadecimal digits: method, URL, headers ("name:value" lines), body, keys ("access:secret"), date,
canonical request, Authorization.
"""

import random
import sys
from hashlib import sha256
from hmac import HMAC
from urllib.parse import quote, unquote_to_bytes

LETTERS = "abcXYZ019-._~ !*'();:@&=+$,[]äß日本𝄞\u0301%"
LITERAL = "!*'();:@$,"
METHODS = ("GET", "POST", "PUT", "DELETE")


def word(dice: random.Random, letters: str = LETTERS, least: int = 0, most: int = 12) -> str:
    return "".join(dice.choices(letters, k=dice.randint(least, most)))


def encoded(dice: random.Random, text: str) -> str:
    """One of the ways to write it in a URL."""
    return quote(text, safe=dice.choice(("", LITERAL)))


def lower_digits(dice: random.Random, url: str) -> str:
    """The digits of an escape may be of either case."""
    if dice.random() < 0.7:
        return url
    parts = url.split("%")
    return "%".join([parts[0], *(part[:2].lower() + part[2:] for part in parts[1:])])


def canonical_path(path: str) -> str:
    segments = unquote_to_bytes(path).split(b"/")
    done = "/".join(quote(segment, safe="") for segment in segments)
    return done if done.endswith("/") else done + "/"


def canonical_query(pairs: list[tuple[str, str]]) -> str:
    in_bytes = sorted((name.encode(), value.encode()) for name, value in pairs)
    return "&".join(f"{quote(name, safe='')}={quote(value, safe='')}" for name, value in in_bytes)


def random_url(dice: random.Random) -> tuple[str, str, str, str]:
    """A URL, the host as a header names it, and both other parts in their canonical form."""
    scheme, port = dice.choice((("https", 443), ("http", 80)))
    host = dice.choice(("127.0.0.1", "[::1]", "secmaster.example.com", word(dice, "abc-.", 1)))
    shown = dice.choice((None, port, 443, 80, 8080, 1))
    path = "".join("/" + encoded(dice, word(dice)) for _ in range(dice.randint(0, 8)))
    path = lower_digits(dice, path + dice.choice(("", "", "/")))
    if path and dice.random() < 0.1:
        path += dice.choice(("%", "%4", "%g1", "%2F", "%%41"))
    pairs = [(word(dice, least=1), word(dice)) for _ in range(dice.choice((0, 0, 1, 3, 8)))]
    written = []
    for name, value in pairs:
        bare = not value and dice.random() < 0.5
        written.append(encoded(dice, name) + ("" if bare else "=" + encoded(dice, value)))
    query = lower_digits(dice, "&".join(written))
    url = f"{scheme}://{host}{'' if shown is None else f':{shown}'}{path}"
    if query or dice.random() < 0.1:
        url += "?" + query
    header = host if shown in (None, port) else f"{host}:{shown}"
    return url, header, canonical_path(path), canonical_query(pairs)


def random_headers(dice: random.Random, host: str, date: str) -> list[tuple[str, str]]:
    headers = {"host": ("Host", host), "x-sdk-date": ("X-Sdk-Date", date)}
    for _ in range(dice.randint(0, 6)):
        name = word(dice, "abcXYZ019-_", 1)
        headers.setdefault(name.lower(), (name, dice.choice(("", " ", "\t")) + word(dice)))
    if dice.random() < 0.3:
        headers["x-security-token"] = ("X-Security-Token", word(dice, "abc/+=", 1, 600))
    if dice.random() < 0.1:
        headers["x-sdk-content-sha256"] = ("X-Sdk-Content-Sha256", "UNSIGNED-PAYLOAD")
    listed = list(headers.values())
    dice.shuffle(listed)
    return listed


def canonical(
    method: str, path: str, query: str, headers: list[tuple[str, str]], body: bytes
) -> tuple[str, str]:
    """The canonical request, and the names of the headers that are signed."""
    signed = {name.lower(): value.strip(" \t") for name, value in headers if "_" not in name}
    lines = "".join(f"{name}:{signed[name]}\n" for name in sorted(signed))
    names = ";".join(sorted(signed))
    payload = signed.get("x-sdk-content-sha256", sha256(body).hexdigest())
    return "\n".join((method, path, query, lines, names, payload)), names


def signed_request(dice: random.Random) -> list[bytes]:
    method = dice.choice(METHODS)
    date = f"20{dice.randint(10, 99)}0228T{dice.randint(0, 23):02}5958Z"
    url, host, path, query = random_url(dice)
    headers = random_headers(dice, host, date)
    body = dice.randbytes(dice.choice((0, 1, 55, 56, 63, 64, 65, dice.randint(0, 1000))))
    access, secret = word(dice, "ABC123", 1, 30), word(dice, LETTERS, 1, 100)
    request, names = canonical(method, path, query, headers, body)
    text = f"SDK-HMAC-SHA256\n{date}\n{sha256(request.encode()).hexdigest()}"
    signature = HMAC(secret.encode(), text.encode(), sha256).hexdigest()
    authorization = f"SDK-HMAC-SHA256 Access={access}, SignedHeaders={names}, Signature={signature}"
    lines = "\n".join(f"{name}:{value}" for name, value in headers)
    texts = (method, url, lines, access + ":" + secret, date, request, authorization)
    fields = [text.encode() for text in texts]
    return [*fields[:3], body, *fields[3:]]


def main() -> None:
    dice = random.Random(int(sys.argv[1]))
    for _ in range(int(sys.argv[2])):
        print(*(field.hex() or "-" for field in signed_request(dice)))


main()
