"""Tales of one hand-over that stands where it should not, or is still under way: one for each state."""

from tests import pictures
from tests.story import Tale

LUKOSHKO, SHOP47, SHOP112 = "Лукошко", "Ольга Петренко", "Наталья Белова"


def tell_states(month):
    """All of this file's tales."""
    for tale in (
        water_on_board,
        nobody_in_ustyug,
        truck_was_sold,
        unsigned_act,
        sim_replaced,
        rybinsk_was_cut,
        mileage_is_low,
    ):
        tale(month)


def water_on_board(month):
    """Declined: the vendor says it is not his warranty."""
    t = Tale(month, "Замена платы по гарантии: касса 1 не включается")
    t.opens(
        "2d 6h",
        "meridian.agent2",
        "После выходных касса не включается, запаха гари нет. Гарантия до марта. Плату сняли, фото приложили.",
        client=LUKOSHKO,
        contact="Павел Рогов",
        site="112",
        devices=["220-0471991"],
        due="+20h",
        assignee="agent2",
        team="Кассы",
        files=[("наклейка-112-1.jpg", pictures.sticker("АТЛАС", "К-220", "220-0471991", seed=31))],
    )
    t.gives("2d 5h", "meridian.agent2", "atlas", due="+16h")
    t.says("1d 9h 30m", "atlas.agent", "Пришлите фото платы с обратной стороны, у разъёма питания.", to="meridian")
    t.says(
        "1d 8h 40m",
        "meridian.agent2",
        "Фото у разъёма.",
        to="atlas",
        files=[("плата.jpg", pictures.till("----", ("SERVICE", "BOARD 220-R4"), seed=40))],
    )
    t.declines("7h", "atlas.agent", "На плате следы жидкости: случай не гарантийный. Готовы посчитать платный ремонт")
    t.says("6h 40m", "meridian.agent2", "Спросить Рогова про платный ремонт или везти в Вектор? @Анна Ковалёва")


def nobody_in_ustyug(month):
    """Expired: nobody accepted in time."""
    t = Tale(month, "Великий Устюг: не открывается смена, нужен выезд")
    t.opens(
        "9h",
        "lukoshko.dispatcher",
        "Магазин 12: смена не открывается, ошибка 0x32. По телефону не помогло, нужен выезд.",
        client="Наши магазины",
        site="12",
        priority="high",
        due="+5h 30m",
    )
    t.gives("8h 55m", "lukoshko.dispatcher", "meridian", due="+5h")
    t.accepts("8h 40m", "meridian.dispatcher", assignee="dispatcher")
    t.gives("8h 20m", "meridian.dispatcher", "vektor", due="+4h", waits="2h", message="Сможете сегодня в Устюг?")
    t.expires("6h 10m", "meridian", "vektor")
    t.says("5h 50m", "meridian.dispatcher", "Вектор молчит, у них сегодня все в Череповце. Ищем, кто поедет.")
    t.says("5h 45m", "meridian.dispatcher", "Ищем инженера, ответим до 15:00.", to="lukoshko")


def truck_was_sold(month):
    """Withdrawn: the giver takes it away again."""
    t = Tale(month, "Трекер пропадает на трассе М-7")
    t.opens(
        "6d 2h",
        "meridian.owner",
        "Борт 2 пропадает на 20–40 минут между Елабугой и Набережными Челнами.",
        client="ТрансКама",
        contact="Рустам Валеев",
        site="Пермь",
        devices=["T40-118312"],
        due="+2d 2h",
        assignee="owner",
        team="Трекеры",
    )
    t.gives("6d 1h", "meridian.owner", "navis", due="+1d")
    t.accepts("5d 9h", "navis.dispatcher", assignee="agent")
    t.says("5d 2h", "navis.agent", "По треку видно: глохнет питание, а не связь. Нужен доступ к машине.", to="meridian")
    t.says("4d 8h", "meridian:Рустам Валеев", "Машину продаём, на этой неделе снимут номера.", to="client")
    t.withdraws("4d 7h", "meridian.owner", "navis", "Клиент продаёт машину, работы больше не нужны")
    t.says("4d 6h", "meridian.owner", "Ждём письмо от Валеева, куда переставить трекер.")


def unsigned_act(month):
    """Returned: the work was sent back."""
    t = Tale(month, "Плановая замена ФН: две кассы в аптеке")
    t.opens(
        "4d 4h",
        "meridian.agent",
        "Срок ФН истекает в конце месяца, замена двух ФН с перерегистрацией.",
        client="Аптека Ромашка",
        contact="Инесса Мальцева",
        site="Сокол",
        due="+7h",
        assignee="agent",
        team="Кассы",
    )
    t.gives("4d 3h", "meridian.agent", "vektor", due="+5h")
    t.accepts("4d 2h", "vektor.dispatcher", assignee="engineer")
    t.delivers(
        "9h 30m",
        "vektor.dispatcher",
        "ФН заменены на обеих кассах, отчёты о регистрации во вложении.",
        files=[
            (
                "Акт ВР-замена-ФН.pdf",
                pictures.act(
                    "ВР-1169",
                    "Аптека, Сокол: замена ФН",
                    [("Касса 1", "ФН-1.2 на 15 мес."), ("Касса 2", "ФН-1.2 на 15 мес.")],
                    signed=False,
                ),
            )
        ],
    )
    t.returns("5h 20m", "meridian.agent", "vektor", "В акте нет подписи заведующей, касса 2 не проверена на маркировке")
    t.nudges("1h 30m", "meridian.agent", "vektor", "Аптека закрывает месяц сегодня, очень ждём акт.")
    t.hands_in(
        "20m", "vektor.engineer", "Заведующая подписала, касса 2 проверена на маркировке. Акт у меня, сканы вечером."
    )


def sim_replaced(month):
    """Given back: the partner accepted and can't finish."""
    t = Tale(month, "Трекер не выходит на связь после замены SIM")
    t.opens(
        "2d 1h",
        "meridian.owner",
        "Заменили SIM по плану, трекер мигает красным и не регистрируется в сети.",
        number=4796,
        client="ТрансКама",
        contact="Рустам Валеев",
        site="Е418КХ",
        devices=["T40-118204"],
        priority="high",
        due="+48m",
        assignee="owner",
        team="Трекеры",
        files=[("трекер-в-кабине.jpg", pictures.tracker("Е 418 КХ", 47))],
    )
    t.gives("2d", "meridian.owner", "navis", due="+30m")
    t.accepts("1d 9h 10m", "navis.dispatcher", assignee="agent")
    t.says("1d 3h", "navis.agent", "Удалённо не видим модем совсем. Пробовали сброс по SMS, ответа нет.", to="meridian")
    t.gives_back(
        "9m", "navis.dispatcher", "Удалённо не лечится: нужен выезд и замена SIM-держателя, своих инженеров в Перми нет"
    )


def rybinsk_was_cut(month):
    """Cut: the link ended while the ticket was open."""
    t = Tale(month, "Выездная торговля в Рыбинске: касса не печатает Z-отчёт")
    t.opens(
        "10d 3h",
        "meridian.agent2",
        "Ярмарка, выездная касса «Тёплого хлеба»: Z-отчёт не печатается, лента целая.",
        client="Тёплый хлеб",
        contact="Светлана Корж",
        due="+1d 3h",
        assignee="agent2",
        team="Кассы",
    )
    t.gives("10d 2h", "meridian.agent2", "kassaplus", due="+20h")
    t.accepts("10d 1h", "kassaplus.dispatcher", assignee="agent")
    t.says("9d 8h", "kassaplus.agent", "Печатающая головка, заказал. Придёт на следующей неделе.", to="meridian")
    t.assigns("9d 40m", "meridian.agent2", "engineer")
    t.says("9d 30m", "meridian.agent2", "С Касса-Плюс расстались. Головку ставит Олег, когда вернётся из Сокола.")


def mileage_is_low(month):
    """Accepted and under way at the maker of trackers."""
    t = Tale(month, "Трекер занижает пробег на 12 %")
    t.opens(
        "8d 3h",
        "meridian.owner",
        "Три борта: пробег по трекеру на 12 % меньше одометра. Путевые листы не сходятся.",
        number=4777,
        client="ТрансКама",
        contact="Рустам Валеев",
        site="Пермь",
        devices=["T40-118311", "T40-118312", "T40-118313"],
        due="+2d 3h",
        assignee="owner",
        team="Трекеры",
        files=[("одометр.jpg", pictures.tracker("А 077 КХ", 3, seed=14))],
    )
    t.gives("8d 1h", "meridian.owner", "navis", due="+2d", waits="+5d")
    t.accepts("7d 9h", "navis.dispatcher", assignee="agent")
    t.says(
        "5d 4h",
        "navis.agent",
        "Фильтр дрейфа отбрасывает короткие отрезки. Поправим и пересчитаем месяц.",
        to="meridian",
    )
    t.passes_on("5d 3h 30m", "meridian.owner", to="client")
    t.says("3h", "meridian.owner", "Дарья, когда ждать пересчёт? Клиент закрывает путевые листы.", to="navis")
