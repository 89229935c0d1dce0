"""The goals of any benchmark's .json as rows of one table."""

HEAD = ["| | against | goal | median (min to max) | |", "|---|---|---|---|---|"]
VERDICTS = {True: "held", False: "missed"}


def lines(result):
    """Of `goals`, and of `rows`, whose texts are for people; without what has no goal."""
    found = [_row(row["what"], row.get("against", row["to"] or ""), f"at {row['bound']} {row['goal']:g}", _spread(row["ratio"]), row["met"])
             for row in result.get("goals", []) if row["goal"] is not None]
    return found + [_row(row["title"], "", row["goal"], row["measured"], row["met"]) for row in result.get("rows", []) if row["met"] is not None]


def _row(what, against, goal, measured, met):
    return f"| {what} | {against} | {goal} | {measured} | {VERDICTS[met]} |"


def _spread(each):
    return f"{each['median']:.2f} ({each['min']:.2f} to {each['max']:.2f})"
