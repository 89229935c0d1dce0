"""Redis 7 from Debian, without persistence.

Text after `--` goes to redis-server as it stands: start redis -- --maxmemory 10mb
"""

import socket
import ssl

from .engine import chosen_port, require_programs


def add_arguments(command):
    command.add_argument("--tls", action="store_true", help="TLS only, with a certificate of its own authority (`ca_file`)")
    command.add_argument("--unix-socket", action="store_true", help="listen on a socket in the file system too (`unix_socket`)")
    command.add_argument("--password", help="refuse commands before AUTH with this password")
    command.add_argument("--user", help="an ACL user with --password; the default user is switched off")
    command.add_argument("more", nargs="*", help="further arguments of redis-server")


def start(engine, options):
    require_programs("redis-server", *(["openssl"] if options.tls else []))
    port = chosen_port(options)
    facts = {"port": port, "endpoint": f"{'rediss' if options.tls else 'redis'}://127.0.0.1:{port}"}
    command = ["redis-server", "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", engine.directory]
    command += _tls_arguments(engine, port, facts) if options.tls else ["--port", port]
    command += _access_arguments(options, facts)
    if options.unix_socket:
        facts["unix_socket"] = str(engine.directory / "redis.sock")
        command += ["--unixsocket", facts["unix_socket"], "--unixsocketperm", "600"]
    engine.run("redis-server", command + options.more)
    engine.wait_until(lambda: _answers_ping(port, facts.get("ca_file")), "an answer to PING")
    return facts


def _access_arguments(options, facts):
    if options.password:
        facts["password"] = options.password
    if options.user:
        facts["user"] = options.user
        return ["--user", options.user, "on", f">{options.password}", "~*", "&*", "+@all", "--user", "default", "off"]
    return ["--requirepass", options.password] if options.password else []


def _tls_arguments(engine, port, facts):
    """A certificate for 127.0.0.1 and localhost, signed by an authority made for this run."""
    ca, ca_key, cert, key, request = (engine.directory / name for name in ("ca.crt", "ca.key", "redis.crt", "redis.key", "redis.csr"))
    fresh_key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    engine.command(["openssl", "req", "-x509", *fresh_key, "-keyout", ca_key, "-out", ca, "-days", "2", "-subj", "/CN=tintype test"])
    engine.command(["openssl", "req", *fresh_key, "-keyout", key, "-out", request, "-subj", "/CN=localhost"])
    extensions = engine.directory / "redis.ext"
    extensions.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    engine.command(["openssl", "x509", "-req", "-in", request, "-CA", ca, "-CAkey", ca_key, "-CAcreateserial",
                    "-days", "2", "-extfile", extensions, "-out", cert])
    facts["ca_file"] = str(ca)
    return ["--port", 0, "--tls-port", port, "--tls-cert-file", cert, "--tls-key-file", key, "--tls-ca-cert-file", ca,
            "--tls-auth-clients", "no"]


def _answers_ping(port, ca_file):
    try:
        with socket.create_connection(("127.0.0.1", port), 1) as connection:
            if ca_file:
                connection = ssl.create_default_context(cafile=ca_file).wrap_socket(connection, server_hostname="localhost")
            with connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False
