# SPDX-License-Identifier: Apache-2.0
"""Runs the code blocks of a document.

    sh       its commands, from the top of the repository
    c        a program; without a main it is the body of one, after its #include lines
    python   a program
    text     after a block of C or Python: exactly what that prints; an id stands for any id

Blocks of other kinds are only shown; `console` is the one for commands that must not run here.
"""

import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ID = re.compile(r"\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")


def whole_program(code: str) -> str:
    if "main(" in code:
        return code
    lines = code.splitlines()
    includes = [line for line in lines if line.startswith("#")]
    body = [line for line in lines if not line.startswith("#")]
    return "\n".join([*includes, "int main(void) {", *body, "return 0;", "}", ""])


def command(kind: str, code: str, folder: Path) -> list[str] | None:
    """What runs a block; None when it is only shown."""
    if kind == "sh":
        return ["bash", "-euo", "pipefail", "-c", code]
    if kind == "python":
        return [sys.executable, "-c", code]
    if kind == "c":
        source = folder / "program.c"
        source.write_text(whole_program(code), encoding="utf-8")
        flags = subprocess.run(
            ["pkg-config", "--cflags", "--libs", "datapanel"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        program = folder / "program"
        subprocess.run(["cc", "-Wall", "-Werror", "-o", program, source, *flags], check=True)
        return [str(program)]
    return None


def main(name: str) -> None:
    document = Path(name).read_text(encoding="utf-8")
    blocks = [
        (match[1], match[2], document.count("\n", 0, match.start()) + 1)
        for match in BLOCK.finditer(document)
    ]
    counts = {"sh": 0, "c": 0, "python": 0}
    with tempfile.TemporaryDirectory() as folder:
        for index, (kind, code, line) in enumerate(blocks):
            run = command(kind, code, Path(folder))
            if run is None:
                continue
            done = subprocess.run(run, stdout=subprocess.PIPE, text=True, check=False)
            print(done.stdout, end="")
            if done.returncode != 0:
                sys.exit(f"{name}:{line}: the {kind} block ends with status {done.returncode}")
            following = blocks[index + 1] if index + 1 < len(blocks) else ("", "", 0)
            if kind != "sh" and following[0] == "text":
                shown, printed = ID.sub("(id)", following[1]), ID.sub("(id)", done.stdout)
                if shown != printed:
                    sys.exit(f"{name}:{following[2]}: the program above prints:\n{done.stdout}")
            counts[kind] += 1
    if not counts["sh"] or not counts["c"]:
        sys.exit(f"{name}: no block of commands, or none of C, was found")
    ran = ", ".join(f"{count} of {kind}" for kind, count in counts.items())
    print(f"readme: ok, blocks that ran: {ran}")


main(sys.argv[1])
