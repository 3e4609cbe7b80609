"""A chain with one of everything in every company, and canaries in all that can be written."""

import itertools
from contextlib import contextmanager
from datetime import UTC, datetime
from io import BytesIO
from types import SimpleNamespace

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.utils import timezone
from PIL import Image

from equipment import registry
from partnerships import agreement, delivery, proposing, sharing, templates
from partnerships.cards import Share
from partnerships.models import Handover, InboxLetter, Lane, Round, Terms
from sla import calendars, policies
from tenants import accounts, agreements, inviting, people
from tenants.models import Activity, Mail, User
from tenants.scoping import new_id
from tests import world
from tickets import canned, conversation, drafting, granting, holding, lifecycle, tags, typology, uploading, viewing
from tickets import files as filing
from tickets.models import Attachment, Notification, Ticket
from tickets.vocabulary import Audience

NAMES = {"owner": "Ow", "dispatcher": "Di", "agent": "Ag", "engineer": "En", "observer": "Ob", "admin": "Ad"}
# Who sees one ticket and nothing else: a restricted agent, and an engineer with nothing assigned to him.
BY_NAME = {"agent2": "Ag Two", "engineer2": "En Two"}


# Each company's own deadline is in a year of its own: where that stands, it was told.
YEARS = {"upper": 2031, "middle": 2032, "lower": 2033, "deepest": 2034, "stranger": 2035}


def canary(company, what):
    """A word that stands nowhere else; what it marks is told by its name."""
    return f"zq{company.slug}x{what}qz"


def company(slug, n):
    made = world.company(slug, f"Firm {slug}", f"Q{n}", {role: (name, "") for role, name in (NAMES | BY_NAME).items()})
    with made.scope():
        made.people["agent2"] = people.set_restricted(made.agent2, to=True, by=made.owner)
        made.client = accounts.add_client(canary(made, "client"), by=made.owner)
        made.contact = accounts.add_contact(
            made.client,
            name=canary(made, "contact"),
            by=made.owner,
            title=canary(made, "title"),
            phone=canary(made, "phone"),
            email=f"{canary(made, 'mail')}@example.org",
        )
        made.site = registry.add_site(
            made.client, name=canary(made, "site"), code="S-1", address=canary(made, "address"), by=made.owner
        )
        made.device = registry.add_equipment(
            made.site,
            model=canary(made, "model"),
            manufacturer=canary(made, "maker"),
            serial_number=canary(made, "serial"),
            by=made.owner,
        )
    return made


def upload(company, what):
    return SimpleUploadedFile(f"{canary(company, what)}.txt", canary(company, f"{what}bytes").encode())


def picture(company, what):
    drawn = BytesIO()
    Image.new("RGB", (8, 8), "red").save(drawn, "PNG")
    return SimpleUploadedFile(f"{canary(company, what)}.png", drawn.getvalue() + canary(company, what).encode())


def fill(company):
    """Everything that people can write on a ticket, each with its own canary."""
    with company.scope():
        taken = Handover.objects.filter(direction="taken").select_related("ticket").first()
        if taken:
            ticket = lifecycle.lock(taken.ticket)
        else:
            ticket = lifecycle.open_ticket(
                canary(company, "subject"),
                by=company.owner,
                description=canary(company, "description"),
                client=company.client,
                contact=company.contact,
                site=company.site,
                equipment=[company.device],
                agreement=canary(company, "agreement"),
            )
        if company.slug in YEARS:
            due = datetime(YEARS[company.slug], 3, 7, 12, 41, tzinfo=UTC)
            ticket = lifecycle.set_due(ticket, to=due, by=company.owner)
        company.ticket = lifecycle.assign(ticket, to=company.engineer, by=company.owner)
        company.said = conversation.comment(
            ticket,
            canary(company, "internal"),
            by=company.owner,
            audience=Audience.INTERNAL,
            uploads=[upload(company, "secretfile")],
        )
        conversation.edit(company.said, canary(company, "internal") + " !", by=company.owner)
        fill_composer(company, ticket)
        company.file = filing.attach(ticket, picture(company, "file"), by=company.owner)
        lifecycle.note(ticket, text=canary(company, "note"), by=company.owner)


def fill_composer(company, ticket):
    """What the owner has typed, sent up and sent, and nobody else may know of yet."""
    drafting.keep(ticket, "client", canary(company, "draft"), by=company.owner)
    company.upload = uploading.send_up(ticket, picture(company, "upload"), by=company.owner)
    company.held = holding.hold(
        ticket, canary(company, "held"), by=company.owner, segment="internal", audience=Audience.INTERNAL
    )


def hand(giver, taker):
    """The giver shares his description, his comment for partners and one file, and nothing else."""
    with giver.scope():
        given = sharing.offer(
            giver.ticket,
            to=world.partner(giver, taker),
            by=giver.owner,
            share=Share(files=(giver.file.pk,)),
            message=canary(giver, "message"),
            see_below="named",
        )
    assert delivery.drain()
    with taker.scope():
        taken = Handover.objects.select_related("ticket").get(key=given.key)
        sharing.accept(taken, by=taker.owner)
    assert delivery.drain()


def make(*slugs):
    """Companies linked in a row with a ticket handed down, and a stranger; each has one of everything."""
    companies = [company(slug, n) for n, slug in enumerate(slugs)]
    for left, right in itertools.pairwise(companies):
        world.link(left, right)
    fill(companies[0])
    for giver, taker in itertools.pairwise(companies):
        hand(giver, taker)
        fill(taker)
        with giver.scope():
            proposing.change_terms(world.partner(giver, taker), by=giver.owner, pass_agreement=True)
    assert delivery.drain()
    stranger = company("stranger", 9)
    fill(stranger)
    for made in (*companies, stranger):
        furnish(made)
    return SimpleNamespace(companies=companies, stranger=stranger)


def furnish(made):
    """What the addresses of a company need: an invitation, a letter set aside, a number nobody else has."""
    with made.scope():
        made.invitation, _code = agreement.invite(canary(made, "invited"), by=made.owner)
        made.place, _link = inviting.invite(email=f"{canary(made, 'place')}@example.org", by=made.owner)
        made.crew = accounts.add_team(canary(made, "crew"), by=made.owner, members=[made.observer])
        made.handover = Handover.objects.order_by("-direction").first()
        made.partnership = made.handover and made.handover.partnership
        if made.partnership:
            furnish_link(made)
        made.notification = unseen(made)
        made.mailed = Mail.objects.earliest("created_at")
        made.calendar = calendars.add(canary(made, "calendar"), by=made.owner, zone="UTC", week=[[["09:00", "18:00"]]])
        made.agreement = agreements.add(
            made.client,
            by=made.owner,
            number=canary(made, "agreed"),
            name=canary(made, "agreedname"),
            third_parties=canary(made, "third"),
        )
        made.policy = policies.add(
            canary(made, "policy"), by=made.owner, calendar=made.calendar, when={"clients": [made.client.pk]}
        )
        made.tag = tags.add_tag(canary(made, "tag"), by=made.owner)
        canned.add_text(canary(made, "cannedname"), canary(made, "canned"), by=made.owner)
        typology.add_field(canary(made, "field"), kind="text", by=made.owner)
        made.view = viewing.keep(canary(made, "view"), {"queue": "all"}, by=made.owner, shared=True)
        made.own_number = 700 + made.account.pk.int % 97
        other = lifecycle.open_ticket(canary(made, "other"), by=made.owner)
        Ticket.objects.filter(pk=other.pk).update(number=made.own_number)
        for person in BY_NAME:
            granting.grant(other, to=made.people[person], by=made.owner)
        made.internal_file = Attachment.objects.get(comment=made.said)


def furnish_link(made):
    """What is there once companies work together: terms, a template, a round, a letter set aside."""
    made.proposal = made.partnership.proposals.first()
    Terms.objects.filter(partnership=made.partnership).update(created_by=canary(made, "author"))
    made.template = templates.add(
        made.partnership, by=made.owner, name=canary(made, "template"), message=canary(made, "templatetext")
    )
    made.round = Round.objects.create(
        ticket=made.handover.ticket, mode="sequence", queue=[str(made.partnership.pk)], made_at=timezone.now()
    )
    lane = Lane.objects.filter(receiver=made.account, handover=made.handover.key).get()
    made.letter = InboxLetter.objects.create(
        letter=new_id(),
        lane=lane,
        handover_key=made.handover.key,
        seq=1000,
        version=9,
        kind="comment.sung",
        sent_at=timezone.now(),
        received_at=timezone.now(),
        stage="set_aside",
        reason="unknown version",
    )


def unseen(made):
    """What the owner has not seen yet of the ticket."""
    line = Activity.objects.filter(ticket_id=made.ticket.pk).first()
    about = {"event": "commented", "reason": "watcher", "activity_id": line.pk, "first_at": line.at, "last_at": line.at}
    row, _made = Notification.objects.get_or_create(member=made.owner, ticket=made.ticket, read_at=None, defaults=about)
    return row


def ids(made, number=None):
    """What stands for each placeholder of an address in this company."""
    return {
        "number": number or made.ticket.number,
        "comment_id": made.said.pk,
        "file_id": made.file.pk,
        "name": made.file.name,
        "shelf": "tags",
        "held_id": made.held.pk,
        "upload_id": made.upload.pk,
        "view_id": made.view.pk,
        "what": "site",
    }


def sign_in(client, company, role):
    client.force_login(User.objects.get(pk=company.people[role].user_id))
    return client


@contextmanager
def undone():
    """Whatever happens inside is undone, so that the next try finds the same world."""
    block = transaction.atomic()
    block._from_testcase = True  # as the test's own transaction: an account's may be opened inside it
    with block:
        yield
        transaction.set_rollback(True)
