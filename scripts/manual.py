#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a manual page of what a command tells of itself: its output of
--experimental-dump-help is standard input, the page is standard output.

    manual.py VERSION DATE
"""

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

Command = dict[str, Any]

HEADING = re.compile(r"^([A-Z][A-Z ]+):$")


def escaped(text: str) -> str:
    """A text as roff wants it."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^([.'])", r"\\&\1", text, flags=re.MULTILINE)


def bold(text: str) -> str:
    return f"\\fB{escaped(text)}\\fR"


def italic(text: str) -> str:
    return f"\\fI{escaped(text)}\\fR"


def spelling(name: dict[str, str]) -> str:
    return ("--" if name["kind"] == "long" else "-") + name["name"]


def shown(command: Command) -> list[Command]:
    return [each for each in command.get("arguments", []) if each["shouldDisplay"]]


def subcommands(command: Command) -> list[Command]:
    return [each for each in command.get("subcommands", []) if each["commandName"] != "help"]


def synopsis(path: str, command: Command) -> str:
    words = [bold(path)]
    for each in shown(command):
        value = f"<{each.get('valueName', '')}>"
        if each["kind"] == "positional":
            word = italic(value) + (" ..." if each["isRepeating"] else "")
        elif each["isOptional"]:
            continue
        else:
            word = f"{bold(spelling(each['preferredName']))} {italic(value)}"
        words.append(f"[{word}]" if each["isOptional"] else word)
    if subcommands(command):
        words.append(italic("<command>"))
    words.append("[" + italic("<options>") + "]")
    return " ".join(words)


def options(command: Command) -> Iterator[str]:
    for each in shown(command):
        value = f"<{each.get('valueName', '')}>"
        if each["kind"] == "positional":
            term = italic(value)
        else:
            term = ", ".join(bold(spelling(name)) for name in each["names"])
            if each["kind"] == "option":
                term += " " + italic(value)
        yield f".TP\n{term}"
        text = each.get("abstract", "")
        if values := each.get("allValues"):
            text += f" It is one of: {', '.join(values)}."
        if default := each.get("defaultValue"):
            text += f" Default: {default}."
        yield escaped(text)


def discussion(text: str, heading: str) -> Iterator[str]:
    """Paragraphs; a line in capitals with a colon begins a section of lines that stay lines."""
    for block in text.strip().split("\n\n"):
        lines = block.split("\n")
        title = HEADING.match(lines[0])
        if not title:
            yield ".PP\n" + escaped(block)
            continue
        yield f".{heading} {title[1] if heading == 'SH' else title[1].capitalize()}"
        if all(line.startswith("  ") for line in lines[1:]):
            yield ".nf\n" + "\n".join(escaped(line[2:]) for line in lines[1:]) + "\n.fi"
            continue
        for line in lines[1:]:
            term, _, meaning = line.partition(": ")
            yield f".TP\n{bold(term)}\n{escaped(meaning)}"


def described(command: Command, heading: str) -> Iterator[str]:
    yield escaped(command.get("abstract", ""))
    yield from discussion(command.get("discussion", ""), heading)


def page(command: Command, version: str, date: str) -> Iterator[str]:
    name = command["commandName"]
    yield f'.TH {escaped(name.upper())} 1 {date} "libdatapanel {version}" "User Commands"'
    yield f".SH NAME\n{escaped(name)} \\- {escaped(command['abstract'].rstrip('.'))}"
    yield f".SH SYNOPSIS\n{synopsis(name, command)}"
    yield ".SH DESCRIPTION"
    yield from described(command, "SH")
    yield ".SH OPTIONS"
    yield from options(command)
    for each in subcommands(command):
        path = f"{name} {each['commandName']}"
        yield f".SH {escaped(path.upper())}\n{synopsis(path, each)}\n.PP"
        yield from described(each, "SS")
        yield ".SS Options"
        yield from options(each)
        for part in subcommands(each):
            yield from below(f"{path} {part['commandName']}", part)


def below(path: str, command: Command) -> Iterator[str]:
    """A command of a command, in a section of that."""
    yield f".SS {escaped(path)}\n{synopsis(path, command)}\n.PP"
    yield escaped(command.get("abstract", ""))
    for block in command.get("discussion", "").strip().split("\n\n"):
        if block:
            yield ".PP\n" + escaped(block)
    yield from options(command)


print("\n".join(page(json.load(sys.stdin)["command"], *sys.argv[1:])))
