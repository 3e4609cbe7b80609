"""The chain that several walls are tried on, built once for all of them."""

from tests.rewind import staged
from tests.walls import cast


@staged
def world():
    return cast.make("upper", "middle", "lower")
