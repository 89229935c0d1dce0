#!/usr/bin/python3
"""What can be checked of the dashboard and of the CloudFormation template without Grafana and AWS."""

import unittest

import yaml

import dashboard
import prometheus

TEMPLATE = (prometheus.ROOT / "deploy/cloudwatch/alarms.yml").read_text()
POOL = (prometheus.ROOT / "src/adapters/engine_worker/worker_pool.cpp").read_text()

# From AWS's CloudFormation resource specification: {property: whether it is required}.
PROPERTIES = {
    "AWS::CloudWatch::Alarm": {
        "ComparisonOperator": True, "EvaluationPeriods": True, "ActionsEnabled": False, "AlarmActions": False,
        "AlarmDescription": False, "AlarmName": False, "DatapointsToAlarm": False, "Dimensions": False,
        "EvaluateLowSampleCountPercentile": False, "ExtendedStatistic": False, "InsufficientDataActions": False,
        "MetricName": False, "Metrics": False, "Namespace": False, "OKActions": False, "Period": False, "Statistic": False,
        "Threshold": False, "ThresholdMetricId": False, "TreatMissingData": False, "Unit": False,
    },
    "AWS::Logs::MetricFilter": {"FilterPattern": True, "LogGroupName": True, "MetricTransformations": True, "FilterName": False},
}
FUNCTIONS = ("Condition", "Equals", "If", "Not", "Ref", "Sub")


class Template(yaml.SafeLoader):
    """Reads !Ref x as {"Ref": x}, and so on."""


def call(loader, suffix, node):
    if suffix not in FUNCTIONS:
        raise yaml.YAMLError(f"unknown function !{suffix}")
    return {suffix: loader.construct_sequence(node, deep=True) if isinstance(node, yaml.SequenceNode) else loader.construct_scalar(node)}


Template.add_multi_constructor("!", call)


def calls(value, function):
    """The arguments of all calls of a function."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == function:
                yield inner
            yield from calls(inner, function)
    elif isinstance(value, list):
        for inner in value:
            yield from calls(inner, function)


class CloudWatch(unittest.TestCase):
    def setUp(self):
        self.template = yaml.load(TEMPLATE, Template)
        self.resources = self.template["Resources"]
        self.alarms = {name: resource["Properties"] for name, resource in self.resources.items() if resource["Type"].endswith("::Alarm")}

    def test_resources_have_known_types_and_properties(self):
        for name, resource in self.resources.items():
            known = PROPERTIES[resource["Type"]]
            with self.subTest(name):
                self.assertLessEqual(set(resource), {"Type", "Condition", "Properties"})
                self.assertLessEqual(set(resource["Properties"]), set(known))
                self.assertLessEqual({key for key, required in known.items() if required}, set(resource["Properties"]))

    def test_references_lead_somewhere(self):
        names = set(self.template["Parameters"]) | set(self.resources) | {"AWS::NoValue"}
        self.assertLessEqual(set(calls(self.template, "Ref")), names)
        conditions = {inner for inner in calls(self.template, "Condition")} | {inner[0] for inner in calls(self.template, "If")}
        self.assertLessEqual(conditions, set(self.template["Conditions"]))

    def test_an_alarm_has_one_statistic(self):
        for name, alarm in self.alarms.items():
            with self.subTest(name):
                self.assertEqual(("Statistic" in alarm) + ("ExtendedStatistic" in alarm), 1)
                self.assertIn(alarm["Period"], (60, 300, 3600))

    def test_the_five_metrics_have_alarms(self):
        seen = {(str(alarm["MetricName"]), dimension["Name"]) for alarm in self.alarms.values() for dimension in alarm.get("Dimensions", [])}
        self.assertEqual(seen, {("UploadLatency", "Stage"), ("GetLatency", "Stage"), ("ColdStarts", "FunctionName"),
                                ("OrphanedFiles", "Stage"), ("CacheHitRate", "CacheType")})

    def test_the_filter_takes_the_line_that_the_server_logs(self):
        pattern = self.resources["ColdStartLines"]["Properties"]["FilterPattern"]
        message = "Cold start detected"
        self.assertEqual(pattern, '{ $.msg = "%s" }' % message)
        self.assertIn(f'log_.info("{message}"', POOL)


class Grafana(unittest.TestCase):
    def test_panels_have_ids_and_places_of_their_own(self):
        panels = dashboard.DASHBOARD["panels"]
        self.assertEqual(len({panel["id"] for panel in panels}), len(panels))
        taken = set()
        for panel in panels:
            place = panel["gridPos"]
            self.assertLessEqual(place["x"] + place["w"], 24, panel["title"])
            cells = {(place["x"] + x, place["y"] + y) for x in range(place["w"]) for y in range(place["h"])}
            self.assertFalse(cells & taken, panel["title"])
            taken |= cells

    def test_panels_are_grafanas_own_and_use_the_variable(self):
        self.assertGreaterEqual(dashboard.DASHBOARD["schemaVersion"], 36)
        for panel in dashboard.DASHBOARD["panels"]:
            self.assertIn(panel["type"], ("row", "timeseries", "stat"))
            for target in panel.get("targets", []):
                self.assertEqual(target["datasource"]["uid"], "${datasource}")
                self.assertIn('job="$job"', target["expr"])
        names = [variable["name"] for variable in dashboard.DASHBOARD["templating"]["list"]]
        self.assertEqual(names, ["datasource", "job"])


if __name__ == "__main__":
    unittest.main()
