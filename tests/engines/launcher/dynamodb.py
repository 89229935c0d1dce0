"""A DynamoDB API: DynamoDB Local in memory, or dynalite where TINTYPE_WITHOUT_DYNAMODB_LOCAL=1 (`transactions` false)."""

import os

from . import dynalite, sigcheck
from .engine import CREDENTIALS, INSTALLED, answers_http, require_installed, require_programs

# Fewer and cheaper threads of the JVM: 2.2 s to the first answer instead of 5.1 s, measured on 2 cores.
JVM = ["-Xmx192m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]


def add_arguments(command):
    sigcheck.add_verify_argument(command)


def start(engine, options):
    if os.environ.get("TINTYPE_WITHOUT_DYNAMODB_LOCAL") == "1":
        return dynalite.start(engine, options)
    require_programs("java")
    require_installed("dynamodb-local/DynamoDBLocal.jar", "loopback_only.so")
    home = INSTALLED / "dynamodb-local"
    port, front = sigcheck.ports(options)
    command = ["java", *JVM, f"-Djava.io.tmpdir={engine.directory}", f"-Djava.library.path={home}/DynamoDBLocal_lib",
               "-jar", home / "DynamoDBLocal.jar", "-inMemory", "-sharedDb", "-disableTelemetry", "-port", port]
    engine.run("dynamodb-local", command, cwd=home, env={**os.environ, "LD_PRELOAD": str(INSTALLED / "loopback_only.so")})
    if front:
        sigcheck.run(engine, front, port, "dynamodb")
    engine.wait_until(lambda: answers_http(port), "an answer")
    return {**sigcheck.endpoints(port, front), **CREDENTIALS, "transactions": True}
