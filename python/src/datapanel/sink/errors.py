# SPDX-License-Identifier: Apache-2.0
"""What ends a task besides the failures of the package."""

from datapanel.errors import DatapanelError


class TaskError(DatapanelError):
    """The rows of a task are not what the plan says, or their outcome is not known."""
