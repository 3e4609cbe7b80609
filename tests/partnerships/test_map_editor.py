"""The status map as one table: who fills it in, what is kept of a slip, and what the last tickets would have done."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from partnerships import delivery, mapping, translation
from partnerships.maps import Rule
from partnerships.models import MapRow
from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tests.partnerships.conftest import in_state, text_of
from tests.partnerships.test_proof import grow_old
from tickets import statuses
from tickets.models import Status
from tickets.vocabulary import Category, Glyph


@pytest.fixture
def desk(w, enter):
    """The service company's owner, and where the map of the link with its subcontractor is."""
    browser = enter(w.service, "owner")
    with w.service.scope():
        partner = world.partner(w.service, w.sub)
        browser.partner, browser.path = partner, f"partners/{partner.pk}/map/"
        browser.ids = {status.glyph: str(status.pk) for status in statuses.current()}
    return browser


def shown(desk):
    """What a browser would send back untouched."""
    form = desk.get(desk.path).context["form"]
    sent = {}
    for name, field in form.fields.items():
        if not name.endswith("-off"):
            sent[name] = form.get_initial_for_field(field, name) or ""
            sent[f"initial-{name}"] = sent[name]
    return sent | {f"{table['side']}-lines": table["count"] for table in form.tables}


def rows(company, partner):
    """The map as plain words: {(side, what): what it does}."""
    with company.scope():
        found = MapRow.objects.filter(partnership=partner).select_related("status")
        return {
            (row.side, row.handover_state or row.their_status or row.their_category): (
                row.status.name if row.status else row.action
            )
            for row in found
        }


def history(company, kind):
    with company.scope():
        return [line.details for line in Activity.objects.filter(kind=kind).order_by("at", "pk")]


def test_a_table_sent_back_untouched_changes_nothing(w, desk):
    before = rows(w.service, desk.partner)

    assert desk.post(desk.path, shown(desk)).status_code == 302

    assert rows(w.service, desk.partner) == before and history(w.service, "map_changed") == []


def test_rows_are_changed_added_and_taken_away_in_one_go(w, desk):
    with w.service.scope():
        MapRow.objects.create(partnership=desk.partner, side="giver", their_category="open", action="ask")
    before = rows(w.service, desk.partner)
    table = shown(desk) | {
        "giver-event-approved": "ask",
        "giver-event-reopened": "leave",
        "giver-category-open-off": "on",
        "giver-lines": 1,
        "giver-new0-what": "word",
        "giver-new0-word": "  Ждём   чек ",
        "giver-new0-rule": desk.ids[Glyph.CLIENT],
        "taker-lines": 2,
        "taker-new0-what": "waiting",
        "taker-new0-rule": "ask",
        "taker-new1-what": "word",
    }

    assert desk.post(desk.path, table).status_code == 302

    wanted = before | {
        ("giver", "approved"): "ask",
        ("giver", "reopened"): "leave",
        ("giver", "Ждём чек"): "Ждём клиента",
        ("taker", "waiting"): "ask",
    }
    del wanted["giver", "open"]
    assert rows(w.service, desk.partner) == wanted
    told = {(line["side"], line["what"]): (line["before"], line["after"]) for line in history(w.service, "map_changed")}
    assert told == {
        ("giver", "event:approved"): ("set:В работе", "ask"),
        ("giver", "event:reopened"): ("return", "leave"),
        ("giver", "category:open"): ("ask", ""),
        ("giver", "word:Ждём чек"): ("", "set:Ждём клиента"),
        ("taker", "category:waiting"): ("", "ask"),
    }
    page = text_of(desk.get(f"partners/{desk.partner.pk}/"))
    assert "“Ждём чек” Ждём клиента set my status" in page


def test_each_mistake_stands_at_its_field_and_what_was_typed_stays(w, desk):
    with w.service.scope():
        gone = str(Status.objects.get(glyph=Glyph.REVIEW).pk)
        MapRow.objects.create(partnership=desk.partner, side="giver", their_status="Ждём чек", action="ask")
    before = rows(w.service, desk.partner)
    table = shown(desk) | {
        "giver-event-approved": "nonsense",
        "giver-event-offered": "return",
        "giver-event-done": gone,
        "giver-lines": 4,
        "giver-new0-what": "word",
        "giver-new0-rule": "ask",
        "giver-new1-what": "word",
        "giver-new1-word": "ЖДЁМ  ЧЕК",
        "giver-new1-rule": "ask",
        "giver-new2-word": "Просто слово",
        "giver-new2-rule": "ask",
        "giver-new3-what": "open",
    }
    with w.service.scope():
        Status.objects.filter(pk=gone).update(archived_at="2026-01-01T00:00Z")

    page = desk.post(desk.path, table)

    assert page.status_code == 422 and set(page.context["form"].errors) == {
        "giver-event-approved",
        "giver-event-offered",
        "giver-event-done",
        "giver-new0-word",
        "giver-new1-word",
        "giver-new2-what",
        "giver-new3-rule",
    }
    assert "Просто слово" in page.content.decode() and "ЖДЁМ  ЧЕК" in page.content.decode()
    assert rows(w.service, desk.partner) == before


def test_two_people_who_fill_in_different_rows_keep_both(w, desk):
    first, second = shown(desk), shown(desk)
    desk.post(desk.path, first | {"giver-event-approved": "ask"})
    desk.post(desk.path, second | {"giver-event-done": "leave"})

    known = rows(w.service, desk.partner)
    assert (known["giver", "approved"], known["giver", "done"]) == ("ask", "leave")


def test_one_more_line_keeps_what_is_written_and_saves_nothing(w, desk):
    before = rows(w.service, desk.partner)
    table = shown(desk) | {"taker-lines": 1, "taker-new0-word": "Уехал", "add": "taker", "giver-event-done": "ask"}

    page = desk.post(f"{desk.path}draft/", table)

    form = page.context["form"]
    assert page.status_code == 200 and [one["count"] for one in form.tables] == [0, 2] and form.errors == {}
    assert 'value="Уехал"' in page.content.decode() and form["giver-event-done"].value() == "ask"
    fragment = desk.post(f"{desk.path}draft/", table, **{"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment and fragment.count("autofocus") == 1
    assert rows(w.service, desk.partner) == before


def test_a_word_that_waits_is_decided_or_waits_on(w, desk):
    with w.service.scope():
        for word in ("Ждём чек", "<script>alert(1)</script>", "Едет"):
            MapRow.objects.create(
                partnership=desk.partner, side="taker", their_status=word, action="leave", met_at="2026-01-01T00:00Z"
            )
        pk = {row.their_status: row.pk.hex for row in MapRow.objects.exclude(their_status="")}
    page = desk.get(f"partners/{desk.partner.pk}/")
    assert "3 statuses of the partner’s wait for a decision." in text_of(page)
    assert "<script>alert" not in desk.get(desk.path).content.decode()

    table = shown(desk) | {f"taker-word-{pk['Ждём чек']}": "leave", f"taker-word-{pk['Едет']}-off": "on"}
    assert desk.post(desk.path, table).status_code == 302

    with w.service.scope():
        left = {row.their_status: row.met_at is None for row in MapRow.objects.exclude(their_status="")}
    assert left == {"Ждём чек": True, "<script>alert(1)</script>": False}
    told = [(line["what"], line["before"], line["after"]) for line in history(w.service, "map_changed")]
    assert told == [("word:Ждём чек", "", "leave")]


def test_the_usual_map_comes_back_after_a_question(w, desk):
    usual = rows(w.service, desk.partner)
    table = shown(desk) | {"giver-event-done": "leave", "giver-lines": 2, "giver-new0-what": "open"}
    table |= {"giver-new0-rule": "ask", "giver-new1-what": "word", "giver-new1-word": "Едет", "giver-new1-rule": "ask"}
    desk.post(desk.path, table)

    assert desk.get(f"{desk.path}usual/").status_code == 200
    assert rows(w.service, desk.partner) != usual
    assert desk.post(f"{desk.path}usual/").status_code == 302

    assert rows(w.service, desk.partner) == usual | {("giver", "Едет"): "leave"}
    assert len(history(w.service, "map_reset")) == 1


@pytest.mark.parametrize("role", ["dispatcher", "agent", "engineer", "observer"])
def test_the_map_is_read_by_everybody_and_changed_by_whoever_links(w, desk, enter, role):
    browser, before = enter(w.service, role), rows(w.service, desk.partner)

    page, fragment = browser.get(f"partners/{desk.partner.pk}/"), {"HX-Request": "true"}
    answers = [browser.post(desk.path, shown(desk) | {"giver-event-done": "ask"}, **fragment)]
    answers += [browser.post(f"{desk.path}{part}/", shown(desk), **fragment) for part in ("draft", "usual")]
    answers.append(browser.get(desk.path, **fragment))

    assert "Statuses: ours and theirs" in text_of(page) and desk.path not in page.content.decode()
    assert [answer.status_code for answer in answers] == [422] * 4
    assert rows(w.service, desk.partner) == before


def test_a_stranger_finds_no_map(w, desk, enter):
    other = enter(w.stranger, "owner")

    for path in (desk.path, f"{desk.path}draft/", f"{desk.path}usual/"):
        assert [other.get(path).status_code, other.post(path).status_code][1] == 404


def test_an_old_session_proves_itself_and_finds_its_draft_again(w, desk):
    table = shown(desk) | {"giver-event-done": "ask"}
    grow_old(desk.client)

    answer = desk.post(desk.path, table)
    assert answer["Location"].startswith("/accounts/reauthenticate/")
    assert rows(w.service, desk.partner)["giver", "done"] == "На приёмке"
    page = desk.client.post(answer["Location"], {"password": world.PASSWORD, "next": desk.url(desk.path)}, follow=True)

    assert page.context["restored"] and page.context["form"]["giver-event-done"].value() == "ask"
    assert desk.post(desk.path, table).status_code == 302
    assert not desk.get(desk.path).context["restored"]


def test_what_the_pages_would_not_offer_the_verb_refuses(w, desk):
    with w.service.scope():
        wrong = [
            Rule("giver", "event", "reopened", "set", statuses.first(Category.OPEN)),
            Rule("giver", "event", "done", "return"),
            Rule("taker", "event", "done", "ask"),
            Rule("taker", "word", "  ", "ask"),
            Rule("nobody", "word", "Едет", "ask"),
            Rule("giver", "category", "odd", "ask"),
        ]
        for rule in wrong:
            with pytest.raises(Refused):
                mapping.change_map(desk.partner, [rule], by=w.service.owner)
        many = [Rule("giver", "word", f"Слово {n}", "ask") for n in range(translation.WORDS + 1)]
        with pytest.raises(Refused, match="250"):
            mapping.change_map(desk.partner, many, by=w.service.owner)
        assert MapRow.objects.exclude(their_status="").count() == 0


def counted():
    """How many rows every table holds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename != 'django_session'")
        found = {}
        for (name,) in cursor.fetchall():
            cursor.execute(f'SELECT count(*) FROM "{name}"')
            found[name] = cursor.fetchone()[0]
        return found


def told(moved, enter, side, **changes):
    """The dry run of a company's table with these changes, and its page."""
    company = moved.giver if side == "giver" else moved.taker
    browser = enter(company, "owner")
    with company.scope():
        row = moved.given() if side == "giver" else moved.taken()
        browser.path = f"partners/{row.partnership.pk}/map/"
    table = shown(browser) | {name.replace("_", "-"): value for name, value in changes.items()}
    with company.scope():
        before = counted()
    page = browser.post(f"{browser.path}draft/", table)
    with company.scope():
        assert counted() == before
    return page, page.context["rehearsal"]


@in_state("done")
def test_the_dry_run_tells_the_differences_and_writes_nothing(moved, enter):
    with moved.giver.scope():
        back = str(statuses.first(Category.OPEN, Glyph.RETURNED).pk)

    page, same = told(moved, enter, "giver")
    _page, other = told(moved, enter, "giver", giver_event_done=back)
    _page, asks = told(moved, enter, "giver", giver_event_done="ask")

    assert (same.told, same.differences) == (1, []) and "No difference" in text_of(page)
    (one,) = other.differences
    assert (one.before.status.name, one.after.status.name) == ("На приёмке", "Возврат")
    assert (one.before.moves, one.after.moves, one.after.asked) == (2, 2, 0)
    assert (asks.differences[0].after.status.name, asks.differences[0].after.asked) == ("У партнёра", 1)


@in_state("returned")
def test_the_dry_run_of_the_takers_side_knows_his_own_verbs(moved, enter):
    with moved.taker.scope():
        wait = str(statuses.first(Category.WAITING, Glyph.CLIENT).pk)
        solved = str(statuses.first(Category.RESOLVED).pk)

    _page, other = told(moved, enter, "taker", taker_event_returned=wait)
    _page, refused = told(moved, enter, "taker", taker_event_returned=solved)

    (one,) = other.differences
    assert (one.before.status.name, one.after.status.name) == ("Возврат", "Ждём клиента")
    assert (refused.differences[0].after.status.name, refused.differences[0].after.asked) == ("Решена", 1)


@in_state("accepted")
def test_the_dry_run_reads_the_partners_words(moved, enter):
    from tickets import lifecycle

    with moved.taker.scope():
        client = statuses.first(Category.WAITING, Glyph.CLIENT)
        lifecycle.set_status(moved.taken().ticket, to=client, by=moved.taker.dispatcher)
    assert delivery.drain()
    with moved.giver.scope():
        mine = str(statuses.first(Category.WAITING, Glyph.CLIENT).pk)
    line = {"giver-lines": 1, "giver-new0-what": "waiting", "giver-new0-rule": mine}

    _page, other = told(moved, enter, "giver", **line)

    (one,) = other.differences
    assert (one.before.status.name, one.after.status.name) == ("У партнёра", "Ждём клиента")


@in_state("done")
def test_the_dry_run_costs_the_same_for_one_ticket_and_for_many(moved, enter):
    from tests.partnerships.conftest import hand
    from tickets import lifecycle

    browser = enter(moved.giver, "owner")
    browser.path = f"partners/{moved.given().partnership_id}/map/"
    table = shown(browser) | {"giver-event-offered": "ask"}

    def spent():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = browser.post(f"{browser.path}draft/", table)
        return len(queries), page.context["rehearsal"]

    few, one = spent()
    for n in range(4):
        with moved.giver.scope():
            ticket = lifecycle.open_ticket(f"Заявка {n}", by=moved.giver.dispatcher)
        hand(moved.giver, moved.taker, ticket)
    assert delivery.drain()
    many, five = spent()

    assert (one.told, five.told, len(five.differences)) == (1, 5, 5)
    assert many == few
