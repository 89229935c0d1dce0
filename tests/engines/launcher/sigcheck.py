"""A proxy that lets only requests through whose AWS Signature Version 4 is right, by AWS's own signer for JavaScript."""

from .engine import CREDENTIALS, accepts, chosen_port, node_server, require_installed
from .ports import free_port


def add_arguments(command):
    command.add_argument("--upstream", type=int, required=True, help="port of the engine behind it")
    command.add_argument("--service", required=True, choices=["s3", "dynamodb", "sqs"], help="the service in the scope of the key")


def start(engine, options):
    port = chosen_port(options)
    run(engine, port, options.upstream, options.service)
    return {"port": port, "endpoint": f"http://127.0.0.1:{port}", **CREDENTIALS}


def run(engine, port, upstream, service):
    require_installed("node_modules/@smithy/signature-v4", "node_modules/@aws-crypto/sha256-js")
    node_server(engine, "sigcheck", "sigcheck.mjs",
                [port, upstream, service, CREDENTIALS["region"], CREDENTIALS["access_key"], CREDENTIALS["secret_key"]])
    engine.wait_until(lambda: accepts(port), "the verifying proxy")


def add_verify_argument(command):
    """For engines that verify nothing themselves."""
    command.add_argument("--unverified", action="store_true",
                         help="no verifying proxy; else that is `endpoint`, and `direct_endpoint` the engine itself")


def ports(options):
    """The engine's port, and its verifying proxy's, or None. The one that is asked for is the one that clients use."""
    if options.unverified:
        return chosen_port(options), None
    return free_port(), chosen_port(options)


def endpoints(port, front):
    return {"port": front or port, "endpoint": f"http://127.0.0.1:{front or port}", "direct_endpoint": f"http://127.0.0.1:{port}"}
