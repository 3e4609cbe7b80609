"""Tales that cross several companies: chains of three and four, and parallel hand-overs."""

from tests import pictures
from tests.story import Tale
from tests.story_cast import name_clients

LUKOSHKO, SHOP47, SHOP112 = "Лукошко", "Ольга Петренко", "Наталья Белова"


def tell_chains(month):
    """All of this file's tales."""
    name_clients(month)
    for tale in (
        receipt_error,
        refunds_fail,
        clock_blocks,
        shop_moves,
        trackers_and_tills,
    ):
        tale(month)


def receipt_error(month):
    """The mock's own story: four companies, the turn is at Меридиан."""
    t = Tale(month, "Касса не печатает чек: ошибка ФН 0x15 после обновления")
    t.opens(
        "5h 39m",
        "lukoshko.agent",
        "Доброе утро! После ночного обновления касса 3 не печатает чеки, на экране ошибка ФН 0x15. "
        "Перезагружали дважды. Остальные две кассы работают, но очередь уже до холодильников.",
        number=2093,
        client="Наши магазины",
        contact=SHOP47,
        site="47",
        devices=["220-0471938"],
        priority="high",
        due="+3h 40m",
        agreement="СЛ-31/26",
        files=[
            ("касса-3-экран.jpg", pictures.till("0x15")),
            ("последний-чек.jpg", pictures.receipt("магазин 47", "143.90", 20931)),
        ],
    )
    receipt_error_at_meridian(t)
    receipt_error_below(t)
    receipt_error_mended(t)


def receipt_error_at_meridian(t):
    """Меридиан asks, talks it over and hands it on."""
    t.gives("5h 38m", "lukoshko.agent", "meridian", due="+3h 40m", number=4812)
    t.accepts("5h 30m", "meridian.dispatcher", assignee="dispatcher")
    t.says(
        "5h 24m",
        "meridian.dispatcher",
        "Ольга Николаевна, приняли. Пришлите, пожалуйста, фото наклейки с серийным номером: "
        "проверим гарантию на ФН до выезда.",
        to="lukoshko",
    )
    t.says(
        "5h 12m",
        "lukoshko.agent",
        "Касса 3, номер на наклейке **220-0471938**.",
        to="meridian",
        files=[("наклейка.jpg", pictures.sticker("АТЛАС", "К-220", "220-0471938"))],
    )
    t.says(
        "5h 8m",
        "meridian.owner",
        "@Анна Ковалёва, на 112-м было то же самое после 5.8.1. ФН на гарантии до марта, за свой счёт не меняем. "
        "Отдай Вектору: у них в Вологде Руслан свободен с десяти.",
    )
    t.gives(
        "5h 1m",
        "meridian.dispatcher",
        "vektor",
        due="+2h 10m",
        number=1177,
        comments=True,
        checklist=["Тестовый чек и возврат", "Фото заводского номера", "Акт подписан старшим кассиром"],
    )
    t.accepts("4h 57m", "vektor.dispatcher", assignee="engineer")
    t.says(
        "4h 56m",
        "vektor.dispatcher",
        "Приняли. Руслан Гайсин будет в магазине к 10:30, ключ от кассовой зоны попросите оставить у старшего кассира.",
        to="meridian",
    )


def receipt_error_below(t):
    """The vendor finds the reason."""
    t.gives("3h 15m", "vektor.dispatcher", "atlas", due="+1h 10m", number=90315)
    t.accepts("3h 11m", "atlas.dispatcher", assignee="dispatcher")
    t.says("2h 40m", "atlas.dispatcher", "Воспроизвели на стенде: обмен с ФН рвётся на пятой секунде. Смотрю лог.")
    t.says(
        "1h 10m",
        "atlas.dispatcher",
        "По логу в 5.8.1 сбит тайм-аут обмена с ФН. Сам ФН исправен, менять не нужно. Прикладываю 5.8.2 "
        "с исправлением: ставить поверх, настройки сохраняются.",
        to="vektor",
        files=[
            ("К-220_5.8.2.bin", pictures.firmware(582)),
            (
                "Порядок обновления.pdf",
                pictures.manual(
                    "Обновление К-220 до 5.8.2",
                    [
                        "Закройте смену, снимите Z-отчёт",
                        "Вставьте носитель с К-220_5.8.2.bin",
                        "Меню → Сервис → Обновить, ждите 4 минуты",
                        "Пробейте тестовый чек и возврат",
                        "Проверьте счётчик ОФД: ноль неотправленных",
                    ],
                ),
            ),
        ],
    )
    t.passes_on("1h 9m", "vektor.dispatcher", to="meridian")


def receipt_error_mended(t):
    """The vendor is thanked, the engineer writes his act, the turn comes to Меридиан."""
    t.delivers("1h 8m", "atlas.dispatcher", "Прошивка 5.8.2 передана, причина в тайм-ауте 5.8.1.")
    t.approves("1h 5m", "vektor.dispatcher", "atlas", 5, "Нашли причину за два часа", quality=5, time=4)
    t.says(
        "18m",
        "vektor.engineer",
        "Прошивка 5.8.2 стоит, пробили три тестовых чека и возврат, в ОФД ушло без задержек. "
        "Акт подписала старший кассир.",
        to="meridian",
        files=[
            (
                "тестовые-чеки.jpg",
                pictures.receipt("магазин 47", "12.00", 20935, (("Тест 1", "5.00"), ("Тест 2", "7.00"))),
            ),
            (
                "Акт ВР-1177.pdf",
                pictures.act(
                    "ВР-1177",
                    "Магазин 47, касса 3",
                    [
                        ("Оборудование", "АТЛАС К-220 № 220-0471938"),
                        ("Прошивка", "5.8.1 → 5.8.2"),
                        ("Работы", "обновление, проверка ФН и ОФД"),
                        ("Время на объекте", "1 ч 20 мин"),
                    ],
                ),
            ),
        ],
    )
    t.passes_on("17m", "meridian.dispatcher", to="lukoshko")
    t.delivers(
        "16m",
        "vektor.dispatcher",
        "Прошивка 5.8.2, чеки и возврат прошли, в ОФД ушло. Касса в работе.",
        checklist=["", "наклейка стёрта, номер сверили по меню кассы", ""],
    )


def refunds_fail(month):
    """Four companies, the turn is at the vendor."""
    t = Tale(month, "Возврат по карте не проходит на кассе 2")
    t.opens(
        "1d 3h",
        "lukoshko.dispatcher",
        "Касса 2: при возврате по карте терминал отвечает «операция отклонена», деньги клиенту не уходят. Покупки "
        "проходят.",
        client="Наши магазины",
        site="58",
        priority="high",
        due="+9h",
    )
    t.gives("1d 2h 55m", "lukoshko.dispatcher", "meridian", due="+8h")
    t.accepts("1d 2h 40m", "meridian.dispatcher", assignee="agent2")
    t.says(
        "1d 2h", "meridian.agent2", "Похоже на обмен кассы с терминалом, а не на банк. Своими не проверим, нужен стенд."
    )
    t.gives(
        "1d 1h 40m",
        "meridian.agent2",
        "vektor",
        due="+6h",
        message="Проверьте, пожалуйста, кабель и порт терминала на месте.",
    )
    t.accepts("1d 1h 20m", "vektor.dispatcher", assignee="engineer")
    t.says(
        "4h 30m",
        "vektor.engineer",
        "Кабель и порт исправны. На другой кассе тот же терминал возвраты делает.",
        to="meridian",
    )
    t.gives("4h 10m", "vektor.dispatcher", "atlas", due="+4h", comments=True)
    t.accepts("3h 50m", "atlas.agent", assignee="engineer")
    t.says("2h 5m", "atlas.agent", "Взяли лог обмена, вечером ответим. Нужна версия ПО терминала.", to="vektor")
    t.passes_on("1h 50m", "vektor.dispatcher", to="meridian")
    t.passes_on("1h 40m", "meridian.agent2", to="lukoshko")
    t.says("1h 5m", "lukoshko.dispatcher", "Версия 3.14.2, фото экрана пришлю до вечера.", to="meridian")


def clock_blocks(month):
    """Scheme 3: a client, the contractor, his subcontractor and the vendor behind him."""
    t = Tale(month, "Блокировка ККТ: часы ушли на 9 минут")
    t.opens(
        "3d 8h",
        "meridian.dispatcher",
        "Касса не открывает смену: «расхождение часов больше 5 минут». Часы спешат на 9 минут, руками не переводятся.",
        number=4790,
        client="Книжный на Советской",
        contact="Аркадий Полуэктов",
        site="1",
        devices=["220-0468102"],
        due="+6h 30m",
        assignee="dispatcher",
        team="Кассы",
        files=[("экран-кассы.jpg", pictures.till("0xE4", ("Часы ФН: +9 мин", "Смена не открыта"), seed=8))],
    )
    t.says("3d 7h 40m", "meridian.dispatcher", "Аркадий Львович, инженер Вектора приедет завтра до обеда.", to="client")
    t.gives("3d 7h", "meridian.dispatcher", "vektor", due="+5h")
    t.accepts("3d 6h 20m", "vektor.dispatcher", assignee="engineer")
    t.says(
        "5h 20m",
        "vektor.engineer",
        "Батарейка часов 2,1 В, заменил. Часы снова уходят: минута за полчаса.",
        to="meridian",
    )
    t.gives(
        "2h 5m",
        "vektor.dispatcher",
        "atlas",
        due="+4h",
        message="Меняли батарейку, кварц уходит. Ремонт платы или замена?",
    )
    t.accepts("1h 50m", "atlas.dispatcher", assignee="engineer")
    t.says("40m", "atlas.dispatcher", "Готовим подменную плату, отправим сегодня с водителем.", to="vektor")
    t.passes_on("36m", "vektor.dispatcher", to="meridian")


def shop_moves(month):
    """One ticket at two partners at once, one of whom has delivered."""
    t = Tale(month, "Переезд пекарни 3: кассы и обновление прошивки к понедельнику")
    t.opens(
        "3d 5h",
        "meridian.agent",
        "Пекарня 3 переезжает через дорогу. Нужно перевезти кассу, подключить на новом месте и заодно обновить "
        "прошивку М-5.",
        client="Тёплый хлеб",
        contact="Светлана Корж",
        site="3",
        devices=["M5-300403"],
        due="+1d 20h",
        assignee="agent",
        team="Кассы",
    )
    t.gives("3d 4h", "meridian.agent", "vektor", due="+1d 10h", message="Перевозка и подключение, касса одна.")
    t.gives("3d 3h 50m", "meridian.agent", "orion", due="+1d", message="Нужен файл прошивки под новый адрес ОФД.")
    t.accepts("3d 3h", "vektor.dispatcher", assignee="agent")
    t.accepts("3d 2h", "orion.dispatcher", assignee="agent")
    t.says("2d 1h", "vektor.agent", "Машина заказана на субботу, 8:00. На месте нужен человек с ключом.", to="meridian")
    t.says(
        "1d 9h",
        "meridian.agent",
        "Светлана Юрьевна, в субботу в 8:00 нужен человек с ключом. Кто будет?",
        to="client vektor",
    )
    t.says("1d 7h", "meridian:Светлана Корж", "Буду сама, телефон у вас есть.", to="client")
    t.says(
        "6h 10m",
        "orion.agent",
        "Прошивка 2.4 с новым адресом ОФД собрана и проверена на стенде.",
        to="meridian",
        files=[("М-5_2.4.bin", pictures.firmware(24, 40_000))],
    )
    t.delivers("6h", "orion.agent", "Файл прошивки во вложении, ставится без сброса настроек.")


def trackers_and_tills(month):
    """Three partners at once: accepted, offered, declined."""
    t = Tale(month, "Колонна 2: трекеры и мобильные кассы на шести новых машинах")
    t.opens(
        "2d 4h",
        "meridian.owner",
        "Шесть новых машин: поставить трекеры, прошить под нашу схему и выдать водителям мобильные кассы.",
        client="ТрансКама",
        contact="Рустам Валеев",
        site="Пермь",
        due="+3d 4h",
        assignee="owner",
        team="Трекеры",
    )
    t.gives("2d 3h", "meridian.owner", "navis", due="+2d", message="Шесть Т-40, схема «рефрижератор».")
    t.gives(
        "2d 2h 50m",
        "meridian.owner",
        "atlas",
        due="+2d",
        message="Есть ли у вас мобильные кассы с креплением в кабину?",
    )
    t.declines("1d 8h", "atlas.dispatcher", "Мобильных касс с креплением не выпускаем")
    t.accepts("1d 7h", "navis.dispatcher", assignee="agent")
    t.gives("5h 5m", "meridian.owner", "orion", due="+2d", message="Нужны шесть мобильных касс М-2 с креплением.")
    t.says("3h 10m", "navis.agent", "Трекеры зарезервированы, номера SIM пришлём утром.", to="meridian")
