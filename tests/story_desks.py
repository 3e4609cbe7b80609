"""Tales of the other desks: what partners hand to Меридиан, to each other, and do by themselves."""

from tests import pictures, story_maps
from tests.story import Tale
from tickets import canned, fields, tagging, tags, typology, words
from tickets.models import Status, TicketType

LUKOSHKO, CHIEF = "Лукошко", "Павел Рогов"
BREAD, BAKER = "Тёплый хлеб", "Светлана Корж"
PHARMACY, CHEMIST = "Аптека Ромашка", "Инесса Мальцева"


def tell_desks(month):
    """All of this file's tales."""
    own_words(month)
    story_maps.set_maps(month)
    for tale in (
        boards_in_dispute,
        recall_of_power_supplies,
        new_till_offered,
        stand_at_the_vendor,
        orion_asks_for_a_visit,
        chain_offers,
        market_till,
        navis_delivered,
        at_other_desks,
        at_the_chain_now,
        at_the_stranger,
    ):
        tale(month)


def own_words(month):
    """Меридиан sets up its desk: a field for incidents, tags, texts that are said often, a colour."""

    def set_up():
        by = month.member("meridian.owner")
        incident = TicketType.objects.get(name="Инцидент")
        typology.add_field("Код ошибки", kind="text", type=incident, by=by)
        typology.add_field(
            "Простой", kind="choice", type=incident, choices=("касса стоит", "работает вторая", "не мешает"), by=by
        )
        for name, hue in (("гарантия", 4), ("срочный выезд", 0), ("запчасти", 8), ("повтор", None)):
            tags.add_tag(name, hue=hue, by=by)
        for name, body, audience in TEXTS:
            canned.add_text(name, body, audience=audience, by=by)

    def look_again():
        words.change_status(
            Status.objects.get(name="Возврат"),
            name="Возврат",
            category="open",
            glyph="returned",
            hue="orange",
            by=month.member("meridian.admin"),
        )

    month.step(month.ago("21d"), "meridian", set_up)
    month.step(month.ago("9d 4h"), "meridian", look_again)


def marks(tale, ago, type, *names):
    """Somebody at Меридиан says what kind of work it is, and puts tags on it."""

    def do():
        by = tale.by("meridian.agent")
        fields.set_type(tale.ticket(), to=TicketType.objects.get(name=type), by=by)
        for name in names:
            tagging.tag(tale.ticket(), name, by=by)

    tale.later(ago, "meridian", do)


TEXTS = (
    (
        "Приняли, выезжаем",
        "{контакт}, добрый день! Заявку {заявка} приняли, инженер выезжает на {объект}. {я}, {мы}",
        "client",
    ),
    (
        "Нужно фото",
        "Пришлите, пожалуйста, фото экрана с ошибкой и шильдика: так найдём запчасть с первого раза.",
        "client",
    ),
    ("Партнёру: сроки", "Коллеги, по {заявка} ({объект}) клиент ждёт срок. Когда будет инженер?", "partner"),
)


def boards_in_dispute(month):
    """Taken: a maker asks his service partner."""
    t = Tale(month, "Гарантийный ремонт платы: акт разногласий по партии")
    t.opens(
        "7h 30m",
        "orion.dispatcher",
        "Шесть плат М-5 вернулись без следов пайки. Просим акт разногласий с фото.",
        due="+1d 6h",
    )
    t.gives("7h", "orion.dispatcher", "meridian", due="+1d 2h", number=4809)
    t.accepts("6h 30m", "meridian.dispatcher", assignee="dispatcher")
    marks(t, "6h 20m", "Обращение", "гарантия")
    t.says("4h", "orion.dispatcher", "Акт ждём до конца месяца, иначе партия уйдёт в списание.", to="meridian")
    t.says(
        "1h",
        "meridian.dispatcher",
        "Олег снимает платы на стенде, фото будут завтра.",
        to="orion",
        files=[("плата-М-5.jpg", pictures.sticker("Орион", "М-5", "M5-7-0046", seed=51))],
    )


def recall_of_power_supplies(month):
    """Scheme 1: the vendor's desk hands site work to a local partner, who delivered it."""
    t = Tale(month, "Отзывная кампания: замена блока питания К-110, Вологда")
    t.opens(
        "5d 1h",
        "atlas.agent",
        "Партия БП с шумом по 12 В. Замена на месте за наш счёт, 40 минут.",
        client="Сеть «Полюс»",
        contact="Олеся Брагина",
        site="Вологда-2",
        due="+1d",
    )
    t.gives("5d", "atlas.agent", "meridian", due="+18h")
    t.accepts("4d 8h", "meridian.agent", assignee="engineer")
    marks(t, "4d 7h", "Плановые работы", "гарантия", "запчасти")
    t.says(
        "1d 1h",
        "meridian.engineer",
        "Блок заменён, шум 8 мВ. Старый блок у нас в офисе.",
        to="atlas",
        files=[
            (
                "Акт замены БП.pdf",
                pictures.act(
                    "МС-4787",
                    "Вологда, ул. Герцена, 55",
                    [("Блок питания", "БП-12 → БП-12М"), ("Шум", "8 мВ"), ("Время", "35 минут")],
                ),
            )
        ],
    )
    t.delivers("6h 30m", "meridian.dispatcher", "Блок питания заменён, акт во вложении к комментарию инженера.")


def new_till_offered(month):
    """Taken and not answered yet: our turn."""
    t = Tale(month, "Магазин 58: подключить третью кассу к празднику")
    t.opens(
        "2h 10m",
        "lukoshko.dispatcher",
        "Касса куплена, стоит в коробке. Нужны регистрация и подключение к товароучёту.",
        client="Наши магазины",
        site="58",
        due="+1d 8h",
        files=[("коробка.jpg", pictures.sticker("АТЛАС", "К-220", "220-0471960", seed=61))],
    )
    t.gives("2h", "lukoshko.dispatcher", "meridian", due="+1d 4h", message="Хотим до пятницы, если возможно.")


def stand_at_the_vendor(month):
    """Вектор's own client, its vendor behind."""
    t = Tale(month, "Рынок: касса павильона 14 теряет сеть по вечерам")
    t.opens(
        "3d 2h",
        "vektor.agent",
        "После 18:00 касса теряет сеть на 5–10 минут. Роутер общий на ряд.",
        client="Рынок «Заречный»",
        contact="Галина Сомова",
        site="пав. 14",
        due="+20h",
        assignee="engineer",
    )
    t.gives("2d 8h", "vektor.agent", "atlas", due="+16h")
    t.accepts("2d 6h", "atlas.agent", assignee="engineer")
    t.delivers(
        "1h 20m", "atlas.agent", "Сбой DHCP при аренде меньше часа. Поставьте фиксированный адрес, исправим в 5.8.3."
    )


def orion_asks_for_a_visit(month):
    t = Tale(month, "Кофейня «Зерно» в Вологде: гарантийный выезд по М-5")
    t.opens(
        "1h 30m",
        "orion.agent",
        "Касса перезагружается при печати длинного чека. Нужна диагностика на месте.",
        client="Кофейни «Зерно»",
        contact="Полина Ярцева",
        due="+1d",
    )
    t.gives("1h 20m", "orion.agent", "meridian", due="+20h", message="Адрес: Вологда, ул. Зосимовская, 21, с 8 до 22.")


def chain_offers(month):
    """The chain and its second service company; and an urgent one at Меридиан, accepted and nobody's yet."""
    t = Tale(month, "Весы отдела кулинарии не связываются с кассой")
    t.opens(
        "8h",
        "lukoshko.dispatcher",
        "Магазин 20: цена с весов не приходит на кассу, пробиваем руками.",
        client="Наши магазины",
        site="20",
        due="+9h",
    )
    t.gives("7h 50m", "lukoshko.dispatcher", "kassaplus", due="+8h")
    t.accepts("7h 10m", "kassaplus.dispatcher", assignee="agent")
    t.says("3h", "kassaplus.agent", "Настройки весов сброшены, еду с ноутбуком.", to="lukoshko")

    t = Tale(month, "Магазин 7: две кассы не видят сервер после отключения света")
    t.opens(
        "3h 5m",
        "lukoshko.agent2",
        "После скачка света кассы 1 и 2 пишут «нет связи с сервером». Продаём на третьей.",
        client="Наши магазины",
        site="7",
        priority="critical",
        due="+1h 20m",
    )
    t.gives("3h", "lukoshko.agent2", "meridian", due="+1h 10m")
    t.accepts("2h 50m", "meridian.agent3")
    t.says(
        "2h 20m",
        "meridian.agent3",
        "Здравствуйте! Проверьте, пожалуйста, горит ли лампа на коммутаторе под столом.",
        to="lukoshko",
    )
    t.says("1h 55m", "lukoshko.agent2", "Не горит, ни одна.", to="meridian")


def market_till(month):
    """The link in reverse: the subcontractor hands a ticket to the contractor."""
    t = Tale(month, "Рынок: перевести четыре кассы на новый тариф ОФД")
    t.opens(
        "4d 5h",
        "vektor.dispatcher",
        "Доступ к кабинету ОФД только у вас, переведите, пожалуйста, четыре кассы.",
        client="Рынок «Заречный»",
        contact="Галина Сомова",
        due="+10h",
    )
    t.gives("4d 4h", "vektor.dispatcher", "meridian", due="+8h")
    t.accepts("3d 9h", "meridian.agent2", assignee="agent2")
    t.says("1d 2h", "meridian.agent2", "Две кассы переведены, по двум не сходится ИНН. Уточните у рынка?", to="vektor")


def navis_delivered(month):
    t = Tale(month, "Датчик топлива: скачки уровня на стоянке")
    t.opens(
        "6d 4h",
        "meridian.agent3",
        "Борт 3: на стоянке уровень скачет на 30 литров. Водители жалуются на «сливы» в отчёте.",
        client="ТрансКама",
        contact="Рустам Валеев",
        site="Пермь",
        devices=["T40-118313"],
        due="+6h",
        assignee="agent3",
        team="Трекеры",
    )
    t.gives("6d 2h", "meridian.agent3", "navis", due="+5h")
    t.accepts("5d 9h", "navis.agent", assignee="agent")
    t.says(
        "2d 3h",
        "navis.agent",
        "Масса датчика взята с кузова, поэтому скачки. Перенесли на раму.",
        to="meridian",
        files=[("уровень-после.jpg", pictures.tracker("борт 3", 0, seed=71))],
    )
    t.delivers("3h 40m", "navis.agent", "Трое суток без скачков, график в приложении к комментарию.")


def at_other_desks(month):
    """What the partners do for themselves; none of it is seen elsewhere."""
    t = Tale(month, "Стенд: повторить зависание 5.8.1 на возврате")
    t.opens(
        "1d 8h", "atlas.dispatcher", "Внутренняя: собрать лог обмена с терминалом 3.14.", due="+1d", assignee="engineer"
    )
    t.waits("1d 7h", "atlas.dispatcher", "open")
    t.says("5h 20m", "atlas.engineer", "Повторил со второго раза, лог в задаче разработки.")
    t = Tale(month, "Партия Т-40: сверить IMEI с накладной")
    t.opens(
        "3d 1h",
        "navis.agent",
        "В коробке 48 штук, в накладной 50.",
        client="Авалон Логистик",
        contact="Семён Кулик",
        due="+8h",
    )
    t.says("2d 9h", "navis.agent", "Семён Игоревич, двух штук не хватает, дошлём завтра.", to="client")
    t = Tale(month, "Кофейня 7: чек печатается бледно")
    t.opens(
        "2d 7h",
        "orion.agent",
        "Бледная печать после смены ленты.",
        client="Кофейни «Зерно»",
        contact="Полина Ярцева",
        site="7",
    )
    t.says("2d 6h", "orion.agent", "Полина, лента вставлена термослоем вниз, переверните.", to="client")
    t.resolves("2d 5h", "orion.agent", "Перевернули ленту")
    t = Tale(month, "Ремонт стойки в офисе Вектора")
    t.opens("5d 5h", "vektor.agent", "Внутренняя: стойка для подменных касс шатается.", priority="low")


def at_the_chain_now(month):
    """What the chain has on its own desk."""
    t = Tale(month, "Инвентаризация касс: сверка заводских номеров")
    t.opens(
        "8d 4h",
        "lukoshko.dispatcher",
        "Сверить номера касс с учётом до конца квартала.",
        client="Наши магазины",
        due="+6d",
        assignee="engineer",
    )
    t.says("4d 2h", "lukoshko.engineer", "Сверено 19 магазинов из 47, расхождение в магазине 12.")
    t = Tale(month, "Магазин 112: холодильная горка шумит")
    t.opens(
        "1d 4h",
        "lukoshko.agent2",
        "Горка у входа гудит с утра.",
        client="Наши магазины",
        contact="Наталья Белова",
        site="112",
        due="-3h",
    )


def at_the_stranger(month):
    """A company linked with nobody; nobody may ever see this."""
    for ago, subject, text in (
        ("12d", "Не греет сауна в корпусе А", "Гости жалуются, 52 градуса вместо 85."),
        ("6d 3h", "Ключ-карты не открывают третий этаж", "После обновления замков, с 302 по 318."),
        ("2d 2h", "Лифт корпуса А: стук на втором этаже", "Стучит при спуске, ходит."),
        ("3h 30m", "Кофемашина в лобби: ошибка 8", "Нет пара."),
    ):
        t = Tale(month, subject)
        t.opens(
            ago,
            "gavan.dispatcher",
            text,
            client="Отель «Маяк»",
            contact="Зоя Приливина",
            site="корпус А",
            assignee="agent",
            due="+5h",
        )
        if ago == "12d":
            t.says("11d 8h", "gavan.agent", "Сгорел один ТЭН из трёх, заказали.", to="client")
            t.resolves("10d", "gavan.agent", "ТЭН заменён")
            t.closes("8d", "gavan.dispatcher")
