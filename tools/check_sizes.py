#!/usr/bin/env python3
"""Fails for a source file that has grown too long to be read in one go (CONTRIBUTING.md).

usage: check_sizes.py [root of the checkout]
"""

import pathlib
import sys

SOURCES = {".h", ".hpp", ".cpp"}
SOURCE_LINES = 300
TEST_LINES = 400  # a test file is a list of cases and is not read as a whole


def limit_for(path):
    return TEST_LINES if path.parts[0] == "tests" or path.name.endswith("_test.cpp") else SOURCE_LINES


def problems(root):
    found = []
    for folder in ("src", "tests"):
        for file in sorted((root / folder).rglob("*")):
            if file.suffix not in SOURCES:
                continue
            path = file.relative_to(root)
            lines = file.read_bytes().count(b"\n")
            if lines > limit_for(path):
                found.append(f"{path.as_posix()}: {lines} lines, at most {limit_for(path)}; split it by meaning")
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    if not (root / "src").is_dir():
        sys.exit(f"{root} has no src/: give the root of the checkout")
    found = problems(root)
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
