"""A mail server of the outside world: it speaks enough SMTP to take a mail, refuse one, hang up or say nothing."""

import socketserver
import threading
import time
from contextlib import contextmanager
from email import message_from_bytes
from email.policy import default


class Talk(socketserver.StreamRequestHandler):
    """One connection."""

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self):
        office = self.server.office
        office.calls += 1
        self.say("220 here")
        while line := self.rfile.readline().decode().strip():
            word = line.split(":")[0].split()[0].upper()
            if word == "RCPT" and (no := office.refusals.get(line.split(":", 1)[1].strip("<> "))):
                self.say(no)
            elif word == "DATA":
                self.take(office)
            else:
                self.say("221 bye" if word == "QUIT" else "250 so be it")

    def take(self, office):
        self.say("354 speak")
        lines = []
        while (line := self.rfile.readline()) not in (b".\r\n", b""):
            lines.append(line[1:] if line.startswith(b"..") else line)
        time.sleep(office.slowness)
        office.taken.append(message_from_bytes(b"".join(lines), policy=default))
        if office.hangs_up_after_taking:
            office.hangs_up_after_taking = False
            self.request.shutdown(2)
            return
        self.say("250 taken")


class Office:
    """What the server was handed, and how it behaves."""

    def __init__(self):
        self.taken, self.refusals, self.calls = [], {}, 0
        self.slowness, self.hangs_up_after_taking = 0, False

    @property
    def readers(self):
        return [message["To"] for message in self.taken]


@contextmanager
def open_office(settings):
    """The mail server answers while the block lasts, and Django knows where."""
    office = Office()
    socketserver.ThreadingTCPServer.daemon_threads = True
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Talk) as server:
        server.office = office
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        settings.EMAIL_TIMEOUT = 5
        office.port = server.server_address[1]
        yield office
        server.shutdown()
