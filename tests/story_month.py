"""Tales that are over, or small: a month of a desk's ordinary days, with ratings and their answers."""

from tests import pictures
from tests.story import Tale
from tests.story_waiting import two_wait

# ago, subject, text, client, contact, site, who did it, what was said to the client, the closing note
ORDINARY = (
    (
        "21d 6h",
        "Касса не включается после грозы",
        "Индикатор не горит, розетка живая.",
        "Книжный на Советской",
        "Аркадий Полуэктов",
        "1",
        "agent2",
        "Сгорел предохранитель, заменили, касса работает.",
        "Предохранитель заменён",
    ),
    (
        "20d 3h",
        "Замок чековой ленты заедает",
        "Крышка открывается с третьего раза.",
        "Тёплый хлеб",
        "Светлана Корж",
        "15",
        "engineer",
        "Смазали и подогнули защёлку.",
        "Подогнута защёлка",
    ),
    (
        "19d 8h",
        "Нет интернета на кассе: сменился провайдер",
        "Провайдер сменил роутер ночью.",
        "Тёплый хлеб",
        "Светлана Корж",
        "3",
        "agent2",
        "Прописали новый адрес, чеки ушли.",
        "Настройки сети",
    ),
    (
        "18d 2h",
        "Подключить кассира: права на возврат",
        "Новый кассир не может делать возвраты.",
        "Аптека Ромашка",
        "Инесса Мальцева",
        "Сокол",
        "agent",
        "Права выданы, проверили на чеке в 1 рубль.",
        "Права кассира",
    ),
    (
        "16d 5h",
        "Трекер: разъехались часы в отчёте",
        "Отчёт на час позже.",
        "ТрансКама",
        "Рустам Валеев",
        "Пермь",
        "agent3",
        "Часовой пояс колонны исправлен на UTC+5.",
        "Часовой пояс",
    ),
    (
        "14d 7h",
        "Касса просит замену ФН через 30 дней",
        "Предупреждение на чеке.",
        "Книжный на Советской",
        "Аркадий Полуэктов",
        "1",
        "agent",
        "Запланировали замену на конец месяца.",
        "Назначена плановая замена",
    ),
    (
        "13d 1h",
        "Чек печатается без логотипа",
        "После замены принтера пропал логотип.",
        "Тёплый хлеб",
        "Светлана Корж",
        "15",
        "agent2",
        "Логотип загружен заново.",
        "Логотип загружен",
    ),
    (
        "11d 4h",
        "Сканер не читает паспорта препаратов",
        "Обычные марки читает.",
        "Аптека Ромашка",
        "Инесса Мальцева",
        "Сокол",
        "engineer",
        "Включили чтение DataMatrix с инверсией.",
        "Настройки сканера",
    ),
    (
        "8d 6h",
        "Ложные тревоги по скорости у борта Е 418 КХ",
        "Отчёт показывает 140 км/ч в городе.",
        "ТрансКама",
        "Рустам Валеев",
        "Е418КХ",
        "owner",
        "Отсекли скачки координат под мостами.",
        "Фильтр скорости",
    ),
    (
        "5d 7h",
        "Кассир не может закрыть смену",
        "Пишет «есть незакрытый документ».",
        "Книжный на Советской",
        "Аркадий Полуэктов",
        "1",
        "agent2",
        "Аннулировали зависший чек, смена закрыта.",
        "Аннулирован чек",
    ),
)
# ago, subject, text, client, contact, site, priority, due, assignee
OPEN = (
    (
        "1d 8h",
        "Приложение водителя не показывает маршрут",
        "У трёх водителей пустая карта.",
        "ТрансКама",
        "Рустам Валеев",
        "Пермь",
        "normal",
        "-2h",
        "agent3",
    ),
    (
        "1d 1h",
        "Запах гари от блока питания кассы",
        "Касса работает, но греется.",
        "Тёплый хлеб",
        "Светлана Корж",
        "3",
        "critical",
        "+2h 30m",
        "engineer",
    ),
    (
        "5h 40m",
        "Подключить ещё одного кассира в книжном",
        "Выйдет в понедельник.",
        "Книжный на Советской",
        "Аркадий Полуэктов",
        "1",
        "low",
        "",
        "",
    ),
    (
        "4h 20m",
        "Чеки с маркировкой уходят с предупреждением",
        "В ЦРПТ «код не найден», но продажа проходит.",
        "Аптека Ромашка",
        "Инесса Мальцева",
        "Сокол",
        "high",
        "-35m",
        "dispatcher",
    ),
    (
        "2h 25m",
        "Отчёт по топливу за месяц: выгрузить в таблицу",
        "Для бухгалтерии, до завтра.",
        "ТрансКама",
        "Рустам Валеев",
        "Пермь",
        "normal",
        "",
        "",
    ),
    (
        "50m",
        "Плановая проверка касс перед праздниками",
        "Список пекарен пришлю.",
        "Тёплый хлеб",
        "Светлана Корж",
        "15",
        "low",
        "",
        "",
    ),
)


def tell_month(month):
    """All of this file's tales."""
    for row in ORDINARY:
        ordinary(month, *row)
    for ago, subject, text, client, contact, site, priority, due, assignee in OPEN:
        Tale(month, subject).opens(
            ago,
            "meridian.agent",
            text,
            client=client,
            contact=contact,
            site=site,
            priority=priority,
            due=due,
            assignee=assignee,
        )
    for tale in (
        till_of_shop_31,
        printer_head,
        cable_under_counter,
        tracker_in_the_sun,
        terms_of_payment,
        at_the_chain,
        two_wait,
    ):
        tale(month)


def ordinary(month, ago, subject, text, client, contact, site, who, said, note):
    """A call, an answer, an end."""
    days, hours = (int(part[:-1]) for part in ago.split())
    t = Tale(month, subject)
    t.opens(ago, "meridian.dispatcher", text, client=client, contact=contact, site=site, due="9h", assignee=who)
    t.says(f"{days - 1}d {hours}h", f"meridian.{who}", said, to="client")
    t.resolves(f"{days - 1}d {hours - 1}h 20m", f"meridian.{who}", note)
    if days > 6:
        t.closes(f"{days - 3}d", "meridian.dispatcher", "Подтверждено клиентом")


def till_of_shop_31(month):
    """The chain's ticket, done well, rated, answered."""
    t = Tale(month, "Магазин 31: касса 1 не отрезает чек")
    t.opens(
        "18d 4h", "lukoshko.dispatcher", "Нож не доходит, чек рвём руками.", client="Наши магазины", site="31", due="1d"
    )
    t.gives("18d 3h", "lukoshko.dispatcher", "meridian", due="20h")
    t.accepts("18d 2h", "meridian.dispatcher", assignee="engineer")
    t.says("17d 2h", "meridian.engineer", "Нож чистый, сломана пружина. Меняю из своего запаса.", to="lukoshko")
    t.says(
        "17d 1h",
        "meridian.engineer",
        "Заменил, чек отрезает.",
        to="lukoshko",
        files=[
            ("чек-после.jpg", pictures.receipt("магазин 31", "54.00", 18822, (("Батон", "54.00"),), seed=81)),
            (
                "Акт пружина.pdf",
                pictures.act("МС-4758", "Магазин 31, касса 1", [("Деталь", "пружина ножа"), ("Проверка", "50 чеков")]),
            ),
        ],
    )
    t.delivers("16d 9h", "meridian.dispatcher", "Пружина ножа заменена, акт и фото в комментарии.")
    t.approves("16d 5h", "lukoshko.dispatcher", "meridian", 5, "Быстро и без лишних звонков")
    t.thanks("16d 2h", "meridian.dispatcher", "Спасибо! Олегу передали.")


def printer_head(month):
    """A partner's work, good but late."""
    t = Tale(month, "Печатает через строку: термоголовка К-110")
    t.opens(
        "15d 6h",
        "meridian.agent2",
        "Полосы на чеке, чистка не помогла.",
        client="Лукошко",
        contact="Павел Рогов",
        site="31",
        devices=["110-0220631"],
        due="2d",
        assignee="agent2",
    )
    t.gives("15d 5h", "meridian.agent2", "vektor", due="1d")
    t.accepts("15d 4h", "vektor.dispatcher", assignee="engineer")
    t.says("13d 3h", "vektor.engineer", "Головку заменил, печать ровная.", to="meridian")
    t.delivers("13d 2h", "vektor.dispatcher", "Термоголовка заменена, старая у нас.")
    t.approves("13d", "meridian.agent2", "vektor", 4, "Сделано хорошо, но на день позже срока")
    t.thanks("12d 8h", "vektor.dispatcher", "Головка ехала из Ярославля, в следующий раз предупредим сразу.")
    t.resolves("12d 6h", "meridian.agent2", "Термоголовка заменена")
    t.closes("10d 5h", "meridian.dispatcher")


def cable_under_counter(month):
    """Sent back once, then accepted, rated low, answered."""
    t = Tale(month, "Касса отключается при закрытии прилавка")
    t.opens(
        "12d 5h",
        "meridian.agent",
        "Прилавок пережимает кабель.",
        client="Аптека Ромашка",
        contact="Инесса Мальцева",
        site="Сокол",
        due="1d",
        assignee="agent",
    )
    t.gives("12d 4h", "meridian.agent", "vektor", due="20h")
    t.accepts("12d 3h", "vektor.dispatcher", assignee="agent")
    t.delivers("11d 6h", "vektor.agent", "Кабель переложен.")
    t.returns("11d 3h", "meridian.agent", "vektor", "Кабель снова под петлёй, фото клиента в заявке")
    t.delivers(
        "10d 4h",
        "vektor.agent",
        "Проложили в коробе, закрепили.",
        files=[("короб.jpg", pictures.sticker("Короб", "20x10", "K-2010", seed=91))],
    )
    t.approves("10d 2h", "meridian.agent", "vektor", 3, "Со второго раза")
    t.thanks("9d 9h", "vektor.dispatcher", "Согласны. Монтажнику показали, как крепить.")
    t.resolves("9d 8h", "meridian.agent")


def tracker_in_the_sun(month):
    """The maker's answer, passed on to the client."""
    t = Tale(month, "Трекер перегревается на приборной панели")
    t.opens(
        "17d 5h",
        "meridian.owner",
        "В жару уходит в защиту и молчит до вечера.",
        client="ТрансКама",
        contact="Рустам Валеев",
        site="Е418КХ",
        devices=["T40-118204"],
        due="3d",
        assignee="owner",
        team="Трекеры",
        files=[("на-панели.jpg", pictures.tracker("Е 418 КХ", 68, seed=95))],
    )
    t.gives("17d 4h", "meridian.owner", "navis", due="2d")
    t.accepts("17d 2h", "navis.dispatcher", assignee="agent")
    t.says(
        "16d 3h", "navis.agent", "Рабочая температура до +75 °C. Перенесите под панель, крепёж вышлем.", to="meridian"
    )
    t.passes_on("16d 2h", "meridian.owner", to="client")
    t.delivers("15d 8h", "navis.agent", "Крепёж отправлен, трек-номер у Игоря.")
    t.approves("15d 3h", "meridian.owner", "navis", 5, "Ответили за день")
    t.resolves("14d 8h", "meridian.owner")
    t.closes("12d", "meridian.dispatcher")


def terms_of_payment(month):
    """The maker had a question; approved and not rated."""
    t = Tale(month, "Согласовать нормы времени на ремонт М-5")
    t.opens("19d 2h", "orion.dispatcher", "Пришлите ваши нормы на замену платы, ножа и дисплея.", due="5d")
    t.gives("19d 1h", "orion.dispatcher", "meridian", due="4d")
    t.accepts("18d 8h", "meridian.dispatcher", assignee="dispatcher")
    t.delivers(
        "16d 4h",
        "meridian.dispatcher",
        "Нормы во вложении.",
        files=[
            (
                "Нормы М-5.pdf",
                pictures.manual("Нормы времени, Орион М-5", ["Плата: 1,2 ч", "Нож: 0,4 ч", "Дисплей: 0,6 ч"]),
            )
        ],
    )
    t.approves("15d 2h", "orion.dispatcher", "meridian", 4, "Подробно, спасибо")
    t.closes("14d", "orion.dispatcher")


def at_the_chain(month):
    """What the chain mends by itself."""
    t = Tale(month, "Магазин 9: табличка часов работы устарела")
    t.opens(
        "13d 2h",
        "lukoshko.agent",
        "На двери старые часы.",
        client="Наши магазины",
        site="9",
        due="5d",
        assignee="engineer",
    )
    t.says("12d 3h", "lukoshko.engineer", "Новая табличка напечатана, заеду в четверг.")
    t.resolves("9d 3h", "lukoshko.agent")
    t = Tale(month, "Магазин 3: дверь склада не закрывается")
    t.opens(
        "4d 6h",
        "lukoshko.dispatcher",
        "Доводчик вырвало.",
        client="Наши магазины",
        site="3",
        priority="high",
        due="+4h",
        assignee="engineer",
    )
