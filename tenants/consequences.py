"""What goes with a person who leaves and a team that ends, told beforehand by whoever holds tickets for them."""

TELLERS = []


def foretell(tell):
    """Add who knows what would come of it: tell(member or team) → sentences."""
    TELLERS.append(tell)
    return tell


def of_losing(subject):
    """Every sentence a person should read before this member or team goes."""
    return [sentence for tell in TELLERS for sentence in tell(subject)]
