"""Where the lines and columns of a chart stand: pure sums, drawn by templates with classes and attributes alone."""

WIDE = (1100, 300)
LEFT, RIGHT, TOP, FOOT = 40, 1034, 34, 274
NARROW = (344, 156)
GAP = 1.5
STEPS = (1, 2, 5)


def scale(most):
    """The steps of an axis that reaches over this value: four of them at most, in round numbers."""
    size = 1
    while True:
        for step in STEPS:
            if step * size * 4 >= most:
                return [step * size * n for n in range(-(-int(-(-most // 1)) // (step * size)) + 1)] or [0]
        size *= 10


def columns(stacks, goal=None):
    """Stacked columns: `stacks` = [{"name", "parts": [(class, value)], "total"}] with what each is drawn from."""
    most = max([1.0, *(stack["total"] for stack in stacks), goal or 0])
    steps = scale(most)
    top = steps[-1] or 1
    room = (RIGHT - LEFT) / max(1, len(stacks))
    width = min(46.0, room * 0.62)

    def high(value):
        return round(FOOT - (FOOT - TOP) * value / top, 1)

    drawn = []
    for n, stack in enumerate(stacks):
        x, sum_, parts = LEFT + room * (n + 0.5), 0.0, []
        for name, value in stack["parts"]:
            y, foot = high(sum_ + value), high(sum_)
            sum_ += value
            if foot - y >= 0.5:
                parts.append({"name": name, "y": y, "height": max(0.5, round(foot - y - GAP, 1)), "value": value})
        edge = {"x": round(x - width / 2, 1), "width": round(width, 1), "middle": round(x, 1)}
        edge |= {"left": round(x - room / 2, 1), "room": round(room, 1)}
        drawn.append({**stack, **edge, "over": high(stack["total"]) - 6, "parts": parts})
    return {
        "columns": drawn,
        "grid": [{"value": value, "y": high(value), "text": high(value) + 4, "last": value == top} for value in steps],
        "goal": {"value": goal, "y": high(goal), "text": high(goal) + 4} if goal else None,
        "every": max(1, -(-len(stacks) // 27)),
    }


def line(points):
    """A line of shares: `points` = [(name, value or None)]; where there is no value it is broken."""
    known = [value for _name, value in points if value is not None]
    low = max(0, min([90.0, *known]) // 10 * 10 - 10)
    left, right, top, foot = 30, 304, 12, 134
    room = (right - left - 10) / max(1, len(points) - 1)

    def high(value):
        return round(foot - (foot - top) * (value - low) / (100 - low), 1)

    dots = [
        {"name": name, "value": value, "x": round(left + 10 + room * n, 1), "y": None if value is None else high(value)}
        for n, (name, value) in enumerate(points)
    ]
    step = 10 if low >= 50 else 20 if low >= 20 else 25
    seen = [dot for dot in dots if dot["value"] is not None]
    return {
        "dots": seen,
        "pieces": pieces(dots),
        "grid": [{"value": n, "y": high(n), "text": high(n) + 4} for n in range(int(low), 101, step)],
        "names": dots[:: max(1, -(-len(dots) // 5))],
        "last": seen[-1] | {"beside": seen[-1]["x"] + 8, "text": seen[-1]["y"] + 4} if seen else None,
        "lowest": min(seen, key=lambda dot: dot["value"]) if seen else None,
    }


def pieces(dots):
    """The unbroken parts of a line, each as the points of one drawing."""
    found, piece = [], []
    for dot in [*dots, {"y": None}]:
        if dot["y"] is None:
            found += [piece] if len(piece) > 1 else []
            piece = []
        else:
            piece.append(f"{dot['x']},{dot['y']}")
    return [" ".join(piece) for piece in found]
