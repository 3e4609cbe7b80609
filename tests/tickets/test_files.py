"""Files: what may show in a browser, what is only a download, and that nothing goes out unasked."""

import hashlib
import re
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from tenants.vocabulary import Refused
from tickets import conversation, files, previews
from tickets.models import Attachment, Blob

from .conftest import Page, opened, picture, upload

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(document.domain)</script>"


def filed(desk, ticket, file):
    with desk.scope():
        return files.attach(ticket, file, by=desk.agent)


def url(ticket, file, name=None):
    from urllib.parse import quote

    return f"{ticket.number}/files/{file.pk}/{quote(name or file.name, safe='')}"


@pytest.mark.parametrize(
    ("name", "body", "inline"),
    [
        ("photo.jpg", None, True),
        ("act.pdf", PDF, True),
        ("photo.jpg", HTML, False),
        ("photo.png", SVG, False),
        ("logo.svg", SVG, False),
        ("page.html", HTML, False),
        ("note.txt", b"<script>alert(1)</script>", False),
        ("code.js", b"alert(1)", False),
        ("page.xhtml", b'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"/>', False),
        ("empty.bin", b"", False),
        ("archive.zip", b"PK\x03\x04" + b"\0" * 40, False),
    ],
)
def test_only_pictures_and_pdfs_show_in_the_browser(desk, agent, name, body, inline):
    ticket = opened(desk)
    file = filed(desk, ticket, picture(name) if body is None else upload(name, body or b" "))
    answer = agent.get(url(ticket, file))
    assert answer.status_code == 200
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"] == "private, no-cache"
    assert answer["Content-Disposition"].startswith("inline" if inline else "attachment")
    if not inline:
        assert answer["Content-Type"] == "application/octet-stream"
        assert answer["Content-Security-Policy"].startswith("sandbox")


def test_a_picture_that_is_also_a_page_is_only_a_picture(desk, agent):
    body = BytesIO()
    Image.new("RGB", (8, 8)).save(body, "GIF")
    ticket = opened(desk)
    file = filed(desk, ticket, upload("x.html", body.getvalue() + HTML))
    answer = agent.get(url(ticket, file))
    assert answer["Content-Type"] == "image/gif" and answer["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("фото кассы №3.jpg", "фото кассы №3.jpg"),
        ("invoice\u202egpj.exe", "invoicegpj.exe"),
        ("a\u200bb.txt", "ab.txt"),
        ('q"uo;te%.txt', 'q"uo;te%.txt'),
        ("line\nbreak\r.txt", "linebreak.txt"),
        ("...", "file"),
        ("я" * 300 + ".txt", ("я" * 300 + ".txt")[-200:]),
    ],
)
def test_a_name_cannot_lie_or_climb(desk, agent, name, kept):
    assert files.clean_name(name) == kept
    ticket = opened(desk)
    given = SimpleUploadedFile("x", b"words")
    given._name = name
    file = filed(desk, ticket, given)
    answer = agent.get(url(ticket, file))
    assert answer.status_code == 200
    header = answer["Content-Disposition"]
    assert "\n" not in header and "\r" not in header
    assert re.fullmatch(r"attachment; filename=\"[ -~]*\"; filename\*=UTF-8''[\w.~%-]+", header), header


def test_the_same_bytes_are_kept_once_and_known_by_their_digest(desk, agent):
    ticket = opened(desk)
    first, second = (filed(desk, ticket, upload(name, b"same bytes")) for name in ("a.txt", "b.txt"))
    digest = hashlib.sha256(b"same bytes").hexdigest()
    assert first.blob_id == second.blob_id == digest and Blob.objects.filter(pk=digest).count() == 1
    answer = agent.get(url(ticket, first))
    assert answer["ETag"] == f'"{digest}"' and b"".join(answer.streaming_content) == b"same bytes"
    again = agent.get(url(ticket, first), headers={"If-None-Match": answer["ETag"]})
    assert again.status_code == 304 and again["Cache-Control"] == "private, no-cache"


def test_no_draft_stays_behind_when_a_file_is_refused(desk, settings):
    settings.FILE_LIMIT = 3
    with desk.scope():
        ticket = opened_here(desk)
        with pytest.raises(Refused):
            files.attach(ticket, upload("big.txt", b"four"), by=desk.agent)
        assert not Attachment.objects.exists()
    assert not settings.FILES_ROOT.exists() or not any(settings.FILES_ROOT.iterdir())


def opened_here(desk):
    from tickets import lifecycle

    return lifecycle.open_ticket("Касса", by=desk.agent, client=desk.client)


def test_strangers_and_other_tickets_find_no_file(desk, agent, stranger, as_role):
    ticket, other = opened(desk), opened(desk, "Другая")
    file = filed(desk, ticket, picture())
    assert agent.get(f"{other.number}/files/{file.pk}/{file.name}").status_code == 404
    assert as_role("engineer").get(url(ticket, file)).status_code == 404
    outsider = Page(stranger, "owner")
    assert outsider.get(url(ticket, file)).status_code == 404
    assert outsider.browser.get(f"/a/{desk.slug}/tickets/{url(ticket, file)}").status_code == 404
    assert outsider.get(f"{ticket.number}/files/{file.pk}/preview/").status_code == 404
    agent.browser.logout()
    assert agent.get(url(ticket, file)).status_code == 302


def test_a_removed_comments_files_are_gone(desk, agent):
    ticket = opened(desk)
    with desk.scope():
        said = conversation.comment(ticket, "Фото", by=desk.agent, audience="client", uploads=[picture()])
        file = said.attachments.get()
    assert agent.get(url(ticket, file)).status_code == 200
    with desk.scope():
        conversation.remove(said, by=desk.agent)
    assert agent.get(url(ticket, file)).status_code == 404
    assert agent.get(f"{ticket.number}/files/{file.pk}/preview/").status_code == 404


def test_a_preview_is_small_and_made_once(desk, agent):
    ticket = opened(desk)
    file = filed(desk, ticket, picture(size=(1600, 1200)))
    answer = agent.get(f"{ticket.number}/files/{file.pk}/preview/")
    small = Image.open(BytesIO(b"".join(answer.streaming_content)))
    assert answer["Content-Type"] == "image/webp" and max(small.size) == previews.SIDE
    made = previews.preview_of(file.blob_id).stat().st_mtime_ns
    assert previews.preview_of(file.blob_id).stat().st_mtime_ns == made


def test_a_picture_bomb_and_a_broken_picture_have_no_preview(desk, agent, monkeypatch):
    monkeypatch.setattr(previews, "MOST_PIXELS", 1000)
    ticket = opened(desk)
    bomb = filed(desk, ticket, picture("bomb.png", size=(2000, 2000), kind="PNG"))
    broken = filed(desk, ticket, upload("broken.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 64))
    plain = filed(desk, ticket, upload("a.txt", b"words"))
    for file in (bomb, broken, plain):
        assert agent.get(f"{ticket.number}/files/{file.pk}/preview/").status_code == 404


def test_files_are_added_to_the_ticket_for_us_alone(desk, agent, as_role):
    ticket = opened(desk)
    where = f"{ticket.number}/files/"
    assert agent.post(where, {"files": [picture("а.jpg"), picture("б.jpg")]}).status_code == 302
    with desk.scope():
        assert {file.audience for file in Attachment.objects.all()} == {"internal"}
    page = agent.get(f"{ticket.number}/").content.decode()
    assert "а.jpg" in page and "б.jpg" in page
    assert agent.post(where, htmx=True).status_code == 422
    assert as_role("observer").post(where, {"files": [picture()]}, htmx=True).status_code == 422
    with desk.scope():
        assert Attachment.objects.count() == 2
