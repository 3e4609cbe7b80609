"""Bytes that nothing names leave the store; whoever attaches them meanwhile wins, and nobody else is held up."""

import os
import threading
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tenants.models import Activity
from tenants.vocabulary import Refused
from tests import world
from tests.faults.removed import words_that_live_on
from tickets import conversation, files, lifecycle, previews, sweeping, uploading
from tickets.models import Attachment, Blob
from tickets.vocabulary import Audience

from .conftest import opened, picture, upload


def age(**by):
    """Time passes for everything that may be swept."""
    Blob.objects.exclude(released_at=None).update(released_at=timezone.now() - timedelta(**by))


def put(desk, ticket, file, **more):
    with desk.scope():
        return files.attach(ticket, file, by=desk.agent, **more)


def take_back(desk, file):
    with desk.scope():
        files.remove(file, by=desk.agent)


def test_the_bytes_of_a_removed_file_go_after_an_hour_and_their_small_picture_too(desk, agent):
    ticket = opened(desk)
    file = put(desk, ticket, picture("касса.png"))
    path, small = files.path_of(file.blob_id), previews.preview_of(file.blob_id)
    take_back(desk, file)
    page = agent.get(f"{ticket.number}/")
    assert "касса" not in page.content.decode() and "removed a file" in page.content.decode()

    age(minutes=50)
    assert sweeping.sweep() == 0 and path.exists() and small.exists()
    age(minutes=70)
    assert sweeping.sweep() == 1
    assert not path.exists() and not small.exists() and not Blob.objects.exists()
    assert sweeping.sweep() == 0 and words_that_live_on() == []


def test_bytes_stay_as_long_as_anybody_in_the_installation_names_them(desk, stranger):
    ours = put(desk, opened(desk), upload("наш.txt", b"one"))
    with stranger.scope():
        theirs = files.attach(
            lifecycle.open_ticket("Чужая", by=stranger.owner), upload("их.txt", b"one"), by=stranger.owner
        )
    assert ours.blob_id == theirs.blob_id
    take_back(desk, ours)
    age(hours=2)

    assert sweeping.sweep() == 0
    assert files.path_of(theirs.blob_id).read_bytes() == b"one"
    assert Blob.objects.get().released_at is None
    with stranger.scope():
        files.remove(theirs, by=stranger.owner)
    age(hours=2)
    assert sweeping.sweep() == 1 and not files.path_of(theirs.blob_id).exists()


def test_what_was_sent_up_and_never_said_is_swept_and_what_waits_is_not(desk):
    ticket = opened(desk)
    with desk.scope():
        waits = uploading.send_up(ticket, upload("ждёт.txt", b"waits"), by=desk.agent)
        dropped = uploading.send_up(ticket, upload("нет.txt", b"dropped"), by=desk.agent)
        forgotten = uploading.send_up(ticket, upload("забыт.txt", b"forgotten"), by=desk.agent)
        said = uploading.send_up(ticket, upload("да.txt", b"said"), by=desk.agent)
        uploading.drop(dropped)
        uploading.sweep(forgotten.pk)
        conversation.comment(ticket, "см.", by=desk.agent, audience=Audience.INTERNAL, uploads=[said])
    age(hours=2)

    assert sweeping.sweep() == 2
    assert set(Blob.objects.values_list("pk", flat=True)) == {waits.blob_id, said.blob_id}
    assert words_that_live_on() == []


def test_what_the_disk_holds_on_to_comes_last_next_time(desk, monkeypatch):
    ticket = opened(desk)
    rows = [put(desk, ticket, upload(f"{n}.txt", f"{n}".encode())) for n in range(3)]
    sticky, real = rows[0].blob_id, sweeping.unlink
    for row in rows:
        take_back(desk, row)
    age(hours=2)

    def unlink(sha256):
        if sha256 == sticky:
            raise PermissionError(sha256)
        real(sha256)

    monkeypatch.setattr(sweeping, "unlink", unlink)
    assert sweeping.sweep() == 2
    assert [blob.pk for blob in Blob.objects.all()] == [sticky] and files.path_of(sticky).exists()
    monkeypatch.setattr(sweeping, "unlink", real)
    age(hours=2)
    assert sweeping.sweep() == 1 and not files.path_of(sticky).exists()


def test_what_no_row_tells_of_goes_when_it_has_lain_for_a_day(desk, settings):
    kept = files.path_of(put(desk, opened(desk), picture("касса.png")).blob_id)
    small = previews.preview_of(kept.name)
    old, young = files.path_of("ab" * 32), files.path_of("cd" * 32)
    foreign, draft = settings.FILES_ROOT / "README", settings.FILES_ROOT / "tmpabc_1"
    yesterday = (timezone.now() - timedelta(days=2)).timestamp()
    for path in (old, old.with_suffix(".preview"), young, foreign, draft):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"left")
    for path in (kept, small, old, old.with_suffix(".preview"), foreign, draft):
        os.utime(path, (yesterday, yesterday))

    said = StringIO()
    call_command("sweep_files", stdout=said)

    there = [path for path in settings.FILES_ROOT.rglob("*") if path.is_file()]
    assert sorted(there) == sorted([kept, small, young, foreign])
    assert said.getvalue() == "0 files went, and 3 that no row told of\n"


class Elsewhere(threading.Thread):
    """Another process: its own connection, and an error is not swallowed."""

    def __init__(self, do):
        super().__init__()
        self.do, self.outcome, self.trouble = do, None, None
        self.start()

    def run(self):
        try:
            self.outcome = self.do()
        except BaseException as trouble:  # handed to the test, which raises it
            self.trouble = trouble
        finally:
            connection.close()

    def finish(self):
        self.join(20)
        assert not self.is_alive()
        if self.trouble:
            raise self.trouble
        return self.outcome


@pytest.fixture
def left(committed):
    """A company, and bytes of its own that nothing names and whose time is over."""
    company = world.company("alfa", "Alfa", "AL", {"owner": ("Игорь Седых", "")})
    with company.scope():
        ticket = lifecycle.open_ticket("Касса", by=company.owner)
        file = files.attach(ticket, upload("a.txt", b"same"), by=company.owner)
        sha256 = file.blob_id
        files.remove(file, by=company.owner)
    age(hours=2)

    def attach():
        return files.attach(ticket, upload("again.txt", b"same"), by=company.owner)

    return company, sha256, attach


def test_whoever_attaches_the_same_bytes_before_the_sweep_wins(left):
    company, sha256, attach = left
    attached, swept = threading.Event(), threading.Event()

    def other():
        with company.scope():
            attach()
            attached.set()
            assert swept.wait(10)

    someone = Elsewhere(other)
    assert attached.wait(10)
    assert sweeping.sweep() == 0
    swept.set()
    someone.finish()

    assert sweeping.sweep() == 0
    assert files.path_of(sha256).read_bytes() == b"same"
    assert Blob.objects.get().released_at is None
    assert words_that_live_on() == []


def test_whoever_attaches_the_same_bytes_during_the_sweep_waits_and_has_them(left, monkeypatch):
    company, sha256, attach = left
    deleting, go_on, real = threading.Event(), threading.Event(), sweeping.unlink

    def slow_disk(gone):
        deleting.set()
        assert go_on.wait(10)
        real(gone)

    monkeypatch.setattr(sweeping, "unlink", slow_disk)
    sweeper = Elsewhere(sweeping.sweep)
    assert deleting.wait(10)

    def other():
        with company.scope():
            return attach()

    someone = Elsewhere(other)
    someone.join(0.3)
    assert someone.is_alive(), "he waits for the sweeper"
    go_on.set()

    assert sweeper.finish() == 1
    assert someone.finish().blob_id == sha256
    assert files.path_of(sha256).read_bytes() == b"same"
    assert words_that_live_on() == []


def test_ones_own_file_has_its_button_and_nobody_elses(desk, agent, as_role):
    ticket = opened(desk)
    file = put(desk, ticket, upload("акт.txt", b"act"))
    with desk.scope():
        said = conversation.comment(
            ticket, "см.", by=desk.agent, audience=Audience.INTERNAL, uploads=[upload("фото.txt", b"photo")]
        )
        hanging = said.attachments.get()
        cursor = Activity.objects.order_by("pk").last().pk
    for one, name in ((file, "акт.txt"), (hanging, "фото.txt")):
        address = f"{ticket.number}/files/{one.pk}/remove/"
        assert address in agent.get(f"{ticket.number}/").content.decode()
        assert address not in as_role("dispatcher").get(f"{ticket.number}/").content.decode()
        dialog = agent.get(address).content.decode()
        assert "Remove the file?" in dialog and name in dialog
        for role in ("dispatcher", "owner", "observer"):
            assert as_role(role).post(address).status_code == 404

        answer = agent.post(address)

        place = f"comment-{said.pk}" if one == hanging else f"file-{one.pk}"
        assert (answer.status_code, answer["Location"].partition("#")[2]) == (302, place)
        assert agent.get(address).status_code == agent.post(address).status_code == 404
    news = agent.get(f"{ticket.number}/timeline/?after={cursor}").content.decode()
    for place in (f'id="file-{file.pk}" hx-swap-oob="true"', f'id="comment-{said.pk}" hx-swap-oob="true"'):
        assert place in news
    assert "File removed" in news and "акт" not in news and "фото" not in news
    with desk.scope(), pytest.raises(Refused):
        files.remove(Attachment.objects.get(pk=file.pk), by=desk.agent)
