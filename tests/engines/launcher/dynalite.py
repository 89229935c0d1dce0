"""dynalite: a DynamoDB API in Node, without transactions and TTL."""

from . import sigcheck
from .engine import CREDENTIALS, answers_http, node_server, require_installed


def add_arguments(command):
    sigcheck.add_verify_argument(command)


def start(engine, options):
    require_installed("node_modules/dynalite")
    port, front = sigcheck.ports(options)
    node_server(engine, "dynalite", "dynalite.mjs", [port])
    if front:
        sigcheck.run(engine, front, port, "dynamodb")
    engine.wait_until(lambda: answers_http(port), "an answer")
    return {**sigcheck.endpoints(port, front), **CREDENTIALS, "transactions": False}
