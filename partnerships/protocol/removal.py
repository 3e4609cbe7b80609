"""What a letter loses when somebody takes back what it told: the words, the names and the bytes. No Django here."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any


def without(body: Any, gone: Collection[str]) -> Any:
    """The same letter without what these ids stand for: comments, files, and a report that is such a comment.

    Made of the data and not of the dataclasses: also a letter that nobody can read any more loses what it told.
    """
    if isinstance(body, list):
        return [without(item, gone) for item in body]
    if not isinstance(body, dict):
        return body
    if named(body, "id", gone):
        return emptied(body)
    kept = {key: without(item, gone) for key, item in body.items()}
    # A report is told twice: as the comment with this id, and as the text of the verb.
    return {**kept, "text": ""} if named(body, "comment", gone) and "text" in body else kept


def named(body: dict[str, Any], key: str, gone: Collection[str]) -> bool:
    said = body.get(key)
    return isinstance(said, str) and said in gone


def emptied(body: dict[str, Any]) -> dict[str, Any]:
    """A comment, an edit of one, or a file: who and when stay, what it was does not."""
    if "sha256" in body:
        return {**body, "name": "", "sha256": "", "content_type": "", "size": 0}
    if "mark" in body:
        # A digest of few words says what they were to whoever tries enough of them.
        return {**body, "mark": ""}
    kept = {**body, "text": ""} if "text" in body else {**body}
    if "files" in body and isinstance(body["files"], list):
        kept["files"] = [emptied(file) if isinstance(file, dict) else file for file in body["files"]]
        # What never arrived is not said without words: whoever reads this knows that it was taken back.
        kept["removed"] = True
    return kept


def gone_by(kind: str, body: Any) -> str:
    """The id that a letter takes back, if it is one that does."""
    said = body.get("id") if isinstance(body, dict) and kind in ("comment.removed", "file.removed") else ""
    return said if isinstance(said, str) else ""
