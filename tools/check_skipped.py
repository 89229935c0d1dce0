#!/usr/bin/env python3
"""Fails if a test was skipped that is not labelled `optional`: a test that never runs proves nothing.

usage: check_skipped.py <build directory> <ctest's JUnit report>
"""

import json
import subprocess
import sys
import xml.etree.ElementTree


def skipped_tests(report):
    cases = xml.etree.ElementTree.parse(report).getroot().iter("testcase")
    return [case.get("name") for case in cases if case.find("skipped") is not None]


def optional_tests(description):
    """The names of the tests with the label `optional`, from `ctest --show-only=json-v1`."""
    names = set()
    for test in description["tests"]:
        properties = {entry["name"]: entry["value"] for entry in test.get("properties", [])}
        if "optional" in properties.get("LABELS", []):
            names.add(test["name"])
    return names


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    build, report = sys.argv[1:]
    shown = subprocess.run(["ctest", "--test-dir", build, "--show-only=json-v1"], check=True, capture_output=True)
    optional = optional_tests(json.loads(shown.stdout))
    required = [name for name in skipped_tests(report) if name not in optional]
    for name in required:
        print(f"{name} was skipped, but only tests with the label `optional` may be")
    sys.exit(1 if required else 0)


if __name__ == "__main__":
    main()
