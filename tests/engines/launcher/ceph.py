"""An S3 API: Ceph's RADOS gateway, over one monitor and one storage daemon that keeps everything in memory."""

import uuid

from .engine import CREDENTIALS, SOURCE, answers_http, chosen_port, require_programs
from .ports import free_port


def add_arguments(_command):
    pass


def start(engine, options):
    require_programs("ceph", "ceph-mon", "ceph-osd", "monmaptool", "radosgw", "radosgw-admin")
    port, monitor = chosen_port(options), free_port()
    fsid = uuid.uuid4()
    ceph = _Cluster(engine, _write_configuration(engine, fsid, port, monitor))
    _start_monitor(engine, ceph, fsid, monitor)
    _start_storage(engine, ceph)
    # Blocks until the storage daemon is up and the pools are made.
    ceph.command("radosgw-admin", "user", "create", "--uid=test", "--display-name=test", "--max-buckets=0",
                 f"--access-key={CREDENTIALS['access_key']}", f"--secret-key={CREDENTIALS['secret_key']}")
    ceph.run("radosgw", "-n", "client.rgw", "-f")
    engine.wait_until(lambda: answers_http(port), "an answer of the gateway")
    return {"port": port, "endpoint": f"http://127.0.0.1:{port}", **CREDENTIALS}


class _Cluster:
    """Runs Ceph's programs on our configuration and no other."""

    def __init__(self, engine, configuration):
        self._engine = engine
        self._configuration = configuration

    def command(self, program, *arguments):
        self._engine.command([program, "-c", self._configuration, *arguments])

    def run(self, program, *arguments):
        self._engine.run(program, [program, "-c", self._configuration, *arguments])


def _start_monitor(engine, ceph, fsid, port):
    # Without a map with this address the monitor would take the ports 3300 and 6789.
    map_file = engine.directory / "monmap"
    engine.command(["monmaptool", "--create", "--clobber", "--fsid", fsid, "--set-min-mon-release", "16",
                    "--addv", "a", f"[v2:127.0.0.1:{port}/0]", map_file])
    ceph.command("ceph-mon", "-i", "a", "--mkfs", "--monmap", map_file)
    ceph.run("ceph-mon", "-i", "a", "-f")


def _start_storage(engine, ceph):
    daemon = uuid.uuid4()
    ceph.command("ceph", "--connect-timeout", str(int(engine.seconds_left())), "osd", "new", str(daemon))
    ceph.command("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", str(daemon))
    ceph.run("ceph-osd", "-i", "0", "-f")


def _write_configuration(engine, fsid, port, monitor):
    for name in ("mon", "osd", "rgw", "run", "log"):
        (engine.directory / name).mkdir()
    template = (SOURCE / "launcher" / "ceph.conf.in").read_text(encoding="utf-8")
    values = {"directory": engine.directory, "fsid": fsid, "port": port, "monitor": monitor, "storage": free_port()}
    for name, value in values.items():
        template = template.replace(f"@{name}@", str(value))
    configuration = engine.directory / "ceph.conf"
    configuration.write_text(template, encoding="utf-8")
    return configuration
