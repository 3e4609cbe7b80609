import pytest

from tests.faults import invariants, story


@pytest.fixture
def pair(committed):
    """Two linked companies; what they did is checked against every invariant when the test is over."""
    made = story.linked("alfa", "beta")
    yield made
    assert invariants.everything() == []


@pytest.fixture
def four(committed):
    """Four companies linked in a row, checked in the same way."""
    made = story.linked("alfa", "beta", "gamma", "delta")
    yield made
    assert invariants.everything() == []
