"""Tales of Меридиан and its clients that are under way now."""

from tests import pictures, story_maps
from tests.story import Tale

LUKOSHKO, CHIEF = "Лукошко", "Павел Рогов"
BREAD, BAKER = "Тёплый хлеб", "Светлана Корж"
PHARMACY, CHEMIST = "Аптека Ромашка", "Инесса Мальцева"


def tell_board(month):
    """All of this file's tales."""
    for tale in (
        receipts_stuck,
        scanner_reads_half,
        drawer_stays_shut,
        firmware_for_all,
        fourteen_bakeries,
        new_bakery,
        serials_for_agreement,
    ):
        tale(month)


def receipts_stuck(month):
    t = Tale(month, "Не уходят чеки в ОФД, стоят все 5 касс")
    t.opens(
        "42m",
        "meridian.agent3",
        "Касса за кассой, с первой по пятую, копят неотправленные чеки, счётчик 214. Интернет на рабочих местах есть, "
        "роутер перезагружали.",
        number=4821,
        client=LUKOSHKO,
        contact=CHIEF,
        site="112",
        devices=[f"220-047199{n}" for n in range(1, 6)],
        priority="critical",
        due="-12m",
        team="Кассы",
        files=[
            ("касса-1.jpg", pictures.till("0xA1", ("Не отправлено: 214", "OFD NO ANSWER"), seed=21)),
            ("лог-сети.txt", "\n".join(f"13:4{n} connect ofd.example:7777 timeout 30s" for n in range(10)).encode()),
        ],
    )
    t.says("30m", "meridian.agent3", "Called the shop: the router works, the tills can't reach the fiscal operator.")
    t.says("2m", "meridian:Павел Рогов", "Коллеги, очередь на улице. Когда ждать инженера?", to="client")


def scanner_reads_half(month):
    t = Tale(month, "Сканер читает марку через раз, очередь на кассе 2")
    t.opens(
        "1d 5h",
        "meridian.dispatcher",
        "Каждая вторая упаковка со второго-третьего раза. Протирали, меняли кабель.",
        number=4801,
        client=PHARMACY,
        contact=CHEMIST,
        site="Сокол",
        devices=["L300-77120"],
        due="+55m",
        assignee="dispatcher",
        team="Кассы",
    )
    t.gives(
        "6m",
        "meridian.dispatcher",
        "vektor",
        due="+45m",
        message="Возьмите с собой подменный Л-300, пожалуйста.",
        then="atlas orion",
    )


def drawer_stays_shut(month):
    t = Tale(month, "Денежный ящик не открывается после обмена")
    t.opens(
        "8h 20m",
        "meridian.agent2",
        "После обмена ящик открывается только ключом. Кабель на месте.",
        number=4805,
        client=LUKOSHKO,
        contact=CHIEF,
        site="31",
        devices=["110-0220631"],
        due="+5h 10m",
        assignee="agent2",
        team="Кассы",
    )
    t.gives("8h", "meridian.agent2", "vektor", due="+4h")
    t.accepts("7h 30m", "vektor.dispatcher", assignee="engineer")
    story_maps.sets_out(t, "7h 20m", "vektor.dispatcher")
    t.says("24m", "vektor.dispatcher", "Руслан будет в Грязовце к 15:00.", to="meridian")


def firmware_for_all(month):
    t = Tale(month, "Прошивка 5.8.2: порядок обновления для всей сети")
    t.opens(
        "9d 2h",
        "meridian.dispatcher",
        "После 5.8.1 на трёх кассах ошибка 0x15. Нужен порядок обновления 212 касс сети без простоя.",
        number=4768,
        client=LUKOSHKO,
        contact=CHIEF,
        site="УК",
        priority="high",
        due="+4d",
        assignee="dispatcher",
        team="Кассы",
    )
    t.gives("9d", "meridian.dispatcher", "atlas", due="+3d 12h")
    t.accepts("8d 8h", "atlas.dispatcher", assignee="dispatcher")
    t.says(
        "6d 2h",
        "atlas.dispatcher",
        "Готовим удалённое обновление партиями по 20 касс в ночь. Список магазинов пришлите в файле.",
        to="meridian",
    )
    t.says(
        "5d 3h",
        "meridian.dispatcher",
        "Список во вложении, первые десять магазинов — с тремя кассами.",
        to="atlas",
        files=[("магазины.csv", "код;касс\n47;3\n112;5\n31;2\n58;2\n".encode())],
    )
    t.says("1d 2h", "atlas.dispatcher", "Первая партия уйдёт сегодня ночью, отчёт в 8:00.", to="meridian")
    t.passes_on("1d 1h", "meridian.dispatcher", to="client")


def fourteen_bakeries(month):
    t = Tale(month, "Выезд в выходной: замена ФН на 14 кассах")
    t.opens(
        "1h 10m",
        "meridian.agent",
        "14 пекарен, по одной кассе. Менять только в воскресенье до открытия.",
        number=4818,
        client=BREAD,
        contact=BAKER,
        due="+1d 5h",
        assignee="agent",
        team="Кассы",
    )
    t.waits("1h", "meridian.agent", "open")
    t.says(
        "35m",
        "meridian.agent",
        "Светлана Юрьевна, воскресенье, с 5:00 до 9:00. Две бригады, по семь пекарен.",
        to="client",
    )


def new_bakery(month):
    t = Tale(month, "Уточнить адрес новой точки и окно для подключения")
    t.opens(
        "1d 9h 30m",
        "meridian.agent",
        "Открывается пекарня, адрес в заявке и в договоре разный.",
        number=4799,
        client=BREAD,
        contact=BAKER,
        site="15",
        assignee="agent",
    )
    t.says(
        "5h",
        "meridian.agent",
        "Светлана Юрьевна, какой адрес верный: Окружное шоссе, 7 или 9? И когда можно приехать?",
        to="client",
    )
    t.waits("4h 58m", "meridian.agent")


def serials_for_agreement(month):
    t = Tale(month, "Нужны серийные номера для договора на 2027 год")
    t.opens(
        "7d 4h",
        "meridian.dispatcher",
        "Восемь аптек, состав оборудования с номерами для приложения к договору.",
        number=4783,
        client=PHARMACY,
        contact=CHEMIST,
        priority="low",
        assignee="dispatcher",
    )
    t.says(
        "1d 6h",
        "meridian.dispatcher",
        "Инесса Павловна, заполните, пожалуйста, таблицу: аптека, модель, номер.",
        to="client",
        files=[("состав-оборудования.csv", "аптека;модель;номер\nСокол;Л-300;77120\n".encode())],
    )
    t.waits("1d 5h 50m", "meridian.dispatcher")
