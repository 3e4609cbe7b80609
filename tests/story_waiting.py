"""Tickets on which the client has the turn."""

from tests.story import Tale


def two_wait(month):
    """The client has the turn."""
    t = Tale(month, "Пекарня 3: сменилось юридическое лицо")
    t.opens(
        "2d 9h",
        "meridian.agent",
        "Кассу нужно перерегистрировать на новое ИП.",
        client="Тёплый хлеб",
        contact="Светлана Корж",
        site="3",
        due="+3d",
        assignee="agent",
    )
    t.says("2d 8h", "meridian.agent", "Светлана Юрьевна, пришлите ИНН и дату смены, подготовим заявление.", to="client")
    t.waits("2d 7h 50m", "meridian.agent")
    t = Tale(month, "Согласовать дату замены ФН в книжном")
    t.opens(
        "3d 4h",
        "meridian.dispatcher",
        "ФН истекает 30-го числа, на замену нужен час без продаж.",
        client="Книжный на Советской",
        contact="Аркадий Полуэктов",
        site="1",
        due="+2d 20h",
        assignee="dispatcher",
    )
    t.says("3d 3h", "meridian.dispatcher", "Аркадий Львович, когда удобно: до открытия или после 20:00?", to="client")
    t.waits("3d 2h 50m", "meridian.dispatcher")
