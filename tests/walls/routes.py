"""The table of addresses: what each needs, and who may do what there. An address without a row fails the walk."""

from dataclasses import dataclass, field

from django.urls import URLPattern, URLResolver

EVERYBODY = frozenset({"owner", "admin", "dispatcher", "agent", "engineer", "observer"})
DESK = EVERYBODY - {"engineer", "observer"}
WORKERS = EVERYBODY - {"observer"}
ADMINS = frozenset({"owner", "admin"})


@dataclass(frozen=True)
class Row:
    """`pk` names the thing an address is about; who may read it, and who may send what to it."""

    pk: str = ""
    read: frozenset = frozenset()
    write: frozenset = frozenset()
    send: dict = field(default_factory=dict)


ROWS = {
    "desk": Row(read=EVERYBODY),
    "start": Row(read=ADMINS),
    "start_done": Row(write=ADMINS),
    "start_client": Row(write=DESK, send={"name": "Новый клиент"}),
    "people:list": Row(read=EVERYBODY),
    "people:invite": Row(read=ADMINS, write=ADMINS, send={"role": "agent"}),
    "people:invitations": Row(read=ADMINS),
    "people:resend": Row("place", write=ADMINS),
    "people:revoke": Row("place", write=ADMINS),
    "people:teams": Row(read=EVERYBODY),
    "people:team_add": Row(write=ADMINS, send={"name": "Новая", "line": "1"}),
    "people:team": Row("crew", read=EVERYBODY),
    "people:team_edit": Row("crew", write=ADMINS, send={"name": "Иная", "line": "2"}),
    "people:team_people": Row("crew", write=ADMINS),
    "people:team_remove": Row("crew", read=ADMINS, write=ADMINS),
    "people:member": Row("observer", read=EVERYBODY),
    "people:edit": Row("observer", write=ADMINS, send={"name": "Иной"}),
    "people:role": Row("observer", read=ADMINS, write=ADMINS, send={"role": "agent"}),
    "people:restrict": Row("agent", write=ADMINS, send={"to": "1"}),
    "people:remove": Row("observer", read=ADMINS, write=ADMINS),
    "people:transfer": Row("observer", read=frozenset({"owner"}), write=frozenset({"owner"})),
    "live": Row(read=EVERYBODY),
    "side": Row(read=EVERYBODY),
    "notifications:list": Row(read=EVERYBODY),
    "notifications:read_all": Row(write=EVERYBODY),
    "notifications:unread": Row(write=EVERYBODY, send={"at": "2026-01-01T10:00:00Z"}),
    "notifications:settings": Row(read=EVERYBODY, write=EVERYBODY),
    "notifications:follow": Row("notification", read=frozenset({"owner"})),
    "notifications:read": Row("notification", write=frozenset({"owner"})),
    "tickets:list": Row(read=EVERYBODY),
    "tickets:export": Row(read=EVERYBODY - {"engineer"}),
    "tickets:rows": Row(read=EVERYBODY),
    "tickets:here": Row(read=EVERYBODY, write=EVERYBODY, send={"page": "abc", "state": "looking"}),
    "tickets:new": Row(read=DESK, write=DESK, send={"subject": "Новая", "priority": "normal"}),
    "keys": Row(read=EVERYBODY),
    "tickets:bulk": Row(write=DESK, send={"priority": "high", "ids": "{ticket}"}),
    "tickets:view_keep": Row(write=EVERYBODY, send={"name": "Мой вид"}),
    "tickets:view_rename": Row(read=EVERYBODY, write=ADMINS, send={"name": "Иначе"}),
    "tickets:view_remove": Row(read=EVERYBODY, write=ADMINS),
    "tickets:place": Row(read=DESK),
    "tickets:lookup": Row(read=DESK),
    "tickets:similar": Row(read=DESK),
    "tickets:own_fields": Row(read=DESK),
    "tickets:grants": Row("agent2", read=ADMINS, write=ADMINS, send={"thing": "client:{client}"}),
    "tickets:grant": Row(read=DESK, write=DESK, send={"to": "{agent2}"}),
    "tickets:ticket": Row(read=EVERYBODY),
    "tickets:timeline": Row(read=EVERYBODY, send={"after": "01900000-0000-7000-8000-000000000000"}),
    "tickets:status": Row(write=WORKERS, send={"to": "{status}"}),
    "tickets:assign": Row(write=DESK, send={"to": ""}),
    "tickets:priority": Row(write=DESK, send={"to": "high"}),
    "tickets:due": Row(write=DESK, send={"due_at": "2099-01-01T10:00"}),
    "tickets:resolve": Row(write=WORKERS),
    "clocks:excuse": Row(write=DESK, send={"target": "resolution", "reason": "Нет ключа"}),
    "clocks:blame": Row(write=DESK, send={"target": "resolution"}),
    "clocks:arrive": Row(write=WORKERS),
    "tickets:reopen": Row(write=DESK),
    "tickets:close": Row(write=DESK),
    "tickets:takers": Row(read=DESK),
    "tickets:team": Row(write=DESK, send={"to": ""}),
    "tickets:watch": Row(write=EVERYBODY),
    "tickets:about": Row(read=DESK, write=DESK),
    "tickets:reword": Row(read=DESK, write=DESK, send={"subject": "Иначе"}),
    "tickets:type": Row(write=DESK, send={"to": ""}),
    "tickets:fields": Row(read=WORKERS, write=WORKERS),
    "tickets:tags": Row(write=DESK, send={"tag": "Слово"}),
    "tickets:link": Row(read=DESK, write=DESK),
    "tickets:unlink": Row(write=DESK),
    "tickets:printed": Row(read=EVERYBODY),
    "turns:page": Row(read=EVERYBODY),
    "turns:table": Row(read=EVERYBODY - {"agent", "engineer"}),
    "turns:proof": Row(read=EVERYBODY),
    "tickets:as_client": Row(read=EVERYBODY),
    "tickets:comment": Row(write=WORKERS, send={"body": "Слово", "audience": "internal"}),
    "tickets:comment_edit": Row(read=frozenset({"owner"}), write=frozenset({"owner"}), send={"body": "Иначе"}),
    "tickets:comment_remove": Row(read=frozenset({"owner"}), write=frozenset({"owner"})),
    "tickets:comment_pass_on": Row(write=WORKERS),
    "tickets:comment_history": Row(read=EVERYBODY),
    "tickets:draft": Row(write=WORKERS, send={"segment": "internal", "body": "Слово"}),
    "tickets:people": Row(read=WORKERS),
    "tickets:texts": Row(read=WORKERS),
    "tickets:upload": Row(write=WORKERS),
    "tickets:upload_preview": Row(read=frozenset({"owner"})),
    "tickets:upload_remove": Row(write=frozenset({"owner"})),
    "tickets:held_send": Row(write=frozenset({"owner"})),
    "tickets:held_undo": Row(write=frozenset({"owner"})),
    "tickets:files": Row(write=WORKERS),
    "tickets:file": Row(read=EVERYBODY),
    "tickets:file_preview": Row(read=EVERYBODY),
    "tickets:file_remove": Row(read=frozenset({"owner"}), write=frozenset({"owner"})),
    "settings:account": Row(
        read=ADMINS,
        write=ADMINS,
        send={"name": "Иначе", "prefix": "ИН", "hold_seconds": "0", "language": "ru", "zone": "Asia/Omsk"},
    ),
    "settings:mail": Row(read=ADMINS),
    "settings:mail_again": Row("mailed", write=ADMINS),
    "settings:history": Row(read=ADMINS),
    "words:list": Row(read=ADMINS),
    "words:new": Row(read=ADMINS, write=ADMINS, send={"name": "Слово"}),
    "words:one": Row("tag", read=ADMINS, write=ADMINS, send={"name": "Слово"}),
    "sla:calendars": Row(read=ADMINS),
    "sla:calendar_usual": Row(write=ADMINS),
    "sla:calendar_new": Row(read=ADMINS, write=ADMINS, send={"name": "Ночи", "zone": "Asia/Omsk", "day_0": "22–6"}),
    "sla:calendar": Row(
        "calendar", read=ADMINS, write=ADMINS, send={"name": "Дни", "zone": "Asia/Omsk", "day_0": "9–18"}
    ),
    "sla:calendar_day": Row("calendar", read=ADMINS, write=ADMINS, send={"day": "2026-05-09", "hours": "10–12"}),
    "partnerships:list": Row(read=EVERYBODY),
    "partnerships:invite": Row(read=ADMINS, write=ADMINS, send={"name": "Новый партнёр"}),
    "partnerships:card": Row(read=ADMINS, write=ADMINS, send={"about": "Кассы", "regions": "Вологда"}),
    "partnerships:invitations": Row(read=ADMINS),
    "partnerships:resend": Row("invitation", write=ADMINS),
    "partnerships:revoke": Row("invitation", write=ADMINS),
    "partnerships:partner": Row("partnership", read=EVERYBODY),
    "partnerships:terms": Row("partnership", write=ADMINS),
    "partnerships:terms_history": Row("partnership", read=EVERYBODY),
    "partnerships:terms_accept": Row("proposal", write=ADMINS),
    "partnerships:terms_decline": Row("proposal", read=ADMINS, write=ADMINS, send={"reason": "Нет"}),
    "partnerships:terms_withdraw": Row("proposal", write=ADMINS),
    "partnerships:map": Row("partnership", read=ADMINS, write=ADMINS),
    "partnerships:map_draft": Row("partnership", write=ADMINS),
    "partnerships:map_usual": Row("partnership", read=ADMINS, write=ADMINS),
    "partnerships:pause": Row("partnership", read=ADMINS, write=ADMINS),
    "partnerships:resume": Row("partnership", write=ADMINS),
    "partnerships:end": Row("partnership", read=ADMINS, write=ADMINS, send={"how": "finished"}),
    "partnerships:let_go": Row("partnership", write=ADMINS),
    "partnerships:archive": Row("partnership", read=EVERYBODY),
    "partnerships:archive_table": Row("partnership", read=EVERYBODY - {"engineer"}),
    "partnerships:health": Row("partnership", read=EVERYBODY),
    "partnerships:health_table": Row("partnership", read=EVERYBODY - {"engineer"}),
    "partnerships:compare": Row("partnership", write=ADMINS),
    "partnerships:compared": Row("partnership", read=EVERYBODY),
    "partnerships:compared_table": Row("partnership", read=EVERYBODY - {"engineer"}),
    "partnerships:template_add": Row("partnership", read=ADMINS, write=ADMINS, send={"name": "Выезд"}),
    "partnerships:template": Row("template", read=ADMINS, write=ADMINS, send={"name": "Иначе"}),
    "partnerships:template_remove": Row("template", read=ADMINS, write=ADMINS),
    "partnerships:hand_over": Row(read=DESK, write=DESK),
    "partnerships:preview": Row(write=DESK),
    "partnerships:heap": Row(write=DESK, send={"ids": "{ticket}"}),
    "partnerships:heap_nudge": Row(write=DESK, send={"ids": "{ticket}"}),
    "partnerships:round_stop": Row("round", write=DESK),
    "partnerships:accept": Row("handover", write=DESK),
    "partnerships:decline": Row("handover", read=DESK, write=DESK, send={"reason": "Нет"}),
    "partnerships:withdraw": Row("handover", read=DESK, write=DESK, send={"reason": "Нет"}),
    "partnerships:report_back": Row("handover", read=DESK, write=DESK, send={"reason": "Нет"}),
    "partnerships:done": Row("handover", read=WORKERS, write=WORKERS, send={"report": "Готово"}),
    "partnerships:give_back": Row("handover", read=DESK, write=DESK, send={"reason": "Нет"}),
    "partnerships:approve": Row("handover", read=DESK, write=DESK),
    "partnerships:return": Row("handover", read=DESK, write=DESK, send={"reason": "Нет"}),
    "partnerships:nudge": Row("handover", read=DESK, write=DESK),
    "partnerships:recard": Row("handover", read=DESK, write=DESK),
    "partnerships:recard_preview": Row("handover", write=DESK),
    "partnerships:visit": Row("handover", read=WORKERS, write=WORKERS, send={"visit_from": "2099-01-01T10:00"}),
    "partnerships:adopt": Row("handover", read=DESK, write=DESK),
    "partnerships:ours": Row("handover", read=DESK, write=DESK),
    "partnerships:none_of_ours": Row("handover", write=DESK),
    "partnerships:as_partner": Row("handover", read=EVERYBODY),
    "partnerships:rate": Row("handover", read=DESK, write=DESK, send={"score": "5"}),
    "partnerships:rating_answer": Row("handover", read=DESK, write=DESK, send={"text": "Спасибо"}),
    "partnerships:letter_retry": Row("letter", write=DESK),
    "partnerships:letter_skip": Row("letter", write=DESK),
}


def walk(patterns, namespace="", params=()):
    """Every address of an urlconf: (name, names of its parameters)."""
    for entry in patterns:
        here = (*params, *entry.pattern.converters, *entry.pattern.regex.groupindex)
        here = tuple(dict.fromkeys(here))
        if isinstance(entry, URLResolver):
            inner = f"{namespace}{entry.namespace}:" if entry.namespace else namespace
            yield from walk(entry.url_patterns, inner, here)
        elif isinstance(entry, URLPattern):
            yield f"{namespace}{entry.name}", here
