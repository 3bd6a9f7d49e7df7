"""One slip of the pen makes a name hard to read; numbers and directions tell names apart."""

from __future__ import annotations

import pytest

from placenames.addresses.finding.toponym_names import slip_between


@pytest.mark.parametrize(
    ("written", "name", "how"),
    [
        ("文山路", "文三路", "faint"), ("文东路", "文山路", ""), ("文三咯", "文三路", "slip"),
        ("文二路", "文三路", ""), ("三文路", "文三路", "swap"),
        ("文路", "文三路", "faint"), ("样三路", "样三小路", "faint"), ("样三小路", "样三路", ""),
        ("杨柳路", "杨柳青路", "slip"), ("杨柳青青路", "杨柳青路", "slip"),
        ("杨路", "杨柳青路", ""), ("杨柳路", "杨柳路", ""),
    ],
)  # fmt: skip
def test_one_slip(written: str, name: str, how: str) -> None:
    assert slip_between(written, name) == how
