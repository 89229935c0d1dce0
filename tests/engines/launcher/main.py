"""The command line of tests/engines/start."""

import argparse
import json
import sys

from . import ceph, dynalite, dynamodb, faultproxy, redis, sigcheck, sqs
from .announcement import Announcement
from .engine import Engine, NotInstalled, StartFailed, Stopped
from .lifetime import Lifetime

MODULES = (ceph, dynalite, dynamodb, faultproxy, redis, sigcheck, sqs)
ENGINES = {module.__name__.rpartition(".")[2]: module for module in MODULES}
NOT_INSTALLED = 77
ATTEMPTS = 3  # another process may take a port between our look and the engine's bind


def arguments(description):
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="engine", required=True, metavar="engine")
    for name, module in sorted(ENGINES.items()):
        command = commands.add_parser(name, help=module.__doc__.splitlines()[0], description=module.__doc__)
        command.add_argument("--port", type=int, help="where it listens; a free port if not given")
        command.add_argument("--until-pid", type=int, help="run until this process has ended, whatever standard input does")
        command.add_argument("--announce", help="write the JSON into this file too, locked while the engine runs")
        module.add_arguments(command)
    return parser.parse_args()


def start(module, options, lifetime):
    """A running engine and what it says of itself. With a given port there is nothing to try again."""
    for attempt in range(ATTEMPTS):
        engine = Engine(options.engine, lifetime)
        try:
            return engine, module.start(engine, options)
        except StartFailed as failure:
            engine.stop()
            if options.port or attempt + 1 == ATTEMPTS:
                raise
            print(f"{options.engine}: {failure}\ntrying again", file=sys.stderr)
        except BaseException:
            engine.stop()
            raise
    raise AssertionError("unreachable")


def serve(module, options, lifetime):
    engine, facts = start(module, options, lifetime)
    announcement = None
    try:
        text = json.dumps({"engine": options.engine, **facts, **engine.facts()})
        if options.announce:
            announcement = Announcement(options.announce, text)
        print(text, flush=True)
        dead = lifetime.wait(engine.processes)
        if dead is None:
            return 0
        print(f"{options.engine}: {dead.name} (pid {dead.pid}) has ended\n{dead.log_tail()}", file=sys.stderr)
        return 1
    finally:
        if announcement:
            announcement.withdraw()
        engine.stop()


def main(description):
    options = arguments(description)
    lifetime = Lifetime(options.until_pid)
    try:
        return serve(ENGINES[options.engine], options, lifetime)
    except NotInstalled as reason:
        print(reason, file=sys.stderr)
        return NOT_INSTALLED
    except Stopped:
        return 0
    except StartFailed as failure:
        print(f"{options.engine} did not start: {failure}", file=sys.stderr)
        return 1
