#!/usr/bin/python3
"""Holds the rules for Prometheus and the expressions of the dashboard against promtool and against the documentation."""

import re
import tempfile
import unittest
from pathlib import Path

import yaml

import dashboard
import prometheus

RULES = [rule for group in yaml.safe_load((prometheus.RULES / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
ALERTS = [rule for rule in RULES if "alert" in rule]
OPERATIONS = (prometheus.ROOT / "docs/operations.md").read_text()
METRIC = re.compile(r"\btintype_\w+?(?=(?:_bucket|_count|_sum)?\b)")


def anchors(markdown):
    """Of headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", markdown, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


class Rules(unittest.TestCase):
    def holds(self, *arguments):
        content, said = prometheus.promtool(*arguments)
        self.assertTrue(content, said)

    def test_prometheus_accepts_the_configurations(self):
        self.holds("check", "config", prometheus.RULES / "prometheus.yml", prometheus.RULES / "prometheus-replicas.yml")

    def test_alerts_fire_when_they_should_and_not_otherwise(self):
        self.holds("test", "rules", prometheus.RULES / "alerts_test.yml")

    def test_every_alert_is_seen_firing_by_the_unit_tests(self):
        tested = set(re.findall(r'alertname="(\w+)"', (prometheus.RULES / "alerts_test.yml").read_text()))
        self.assertEqual(tested, {alert["alert"] for alert in ALERTS})

    def test_alerts_say_what_they_mean_and_what_to_do(self):
        for alert in ALERTS:
            with self.subTest(alert["alert"]):
                self.assertIn("for", alert)
                self.assertIn(alert["labels"]["severity"], ("warning", "critical"))
                self.assertEqual({"summary", "description", "action", "runbook"}, set(alert["annotations"]))
                document, _, anchor = alert["annotations"]["runbook"].partition("#")
                self.assertEqual(document, "docs/operations.md")
                self.assertIn(anchor, anchors(OPERATIONS))

    def test_metrics_of_the_rules_are_documented(self):
        for rule in RULES:
            for metric in METRIC.findall(re.sub(r"job:[\w:]+", "", rule["expr"])):
                self.assertTrue(documented(metric), f"{metric} is not in docs/operations.md")

    def test_expressions_of_the_dashboard_can_be_parsed(self):
        rules = [{"record": f"panel:{number}", "expr": expr} for number, (_, expr) in enumerate(dashboard.expressions())]
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "panels.yml"
            file.write_text(yaml.safe_dump({"groups": [{"name": "panels", "rules": rules}]}))
            self.holds("check", "rules", file)


def documented(metric):
    return f"`{metric}`" in OPERATIONS


if __name__ == "__main__":
    prometheus.program("promtool")
    unittest.main()
