"""Accounts as large as they come, for measuring: 100,000 tickets with comments, 20,000 sites, written in bulk."""

import random
from datetime import timedelta

from equipment.models import Equipment, EquipmentModel, Site
from tenants import accounts, clock, people
from tenants.models import Client, Contact, Counter, Membership
from tenants.scoping import account_scope, new_id
from tenants.vocabulary import Role
from tickets import granting
from tickets.models import Comment, Status, Ticket
from tickets.vocabulary import FINISHED, Audience, Category, Glyph, Priority, Turn

THINGS = ("касса", "принтер", "весы", "сканер", "трекер", "терминал", "роутер", "ящик", "дисплей", "сервер")
TROUBLES = ("не печатает", "не включается", "завис", "теряет связь", "мигает", "просит обновление", "считает неверно")
TOWNS = ("Вологда, Мира", "Тверь, Ленина", "Псков, Зелёная", "Москва, Речная")
NAMES = ("Анна", "Ольга", "Пётр", "Алёна", "Руслан")
PLACES = ("в магазине", "на складе", "в кафе", "на борту", "в аптеке", "на кассе")


def fill(slug, tickets):
    """Open an account and give it this many tickets, a twentieth of them open; returns the account."""
    owner = accounts.person(f"owner@{slug}.example", name="Owner")
    account = accounts.open_account(slug, name=f"Heavy {slug}", owner=owner)
    chance = random.Random(7)
    with account_scope(account.pk):
        by = Membership.objects.get()
        clients = [accounts.add_client(f"Client {n}", by=by) for n in range(50)]
        statuses = list(Status.objects.all())
    for start in range(0, tickets, 5000):
        with account_scope(account.pk):
            batch(chance, range(start, min(start + 5000, tickets)), clients, statuses, by)
    with account_scope(account.pk):
        Counter.objects.update_or_create(name="ticket", defaults={"value": tickets + 1})
    return account


def registry(slug, sites):
    """An account that serves this many sites, with half as many contacts more and two and a half devices each."""
    account = accounts.open_account(slug, name=f"Heavy {slug}", owner=accounts.person(f"owner@{slug}.example"))
    chance = random.Random(7)
    with account_scope(account.pk):
        owner = Membership.objects.select_related("account").get()
        clients = [accounts.add_client(f"Клиент {n}", by=owner) for n in range(200)]
        model = EquipmentModel.objects.create(manufacturer="АТЛАС", name="К-220")
        places = [
            Site(
                client=chance.choice(clients),
                code=f"М-{n}",
                name=f"Магазин {n}",
                address=f"{chance.choice(TOWNS)}, {n}",
            )
            for n in range(sites)
        ]
        Site.objects.bulk_create(places, batch_size=2000)
        Contact.objects.bulk_create(
            [
                Contact(
                    client=chance.choice(clients),
                    name=f"{chance.choice(NAMES)} {chance.randrange(16**6):06x}",
                    phone=f"+7 9{chance.randrange(10**9):09d}",
                )
                for _n in range(sites + sites // 2)
            ],
            batch_size=2000,
        )
        Equipment.objects.bulk_create(
            [
                Equipment(site=chance.choice(places), model=model, serial_number=f"{chance.randrange(10**7):07d}-{n}")
                for n in range(sites * 5 // 2)
            ],
            batch_size=2000,
        )
    return owner


def readers(account, granted):
    """Who looks at such an account: its owner; with grants also a restricted agent, who was granted clients and single
    tickets, half of each, and an engineer, who was granted single tickets alone."""
    with account_scope(account.pk):
        owner = Membership.objects.select_related("user").get(role=Role.OWNER)
        if not granted:
            return [owner]
        agent, engineer = (
            accounts.add_member(accounts.person(f"{role}@{account.slug}.example", name=name), role=role, by=owner)
            for role, name in ((Role.AGENT, "Restricted agent"), (Role.ENGINEER, "Engineer"))
        )
        agent = people.set_restricted(agent, to=True, by=owner)
        half = list(Client.objects.all()[: granted // 2])
        single = list(Ticket.objects.order_by("-number")[:granted])
        for member, things in ((agent, half + single[: granted - len(half)]), (engineer, single)):
            for thing in things:
                granting.grant(thing, to=member, by=owner)
        return [owner, *Membership.objects.select_related("user").filter(pk__in=[agent.pk, engineer.pk])]


def batch(chance, numbers, clients, statuses, by):
    """A few thousand tickets, each with two comments."""
    rows = [ticket(chance, number, clients, statuses, by) for number in numbers]
    Ticket.objects.bulk_create(rows, batch_size=1000)
    Comment.objects.bulk_create([comment(chance, row) for row in rows for _n in range(2)], batch_size=2000)


def ticket(chance, number, clients, statuses, by):
    """One believable row; the board columns as the verbs would have left them."""
    is_open = chance.random() < 0.05
    status = chance.choice([s for s in statuses if (s.category not in FINISHED) == is_open])
    made = clock.now() - timedelta(minutes=chance.randrange(525_600))
    return Ticket(
        number=number + 1,
        subject=f"{chance.choice(THINGS)} {number % 977} {chance.choice(TROUBLES)} {chance.choice(PLACES)}",
        description=f"{chance.choice(TROUBLES)}, {chance.choice(PLACES)} {chance.randrange(10_000)}",
        status=status,
        priority=chance.choice(Priority.values),
        client=chance.choice(clients),
        assignee=by if chance.random() < 0.3 else None,
        opened_by="Owner",
        created_at=made,
        updated_at=made + timedelta(hours=chance.randrange(200)),
        turn_since=made,
        due_at=made + timedelta(hours=chance.randrange(4, 400)),
        finished_at=None if is_open else made + timedelta(hours=chance.randrange(200)),
        turn=turn_of(status),
        partner_label="Вектор" if status.glyph == Glyph.PARTNER else "",
    )


def turn_of(status):
    """Whose move such a status means."""
    if status.category in FINISHED:
        return Turn.NOBODY
    if status.category == Category.WAITING:
        return Turn.PARTNER if status.glyph == Glyph.PARTNER else Turn.CLIENT
    return Turn.US


def comment(chance, row):
    """Words on it, among which a search must find its own."""
    comment_id = new_id()
    return Comment(
        id=comment_id,
        origin_id=comment_id,
        ticket=row,
        body=f"{chance.choice(THINGS)}: {chance.choice(TROUBLES)}, проверено {chance.randrange(100_000)}",
        audience=Audience.INTERNAL,
        author_kind="member",
        author_name="Owner",
        created_at=row.created_at,
    )
