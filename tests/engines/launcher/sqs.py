"""fauxqs: an SQS API in Node, JSON protocol. Always POST to the endpoint; the host of its queue URLs is made up."""

from . import sigcheck
from .engine import CREDENTIALS, answers_http, node_server, require_installed


def add_arguments(command):
    sigcheck.add_verify_argument(command)


def start(engine, options):
    require_installed("node_modules/fauxqs")
    port, front = sigcheck.ports(options)
    node_server(engine, "fauxqs", "sqs.mjs", [port])
    if front:
        sigcheck.run(engine, front, port, "sqs")
    engine.wait_until(lambda: answers_http(port), "an answer")
    return {**sigcheck.endpoints(port, front), **CREDENTIALS}
