#!/usr/bin/env python3
"""Each rule of check_layers.py catches what it is there for and lets the neighbouring good case pass."""

import pathlib
import tempfile
import unittest

import check_layers


class Tree:
    """A source tree with the given files, which exists during a `with`."""

    def __init__(self, files):
        self._directory = tempfile.TemporaryDirectory()
        self.root = pathlib.Path(self._directory.name)
        (self.root / "src").mkdir()
        for path, text in files.items():
            file = self.root / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text)

    def __enter__(self):
        return self.root

    def __exit__(self, *_):
        self._directory.cleanup()


def problems(files):
    with Tree(files) as root:
        return check_layers.problems(root)


def included(file, header):
    """What is said about `file` including `header`."""
    return problems({file: f"#pragma once\n{header}\n"})


class Arrows(unittest.TestCase):
    def assert_allowed(self, file, *headers):
        for header in headers:
            self.assertEqual(included(file, f'#include "{header}"'), [], (file, header))

    def assert_refused(self, file, *headers):
        for header in headers:
            found = included(file, f'#include "{header}"')
            self.assertEqual(len(found), 1, (file, header))
            self.assertIn(f"{file}:2: ", found[0])
            self.assertIn(header, found[0])

    def test_every_layer_sees_only_what_is_below_it(self):
        self.assert_allowed("src/model/a.h", "model/b.h", "base/b.h")
        self.assert_refused("src/model/a.h", "ports/b.h", "service/b.h", "adapters/x/b.h")
        self.assert_allowed("src/ports/a.h", "model/b.h", "base/b.h")
        self.assert_refused("src/ports/a.h", "service/b.h", "adapters/x/b.h")
        self.assert_allowed("src/service/a.h", "ports/b.h", "model/b.h", "base/crypto/b.h")
        self.assert_refused("src/service/a.h", "http/b.h", "transport/b.h", "config/b.h", "adapters/x/b.h")
        self.assert_allowed("src/http/a.h", "service/b.h", "ports/b.h", "model/b.h", "base/crypto/b.h")
        self.assert_refused("src/http/a.h", "transport/b.h", "config/b.h", "adapters/x/b.h", "main/b.h")
        self.assert_allowed("src/transport/a.h", "http/b.h", "base/b.h")
        self.assert_refused("src/transport/a.h", "service/b.h", "ports/b.h", "adapters/x/b.h")
        self.assert_allowed("src/config/a.h", "base/b.h")
        self.assert_refused("src/config/a.h", "model/b.h", "service/b.h")

    def test_base_sees_only_base(self):
        self.assert_allowed("src/base/a.h", "base/b.h")
        self.assert_refused("src/base/a.h", "base/crypto/b.h", "model/b.h")
        self.assert_allowed("src/base/crypto/a.h", "base/b.h", "base/crypto/b.h")
        self.assert_refused("src/base/crypto/a.h", "model/b.h")

    def test_adapters_see_ports_but_not_each_other(self):
        self.assert_allowed("src/adapters/x/a.h", "adapters/x/b.h", "ports/b.h", "model/b.h", "base/b.h")
        self.assert_refused("src/adapters/x/a.h", "adapters/y/b.h", "adapters/aws/b.h", "service/b.h", "http/b.h")
        self.assert_allowed("src/adapters/blob_s3/a.h", "adapters/aws/b.h")

    def test_only_adapters_with_a_file_of_sqlite_share_its_plumbing(self):
        for adapter in ("embedded_database", "metadata_sqlite", "quarantine_sqlite", "queue_sqlite"):
            self.assert_allowed(f"src/adapters/{adapter}/a.h", "adapters/sqlite/b.h")
            self.assert_refused("src/adapters/sqlite/a.h", f"adapters/{adapter}/b.h")
        self.assert_refused("src/adapters/x/a.h", "adapters/sqlite/b.h")
        self.assert_refused("src/adapters/blob_s3/a.h", "adapters/sqlite/b.h")
        self.assert_refused("src/adapters/metadata_sqlite/a.h", "adapters/aws/b.h")

    def test_records_and_jobs_share_a_database(self):
        for adapter in ("metadata_sqlite", "queue_sqlite"):
            self.assert_allowed(f"src/adapters/{adapter}/a.h", "adapters/embedded_database/b.h")
        self.assert_refused("src/adapters/quarantine_sqlite/a.h", "adapters/embedded_database/b.h")
        self.assert_allowed("src/adapters/metadata_sqlite/a.cpp", "adapters/queue_sqlite/b.h")
        self.assert_refused("src/adapters/queue_sqlite/a.cpp", "adapters/metadata_sqlite/b.h")

    def test_the_worker_sees_the_engine_and_its_protocol_only(self):
        self.assert_allowed("src/worker/a.h", "adapters/engine_vips/b.h", "adapters/engine_worker/protocol/b.h", "ports/b.h")
        self.assert_refused("src/worker/a.h", "base/crypto/b.h", "adapters/engine_worker/b.h", "adapters/x/b.h", "service/b.h")
        self.assert_allowed("src/adapters/engine_worker/a.h", "adapters/engine_worker/protocol/b.h", "ports/b.h")
        self.assert_refused("src/adapters/engine_worker/a.h", "adapters/engine_vips/b.h", "worker/b.h")
        self.assert_refused("src/adapters/engine_worker/protocol/a.h", "adapters/engine_worker/b.h", "base/crypto/b.h")

    def test_main_sees_everything(self):
        self.assert_allowed("src/main/a.cpp", "adapters/x/b.h", "transport/b.h", "config/b.h", "service/b.h")

    def test_only_the_job_consumer_of_transport_sees_the_service(self):
        self.assert_allowed("src/transport/job_consumer.cpp", "service/b.h", "ports/b.h")
        self.assert_refused("src/transport/job_consumer.cpp", "adapters/x/b.h")

    def test_coroutines_on_asio_are_for_transport_and_the_redis_client(self):
        self.assert_allowed("src/transport/a.cpp", "base/asio/b.h")
        self.assert_allowed("src/adapters/redis/a.cpp", "base/asio/b.h")
        self.assert_refused("src/base/a.cpp", "base/asio/b.h")
        self.assert_refused("src/adapters/x/a.cpp", "base/asio/b.h", "adapters/redis/b.h")

    def test_sources_do_not_see_tests(self):
        self.assert_refused("src/service/a.cpp", "tests/support/fake_clock.h")


class ThirdParty(unittest.TestCase):
    def assert_only(self, header, folder):
        self.assertEqual(included(f"src/{folder}/a.cpp", f"#include <{header}>"), [])
        for other in ("service", "main", "adapters/x", "base"):
            self.assertEqual(len(included(f"src/{other}/a.cpp", f"#include <{header}>")), 1, (other, header))

    def test_only_what_has_sockets_includes_asio_and_only_transport_beast(self):
        for folder in ("transport", "base/asio", "adapters/redis"):
            self.assert_only("boost/asio.hpp", folder)
            self.assert_only("boost/asio/awaitable.hpp", folder)
        self.assert_only("boost/beast/http.hpp", "transport")
        self.assertEqual(len(included("src/adapters/redis/a.cpp", "#include <boost/beast/http.hpp>")), 1)
        self.assertEqual(included("src/http/a.cpp", "#include <boost/json.hpp>"), [])

    def test_image_libraries_sqlite_and_openssl_have_their_folders(self):
        self.assert_only("vips/vips.h", "adapters/engine_vips")
        self.assert_only("webp/encode.h", "adapters/engine_vips")
        self.assert_only("seccomp.h", "worker")
        for folder in ("sqlite", "embedded_database", "metadata_sqlite", "quarantine_sqlite", "queue_sqlite"):
            self.assert_only("sqlite3.h", f"adapters/{folder}")
        self.assert_only("openssl/evp.h", "base/crypto")
        self.assert_only("hiredis/read.h", "adapters/redis")


class Spelling(unittest.TestCase):
    def test_include_relative_to_the_file_is_resolved(self):
        files = {"src/http/a.cpp": '#include "../transport/b.h"\n', "src/transport/b.h": ""}
        self.assertEqual(len(problems(files)), 1)

    def test_include_beside_the_file_is_its_own_layer(self):
        self.assertEqual(problems({"src/http/a.cpp": '#include "b.h"\n', "src/http/b.h": ""}), [])

    def test_spaces_and_angle_brackets_do_not_hide_an_include(self):
        self.assertEqual(len(included("src/http/a.h", "  #  include <transport/b.h>")), 1)

    def test_commented_out_include_is_none(self):
        self.assertEqual(included("src/http/a.h", '// #include "transport/b.h"'), [])


class Places(unittest.TestCase):
    def test_unit_tests_are_exempt(self):
        self.assertEqual(included("src/service/a_test.cpp", '#include "adapters/x/b.h"'), [])

    def test_unknown_folder_must_be_added_to_the_rules(self):
        self.assertIn("in no layer", problems({"src/misc/a.cpp": ""})[0])
        self.assertIn("in no layer", problems({"src/a.cpp": ""})[0])

    def test_test_outside_src_and_tests_would_never_run(self):
        self.assertIn("bench/a_test.cpp", problems({"bench/a_test.cpp": ""})[0])
        self.assertEqual(problems({"tests/integration/a_test.cpp": ""}), [])


if __name__ == "__main__":
    unittest.main()
