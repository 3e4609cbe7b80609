"""What one may ask of a fault run."""


def add_wishes(parser):
    """The options, the same for `bin/manage faults` and for the harness itself."""
    parser.add_argument("--long", action="store_true", help="at least 500 deliveries under each fault, not 10")
    parser.add_argument("--deliveries", type=int, help="at least so many under each fault")
    parser.add_argument("--only", nargs="+", metavar="WORD", help="only faults whose name holds one of these")
    parser.add_argument("--seed", type=int, help="what chance begins with; printed, to have the same again")
    parser.add_argument("--keep", action="store_true", help="keep the folder with the logs")
