"""What benchmarks share: starting tintype and its peers, load, CPU time, and what a report says of the machine."""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests/hostile"))  # its server, processes and pictures serve here too
