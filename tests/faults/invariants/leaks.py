"""What is said among us stands in no row of anybody else: every column of every tenant table is looked through."""

import json

from django.apps import apps
from django.db import connection

from tenants.scoping import AccountOwned, account_scope

from .reading import accounts, ask

# Texts, names of files, and drafts that only we read.
INTERNAL = """
SELECT body FROM tickets_comment WHERE audience = 'internal' AND removed_at IS NULL
UNION SELECT r.body FROM tickets_commentrevision r JOIN tickets_comment c ON c.id = r.comment_id
    WHERE c.audience = 'internal'
UNION SELECT name FROM tickets_attachment WHERE audience = 'internal' AND came_through_id IS NULL
UNION SELECT body FROM tickets_heldcomment WHERE audience = 'internal'
"""
# What we say to others on purpose: a text that stands here too is no secret.
SAID = """
SELECT body FROM tickets_comment WHERE audience <> 'internal'
UNION SELECT r.body FROM tickets_commentrevision r JOIN tickets_comment c ON c.id = r.comment_id
    WHERE c.audience <> 'internal'
UNION SELECT name FROM tickets_attachment WHERE audience <> 'internal'
UNION SELECT subject || ' ' || description FROM tickets_ticket
"""
# Names and texts shorter than this are words of the language, not secrets.
LENGTH = 8
BATCH = 4000
# Up to so many are sought one by one.
FEW = 100


def nothing_leaks():
    """No internal comment, former wording, draft or file name of one account stands in any row of another."""
    secrets = {account.pk: secrets_of(account) for account in accounts()}
    for account in accounts():
        foreign = {text: owner for owner, texts in secrets.items() if owner != account.pk for text in texts}
        own = secrets[account.pk]
        foreign = {text: owner for text, owner in foreign.items() if text not in own}
        if foreign:
            yield from (f"{account.slug}: “{text}” in {table}" for table, text in found_in(account, foreign))
    yield from the_letters_carry_nothing_internal(secrets)


def the_letters_carry_nothing_internal(secrets):
    """Our own letters are rows of ours that are made to leave."""
    for account in accounts():
        if secrets[account.pk]:
            found = among_rows(account, ["partnerships_letter"], Finder(secrets[account.pk]))
            yield from (f"{account.slug}: “{secret}” in a letter" for _table, secret in found)


def secrets_of(account):
    """The internal texts of an account that it has told nobody in other words of its own."""
    texts = {text for (text,) in ask(account, INTERNAL) if len(text) >= LENGTH}
    said = "\n".join(text for (text,) in ask(account, SAID))
    return texts - set(Finder(texts).among(said)) if texts else texts


def found_in(account, secrets):
    """Where in the rows of this account texts of others stand."""
    owned = [model for model in apps.get_models() if issubclass(model, AccountOwned) and model._meta.managed]
    return among_rows(account, [model._meta.db_table for model in owned], Finder(secrets))


def among_rows(account, tables, finder):
    """What of the sought stands in the rows of these tables, as text, many at once: (table, text)."""
    found = []
    with account_scope(account.pk), connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f'SELECT to_jsonb(t)::text FROM "{table}" t')
            while rows := cursor.fetchmany(BATCH):
                found += [(table, text) for text in finder.among("\n".join(row for (row,) in rows))]
    return found


class Finder:
    """Finds any of many texts in one pass: each place is compared only with the texts that begin as it does."""

    def __init__(self, texts):
        self.by_head = {}
        for text in texts:
            # As it stands, and as it stands in JSON.
            for form in {text, json.dumps(text, ensure_ascii=False)[1:-1]}:
                self.by_head.setdefault(form[:LENGTH], []).append((form, text))

    def among(self, where):
        """The texts that stand in this one."""
        if len(self.by_head) <= FEW:
            forms = (pair for pairs in self.by_head.values() for pair in pairs)
            return {text for form, text in forms if form in where}
        heads, found = self.by_head, set()
        for place in range(len(where) - LENGTH + 1):
            if (head := where[place : place + LENGTH]) in heads:
                found.update(text for form, text in heads[head] if where.startswith(form, place))
        return found
