"""Where upper apps show themselves on a member's page without being imported here. Filled in the apps' ready()."""

PANELS = []


def member_panel(load):
    """Add a card: load(request, member) → (template, context), or None where there is nothing to show."""
    PANELS.append(load)
    return load


def member_panels(request, member):
    """The upper apps' cards for this member: [{template, context}]."""
    drawn = (load(request, member) for load in PANELS)
    return [{"template": found[0], "context": found[1]} for found in drawn if found]
