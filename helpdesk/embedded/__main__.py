"""`python -m helpdesk.embedded start` and `… run -- COMMAND`: what the programs in bin/ call."""

import argparse
import os
import sys
from pathlib import Path

from . import guest, stack
from .steps import PROJECT, compile_translations
from .trouble import EXIT_CODES, Stopped, Trouble, from_os_error

ABOUT_START = """\
Starts the whole help desk: PostgreSQL, Valkey, web, Celery worker and beat, with demo data.
DATABASE_URL with DATABASE_OWNER_URL, and REDIS_URL, are used instead of the built-in servers when given.
"""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bin/start", add_help=False)
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--data", type=Path, help="data folder (.data beside this program)")
    shared.add_argument("--fast", action="store_true", help="for tests: lose data on a power cut, win time")
    commands = parser.add_subparsers(dest="what", required=True)
    start = commands.add_parser(
        "start",
        prog="bin/start",
        parents=[shared],
        description=ABOUT_START,
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    start.add_argument("--port", type=int, default=8000, help="port on 127.0.0.1 (8000)")
    start.add_argument("--no-demo", dest="demo", action="store_false", help="leave the installation empty")
    run = commands.add_parser("run", parents=[shared], prog="python -m helpdesk.embedded run")
    run.add_argument("command", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    commands.add_parser("translate")
    return parser


def main() -> int:
    """Say what went wrong in one sentence, and with the exit code that belongs to it."""
    parser = _parser()
    wish = parser.parse_args()
    if wish.what == "translate":
        compile_translations()
        return 0
    data = Path(os.environ.get("COTICKET_CALLED_FROM") or ".") / (
        wish.data or os.environ.get("COTICKET_DATA") or PROJECT / ".data"
    )
    try:
        return _obey(wish, data, parser)
    except (Trouble, OSError) as error:
        trouble = error if isinstance(error, Trouble) else from_os_error(error, data)
        print(f"bin/start: {trouble}" if wish.what == "start" else f"coticket: {trouble}", file=sys.stderr)
        return int(trouble.code)
    except (Stopped, KeyboardInterrupt):
        return 0


def _obey(wish: argparse.Namespace, data: Path, parser: argparse.ArgumentParser) -> int:
    fast = wish.fast or os.environ.get("COTICKET_FAST") == "1"
    if wish.what == "start":
        stack.start(data, port=wish.port, demo=wish.demo, fast=fast)
        return 0
    command = wish.command[1:] if wish.command[:1] == ["--"] else wish.command
    if not command:
        parser.error("run needs a command")
    return guest.run(data, command, fast=fast)


if __name__ == "__main__":
    sys.exit(main())
