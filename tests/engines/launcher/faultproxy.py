"""A proxy in front of any engine that delays, breaks and answers in its place, and counts (`control`: README.md)."""

from .engine import accepts, chosen_port, node_server, require_programs
from .ports import free_port


def add_arguments(command):
    command.add_argument("--upstream", type=int, required=True, help="port of the engine behind it")
    command.add_argument("--protocol", choices=["http", "tcp"], default="http", help="tcp: Redis, or TLS, which cannot be looked into")
    command.add_argument("--control-port", type=int, help="where its settings and counters are; a free port if not given")


def start(engine, options):
    require_programs("node")
    port, control = chosen_port(options), options.control_port or free_port()
    node_server(engine, "faultproxy", "faultproxy.mjs", [options.protocol, port, options.upstream, control])
    engine.wait_until(lambda: accepts(port) and accepts(control), "the proxy")
    scheme = {"http": "http", "tcp": "tcp"}[options.protocol]
    return {"port": port, "endpoint": f"{scheme}://127.0.0.1:{port}", "control": f"http://127.0.0.1:{control}"}
