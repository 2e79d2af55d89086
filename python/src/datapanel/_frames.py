# SPDX-License-Identifier: Apache-2.0
"""Rows of data frames as objects, without a need for any of the libraries that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS = 1000


def rows_of(frame: Any) -> Iterator[dict[str, Any]]:
    """Return the rows of a frame of pandas or polars, or of a table of pyarrow.

    A row has no member for a value that is missing.
    """
    kind = type(frame)
    if hasattr(kind, "iter_rows"):  # polars.DataFrame
        rows = frame.iter_rows(named=True)
    elif hasattr(kind, "to_batches") and hasattr(kind, "schema"):  # pyarrow.Table
        rows = (row for batch in frame.to_batches(max_chunksize=_ROWS) for row in batch.to_pylist())
    elif hasattr(kind, "to_pylist") and hasattr(kind, "schema"):  # pyarrow.RecordBatch
        rows = iter(frame.to_pylist())
    elif hasattr(kind, "iloc") and hasattr(kind, "columns"):  # pandas.DataFrame
        return _rows_of_pandas(frame)
    else:
        raise TypeError(
            f"{kind.__module__}.{kind.__qualname__} is no data frame of pandas, polars or pyarrow; "
            "a lazy one has to be collected first"
        )
    return ({name: value for name, value in row.items() if value is not None} for row in rows)


def _rows_of_pandas(frame: Any) -> Iterator[dict[str, Any]]:
    for start in range(0, len(frame), _ROWS):
        part = frame.iloc[start : start + _ROWS]
        # Missing are NaN, NaT, None and pandas.NA; a cell that is a list is none of them.
        present = part.notna().to_numpy()
        for row, has in zip(part.to_dict("records"), present):
            yield {
                str(name): value for (name, value), is_there in zip(row.items(), has) if is_there
            }
