"""What the companies of the demo say of themselves to their partners."""

from partnerships import presenting

# What it does, regions, equipment and work, hours, whom to call.
CARDS = {
    "lukoshko": ("сеть магазинов", ("Вологда", "Череповец"), (), "", ("Павел Рогов", "+7 8172 55-01-00")),
    "meridian": (
        "сервисная компания",
        ("Вологда", "Череповец", "Пермь"),
        ("кассы", "трекеры", "сканеры"),
        "пн–сб, 8:00–20:00",
        ("Анна Ковалёва", "+7 8172 54-20-20"),
    ),
    "vektor": (
        "подрядчик",
        ("Вологда", "Сокол", "Грязовец"),
        ("кассы", "весы", "кабельные сети"),
        "пн–сб, 8:00–20:00",
        ("Артём Шубин", "+7 8172 51-44-10"),
    ),
    "atlas": ("производитель касс", (), ("АТЛАС К-110", "АТЛАС К-220"), "круглосуточно", ("Екатерина Вольская", "")),
    "navis": ("производитель трекеров", (), ("Навис Т-40",), "пн–пт, 9:00–18:00", ("Дарья Ким", "")),
    "orion": ("производитель, мы их сервис", (), ("Орион М-5",), "пн–пт, 9:00–18:00", ("Лидия Громова", "")),
    "kassaplus": ("сервис касс", ("Череповец",), ("кассы",), "", ("Алла Чернова", "")),
}


def write(month):
    """Each company's card, before it links: whoever has none says nothing of itself."""
    for slug, (about, regions, services, hours, (contact, phone)) in CARDS.items():
        company = month.cast[slug]
        said = {"about": about, "regions": regions, "services": services, "hours": hours}
        with company.scope():
            presenting.present(by=company.owner, contact_name=contact, phone=phone, **said)
