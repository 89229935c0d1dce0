"""The scenarios of the benchmark of uploads. Each gives {target: [figures of each round that counts]}; targets take turns."""

import contextlib
import time

from . import cpu, image_service, memory, picture_forms, service, upload_load
from .windows import percentile

FEW_CLIENTS = 4
OPEN_CONNECTIONS = 64  # more than are ever busy, unless the service cannot keep up
OPEN_SHARE = 0.7       # of what the slower one can do
SLOW_PUT_MS = (300, 500)
SLOW_RATE = 1.0        # uploads a second: the latency of puts is to be seen, not that of a queue
PEAK_CLIENTS = 16
IDLE_SECONDS = 3


class Stage:
    """What the scenarios share. `tell` takes a line of progress."""

    def __init__(self, services, pictures, options, tell, user=image_service.USER):
        self.services, self.pictures, self.options, self.tell = services, pictures, options, tell
        self.headers = self.headers_of(user)

    def headers_of(self, user):
        """Of an upload by that user."""
        return {"Authorization": service.bearer(self.options.program, user), "Content-Type": f"multipart/form-data; boundary={service.BOUNDARY}"}

    def window(self, target, kind, clients, seconds, rate=None):
        """Uploads, then the wait for thumbnails that are made later: their work counts too."""
        before = cpu.seconds(target.pid)
        start, samples = upload_load.send(target.address, self.headers, picture_forms.forms(self.pictures, kind), seconds, clients, rate)
        target.wait_for_thumbnails([identifier for _, _, identifier in samples], self.headers)
        end = time.monotonic()
        ordered = sorted(taken * 1000 for _, taken, _ in samples)
        return {"uploads": len(ordered), "rate": len(ordered) / (end - start), "p50_ms": percentile(ordered, 0.5), "p95_ms": percentile(ordered, 0.95),
                "max_ms": ordered[-1], "cpu_s": (cpu.seconds(target.pid) - before) / len(ordered)}

    def turns(self, targets, kind, clients, rate=None, seconds=None):
        figures = {target.name: [] for target in targets}
        for number in range(self.options.rounds + 1):
            for target in targets:
                figure = self.window(target, kind, clients, seconds or self.options.seconds, rate)
                self.tell(f"{kind}, {clients} clients, {f'round {number}' if number else 'warm-up'}: {target.title}: {figure['rate']:.2f}/s, "
                          f"p95 {figure['p95_ms']:.0f} ms, {figure['cpu_s']:.2f} CPU s each")
                if number:
                    figures[target.name].append(figure)
        return figures


def phases(stage, numbers=(1, 2, 3, 4)):
    """The Node design in each phase with sharp's own effort, beside tintype with its own: 12 MP, 4 clients."""
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(stage.services.tintype())]
        targets += [stack.enter_context(stage.services.node(number, EFFORT="4")) for number in numbers]
        return stage.turns(targets, "jpeg-12", FEW_CLIENTS)


def closed(stage, phase, kinds, clients):
    """{"kind x clients": ...} at the same effort."""
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(stage.services.tintype()), stack.enter_context(stage.services.node(phase, name="node", EFFORT="2"))]
        return {f"{kind} x {count}": stage.turns(targets, kind, count) for kind in kinds for count in clients}


def open_loop(stage, phase):
    """12 MP at a rate that the slower one can keep up with: (rate, figures)."""
    with contextlib.ExitStack() as stack:
        targets = [stack.enter_context(stage.services.tintype()), stack.enter_context(stage.services.node(phase, name="node", EFFORT="2"))]
        probes = [stage.window(target, "jpeg-12", FEW_CLIENTS, stage.options.seconds) for target in targets for _ in range(2)]  # the second is warm
        rate = round(OPEN_SHARE * min(probes[1]["rate"], probes[3]["rate"]), 2)
        stage.tell(f"the fixed rate is {rate} uploads a second")
        return rate, stage.turns(targets, "jpeg-12", OPEN_CONNECTIONS, rate, stage.options.seconds * 2)


def slow_puts(stage):
    """Every PUT takes 300 to 500 ms."""
    stage.services.stores.delay_puts(*SLOW_PUT_MS)
    with contextlib.ExitStack() as stack:
        services = stage.services
        targets = [stack.enter_context(services.tintype("tintype-async", "tintype, thumbnails=async", ["--thumbnails", "async"], slow=True)),
                   stack.enter_context(services.tintype("tintype-inline", "tintype, thumbnails=inline", ["--thumbnails", "inline"], slow=True))]
        targets += [stack.enter_context(services.node(number, slow=True, EFFORT="2")) for number in (1, 2, 4)]
        return stage.turns(targets, "jpeg-12", OPEN_CONNECTIONS, SLOW_RATE, stage.options.seconds * 2)


def memories(stage, phase):
    """MiB of a service that was started and has been idle for a while, and the most while 16 clients upload 24 MP. Each round has new processes."""
    starts = {"tintype": stage.services.tintype, "node": lambda: stage.services.node(phase, name="node", EFFORT="2")}
    figures = {name: [] for name in starts}
    for number in range(stage.options.rounds):
        for name, start in starts.items():
            with start() as target:
                time.sleep(IDLE_SECONDS)
                idle = memory.mebibytes(target.pid)
                with memory.watched(target.pid) as seen:
                    stage.window(target, "jpeg-24", PEAK_CLIENTS, stage.options.seconds)
            figures[name].append({"idle_mib": idle, "peak_mib": seen["peak"]})
            stage.tell(f"memory, round {number + 1}: {target.title}: idle {idle:.0f} MiB, peak {seen['peak']:.0f} MiB")
    return figures
