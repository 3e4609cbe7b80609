"""What the forms of links and hand-overs have in common."""

TEXT = 20_000
CHECK = {"class": "check"}
