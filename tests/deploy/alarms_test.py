#!/usr/bin/python3
"""The real rules in a real Prometheus beside a real server: nothing fires, then a stray file does, then a dead server.

usage: alarms_test.py PROGRAM
"""

import os
import re
import sys
import tempfile
import time
import unittest
from pathlib import Path

import yaml

import dashboard
import prometheus

sys.path.append(str(prometheus.ROOT / "tests/hostile"))
import pictures  # noqa: E402
import server  # noqa: E402

DEADLINE_SECONDS = 120
STRAY = "images/u/01ARZ3NDEKTSV4RRFFQ69G5FAV.webp"
ONE = "1s"


def quick(rules):
    """The rules, with every `for` of a few seconds; what they look at, and their thresholds, stay."""
    return re.sub(r"(?m)^( +for: ).*$", r"\g<1>3s", rules)


def only(name, alerts):
    """Whether this one fires, if any is named, and no other that is critical. On a busy machine a scrape may come too late for
    a while, and a server count as down: so tests wait for this, too."""
    return (not name or name in alerts) and "critical" not in {severity for alert, severity in alerts.items() if alert != name}


def configuration(folder, address):
    """Of a Prometheus that scrapes one server each second."""
    (folder / "alerts.yml").write_text(quick((prometheus.RULES / "alerts.yml").read_text()))
    shipped = yaml.safe_load((prometheus.RULES / "prometheus.yml").read_text())
    shipped["global"] = {"scrape_interval": ONE, "scrape_timeout": ONE, "evaluation_interval": ONE}
    shipped["scrape_configs"][0]["static_configs"] = [{"targets": [address]}]
    file = folder / "prometheus.yml"
    file.write_text(yaml.safe_dump(shipped))
    return file


def leave_stray_file(data):
    stray = data / "blobs" / STRAY
    stray.parent.mkdir(parents=True, exist_ok=True)
    stray.write_bytes(b"stray")
    os.utime(stray, (time.time() - 7200,) * 2)  # older than the grace of verifications
    return stray


class Alarms(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory(prefix="tintype-alarms-"))
        self.data = Path(folder) / "data"
        self.server = self.enterContext(server.Server(PROGRAM, ["--verify-interval", "200ms", "--sweep-interval", "100ms"], self.data))
        self.use()
        self.prometheus = self.enterContext(prometheus.Prometheus(configuration(Path(folder), self.server.address)))

    def use(self):
        client = self.server.client(60)
        uploaded = client.upload(pictures.small_png(1))
        self.assertEqual(uploaded.status, 201)
        self.assertEqual(client.request("GET", f"/images/{uploaded.json()['imageId']}").status, 200)
        client.close()

    def until_only(self, name):
        firing = prometheus.eventually(self.prometheus.firing, lambda alerts: only(name, alerts), DEADLINE_SECONDS)
        self.assertTrue(only(name, firing), f"not {name} alone: {firing}")
        return firing

    def scrapes(self):
        counted = self.prometheus.query('count_over_time(up{job="tintype"}[5m])')
        return float(counted[0]["value"][1]) if counted else 0

    def test_what_is_caused_fires_and_nothing_else_that_is_critical(self):
        self.assertGreaterEqual(prometheus.eventually(self.scrapes, lambda scrapes: scrapes >= 5, DEADLINE_SECONDS), 5)
        self.assertNotIn("TintypeOrphanedFiles", self.until_only(None))
        self.panels_have_data()

        stray = leave_stray_file(self.data)
        self.until_only("TintypeOrphanedFiles")
        stray.unlink()
        gone = prometheus.eventually(self.prometheus.firing, lambda alerts: "TintypeOrphanedFiles" not in alerts, DEADLINE_SECONDS)
        self.assertNotIn("TintypeOrphanedFiles", gone)

        self.assertEqual(self.server.stop(), [])
        self.until_only("TintypeDown")

    def panels_have_data(self):
        """Every expression whose metrics this server has: a wrong label would give nothing."""
        names = set(self.prometheus.get("label/__name__/values"))
        wanted = [(title, expression) for title, expression in dashboard.expressions()
                  if set(re.findall(r"\btintype_\w+", expression)) <= names]
        self.assertGreater(len(wanted), 30)
        for title, expression in wanted:
            with self.subTest(title, expression=expression):
                self.assertTrue(prometheus.eventually(lambda: self.prometheus.query(expression), bool, 30))


if __name__ == "__main__":
    prometheus.program("prometheus")
    PROGRAM = sys.argv.pop(1)
    unittest.main()
