"""What Меридиан makes of Вектор's statuses: most were decided on early, one is so new that nobody has yet."""

from partnerships import mapping
from partnerships.maps import Rule
from tests import world
from tickets import lifecycle, words
from tickets.models import Status

VISIT = "Выезд назначен"
DECIDED = (
    ("giver", "word", "В работе"),
    ("giver", "word", "У партнёра"),
    ("giver", "word", "На приёмке"),
    ("giver", "word", "Решена"),
    ("giver", "word", "Закрыта"),
    ("taker", "word", "У партнёра"),
)


def set_maps(month):
    """The map is filled in on the month's first days; Вектор has got a status of its own since."""

    def decide():
        ours = world.partner(month.cast["meridian"], month.cast["vektor"])
        client = Status.objects.get(name="Ждём клиента")
        rules = [Rule(*what, "leave") for what in DECIDED]
        rules.append(Rule("giver", "category", "waiting", "ask"))
        rules.append(Rule("giver", "word", "Ждём клиента", "set", client))
        mapping.change_map(ours, rules, by=month.member("meridian.owner"))

    month.step(month.ago("22d"), "meridian", decide)
    month.step(
        month.ago("3d"),
        "vektor",
        lambda: words.add_status(VISIT, by=month.member("vektor.owner"), category="open", glyph="open"),
    )


def sets_out(tale, ago, who):
    """The subcontractor says in his own word that somebody is coming."""
    tale.acts(ago, who, lambda ticket, by: lifecycle.set_status(ticket, to=Status.objects.get(name=VISIT), by=by))
