#!/usr/bin/env python3
"""Causes what the numbers of a server count, and sees each move for it, and no other: in /metrics, in /ops/stats, and in
the lines for CloudWatch, which are valid and say the same.

Usage: numbers_test.py PROGRAM SOURCE_DIR"""

import json
import re
import struct
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import jsonschema

PROGRAM, SOURCE = sys.argv.pop(1), Path(sys.argv.pop(1))
SCHEMA = json.loads((SOURCE / "tests/integration/emf_schema.json").read_text())
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

LATENCIES = {  # /metrics, /ops/stats, CloudWatch
    "tintype_upload_latency_seconds": ("uploadLatency", "UploadLatency"),
    "tintype_get_latency_seconds": ("getLatency", "GetLatency"),
    "tintype_image_processing_duration_seconds": ("imageProcessing", "ImageProcessingDuration"),
    "tintype_blob_put_duration_seconds": ("blobPut", "BlobPutDuration"),
    "tintype_metadata_write_duration_seconds": ("metadataWrite", "MetadataWriteDuration"),
}
COUNTS = {
    'tintype_uploads_total{outcome="success"}': ("uploadSuccesses", "ImageUploadSuccess"),
    'tintype_uploads_total{outcome="failure"}': ("uploadFailures", "ImageUploadFailure"),
    'tintype_uploads_total{outcome="refused"}': ("uploadRefusals", None),
    "tintype_duplicate_uploads_total": ("duplicateUploads", "DuplicateUploadCount"),
    "tintype_cold_starts_total": ("coldStarts", "ColdStarts"),
}


def png(width=64, height=48):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + bytes((x * 4 % 256, y * 5 % 256, 128)[i] for x in range(width) for i in range(3)) for y in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


class Server:
    def __init__(self, *flags):
        self.directory = tempfile.TemporaryDirectory()
        self.data = self.directory.name + "/data"
        self.output = open(self.directory.name + "/output", "w+")
        self.log = open(self.directory.name + "/log", "w+")
        command = [PROGRAM, "serve", "--listen", "127.0.0.1:0", "--data-dir", self.data, "--emf", "stdout", "--stage", "test", *flags]
        self.process = subprocess.Popen(command, stdout=self.output, stderr=self.log, text=True)
        self.url = self.address()
        token = subprocess.run([PROGRAM, "token", "--user", "ann", "--data-dir", self.data], check=True, capture_output=True, text=True)
        self.token = token.stdout.strip()

    def address(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            for line in Path(self.log.name).read_text().splitlines():
                if '"listening"' in line:
                    return json.loads(line)["url"]
            time.sleep(0.02)
        raise AssertionError(Path(self.log.name).read_text())

    def send(self, method, path, body=None, **headers):
        request = urllib.request.Request(self.url + path, data=body, method=method)
        request.add_header("Authorization", "Bearer " + self.token)
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        try:
            with OPENER.open(request, timeout=60) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()

    def metrics(self):
        text = self.send("GET", "/metrics")[1].decode()
        return {name: float(value) for name, value in re.findall(r"^(tintype_\S+) (\S+)$", text, re.M)}

    def stats(self):
        return json.loads(self.send("GET", "/ops/stats")[1])

    def stop(self):
        """What it wrote for CloudWatch."""
        self.process.terminate()
        assert self.process.wait(timeout=60) == 0
        lines = Path(self.output.name).read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def clean_up(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait(timeout=60)
        self.output.close()
        self.log.close()
        self.directory.cleanup()


def counted(metrics):
    """The numbers that only grow."""
    found = {name: metrics.get(name, 0) for name in COUNTS}
    found.update({name: metrics.get(name + "_count", 0) for name in LATENCIES})
    for level in ("hit", "miss"):
        name = f'tintype_cache_lookups_total{{cache="memory",outcome="{level}"}}'
        found[name] = metrics.get(name, 0)
    return found


class Numbers(unittest.TestCase):
    def setUp(self):
        self.server = Server(*self.flags())
        self.addCleanup(self.server.clean_up)

    def flags(self):
        if "cold" in self.id():
            return ["--workers-provisioned", "1", "--workers-max", "8", "--image-threads", "4"]
        if "failed" in self.id():
            return ["--max-concurrent-uploads", "1"]
        return []

    def moves(self, expected, cause):
        """Runs `cause`, and waits until exactly these have moved by so much: an answer is counted once it is sent."""
        before = counted(self.server.metrics())
        result = cause()
        deadline = time.monotonic() + 20
        while True:
            after = counted(self.server.metrics())
            moved = {name: after[name] - before[name] for name in after if after[name] != before[name]}
            if moved == expected or time.monotonic() > deadline:
                self.assertEqual(moved, expected)
                return result

    def upload(self, body, **headers):
        return self.server.send("POST", "/images", body, **headers)

    def test_each_number_moves_for_its_reason_and_all_places_agree(self):
        made = {'tintype_uploads_total{outcome="success"}': 1, "tintype_upload_latency_seconds": 1,
                "tintype_image_processing_duration_seconds": 1, "tintype_blob_put_duration_seconds": 2,
                "tintype_metadata_write_duration_seconds": 1}
        picture = png()
        self.assertNotIn('tintype_cache_hit_ratio{cache="memory"}', self.server.metrics(), "nothing was looked up")
        self.assertIsNone(self.server.stats()["now"]["uploadLatency"])
        status, body = self.moves(made, lambda: self.upload(picture, Idempotency_Token="token-of-the-first-one"))
        self.assertEqual(status, 201)
        image = "/images/" + json.loads(body)["imageId"]
        self.moves({"tintype_duplicate_uploads_total": 1}, lambda: self.upload(picture, Idempotency_Token="token-of-the-first-one"))
        self.moves({'tintype_uploads_total{outcome="refused"}': 1}, lambda: self.upload(b"GIF89a is not taken"))
        hit, miss = (f'tintype_cache_lookups_total{{cache="memory",outcome="{outcome}"}}' for outcome in ("hit", "miss"))
        self.moves({"tintype_get_latency_seconds": 1, miss: 1}, lambda: self.server.send("GET", image))
        for _ in range(3):
            self.moves({"tintype_get_latency_seconds": 1, hit: 1}, lambda: self.server.send("GET", image))
        self.moves({miss: 1}, lambda: self.server.send("GET", "/images/01KB1V9M5R8Z3Q4X7N2C6D0EFG"))
        self.moves({}, lambda: [self.server.send("GET", path) for path in ("/health", "/ops/stats", "/images/none", "/blobs/none")])

        metrics, stats = self.server.metrics(), self.server.stats()
        self.assertEqual(metrics['tintype_cache_hit_ratio{cache="memory"}'], 0.6)
        self.assertEqual(stats["now"]["memoryHitRatio"], 0.6)
        documents = self.server.stop()
        self.check_stats(metrics, stats)
        self.check_documents(metrics, documents)

    def check_stats(self, metrics, stats):
        for name, (member, _) in LATENCIES.items():
            self.assertEqual(stats["now"][member]["count"], metrics[name + "_count"], name)
            for quantile, short in (("0.5", "p50"), ("0.95", "p95"), ("0.99", "p99")):
                self.assertAlmostEqual(stats["now"][member][short], metrics[f'{name}{{quantile="{quantile}"}}'], delta=1e-9)
        for name, (member, _) in COUNTS.items():
            self.assertEqual(stats["now"][member], metrics.get(name, 0), name)

    def check_documents(self, metrics, documents):
        validator = jsonschema.Draft7Validator(SCHEMA)
        self.assertGreater(len(documents), 0)
        sums, values = {}, {}
        for document in documents:
            validator.validate(document)
            for directive in document["_aws"]["CloudWatchMetrics"]:
                self.assertEqual(directive["Namespace"], "ImageService")
                for dimension in (name for names in directive["Dimensions"] for name in names):
                    self.assertIn(document[dimension], ("test", "tintype-worker", "Memory"))
                for metric in (definition["Name"] for definition in directive["Metrics"]):
                    value = document[metric]
                    values.setdefault(metric, []).extend(value if isinstance(value, list) else [value])
                    sums[metric] = sums.get(metric, 0) + (0 if isinstance(value, list) else value)
        for name, (_, metric) in LATENCIES.items():
            self.assertEqual(len(values[metric]), metrics[name + "_count"], metric)
            self.assertAlmostEqual(sum(values[metric]) / 1000, metrics[name + "_sum"], delta=0.0101 * metrics[name + "_sum"] + 1e-6)
            ordered = sorted(values[metric])
            middle = ordered[int(0.5 * (len(ordered) - 1))] / 1000
            self.assertAlmostEqual(middle, metrics[name + '{quantile="0.5"}'], delta=1e-9)
        for name, (_, metric) in COUNTS.items():
            if metric:
                self.assertEqual(sums.get(metric, 0), metrics.get(name, 0), metric)
                self.assertEqual(metric in values, metrics.get(name, 0) > 0, f"{metric} is there without reason, or missing")
        self.assertEqual(values["OrphanedFiles"][-1], metrics["tintype_orphaned_files"])
        if len(documents) == 1:
            self.assertEqual(values["CacheHitRate"], [60])

    def test_schema_refuses_what_is_none(self):
        good = self.example()
        jsonschema.Draft7Validator(SCHEMA).validate(good)
        for break_it in (lambda d: d["_aws"].pop("Timestamp"), lambda d: d.update(Time=[1] * 101), lambda d: d.update(Time={}),
                         lambda d: d["_aws"]["CloudWatchMetrics"][0]["Metrics"][0].update(Unit="Minutes")):
            bad = self.example()
            break_it(bad)
            with self.assertRaises(jsonschema.ValidationError):
                jsonschema.Draft7Validator(SCHEMA).validate(bad)

    def example(self):
        metric = {"Namespace": "n", "Dimensions": [["d"]], "Metrics": [{"Name": "Time", "Unit": "Milliseconds"}]}
        return {"_aws": {"Timestamp": 1, "CloudWatchMetrics": [metric]}, "d": "v", "Time": [1, 2.5]}

    def test_failed_uploads_are_failures_and_no_latency(self):
        statuses = self.upload_side_by_side(12)
        failed = statuses.count(503)
        self.assertGreater(failed, 0, "one upload at a time is taken, and two may wait")
        self.settled_uploads(12 - failed)
        metrics = self.server.metrics()
        self.assertEqual(metrics['tintype_uploads_total{outcome="failure"}'], failed)
        self.assertEqual(metrics["tintype_upload_latency_seconds_count"], statuses.count(201))
        self.assertEqual(metrics["tintype_image_processing_duration_seconds_count"], statuses.count(201))
        self.assertEqual(sum(document.get("ImageUploadFailure", 0) for document in self.server.stop()), failed)

    def upload_side_by_side(self, number):
        picture = png(1200, 900)
        with ThreadPoolExecutor(number) as threads:
            return list(threads.map(lambda _: self.upload(picture)[0], range(number)))

    def settled_uploads(self, number):
        """Waits until so many are counted: an answer is counted once it is sent."""
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and self.server.metrics()["tintype_upload_latency_seconds_count"] < number:
            pass
        return number

    def test_cold_starts_are_counted(self):
        self.assertEqual(self.upload_side_by_side(8), [201] * 8)
        self.settled_uploads(8)
        metrics, stats = self.server.metrics(), self.server.stats()["now"]
        self.assertGreater(metrics["tintype_cold_starts_total"], 0, "one worker is kept for eight uploads")
        self.assertEqual(stats["coldUploadRatio"], metrics["tintype_cold_uploads_total"] / 8)
        self.assertGreater(stats["coldUploadRatio"], 0)
        starts = sum(document.get("ColdStarts", 0) for document in self.server.stop())
        self.assertEqual(starts, metrics["tintype_cold_starts_total"])

    def test_orphans_are_counted_by_a_verification(self):
        self.assertEqual(self.upload(png())[0], 201)
        self.server.process.terminate()
        self.assertEqual(self.server.process.wait(timeout=60), 0)
        lost = next((Path(self.server.data)).rglob("*.webp")).with_name("01KB1V9M5R8Z3Q4X7N2C6D0EFG.webp")
        lost.write_bytes(b"nobody's")
        verified = subprocess.run([PROGRAM, "verify", "--data-dir", self.server.data, "--grace", "0s"], capture_output=True, text=True)
        self.assertIn("1", verified.stdout + verified.stderr)
        again = subprocess.Popen([PROGRAM, "serve", "--listen", "127.0.0.1:0", "--data-dir", self.server.data],
                                 stdout=subprocess.DEVNULL, stderr=self.server.log, text=True)
        self.server.process = again
        deadline = time.monotonic() + 30
        found = None
        while time.monotonic() < deadline and found != 1:
            urls = [json.loads(line)["url"] for line in Path(self.server.log.name).read_text().splitlines() if '"listening"' in line]
            if len(urls) == 2:
                self.server.url = urls[1]
                found = self.server.metrics().get("tintype_orphaned_files")
        self.assertEqual(found, 1)
        self.assertEqual(self.server.stats()["now"]["orphanedFiles"], 1)

    def test_advise_reads_this_server(self):
        self.upload(png())
        table = subprocess.run([PROGRAM, "advise", "--url", self.server.url], check=True, capture_output=True, text=True).stdout
        self.assertIn("async thumbnails", table)
        here = ["--listen", self.server.url.removeprefix("http://")]
        lines = json.loads(subprocess.run([PROGRAM, "advise", "--json", *here], check=True, capture_output=True, text=True).stdout)
        self.assertEqual(len(lines), 8)
        self.server.stop()
        gone = subprocess.run([PROGRAM, "advise", *here], capture_output=True, text=True)
        self.assertEqual(gone.returncode, 1)
        self.assertIn("does not answer", gone.stderr)
        self.assertIn("--url", gone.stderr)


if __name__ == "__main__":
    unittest.main()
