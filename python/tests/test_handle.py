# SPDX-License-Identifier: Apache-2.0
"""A handle is freed once: not while it is used, not twice, and also when nobody closes it."""

from __future__ import annotations

import gc
import threading

import pytest

from datapanel import ClosedError, Code, DatapanelError
from datapanel._handle import Handle, owned


@pytest.fixture
def freed() -> list[str]:
    """Give the list of what was freed."""
    return []


def test_close_frees_once(freed: list[str]) -> None:
    handle = Handle("pointer", freed.append, "client")
    handle.close()
    handle.close()
    assert handle.closed
    assert freed == ["pointer"]


def test_use_after_close_raises(freed: list[str]) -> None:
    handle = Handle("pointer", freed.append, "client")
    handle.close()
    with pytest.raises(ClosedError, match="the client is closed") as caught, handle.use():
        pytest.fail("a closed handle was lent")
    assert caught.value.code == Code.DP_E_ARGUMENT
    assert freed == ["pointer"]


def test_last_user_frees_what_was_closed_meanwhile(freed: list[str]) -> None:
    handle = Handle("pointer", freed.append, "client")
    with handle.use() as outer:
        with handle.use() as inner:
            handle.close()
            assert outer == inner == "pointer"
            assert freed == []
        assert freed == []
    assert freed == ["pointer"]


def test_use_that_raises_gives_back(freed: list[str]) -> None:
    handle = Handle("pointer", freed.append, "client")
    with pytest.raises(KeyError), handle.use():
        raise KeyError
    handle.close()
    assert freed == ["pointer"]


def test_collected_without_close(freed: list[str]) -> None:
    handle = Handle("pointer", freed.append, "client")
    del handle
    gc.collect()
    assert freed == ["pointer"]


def test_many_threads_closing_free_once(freed: list[str]) -> None:
    handle = Handle("pointer", freed.append, "client")
    start = threading.Barrier(8)

    def use_and_close() -> None:
        start.wait()
        try:
            with handle.use():
                assert freed == []
        except ClosedError:
            pass
        handle.close()

    threads = [threading.Thread(target=use_and_close) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert freed == ["pointer"]


def test_owned_frees_at_the_end(freed: list[str]) -> None:
    with pytest.raises(KeyError), owned("pointer", freed.append):
        raise KeyError
    assert freed == ["pointer"]


def test_owned_nothing_is_memory_that_ran_out(freed: list[str]) -> None:
    with pytest.raises(DatapanelError, match="memory") as caught, owned(None, freed.append):
        pytest.fail("nothing was lent")
    assert caught.value.code_name == "DP_E_NOMEM"
    assert freed == []
