"""What is only added to may lose words and never gets others: the database looks at every such change."""

import pytest
from django.db import ProgrammingError, models, transaction

from partnerships.models import Lane, Letter
from tenants.models import Activity
from tests.walls.test_fences import two as two

WORDS = {"id": "7", "text": "да", "n": 5, "files": [{"name": "a"}, {"name": "b"}], "at": None, "so": True}


@pytest.mark.parametrize(
    ("becomes", "may"),
    [
        ({"text": ""}, True),
        ({"text": "", "removed": True}, True),
        ({"n": 0, "files": [{"name": ""}, {"name": "b"}]}, True),
        ({"text": "нет"}, False),
        ({"text": "д"}, False),
        ({"text": None}, False),
        ({"n": 4}, False),
        ({"so": False}, False),
        ({"files": []}, False),
        ({"files": [{"name": "b"}, {"name": "a"}]}, False),
        ({"files": [{"name": "", "size": 1}, {"name": "b"}]}, False),
        ({"more": ""}, False),
        ({"removed": "yes"}, False),
        (None, False),
        ([], False),
    ],
)
def test_a_letter_may_lose_words_and_never_gets_others(two, becomes, may):
    ours, _theirs = two
    with ours.scope():
        letter = Letter.objects.first()
        place = Lane.objects.get(pk=letter.lane_id).written + 1
        fresh = Letter.objects.create(lane=letter.lane, seq=place, kind="x", body=WORDS, sent_at=letter.sent_at)
        after = {**WORDS, **becomes} if isinstance(becomes, dict) else becomes

        try:
            with transaction.atomic():
                Letter.objects.filter(pk=fresh.pk).update(body=models.Value(after, models.JSONField()))
            changed = True
        except ProgrammingError as refused:
            assert "may lose words and never get others" in str(refused)
            changed = False

        assert changed == may
        assert Letter.objects.get(pk=fresh.pk).body == (after if may else WORDS)


def test_a_letter_and_a_line_of_the_ledger_lose_no_part_either(two):
    ours, _theirs = two
    with ours.scope():
        for rows, column in (
            (Letter.objects.exclude(body={}), "body"),
            (Activity.objects.exclude(details={}), "details"),
        ):
            assert rows.exists()
            with pytest.raises(ProgrammingError, match="may lose words"), transaction.atomic():
                rows.update(**{column: {}})
