"""The canary oracle: a word nobody else has in all that can be written; where it sings, its reader may know it."""

import re
from datetime import timedelta
from urllib.parse import quote

from django.test import Client
from django.utils import timezone

from helpdesk import account_urls
from partnerships import delivery
from partnerships.models import InboxLetter, Letter
from tenants import clock, postman
from tests.rewind import staged
from tests.walls import cast
from tests.walls.routes import ROWS, walk
from tests.walls.test_routes import address
from tickets import conversation
from tickets.models import Attachment
from tickets.vocabulary import Audience

CANARY = re.compile(r"zq(upper|middle|lower|deepest|stranger)x([a-z]+)qz", re.IGNORECASE)
DUE = re.compile(r"(203[1-5])-03-07T")
# What a direct partner below may read: the subject, the description, the message and the file that was ticked.
SHARED = {"subject", "description", "message", "file"}
# What the client of the first may read on his sheet: what he asked, his name, his agreement and his deadline.
UPPERS = {"subject", "client", "agreed", "due"}
SECRET = {"internal", "secretfile", "secretfilebytes", "note", "contact", "phone", "mail", "address", "serial", "due"}


@staged
def world():
    made = cast.make("upper", "middle", "lower", "deepest")
    for company in made.companies:
        with company.scope():
            above = company.handover.counterpart
            conversation.comment(
                company.ticket,
                cast.canary(company, "upwards" if company.slug != "upper" else "downwards"),
                by=company.owner,
                audience=Audience.PARTNER,
                readers=[above],
            )
    assert delivery.drain()
    return made


def sung(text):
    """Every canary in a text: {(company, what)}."""
    years = {str(year): slug for slug, year in cast.YEARS.items()}
    birds = {(company.lower(), what.lower()) for company, what in CANARY.findall(text)}
    return birds | {(years[year], "due") for year in DUE.findall(text)}


def allowed(company, companies):
    """What may be read at this company: all of its own, and what its neighbours gave it."""
    order = [made.slug for made in companies]
    place = order.index(company.slug)
    may = set()
    for slug in order:
        away = order.index(slug) - place
        if away < 0 and slug == "upper":
            # Subject, description and the ticked file of the first go on down, hand by hand.
            may |= {(slug, "subject"), (slug, "description")} | ({(slug, "file")} if away == -1 else set())
        if away == -1:
            may |= {(slug, "message"), (slug, "file")} | ({(slug, "downwards")} if slug == "upper" else set())
        if away == 1:
            may.add((slug, "upwards"))
    return may


def pages(company, role="owner"):
    """Every page and file that the company can open: (address, what is in it)."""
    browser = cast.sign_in(Client(), company, role)
    with company.scope():
        files = list(Attachment.objects.filter(removed_at=None).values_list("pk", "name"))
    for name, params in walk(account_urls.urlpatterns):
        if name == "live":
            continue  # a stream without an end; what it may tell is held by tests of its own
        every = files if "file_id" in params else [(company.file.pk, company.file.name)]
        for file_id, file_name in every:
            ids = {**cast.ids(company), "file_id": file_id, "name": file_name}
            if ROWS[name].pk and not getattr(company, ROWS[name].pk, None):
                continue
            path = f"/a/{company.slug}{address(company, name, params, ids, ROWS[name].pk)}"
            answer = browser.get(path, ROWS[name].send)
            body = b"".join(answer.streaming_content) if answer.streaming else answer.content
            yield path, answer.status_code, body.decode(errors="replace") + str(answer.headers)
    for query in ("zq", "qz", "internal", quote(cast.canary(company, "subject"))):
        answer = browser.get(f"/a/{company.slug}/tickets/?q={query}")
        yield f"search {query}", answer.status_code, answer.content.decode()


def test_no_page_sings_of_what_its_reader_may_not_know(world):
    leaks, heard, opened = [], set(), 0
    for company in (*world.companies, world.stranger):
        chain = world.companies if company in world.companies else [company]
        may = allowed(company, chain)
        for path, code, text in pages(company):
            opened += code == 200
            foreign = {bird for bird in sung(text) if bird[0] != company.slug}
            heard |= {(company.slug, *bird) for bird in foreign}
            leaks.extend((company.slug, path, *bird) for bird in foreign - may)

    assert leaks == []
    assert opened > 80
    assert ("middle", "upper", "description") in heard and ("middle", "lower", "upwards") in heard
    assert ("deepest", "upper", "subject") in heard, "the oracle hears what may be heard"


def test_the_proof_of_time_for_outside_sings_of_nothing_inside(world):
    """The sheet for the client, or for the sender: no person of ours, no far company, nothing but what he asked."""
    named, birds, people = {}, {}, {}
    for company in world.companies:
        browser = cast.sign_in(Client(), company, "owner")
        page = browser.get(f"/a/{company.slug}/tickets/{company.ticket.number}/turns/proof/").content.decode()
        sheet = page[page.index('<main class="printed') :]
        named[company.slug] = {made.slug for made in world.companies if made.account.name in sheet}
        birds[company.slug] = {bird for bird in sung(sheet) if bird[0] == company.slug or bird[1] != "subject"}
        people[company.slug] = set(re.findall(r"\w+", re.sub(r"<[^>]+>", " ", sheet))) & set(cast.NAMES.values())

    # Each names itself, whoever asked, and his direct partner where the hand-over lets the sender see below.
    assert named == {
        "upper": {"upper"},
        "middle": {"upper", "middle", "lower"},
        "lower": {"middle", "lower", "deepest"},
        "deepest": {"lower", "deepest"},
    }
    assert people == {slug: set() for slug in named}
    assert birds == {"upper": {("upper", what) for what in UPPERS}, "middle": set(), "lower": set(), "deepest": set()}


def test_no_letter_carries_what_was_not_shared(world):
    found, letters = [], 0
    for company in (*world.companies, world.stranger):
        with company.scope():
            may = allowed(company, world.companies) if company in world.companies else set()
            for row in InboxLetter.objects.all():
                letters += 1
                birds = {bird for bird in sung(str(row.body) + str(row.by)) if bird[0] != company.slug}
                found.extend((company.slug, row.kind, *bird) for bird in birds - may)
            for row in Letter.objects.all():
                letters += 1
                found.extend((company.slug, row.kind, *bird) for bird in sung(str(row.body)) if bird[1] in SECRET)

    assert letters > 40
    assert found == []


def test_no_mail_sings_of_what_its_reader_may_not_know(world, mailoutbox):
    companies = {company.slug: company for company in (*world.companies, world.stranger)}
    with clock.at(timezone.now() + timedelta(minutes=2)):
        while postman.deliver_due():
            pass

    leaks, heard = [], set()
    for message in mailoutbox:
        name, _at, domain = message.to[0].partition("@")
        birds = sung(message.message().as_string() + message.subject + message.body + message.alternatives[0].content)
        company = companies.get(domain.partition(".")[0])
        if company is None:
            # Somebody outside who was invited: his own address is all he knows.
            may = {bird for bird in birds if bird[1] in ("place", "invited")}
        elif name in cast.BY_NAME:
            may = {(company.slug, "other")}
        else:
            chain = world.companies if company in world.companies else [company]
            may = allowed(company, chain) | {bird for bird in birds if bird[0] == company.slug}
        heard |= {(domain.partition(".")[0], *bird) for bird in birds}
        leaks.extend((message.to[0], *bird) for bird in birds - may)

    assert leaks == []
    assert len(mailoutbox) > 15
    assert ("middle", "upper", "downwards") in heard and ("upper", "middle", "upwards") in heard
    assert ("middle", "middle", "internal") in heard, "what is said among us reaches us"


def test_the_strangers_birds_are_heard_nowhere_but_at_home(world):
    for company in world.companies:
        for path, _code, text in pages(company, "dispatcher"):
            assert not {bird for bird in sung(text) if bird[0] == "stranger"}, path
    own = {what for _path, _code, text in pages(world.stranger) for slug, what in sung(text) if slug == "stranger"}
    assert {"subject", "description", "internal", "file", "secretfilebytes", "due"} <= own


def test_a_leak_would_be_heard(world, monkeypatch):
    """The oracle itself: with internal words sent to every partner, it names the leak."""
    from partnerships import outbox
    from partnerships.models import Handover

    rows = Handover.objects.select_related("partnership", "ticket__account", "counterpart")
    monkeypatch.setattr(outbox, "readers", lambda activity: list(rows.filter(ticket=activity.ticket_id)))
    middle = world.companies[1]
    with middle.scope():
        conversation.comment(
            middle.ticket, cast.canary(middle, "internal"), by=middle.owner, audience=Audience.INTERNAL
        )
    assert delivery.drain()

    lower = world.companies[2]
    leaks = {bird for _path, _code, text in pages(lower) for bird in sung(text)} - allowed(lower, world.companies)
    assert ("middle", "internal") in leaks
