"""A mail as its reader gets it: in his language and zone, as text and HTML, in the thread where it belongs."""

import re
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formataddr, parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template import Context
from django.template.loader import get_template
from django.urls import get_script_prefix, get_urlconf, set_script_prefix, set_urlconf
from django.utils import timezone, translation
from django.utils.crypto import salted_hmac

from .mail import TELLERS, Untold
from .models import Membership

LONGEST_SUBJECT = 160
UNSEEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class Reader:
    """Who gets a mail, and how he reads."""

    email: str
    language: str
    zone: str
    member: Membership | None = None


def reader_of(mail):
    """The member as he is now, or the address a mail was written for; who has left is told nothing."""
    account, member = mail.account, mail.member
    if member is None:
        return Reader(mail.email, mail.language or account.language, account.zone)
    if not (member.active and member.user.is_active):
        raise Untold("left")
    member.account = account
    user = member.user
    return Reader(user.email, user.language or account.language, user.zone or account.zone, member)


@contextmanager
def read_by(reader, account):
    """Words, times and addresses inside are the reader's own."""
    prefix, urlconf = get_script_prefix(), get_urlconf()
    set_script_prefix(account.url)
    set_urlconf(settings.ACCOUNT_URLCONF)
    try:
        with translation.override(reader.language), timezone.override(ZoneInfo(reader.zone)):
            yield
    finally:
        set_script_prefix(prefix)
        set_urlconf(urlconf)


def draw(mail):
    """The message to hand to the mail server; Untold or Later when it must not go, or not now."""
    account, reader = mail.account, reader_of(mail)
    with read_by(reader, account):
        tell = TELLERS.get(mail.kind)
        context = {
            **mail.details,
            "account": account,
            "member": reader.member,
            "site": settings.BASE_URL,
            "home": settings.BASE_URL + account.url,
            "language": reader.language,
            **(tell(mail) if tell else {}),
        }
        subject = written(f"mail/{mail.kind}.subject.txt", context, autoescape=False)
        text = written(f"mail/{mail.kind}.txt", context, autoescape=False)
        page = written(f"mail/{mail.kind}.html", context, autoescape=True)
    message = EmailMultiAlternatives(
        one_line(subject)[:LONGEST_SUBJECT],
        text.strip() + "\n",
        sender(account),
        [reader.email],
        headers=headers(mail, reader),
    )
    message.attach_alternative(page, "text/html")
    return message


def written(name, context, *, autoescape):
    """A template with its words; plain text is not HTML and stays as it was typed."""
    return get_template(name).template.render(Context(context, autoescape=autoescape))


def one_line(text):
    """What may stand in a header: nothing that begins another one."""
    return " ".join(UNSEEN.sub(" ", str(text)).split())


def sender(account):
    """The account's name before the installation's own address."""
    name = one_line(account.brand or account.name)
    return formataddr((name, parseaddr(settings.DEFAULT_FROM_EMAIL)[1]), charset="utf-8")


def host():
    """The host of our mail: never what a request calls us."""
    return urlsplit(settings.BASE_URL).hostname or "localhost"


def message_id(mail):
    """A repeat has the same id, so that a mail program shows one."""
    return f"<mail.{mail.pk.hex}@{host()}>"


def thread_id(mail):
    """What every mail of a thread refers to; it tells nothing about what the thread is about."""
    root = salted_hmac("tenants.envelope.thread", f"{mail.account_id}:{mail.thread}", algorithm="sha256")
    return f"<thread.{root.hexdigest()[:32]}@{host()}>"


def headers(mail, reader):
    """What mail programs and other machines need to know."""
    given = {
        "Message-ID": message_id(mail),
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "All",
        "List-Id": f"<{mail.account.slug}.{host()}>",
        "Content-Language": reader.language,
    }
    if mail.thread:
        given |= {"In-Reply-To": thread_id(mail), "References": thread_id(mail)}
    return given
