"""Who takes part in the demo: eight companies in the four schemes, one stranger, their people, shops and devices."""

from datetime import date

from equipment import registry
from equipment.models import Site
from partnerships import agreement, parting, templates
from partnerships.models import Link
from tenants import accounts
from tenants import people as members
from tenants.models import Client, User
from tests import story_cards, story_promises, story_terms, world
from tests.story import reach
from tickets import granting

OPERATOR = "operator@coticket.example"

COMPANIES = {
    "lukoshko": (
        "Лукошко",
        "ЛК",
        {
            "owner": ("Вера Лунина", "директор по эксплуатации"),
            "dispatcher": ("Павел Рогов", "диспетчер сети"),
            "agent": ("Ольга Петренко", "директор магазина 47"),
            "agent2": ("Наталья Белова", "директор магазина 112"),
            "engineer": ("Пётр Ильин", "техник сети"),
        },
    ),
    "meridian": (
        "Меридиан Сервис",
        "МС",
        {
            "owner": ("Игорь Седых", "руководитель сервиса"),
            "admin": ("Семён Гай", "администратор"),
            "dispatcher": ("Анна Ковалёва", "старший диспетчер"),
            "agent": ("Мария Титова", "специалист, выезды"),
            "agent2": ("Дмитрий Ланин", "специалист, кассы"),
            "agent3": ("Emma Clarke", "service desk, English shift"),
            "agent4": ("Вадим Орлов", "специалист, пекарни"),
            "engineer": ("Олег Юрьев", "выездной инженер"),
            "observer": ("Нина Раева", "финансы"),
        },
    ),
    "vektor": (
        "Вектор",
        "ВР",
        {
            "owner": ("Лев Жуков", "директор"),
            "dispatcher": ("Артём Шубин", "диспетчер"),
            "agent": ("Ксения Орлова", "специалист"),
            "engineer": ("Руслан Гайсин", "выездной инженер"),
        },
    ),
    "atlas": (
        "АТЛАС Сервис",
        "AT",
        {
            "owner": ("Юрий Коц", "директор сервиса"),
            "dispatcher": ("Екатерина Вольская", "третья линия"),
            "agent": ("Инна Сова", "гарантия и отзывные кампании"),
            "engineer": ("Денис Рябов", "инженер стенда"),
        },
    ),
    "navis": (
        "Навис Трек",
        "НТ",
        {
            "owner": ("Глеб Морозов", "директор"),
            "dispatcher": ("Дарья Ким", "поддержка партнёров"),
            "agent": ("Тимур Ахметов", "инженер поддержки"),
        },
    ),
    "orion": (
        "Орион ККТ",
        "ОР",
        {
            "owner": ("Борис Ветров", "директор"),
            "dispatcher": ("Лидия Громова", "отдел гарантии"),
            "agent": ("Максим Зорин", "поддержка"),
        },
    ),
    "kassaplus": (
        "Касса-Плюс",
        "КП",
        {
            "owner": ("Роман Быков", "директор"),
            "dispatcher": ("Алла Чернова", "диспетчер"),
            "agent": ("Кирилл Зуев", "инженер"),
        },
    ),
    "gavan": (
        "Тихая гавань",
        "ТГ",
        {
            "owner": ("Егор Заливин", "управляющий"),
            "dispatcher": ("Марта Штиль", "служба сервиса"),
            "agent": ("Яна Причалова", "инженер здания"),
        },
    ),
}
# The first ticket of the month in each company: nobody begins at one.
FIRST = {
    "lukoshko": 2083,
    "meridian": 4754,
    "vektor": 1166,
    "atlas": 90307,
    "navis": 511,
    "orion": 742,
    "kassaplus": 318,
    "gavan": 64,
}
LINKS = (
    ("lukoshko", "meridian"),
    ("meridian", "vektor"),
    ("meridian", "atlas"),
    ("vektor", "atlas"),
    ("meridian", "navis"),
    ("meridian", "orion"),
    ("lukoshko", "kassaplus"),
    ("meridian", "kassaplus"),
)
TOWNS = (
    ("Вологда", ("ул. Ленинградская", "Советский пр.", "ул. Гагарина", "ул. Конева", "ул. Петина")),
    ("Череповец", ("ул. Ленина", "Октябрьский пр.", "ул. Краснодонцев", "Московский пр.")),
    ("Грязовец", ("ул. Беляева", "ул. Ленина")),
    ("Сокол", ("ул. Советская", "ул. Орешкова")),
    ("Великий Устюг", ("Советский пр.", "ул. Виноградова")),
    ("Тотьма", ("ул. Ленина", "ул. Белоусовская")),
    ("Кириллов", ("ул. Гагарина", "ул. Преображенского")),
)
SHOPS = [*range(1, 45), 47, 58, 112]
PLACES = {
    31: ("Грязовец", "ул. Карла Маркса, 42"),
    47: ("Вологда", "ул. Мира, 18"),
    112: ("Череповец", "пр. Победы, 61"),
}
# Shops with more tills than one in the registry: how many stand there.
TILLS = {47: 3, 112: 5, 31: 2, 58: 2}
SERIALS = {(47, 3): "220-0471938"}

# Whom Меридиан serves: contacts, and sites with their devices (maker, model, name, serial number, warranty).
RESTRICTED_TO = "Тёплый хлеб"
UNTIL = date(2027, 3, 14)
CLIENTS = {
    "Лукошко": (
        [
            ("Ольга Петренко", "директор магазина 47", "+7 8172 55-01-47"),
            ("Павел Рогов", "диспетчер сети", "+7 8172 55-01-00"),
        ],
        [
            (
                "47",
                "магазин 47",
                "Вологда, ул. Мира, 18",
                "до 22:00",
                [("АТЛАС", "К-220", "касса 3", "220-0471938", UNTIL)],
            ),
            (
                "112",
                "магазин 112",
                "Череповец, пр. Победы, 61",
                "до 23:00",
                [("АТЛАС", "К-220", f"касса {n}", f"220-047199{n}", UNTIL) for n in range(1, 6)],
            ),
            (
                "31",
                "магазин 31",
                "Грязовец, ул. Карла Маркса, 42",
                "до 22:00",
                [("АТЛАС", "К-110", "касса 1", "110-0220631", None)],
            ),
            ("УК", "управляющая компания", "Вологда, ул. Чехова, 12", "9:00–18:00", []),
        ],
    ),
    "ТрансКама": (
        [("Рустам Валеев", "начальник колонны", "+7 342 210-44-18")],
        [
            (
                "Е418КХ",
                "борт Е 418 КХ",
                "Пермь, ул. Промышленная, 84",
                "",
                [("Навис", "Т-40", "трекер", "T40-118204", UNTIL)],
            ),
            (
                "Пермь",
                "колонна 2",
                "Пермь, ул. Промышленная, 84",
                "8:00–20:00",
                [("Навис", "Т-40", f"борт {n}", f"T40-11831{n}", None) for n in (1, 2, 3)],
            ),
        ],
    ),
    "Тёплый хлеб": (
        [("Светлана Корж", "управляющая", "+7 8172 70-20-15")],
        [
            (
                "15",
                "пекарня 15",
                "Вологда, ул. Окружное шоссе, 7",
                "7:00–21:00",
                [("Орион", "М-5", "касса", "M5-300415", UNTIL)],
            ),
            (
                "3",
                "пекарня 3",
                "Вологда, ул. Воркутинская, 16",
                "7:00–21:00",
                [("Орион", "М-5", "касса", "M5-300403", UNTIL)],
            ),
        ],
    ),
    "Аптека Ромашка": (
        [("Инесса Мальцева", "заведующая", "+7 81733 2-14-60")],
        [
            (
                "Сокол",
                "аптека, Сокол",
                "Сокол, ул. Советская, 40",
                "8:00–20:00",
                [("Скан", "Л-300", "сканер, касса 2", "L300-77120", None)],
            )
        ],
    ),
    "Книжный на Советской": (
        [("Аркадий Полуэктов", "директор", "+7 8172 72-11-09")],
        [
            (
                "1",
                "книжный, Вологда",
                "Вологда, Советский пр., 21",
                "10:00–20:00",
                [("АТЛАС", "К-220", "касса 1", "220-0468102", None)],
            )
        ],
    ),
}
OTHERS = {
    "vektor": (
        "Рынок «Заречный»",
        ("Галина Сомова", "администратор", "+7 8172 51-30-30"),
        ("пав. 14", "павильон 14", "Вологда, ул. Чернышевского, 90"),
    ),
    "atlas": (
        "Сеть «Полюс»",
        ("Олеся Брагина", "отдел эксплуатации", "+7 495 640-18-22"),
        ("Вологда-2", "магазин Вологда-2", "Вологда, ул. Герцена, 55"),
    ),
    "navis": (
        "Авалон Логистик",
        ("Семён Кулик", "механик", "+7 342 299-05-11"),
        ("база", "база", "Пермь, ш. Космонавтов, 310"),
    ),
    "orion": (
        "Кофейни «Зерно»",
        ("Полина Ярцева", "управляющая", "+7 812 407-22-10"),
        ("7", "кофейня 7", "Санкт-Петербург, ул. Рубинштейна, 15"),
    ),
    "gavan": (
        "Отель «Маяк»",
        ("Зоя Приливина", "портье", "+7 8142 40-10-10"),
        ("корпус А", "корпус А", "Петрозаводск, наб. Варкауса, 3"),
    ),
}


def set_scene(month):
    """Open the accounts, link them, fill their registries; whatever stands already is left as it is."""
    for slug, (name, prefix, people) in COMPANIES.items():
        month.cast[slug] = world.company(slug, name, prefix, people, languages={"agent3": "en"})
    story_cards.write(month)
    for left, right in LINKS:
        pair = [month.cast[left].account, month.cast[right].account]
        if not Link.objects.filter(account_a__in=pair, account_b__in=pair).exists():
            world.link(month.cast[left], month.cast[right])
    for slug, company in month.cast.items():
        with company.scope():
            reach(FIRST[slug])
            if not Site.objects.exists():
                fill(slug, company)
                story_promises.make(slug, company)
    if not User.objects.filter(email=OPERATOR).exists():
        User.objects.create_superuser(OPERATOR, world.PASSWORD, name="Оператор")


def fill(slug, company):
    """One company's registry."""
    by = company.owner
    if slug == "lukoshko":
        lay_shops(accounts.add_client("Наши магазины", by=by), by)
    elif slug == "meridian":
        lay_meridian(company, by)
    elif slug in OTHERS:
        name, contact, (code, site, address) = OTHERS[slug]
        client = accounts.add_client(name, by=by)
        accounts.add_contact(client, name=contact[0], title=contact[1], phone=contact[2], by=by)
        registry.add_site(client, name=site, code=code, address=address, by=by)


def lay_shops(client, by):
    """The chain's forty-seven shops, each with its tills."""
    serial = 1900
    for place, number in enumerate(SHOPS):
        town, streets = TOWNS[place % len(TOWNS)]
        street = f"{streets[place // len(TOWNS) % len(streets)]}, {3 + place * 7 % 120}"
        town, street = PLACES.get(number, (town, street))
        site = registry.add_site(
            client, name=f"магазин {number}", code=str(number), address=f"{town}, {street}", hours="8:00–22:00", by=by
        )
        for till in range(1, TILLS.get(number, 1) + 1):
            serial += 1 if serial != 1937 else 2
            registry.add_equipment(
                site,
                model="К-220",
                manufacturer="АТЛАС",
                name=f"касса {till}",
                serial_number=SERIALS.get((number, till), f"220-047{serial}"),
                warranty_until=UNTIL,
                by=by,
            )
    for name, title, phone in (
        ("Ольга Петренко", "директор магазина 47", "+7 8172 55-01-47"),
        ("Наталья Белова", "директор магазина 112", "+7 8202 55-01-12"),
    ):
        accounts.add_contact(client, name=name, title=title, phone=phone, by=by)


def lay_meridian(company, by):
    """Five clients, of which one agent sees one; two teams, the client that is the chain, an invitation that waits."""
    people = company.people
    accounts.add_team("Кассы", members=[people[p] for p in ("dispatcher", "agent", "agent2", "engineer")], by=by)
    accounts.add_team("Трекеры", members=[people[p] for p in ("owner", "agent3")], line=2, by=by)
    for name, (contacts, sites) in CLIENTS.items():
        client = accounts.add_client(name, by=by)
        if name == RESTRICTED_TO:
            people["agent4"] = members.set_restricted(people["agent4"], to=True, by=by)
            granting.grant(client, to=people["agent4"], by=by)
        for who, title, phone in contacts:
            accounts.add_contact(client, name=who, title=title, phone=phone, by=by)
        for code, site_name, address, hours, devices in sites:
            site = registry.add_site(client, name=site_name, code=code, address=address, hours=hours, by=by)
            for maker, model, label, serial, until in devices:
                registry.add_equipment(
                    site, model=model, manufacturer=maker, name=label, serial_number=serial, warranty_until=until, by=by
                )


def keep_template(company, other):
    """What the dispatchers hand to the subcontractor most often."""
    templates.add(
        world.partner(company, other),
        by=company.owner,
        name="Выезд на кассы",
        share={"description": True, "contact_name": True, "contact_phone": True, "site": True, "given_equipment": True},
        message="Нужен выезд. Позвоните на объект за час.",
        due_minutes=240,
        hand_on="nobody",
        checklist=["Фото до и после", "Пробный чек", "Акт подписан"],
    )


def name_clients(month):
    """Whose tickets are a client's: the chain at its service company. Steps of the month's first day."""

    def chain():
        company = month.cast["meridian"]
        client = Client.objects.get(name="Лукошко")
        agreement.name_client(world.partner(company, month.cast["lukoshko"]), client, by=company.owner)

    month.step(month.ago("23d"), "meridian", chain)
    month.step(month.ago("22d"), "meridian", lambda: keep_template(month.cast["meridian"], month.cast["vektor"]))
    month.step(
        month.ago("1d 2h"),
        "meridian",
        lambda: agreement.invite("Скан-Сервис Север", email="director@skan.example", by=month.cast["meridian"].owner),
    )
    month.step(
        month.ago("9d 1h"),
        "meridian",
        lambda: parting.end(
            world.partner(month.cast["meridian"], month.cast["kassaplus"]), by=month.cast["meridian"].owner
        ),
    )
    story_terms.agree(month)
