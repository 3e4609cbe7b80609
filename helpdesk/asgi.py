import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")


def bounded(app, limit):
    """Refuse a body larger than anybody needs while it comes in: Django would lay all of it on the disk first."""

    async def answer(scope, receive, send):
        if scope["type"] != "http":
            return await app(scope, receive, send)
        seen, over, begun = 0, announced(scope) > limit, False

        async def counted():
            nonlocal seen, over
            message = await receive()
            seen += len(message.get("body", b""))
            over = over or seen > limit
            return {"type": "http.disconnect"} if over else message

        async def watched(message):
            nonlocal begun
            begun = True
            await send(message)

        if not over:
            await app(scope, counted, watched)
        if over and not begun:
            await too_large(send)

    return answer


def announced(scope):
    """How large the body says it is; 0 when it doesn't say."""
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length[:20]) if length.isdigit() else 0


async def too_large(send):
    """No page: whoever sends this much is no browser of ours."""
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": b"The request is too large."})


def protected():
    """The application behind its gate."""
    app = get_asgi_application()
    from django.conf import settings

    return bounded(app, settings.BODY_LIMIT)


application = protected()
