"""How the demo's month is told: tales are written down step by step, then all steps happen in order of time.

Each step is one verb in one company's scope, marked as done in the same transaction, so that a telling that was
interrupted goes on where it stopped. A step finds its rows by the tale's subject and keeps nothing in memory.
"""

import re
import time
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import F, Q

from equipment.models import Equipment, Site
from helpdesk.models import Heartbeat
from partnerships import cards, delivery, ratings, reporting, rounds, sharing
from partnerships.models import Handover, Lane
from partnerships.vocabulary import LinkState, Mode
from tenants import clock
from tenants.models import Client, Contact, Counter, Team
from tests import world
from tickets import conversation, lifecycle, statuses
from tickets import files as filing
from tickets.models import Comment, Ticket
from tickets.vocabulary import Audience, Category, Direction, Glyph, Priority

ZONE = ZoneInfo("Europe/Moscow")
OPENS, SHUTS = 9, 19
DAY = (SHUTS - OPENS) * 60
MARK, DONE = "demo", "done"
DESK = "meridian"  # the desk whose tickets wait for a person when none is named
WAITING = {
    "client": (Category.WAITING, Glyph.CLIENT),
    "open": (Category.OPEN, Glyph.OPEN),
    "returned": (Category.OPEN, Glyph.RETURNED),
}


def minutes(spec, day):
    """How many minutes "2d 3h 20m" are, with a day of so many."""
    return sum(int(n) * {"d": day, "h": 60, "m": 1}[unit] for n, unit in re.findall(r"(\d+)([dhm])", spec))


def worked_before(moment, spent):
    """The moment so many working minutes earlier: weekdays from nine to seven."""
    while True:
        room = (moment - moment.replace(hour=OPENS, minute=0)).total_seconds() / 60
        if moment.weekday() < 5 and 0 <= spent <= room:
            return moment - timedelta(minutes=spent)
        spent -= max(0, room) if moment.weekday() < 5 else 0
        moment = (moment - timedelta(days=1)).replace(hour=SHUTS, minute=0, second=0)


@dataclass(order=True)
class Step:
    """Something that happens at a moment in one company."""

    moment: datetime
    order: int
    slug: str = field(compare=False)
    do: object = field(compare=False)


class Month:
    """Everything that happened until now, in steps, and the companies it happened to."""

    def __init__(self, now):
        local = now.astimezone(ZONE).replace(microsecond=0)
        self.now = now
        evening = local.replace(hour=SHUTS, minute=0, second=0)
        # A minute ago at the latest: nothing of the demo may lie in the future.
        self.anchor = worked_before(min(local - timedelta(minutes=1), evening), 0)
        self.cast, self.steps, self.subjects = {}, [], set()

    def ago(self, spec):
        """The moment so many working days, hours and minutes before now."""
        return worked_before(self.anchor, minutes(spec, DAY))

    def due(self, spec, since):
        """A deadline: +2h and -12m count from now, 8h from the moment it is given."""
        if not spec:
            return None
        length = timedelta(minutes=minutes(spec, 1440))
        return {"+": self.now + length, "-": self.now - length}.get(spec[0], since + length)

    def step(self, moment, slug, do):
        self.steps.append(Step(moment, len(self.steps), slug, do))

    def member(self, who):
        """The person behind "meridian.dispatcher"."""
        slug, role = who.split(".")
        return self.cast[slug].people[role]

    def name(self, slug):
        return self.cast[slug].account.name

    def tell(self, setting, *, upto=None):
        """Set the scene, then let everything happen that has not happened yet; `upto` stops early, as a crash would."""
        mark, _made = Heartbeat.objects.get_or_create(name=MARK, defaults={"at": self.now, "token": self.progress(0)})
        done = int(mark.token.split("/")[0])
        # The scene is laid anew on each telling: what stands already is only looked up.
        with clock.at(self.ago("24d")):
            setting(self)
            settle()
        for number, step in enumerate(sorted(self.steps)[:upto], start=1):
            if number > done:
                self.happen(step, number)
        if upto is None:
            Heartbeat.objects.filter(name=MARK).update(token=DONE)

    def progress(self, number):
        """How far the telling is, as its mark keeps it."""
        return f"{number}/{len(self.steps)}"

    def happen(self, step, number):
        """One step and its mark in one transaction, then the letters it wrote."""
        with clock.at(step.moment):
            with self.cast[step.slug].scope():
                step.do()
                Heartbeat.objects.filter(name=MARK).update(token=self.progress(number))
            with clock.at(step.moment + timedelta(seconds=3)):
                settle()


def settle():
    """Carry letters until none waits, also none that a worker of the installation holds just now."""
    for _try in range(600):
        delivery.drain()
        waiting = Lane.objects.filter(stuck=False).exclude(Q(handover__isnull=False) & ~Q(link__state=LinkState.ACTIVE))
        if not waiting.filter(Q(delivered__lt=F("written")) | Q(applied__lt=F("delivered"))).exists():
            return
        time.sleep(0.05)


def reach(number):
    """The ambient company's next ticket gets this number, unless its tickets are past it already."""
    counter, _made = Counter.objects.get_or_create(name="ticket")
    Counter.objects.filter(pk=counter.pk, value__lt=number - 1).update(value=number - 1)


def uploads(files):
    """Named bytes as a browser would send them."""
    return [SimpleUploadedFile(name, content) for name, content in files]


class Tale:
    """One trouble and everything said and done about it, in however many companies."""

    def __init__(self, month, subject):
        assert subject not in month.subjects, subject
        month.subjects.add(subject)
        self.month, self.subject = month, subject
        self.second = timedelta(seconds=len(month.subjects) * 13 % 50)

    # How steps find their rows.

    def later(self, ago, slug, do):
        self.month.step(self.month.ago(ago) + self.second, slug, do)
        return self

    def ticket(self):
        """The ambient company's latest ticket about this."""
        rows = Ticket.objects.select_related("account", "status", "client", "assignee")
        return rows.filter(subject=self.subject).latest("number")

    def handover(self, other):
        """The ambient company's latest hand-over of this with another company."""
        rows = Handover.objects.select_related("ticket__account", "ticket__status", "partnership", "counterpart")
        return rows.filter(ticket__subject=self.subject, partnership__name=self.month.name(other)).latest("offered_at")

    def taken(self):
        rows = Handover.objects.select_related("ticket__account", "ticket__status", "partnership", "counterpart")
        return rows.filter(ticket__subject=self.subject, direction=Direction.TAKEN).latest("offered_at")

    def by(self, who):
        return self.month.member(who)

    # What happens.

    def opens(self, ago, who, text="", *, number=0, due="", assignee="", files=(), devices=(), **facts):
        """Somebody writes it down. `facts`: client, contact, site, team (names and codes), priority, agreement."""
        slug, moment = who.split(".")[0], self.month.ago(ago)

        def do():
            if number:
                reach(number)
            values = {name: value for name, value in facts.items() if name in ("priority", "agreement")}
            if "team" in facts:
                values["team"] = Team.objects.get(name=facts["team"])
            if "client" in facts:
                values["client"] = client = Client.objects.get(name=facts["client"])
                for name, model, column in (("contact", Contact, "name"), ("site", Site, "code")):
                    if name in facts:
                        values[name] = model.objects.get(client=client, **{column: facts[name]})
            ticket = lifecycle.open_ticket(
                self.subject,
                by=self.by(who),
                description=text,
                equipment=Equipment.objects.filter(serial_number__in=devices) if devices else (),
                due_at=self.month.due(due, moment),
                assignee=self.by(f"{slug}.{assignee}") if assignee else None if slug == DESK else self.by(who),
                **values,
            )
            for upload in uploads(files):
                filing.attach(ticket, upload, by=self.by(who))

        return self.later(ago, slug, do)

    def gives(self, ago, who, to, *, due="", message="", number=0, waits="+5d", comments=False, then="", **choices):
        """Hand it over. `waits`: how long the partner may think; `number`: the one it gets; `then`: asked next."""
        slug, moment = who.split(".")[0], self.month.ago(ago)
        choices.setdefault("see_below", "named")

        def do():
            ticket, partnership = self.ticket(), world.partner(self.month.cast[slug], self.month.cast[to])
            share = cards.usual_share(ticket, partnership.terms)
            if comments:
                public = Comment.objects.filter(ticket=ticket).exclude(audience=Audience.INTERNAL)
                share = replace(share, comments=tuple(public.values_list("pk", flat=True)))
            told = {"by": self.by(who), "share": share, "message": message, **choices}
            told |= {"due_at": self.month.due(due, moment), "accept_by": self.month.due(waits, moment)}
            if not then:
                return sharing.offer(ticket, to=partnership, **told)
            others = [world.partner(self.month.cast[slug], self.month.cast[other]) for other in then.split()]
            return rounds.ask(ticket, partners=[partnership, *others], mode=Mode.SEQUENCE, **told)

        if number:
            self.later(ago, to, lambda: reach(number))
        return self.later(ago, slug, do)

    def accepts(self, ago, who, assignee=""):
        def do():
            sharing.accept(self.taken(), by=self.by(who))
            if assignee:
                lifecycle.assign(self.ticket(), to=self.by(f"{who.split('.')[0]}.{assignee}"), by=self.by(who))

        return self.later(ago, who.split(".")[0], do)

    def declines(self, ago, who, reason):
        return self.answers(ago, who, sharing.decline, reason=reason)

    def delivers(self, ago, who, report="", files=(), checklist=()):
        """The work is done; of the giver's lines each is "" when done, or the reason why not."""
        answered = [{"done": not why, "note": why} for why in checklist]
        return self.answers(
            ago,
            who,
            lambda *words, **named: sharing.deliver(*words, uploads=uploads(files), checklist=answered, **named),
            report=report,
        )

    def hands_in(self, ago, who, report):
        """An engineer is done: the dispatcher reads it first."""
        return self.answers(ago, who, reporting.hand_in, report=report)

    def gives_back(self, ago, who, reason):
        return self.answers(ago, who, sharing.give_back, reason=reason)

    def answers(self, ago, who, verb, **words):
        return self.later(ago, who.split(".")[0], lambda: verb(self.taken(), by=self.by(who), **words))

    def approves(self, ago, who, other, score=0, text="", **criteria):
        """The work is good; with a score it is rated in the same breath."""

        def do():
            sharing.approve(self.handover(other), by=self.by(who))
            if score:
                ratings.rate(self.handover(other), by=self.by(who), score=score, text=text, criteria=criteria)

        return self.later(ago, who.split(".")[0], do)

    def thanks(self, ago, who, text):
        """The last word on a rating."""
        return self.answers(ago, who, ratings.answer_rating, text=text)

    def returns(self, ago, who, other, reason):
        return self.with_partner(ago, who, other, sharing.send_back, reason=reason)

    def withdraws(self, ago, who, other, reason):
        return self.with_partner(ago, who, other, sharing.withdraw, reason=reason)

    def nudges(self, ago, who, other, text):
        return self.with_partner(ago, who, other, ratings.nudge, text=text)

    def with_partner(self, ago, who, other, verb, **words):
        return self.later(ago, who.split(".")[0], lambda: verb(self.handover(other), by=self.by(who), **words))

    def expires(self, ago, slug, other):
        """Nobody answered in time: the timer says so, in the giver's account."""
        return self.later(ago, slug, lambda: sharing.expire(self.handover(other)))

    def says(self, ago, who, body, to="us", files=()):
        """A comment to "us", "client", partners' slugs; a client's person speaks as "meridian:Name"."""
        slug = who.replace(":", ".").split(".")[0]
        wanted = to.split()
        partners = [word for word in wanted if word not in ("us", "client")]
        audience = Audience.PARTNER if partners else Audience.INTERNAL
        if "client" in wanted:
            audience = Audience.CLIENT_AND_PARTNER if partners else Audience.CLIENT

        def do():
            by = Contact.objects.select_related("client").get(name=who.split(":")[1]) if ":" in who else self.by(who)
            readers = [self.handover(other).counterpart for other in partners]
            conversation.comment(self.ticket(), body, by=by, audience=audience, readers=readers, uploads=uploads(files))

        return self.later(ago, slug, do)

    def passes_on(self, ago, who, to):
        """Let the client or another partner read what a partner said last."""

        def do():
            said = Comment.objects.filter(ticket=self.ticket(), came_through__isnull=False).latest("created_at", "id")
            readers = [] if to == "client" else [self.handover(to).counterpart]
            conversation.pass_on(said, by=self.by(who), to_client=to == "client", readers=readers)

        return self.later(ago, who.split(".")[0], do)

    def assigns(self, ago, who, role):
        slug = who.split(".")[0]
        return self.later(
            ago, slug, lambda: lifecycle.assign(self.ticket(), to=self.by(f"{slug}.{role}"), by=self.by(who))
        )

    def waits(self, ago, who, word="client"):
        """Put it into the first status of that kind: client, open, returned."""
        return self.acts(
            ago, who, lambda ticket, by: lifecycle.set_status(ticket, to=statuses.first(*WAITING[word]), by=by)
        )

    def grows(self, ago, who, priority=Priority.CRITICAL):
        return self.acts(ago, who, lambda ticket, by: lifecycle.set_priority(ticket, to=priority, by=by))

    def resolves(self, ago, who, note=""):
        return self.acts(ago, who, lambda ticket, by: lifecycle.resolve(ticket, by=by, note=note))

    def closes(self, ago, who, note=""):
        return self.acts(ago, who, lambda ticket, by: lifecycle.close(ticket, by=by, note=note))

    def acts(self, ago, who, verb):
        return self.later(ago, who.split(".")[0], lambda: verb(self.ticket(), self.by(who)))
