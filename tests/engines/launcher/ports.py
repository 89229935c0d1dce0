"""Free ports on loopback, outside the range from which the kernel takes the local ports of outgoing connections.

Inside that range, a client that tries to reach an engine which is down can be given the engine's port as its own: it
then connects to itself, and the engine cannot come back on its port.
"""

import random
import socket

LOWEST = 10000
HIGHEST = 65535


def _candidates():
    with open("/proc/sys/net/ipv4/ip_local_port_range", encoding="ascii") as file:
        first, last = map(int, file.read().split())
    outside = [*range(LOWEST, first), *range(last + 1, HIGHEST)]
    return outside if len(outside) > 1000 else range(LOWEST, HIGHEST)


def is_free(port):
    with socket.socket() as probe:
        # As servers do: a port with only closed connections left on it is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def free_port():
    candidates = _candidates()
    for _ in range(1000):
        port = random.choice(candidates)
        if is_free(port):
            return port
    raise OSError("there is no free port on 127.0.0.1")
