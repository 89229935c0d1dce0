"""The files of a benchmark: <name>.json, .md and .svg."""

import json
from pathlib import Path


def write(output, result, lines, plot=None):
    """`lines` of Markdown, which are printed too; `plot` is SVG."""
    Path(f"{output}.json").write_text(json.dumps(result, indent=2) + "\n")
    Path(f"{output}.md").write_text("\n".join(lines) + "\n")
    if plot:
        Path(f"{output}.svg").write_text(plot)
    print("\n".join(lines))
