#!/usr/bin/env python3
"""check_skipped.py reads what ctest writes."""

import io
import unittest

import check_skipped

REPORT = """<?xml version="1.0" encoding="UTF-8"?>
<testsuite name="Linux" tests="3" failures="0" disabled="0" skipped="2">
  <testcase name="Ran.Well" classname="Ran.Well" time="0.1" status="run"/>
  <testcase name="Corpus.Decodes" classname="Corpus.Decodes" time="0.1" status="notrun">
    <skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
  </testcase>
  <testcase name="Server.Starts" classname="Server.Starts" time="0.1" status="notrun">
    <skipped message="SKIP_REGULAR_EXPRESSION_MATCHED"/>
  </testcase>
</testsuite>
"""

DESCRIPTION = {
    "tests": [
        {"name": "Ran.Well", "properties": [{"name": "LABELS", "value": ["unit"]}]},
        {"name": "Corpus.Decodes", "properties": [{"name": "LABELS", "value": ["contract", "optional"]}]},
        {"name": "Server.Starts", "properties": [{"name": "TIMEOUT", "value": 60}]},
        {"name": "Bare"},
    ]
}


class Skipped(unittest.TestCase):
    def test_only_tests_that_did_not_run_are_skipped(self):
        self.assertEqual(check_skipped.skipped_tests(io.StringIO(REPORT)), ["Corpus.Decodes", "Server.Starts"])

    def test_label_makes_a_test_optional(self):
        self.assertEqual(check_skipped.optional_tests(DESCRIPTION), {"Corpus.Decodes"})


if __name__ == "__main__":
    unittest.main()
