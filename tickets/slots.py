"""Where upper apps show themselves on a ticket's pages without being imported here.

A row loader gets a page of tickets once and answers {ticket id: data}; a panel gets the ticket and the member and
answers (template, context) or None. Filled in the apps' ready().
"""

ROW_LOADERS = {}
PANELS = []
LATER = []
DIALS = []
DEEDS = []
BEFORE_MOVE = []
RELAYS = []
SIGHTS = []
SENDER_SIGHTS = []
AFTER_OPENING = []
SELECTION = []
PARTNERS = []
WEIGHING = []
GIVEN_DUE = []
WAYS = {}
LINES = {}


def row_loader(name):
    """Name what is loaded once for a whole page of rows."""

    def register(load):
        ROW_LOADERS[name] = load
        return load

    return register


def load_rows(tickets):
    """Everything upper apps want to draw on these rows: {ticket id: {loader name: data}}."""
    rows = {ticket.pk: {} for ticket in tickets}
    for name, load in ROW_LOADERS.items():
        for ticket_id, data in load(tickets).items():
            rows[ticket_id][name] = data
    return rows


def panel(load, *, later=False):
    """Add a card to the ticket's right rail, in the order of registration; the later ones after all others."""
    (LATER if later else PANELS).append(load)
    return load


def panels(ticket, member):
    """The upper apps' cards for this ticket: [{template, context}]."""
    drawn = (load(ticket, member) for load in (*PANELS, *LATER))
    return [{"template": found[0], "context": found[1]} for found in drawn if found]


def dial(load):
    """Put deadlines over the thread: load(ticket) → {dials, whence, given, policy}."""
    DIALS.append(load)
    return load


def deadlines(ticket):
    """The deadlines of the head: {dials, whence: where the one that counts comes from, given: by somebody, policy}."""
    loaded = [load(ticket) for load in DIALS]
    told = {name: value for one in reversed(loaded) for name, value in one.items() if value}
    return told | {"dials": [dial for one in loaded for dial in one["dials"]]}


def deed(load):
    """Add to the ticket's menu of rarer deeds: load(ticket, member) → [{label, url, icon, dialog}]."""
    DEEDS.append(load)
    return load


def deeds(ticket, member):
    """What upper apps let people do from the ticket's menu."""
    return [one for load in DEEDS for one in load(ticket, member)]


def relay(load):
    """Name whoever else reads what a counterpart reads: load(ticket, counterparts) → {counterpart id: sentence}."""
    RELAYS.append(load)
    return load


def relays(ticket, counterparts):
    """What the composer must say about texts that go further than their first reader."""
    told = {}
    for load in RELAYS:
        told.update(load(ticket, counterparts))
    return told


def client_sight(load):
    """Name what a client may know of who else works on his ticket: load(ticket) → {counterpart id: (name, how far)}."""
    SIGHTS.append(load)
    return load


def shown_to_client(ticket):
    """Whom the client knows to work on his ticket beside us; a nameless one is there without a name."""
    shown = {}
    for load in SIGHTS:
        shown.update(load(ticket))
    return shown


def sender_sight(load):
    """Name what the sender of a co-ticket may know of who else works on it: load(ticket), as for a client."""
    SENDER_SIGHTS.append(load)
    return load


def shown_to_sender(ticket):
    """Whom the sender of a co-ticket knows to work on it beside us; a nameless one is there without a name."""
    shown = {}
    for load in SENDER_SIGHTS:
        shown.update(load(ticket))
    return shown


def after_opening(load):
    """Add a way on from a ticket that was just opened: load(member) → {value, label, url: ticket → address} or None."""
    AFTER_OPENING.append(load)
    return load


def ways_after_opening(member):
    """What else "open the ticket" may lead to, beside the ticket itself."""
    return [way for way in (load(member) for load in AFTER_OPENING) if way]


def line(code):
    """Say what the thread draws beside the sentence of an upper app's kind: load(activity) → {name: value}."""

    def register(load):
        LINES[code] = load
        return load

    return register


def beside(activity):
    """What an upper app draws beside this line of the ledger."""
    load = LINES.get(activity.kind)
    return load(activity) if load else {}


def way_from(kind):
    """Name where a line of the history leads: find(activity) → (address, words)."""

    def register(find):
        WAYS[kind.code] = find
        return find

    return register


def way(activity):
    """Where this line of the history leads, if it leads anywhere."""
    find = WAYS.get(activity.kind)
    return find(activity) if find else None


def on_selection(load):
    """Add to the bar of a list's selection: load(member) → [{label, url, icon, key, dialog}], each posts the ids."""
    SELECTION.append(load)
    return load


def of_selection(member):
    """What upper apps do with the selected tickets."""
    return [one for load in SELECTION for one in load(member)]


def partners(load):
    """Name the companies whose tickets may come to us: load() → names."""
    PARTNERS.append(load)
    return load


def partner_names():
    """The companies whose tickets may come to us, by the names under which tickets show them."""
    return sorted({name for load in PARTNERS for name in load()})


def weighing(scale, weigh):
    """Let impact and urgency make the priority: scale() → (impact, urgency) → priority, or None where nobody wants it;
    weigh(ticket, impact, urgency, by) is the verb."""
    WEIGHING.append((scale, weigh))


def scale():
    """How impact and urgency make the priority in this account; None where priorities are chosen."""
    return next((found for load, _weigh in WEIGHING if (found := load())), None)


def weigh(ticket, *, impact, urgency, by):
    """Say how far the trouble reaches and how soon it hurts; the priority follows."""
    for _scale, verb in WEIGHING:
        verb(ticket, impact=impact, urgency=urgency, by=by)


def given_due(load):
    """Say which deadline of a ticket somebody gave, beside those that are promised: load(ticket) → moment or None."""
    GIVEN_DUE.append(load)
    return load


def due_given(ticket):
    """The deadline that somebody gave the ticket; where nothing else makes deadlines, the one that it has."""
    return GIVEN_DUE[0](ticket) if GIVEN_DUE else ticket.due_at
