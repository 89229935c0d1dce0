"""The expressions of the dashboard, as Grafana sends them."""

import json

import prometheus

DASHBOARD = json.loads((prometheus.ROOT / "deploy/grafana/tintype.json").read_text())
VARIABLES = {"$__rate_interval": "10s", "$__range": "1m", "$job": "tintype"}


def filled_in(expression):
    for variable, value in VARIABLES.items():
        expression = expression.replace(variable, value)
    return expression


def expressions():
    """[(title of the panel, expression)]"""
    return [(panel["title"], filled_in(target["expr"])) for panel in DASHBOARD["panels"] for target in panel.get("targets", [])]
