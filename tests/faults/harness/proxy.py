"""A TCP door before a server's unix socket, that can be slammed."""

import asyncio
import contextlib
import socket
import struct
import threading

RESET = struct.pack("ii", 1, 0)  # linger for no time: the peer hears of a reset, not of an orderly end


class Proxy:
    """Carries bytes between whoever connects to `port` and the unix socket behind it."""

    def __init__(self, upstream):
        self.upstream, self.pairs, self.is_open = str(upstream), set(), True
        self.loop = asyncio.new_event_loop()
        self.port = self._listen()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()

    def cut(self):
        """Reset every connection that is open now; returns how many there were."""
        return asyncio.run_coroutine_threadsafe(self._cut(), self.loop).result(5)

    def shut(self):
        """Let nobody in any more, and throw out who is inside."""
        self.is_open = False
        return self.cut()

    def open(self):
        self.is_open = True

    def _listen(self):
        door = socket.create_server(("127.0.0.1", 0))
        self.loop.run_until_complete(asyncio.start_server(self._serve, sock=door))
        return door.getsockname()[1]

    async def _serve(self, reader, writer):
        if not self.is_open:
            writer.transport.abort()
            return
        try:
            there, back = await asyncio.open_unix_connection(self.upstream)
        except OSError:
            writer.transport.abort()
            return
        pair = (writer, back)
        self.pairs.add(pair)
        await asyncio.gather(carry(reader, back), carry(there, writer))
        self.pairs.discard(pair)
        for end in pair:
            end.close()

    async def _cut(self):
        count = len(self.pairs)
        for client, server in list(self.pairs):
            with contextlib.suppress(OSError):
                client.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            client.transport.abort()
            server.transport.abort()
        return count


async def carry(reader, writer):
    """Bytes one way until either end is gone."""
    with contextlib.suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()
