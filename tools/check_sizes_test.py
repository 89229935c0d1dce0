#!/usr/bin/env python3
"""check_sizes.py knows where the limits are and which files they are for."""

import pathlib
import tempfile
import unittest

import check_sizes


def problems(path, lines):
    with tempfile.TemporaryDirectory() as directory:
        file = pathlib.Path(directory) / path
        file.parent.mkdir(parents=True)
        file.write_text("\n" * lines)
        return check_sizes.problems(pathlib.Path(directory))


class Sizes(unittest.TestCase):
    def test_source_may_have_300_lines(self):
        self.assertEqual(problems("src/http/a.cpp", 300), [])
        self.assertIn("src/http/a.cpp: 301 lines, at most 300", problems("src/http/a.cpp", 301)[0])

    def test_test_may_have_400_lines(self):
        for path in ("src/http/a_test.cpp", "tests/contract/a.cpp"):
            self.assertEqual(problems(path, 400), [])
            self.assertIn("401 lines, at most 400", problems(path, 401)[0])

    def test_other_files_may_be_long(self):
        self.assertEqual(problems("src/http/table.txt", 1000), [])


if __name__ == "__main__":
    unittest.main()
