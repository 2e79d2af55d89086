# SPDX-License-Identifier: Apache-2.0
"""What the library logs goes to `logging`."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from datapanel import Producer, _log

if TYPE_CHECKING:
    import pytest

    from emulator import Emulator


def test_log_goes_to_logging(emulator: Emulator, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG", "datapanel")
    with emulator.producer(debug="wire") as producer:
        assert producer.submit(emulator.alerts, {"n": 1}).result(20).ok
    lines = [record.getMessage() for record in caplog.records if record.name == "datapanel"]
    assert any(line.startswith("wire: ") for line in lines)
    assert not any(emulator.token in line for line in lines)


def test_log_handler_may_send_what_it_gets(producer: Producer, emulator: Emulator) -> None:
    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            producer.send(emulator.alerts, {"said": record.getMessage()})

    handler = Handler()
    _log.logger().addHandler(handler)
    try:
        for n in range(2000):
            _log.lines.append((0.0, 4, "retry", f"line {n}"))
        producer.flush()
    finally:
        _log.logger().removeHandler(handler)
    producer.flush()
    assert emulator.stats()["objects"] == 2000
