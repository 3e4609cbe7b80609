"""A body that nobody needs is refused while it comes in, before it lies on the disk."""

import asyncio

import pytest

from helpdesk.asgi import bounded

LIMIT = 1000


async def echo(scope, receive, send):
    """Reads the whole body as Django does, and says how long it was; a visitor who left gets no answer."""
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        length += len(message["body"])
        if not message.get("more_body"):
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(length).encode()})


def ask(chunks, headers=()):
    """The status, and how many chunks were taken in."""
    taken, said = [], []

    async def receive():
        taken.append(chunks[len(taken)])
        return {"type": "http.request", "body": taken[-1], "more_body": len(taken) < len(chunks)}

    async def send(message):
        said.append(message)

    asyncio.run(bounded(echo, LIMIT)({"type": "http", "headers": list(headers)}, receive, send))
    return [one["status"] for one in said if "status" in one], len(taken)


@pytest.mark.parametrize("chunks", [[b""], [b"x" * LIMIT], [b"x" * 500, b"x" * 500]])
def test_what_fits_comes_through(chunks):
    assert ask(chunks) == ([200], len(chunks))


def test_a_body_that_says_it_is_too_large_is_not_read_at_all():
    assert ask([b"x"] * 9, [(b"content-length", b"1001")]) == ([413], 0)
    assert ask([b"x"], [(b"content-length", b"-1")]) == ([200], 1)


def test_a_body_that_grows_too_large_is_read_no_further():
    assert ask([b"x" * 400] * 9) == ([413], 3)
