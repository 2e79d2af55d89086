# SPDX-License-Identifier: Apache-2.0
"""A Spark cluster on the loopback interface: a Master, two Workers, and what runs in them."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pyspark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from typing_extensions import Self

ROOT = Path(__file__).resolve().parents[2]
HOME = Path(pyspark.__file__).parent
_DEADLINE = 90.0


def environment(**more: str) -> dict[str, str]:
    """Return what every process of Spark has to find: this Python, the package, nothing outside."""
    return {
        **os.environ,
        "SPARK_HOME": str(HOME),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_MEMORY": "256m",
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": os.pathsep.join(
            [
                str(ROOT / "python" / "src"),
                str(ROOT / "python" / "tests"),
                str(Path(__file__).parent),
            ]
        ),
        **more,
    }


def wait_until(condition: Callable[[], bool], what: str) -> None:
    """Return as soon as a condition holds; fail when it does not come to."""
    deadline = time.monotonic() + _DEADLINE
    while not condition():
        if time.monotonic() > deadline:
            raise RuntimeError(f"waited in vain for {what}")
        time.sleep(0.005)


class Process(NamedTuple):
    """A process as the kernel tells of it."""

    pid: int
    parent: int
    command: str


def processes() -> Iterator[Process]:
    """Go through all processes that there are."""
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            status = (folder / "stat").read_text()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:  # it has ended
            continue
        yield Process(int(folder.name), int(status.rpartition(")")[2].split()[1]), command)


class Cluster:
    """A Master and Workers with a core each, for as long as a `with` lasts."""

    def __init__(self, folder: Path, **more: str) -> None:
        """Keep their logs and their files in a folder; executors find more in their environment."""
        self._folder = folder
        self._environment = environment(**more)
        self._processes: list[subprocess.Popen[bytes]] = []
        self.url = ""

    def __enter__(self) -> Self:
        """Start all of them, each on a port that is free."""
        self._folder.mkdir(parents=True, exist_ok=True)
        try:
            self._start("master.Master", "master", "--host", "127.0.0.1")
            master = self._folder / "master.log"
            found = re.compile(r"Starting Spark master at (spark://\S+)")
            wait_until(lambda: bool(found.search(master.read_text())), f"the address in {master}")
            match = found.search(master.read_text())
            self.url = match[1] if match else ""
            # One address with two names: Spark runs no two attempts of a task on one host.
            for number, host in enumerate(("127.0.0.1", "localhost")):
                options = ["-c", "1", "-m", "1g", "-d", str(self._folder / f"work-{number}")]
                self._start("worker.Worker", f"worker-{number}", "--host", host, *options, self.url)
            wait_until(lambda: master.read_text().count("Registering worker") == 2, "two Workers")
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        """Stop all of them."""
        self._stop()

    def executors(self) -> list[int]:
        """Return the processes that run tasks."""
        workers = {each.pid for each in self._processes[1:]}
        return [
            each.pid
            for each in processes()
            if each.parent in workers and "CoarseGrainedExecutorBackend" in each.command
        ]

    def kill_executor(self) -> int:
        """Kill one of them in the middle of what it does; the Worker starts another."""
        pid = min(self.executors())
        os.kill(pid, signal.SIGKILL)
        return pid

    def _start(self, name: str, log: str, *arguments: str) -> None:
        command = [str(HOME / "bin" / "spark-class"), f"org.apache.spark.deploy.{name}"]
        command += ["--port", "0", "--webui-port", "0", *arguments]
        with (self._folder / f"{log}.log").open("wb") as file:
            self._processes.append(
                subprocess.Popen(command, env=self._environment, stdout=file, stderr=file)
            )

    def _stop(self) -> None:
        for each in reversed(self._processes):
            each.terminate()
        for each in self._processes:
            try:
                each.wait(20)
            except subprocess.TimeoutExpired:
                each.kill()
                each.wait()


@contextmanager
def driver(program: str, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """Run a program of this folder, with all that it starts in a process group of its own."""
    command = [sys.executable, str(Path(__file__).with_name(program)), *arguments]
    process = subprocess.Popen(
        command,
        env=environment(**more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
