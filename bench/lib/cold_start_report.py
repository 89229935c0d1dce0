"""What the benchmark of cold starts says: its table, the goals, and the plot."""

from . import comparison, svg

ROWS = {
    "node_ms": "node with sharp, exec to the thumbnail of a file",
    "node_cpu_ms": "its CPU time, all threads, to its end",
    "worker_program_ms": "a program with zygote and worker, exec to the thumbnail of a file",
    "spawn_ms": "in it: fork of the worker",
    "load_ms": "in it: set-up",
    "warmup_ms": "in it: warm-up",
    "fork_to_thumbnail_ms": "in it: fork to the thumbnail",
    "files_ready_ms": "`tintype serve`, files and SQLite, exec to `/readyz` 200",
    "files_first_ms": "`tintype serve`, files and SQLite, exec to the answer to the first upload",
    "stores_ready_ms": "`tintype serve`, S3, DynamoDB, SQS and Redis, exec to `/readyz` 200",
    "stores_first_ms": "`tintype serve`, S3, DynamoDB, SQS and Redis, exec to the answer to the first upload",
    "service_ready_ms": "image service on Node, same stores, exec to listening",
    "service_first_ms": "image service on Node, same stores, exec to the answer to the first upload",
    "warm_ms": "an upload while another is under way, with a warm worker",
    "cold_ms": "the same, with a worker that has to be forked",
    "added_ms": "what the fork has added",
    "waited_ms": "the wait for the worker, as the server counts it",
}
GOALS = [
    ("exec to the first thumbnail, of a file, no HTTP and no stores", "worker_program_ms", "node_ms", 0.4),
    ("exec to the first upload's answer, thumbnail included, same stores", "stores_first_ms", "service_first_ms", 0.4),
    ("exec to the first upload's answer with files and SQLite, against a bare thumbnail of a file", "files_first_ms", "node_ms", 0.4),
    ("exec to ready, against a bare thumbnail of a file", "files_ready_ms", "node_ms", None),
    ("added latency of a cold start while serving, against exec to a bare thumbnail", "added_ms", "node_ms", 0.05),
    ("the wait for a worker, as the server counts it, against exec to a bare thumbnail", "waited_ms", "node_ms", None),
    ("fork to thumbnail, against exec to a bare thumbnail", "fork_to_thumbnail_ms", "node_ms", None),
]
PLOTTED = {"exec to a file's thumbnail": {"tintype": "worker_program_ms", "Node": "node_ms"},
           "exec to first answer": {"tintype": "stores_first_ms", "Node": "service_first_ms"},
           "upload meanwhile": {"worker forked": "cold_ms", "worker warm": "warm_ms"}}


def found(rounds):
    """{"summary", "goals"}"""
    figures = {name: [{"ms": row[name]} for row in rounds] for name in ROWS if name in rounds[0]}
    goals = []
    for what, of, to, goal in GOALS:
        goals += [{"what": what, **row} for row in comparison.ratios(figures, [(of, to, "ms", "most", goal)])]
    return {"summary": {name: comparison.spread([row["ms"] for row in rows]) for name, rows in figures.items()},
            "goals": comparison.named(goals, ROWS)}


def sections(result):
    """Lines of Markdown."""
    titles = {name: text.replace("in it: fork to the thumbnail", "worker, fork to the thumbnail") for name, text in ROWS.items()}
    lines = ["## Goals", "", *comparison.goal_table(result["goals"], titles)] if result["goals"] else []
    lines += ["", "## Times", "", "| milliseconds | median | min | max |", "|---|---|---|---|"]
    lines += [f"| {ROWS[name]} | {row['median']:.1f} | {row['min']:.1f} | {row['max']:.1f} |" for name, row in result["summary"].items()]
    if "cold_starts" in result["rounds"][0]:
        met, unexpected = (sum(row[name] for row in result["rounds"]) for name in ("cold_starts", "unexpected"))
        lines += ["", f"{met} uploads with a worker that had to be forked met a cold start, and {unexpected} with a warm one."]
    return lines


def plot(result):
    summary = result["summary"]
    groups = {label: {series: summary[name] for series, name in bars.items() if name in summary} for label, bars in PLOTTED.items()}
    return svg.bars("Cold start", "milliseconds", {label: rows for label, rows in groups.items() if rows})
