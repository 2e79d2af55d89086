# SPDX-License-Identifier: Apache-2.0
"""The declarations in Python are those of the header, one by one and none left out."""

from __future__ import annotations

import ctypes
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

import datapanel
from datapanel import Code, Stored, _failure, _ffi, report

HEADER = Path(__file__).parents[2] / "include" / "datapanel.h"

SCALARS = {
    "void": None,
    "double": ctypes.c_double,
    "int": ctypes.c_int,
    "int32_t": ctypes.c_int32,
    "int64_t": ctypes.c_int64,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,
}
POINTERS = {
    "const char *": ctypes.c_char_p,
    # What the library gives away stays a pointer, or nobody could give it back.
    "char *": ctypes.POINTER(ctypes.c_char),
    "char **": ctypes.POINTER(ctypes.POINTER(ctypes.c_char)),
    "void *": ctypes.c_void_p,
    "const void *": ctypes.c_void_p,
}


@dataclass
class Header:
    """What the header declares, in its order."""

    macros: dict[str, str] = field(default_factory=dict)
    constants: dict[str, int] = field(default_factory=dict)
    scalars: dict[str, str] = field(default_factory=dict)
    opaque: list[str] = field(default_factory=list)
    structs: dict[str, list[str]] = field(default_factory=dict)
    callbacks: dict[str, tuple[str, str]] = field(default_factory=dict)
    functions: dict[str, tuple[str, str]] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Header:
        """Sort every statement into its kind; a kind that is new here is an error."""
        header = cls()
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
        header.macros = dict(re.findall(r"^#define[ \t]+(DP_\w+)[ \t]+(.+)$", text, re.MULTILINE))
        text = re.sub(r"#ifdef __cplusplus.*?#endif", " ", text, flags=re.DOTALL)
        text = re.sub(r"^#.*$", " ", text, flags=re.MULTILINE)
        statements = re.findall(r"((?:[^;{}]|\{[^{}]*\})+);", text)
        for statement in statements:
            header._add(" ".join(statement.split()))
        return header

    def _add(self, statement: str) -> None:
        if match := re.fullmatch(r"enum \{(.*)\}", statement):
            for enumerator in filter(None, map(str.strip, match[1].split(","))):
                name, value = enumerator.split(" = ")
                self.constants[name] = int(value)
        elif match := re.fullmatch(r"typedef (\w+) (\w+)", statement):
            self.scalars[match[2]] = match[1]
        elif match := re.fullmatch(r"typedef struct (\w+) \1", statement):
            self.opaque.append(match[1])
        elif match := re.fullmatch(r"typedef struct (\w+) \{(.*)\} \1", statement):
            self.structs[match[1]] = [each.strip() for each in match[2].split(";") if each.strip()]
        elif match := re.fullmatch(r"typedef (.+?)\(\*(\w+)\)\((.*)\)", statement):
            self.callbacks[match[2]] = (match[1].strip(), match[3])
        elif match := re.fullmatch(r"((?:\w+ )+\**)(\w+)\((.*)\)", statement):
            self.functions[match[2]] = (match[1].strip(), match[3])
        else:
            raise AssertionError(f"datapanel.h declares what this test cannot read: {statement}")

    def python_type(self, declared: str) -> Any:
        """Return the ctypes type for a C type, `const dp_error *`."""
        if declared in POINTERS:
            return POINTERS[declared]
        stars = declared.count("*")
        name = declared.replace("*", "").replace("const ", "").strip()
        name = self.scalars.get(name, name)
        if name in self.opaque or name in self.structs or name in self.callbacks:
            found = getattr(_ffi, name)
        else:
            found = SCALARS[name]
        for _ in range(stars):
            found = ctypes.POINTER(found)
        return found

    def parameters(self, declared: str) -> tuple[Any, ...]:
        """Return the ctypes types of a parameter list."""
        if declared == "void":
            return ()
        return tuple(self.member(each.strip())[1] for each in declared.split(","))

    def member(self, declared: str) -> tuple[str, Any]:
        """Return name and type of a parameter or of a member of a struct."""
        match = re.fullmatch(r"(.+?)(\w+)", declared)
        assert match is not None, declared
        return match[2], self.python_type(match[1].strip())

    def members(self, struct: str) -> list[tuple[str, Any]]:
        """Return the members of a struct, of which one line may declare several."""
        found = []
        for declared in self.structs[struct]:
            first, *more = declared.split(",")
            kind = re.sub(r"\w+$", "", first).replace("*", "").strip()
            found.append(self.member(first))
            found += [self.member(f"{kind} {each.strip()}") for each in more]
        return found


@pytest.fixture(scope="module")
def header() -> Header:
    """Give the header that the library is built from."""
    return Header.parse(HEADER.read_text())


def test_functions(header: Header) -> None:
    declared = {
        name: (header.python_type(returns), header.parameters(takes))
        for name, (returns, takes) in header.functions.items()
    }
    assert declared == _ffi.PROTOTYPES
    assert list(declared) == list(_ffi.PROTOTYPES), "the order is that of the header"


def test_library_is_called_by_its_prototypes() -> None:
    for name, (returns, takes) in _ffi.PROTOTYPES.items():
        function = getattr(_ffi.lib, name)
        assert function.restype is returns, name
        assert tuple(function.argtypes) == takes, name
    # This one is called by another name, too, for its pointer as a number.
    assert tuple(report._row_at.argtypes) == _ffi.PROTOTYPES["dp_reports_at"][1]


def test_callbacks(header: Header) -> None:
    assert list(header.callbacks) == ["dp_log_fn"]
    returns, takes = header.callbacks["dp_log_fn"]
    assert _ffi.dp_log_fn._restype_ is header.python_type(returns)
    assert tuple(_ffi.dp_log_fn._argtypes_) == header.parameters(takes)


def test_structs(header: Header) -> None:
    assert list(header.structs) == ["dp_report"]
    assert list(_ffi.dp_report._fields_) == header.members("dp_report")


def test_rows_are_read_as_the_struct_lies() -> None:
    row = _ffi.dp_report()
    for number, (name, kind) in enumerate(_ffi.dp_report._fields_):
        setattr(row, name, f"{number}".encode() if kind is ctypes.c_char_p else number)
    read = dict(zip((name for name, _ in _ffi.dp_report._fields_), report.ROW.unpack(row)))
    assert report.ROW.size == ctypes.sizeof(row)
    for number, (name, kind) in enumerate(_ffi.dp_report._fields_):
        is_text = kind is ctypes.c_char_p
        value = int(ctypes.string_at(read[name])) if is_text else read[name]
        assert value == number, name


def test_opaque_handles(header: Header) -> None:
    structures = {
        name: type_
        for name, type_ in vars(_ffi).items()
        if isinstance(type_, type) and issubclass(type_, ctypes.Structure) and name != "Structure"
    }
    assert set(structures) == {*header.opaque, *header.structs}
    assert [name for name in header.opaque if hasattr(structures[name], "_fields_")] == []


def test_scalars(header: Header) -> None:
    assert header.scalars == {"dp_code": "int32_t", "dp_stored": "int32_t"}
    assert _ffi.dp_code is header.python_type("dp_code")
    assert _ffi.dp_stored is header.python_type("dp_stored")


def test_constants(header: Header) -> None:
    codes = {code.name: code.value for code in Code}
    stored = {f"DP_STORED_{stored.name}": stored.value for stored in Stored}
    names = ("DP_POSSIBLE_DUPLICATE", "DP_DEAD_LETTERED", "DP_RECOVERED")
    flags = {name: getattr(_ffi, name) for name in names}
    assert header.constants == {**codes, **stored, **flags}


def test_version(header: Header) -> None:
    assert header.macros == {"DP_VERSION": f'"{datapanel.__version__}"'}


def test_error_fields() -> None:
    text = HEADER.read_text()
    comment = text[: text.index("const char *dp_error_field(")].rpartition("/*")[2]
    assert re.findall(r'^ \*   "(\w+)"', comment, re.MULTILINE) == list(_failure.FIELDS)


def test_unknown_declaration_is_noticed() -> None:
    with pytest.raises(AssertionError, match="cannot read"):
        Header.parse("union dp_value { int32_t number; };")
