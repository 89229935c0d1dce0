#!/usr/bin/env python3
"""Fails on an #include against the arrows of docs/architecture.md.

    transport -> http -> service -> ports <- adapters

usage: check_layers.py [root of the checkout]

Tests (*_test.cpp and everything in tests/) may include what they like, but a *_test.cpp must be in src/ or tests/,
where the build looks for it.
"""

import pathlib
import re
import sys

SOURCES = {".h", ".hpp", ".cpp"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)

# What a folder may include besides itself. base/crypto and base/asio are apart because base must
# not link OpenSSL, and only what has sockets of its own sees Asio.
ALLOWED = {
    "base": set(),
    "base/crypto": {"base"},
    "base/asio": set(),
    "model": {"base", "base/crypto"},
    "ports": {"model", "base", "base/crypto"},
    "service": {"ports", "model", "base", "base/crypto"},
    "http": {"service", "ports", "model", "base", "base/crypto"},
    "transport": {"http", "base", "base/asio", "base/crypto"},
    "config": {"base", "base/crypto"},
    # The process that meets hostile bytes: no crypto, no stores.
    "worker": {"adapters/engine_vips", "adapters/engine_worker/protocol", "ports", "model", "base"},
    # What both ends of its socket share.
    "adapters/engine_worker/protocol": {"model", "base"},
}
ADAPTER_ALLOWED = {"ports", "model", "base", "base/crypto"}

# The job consumer drives use cases without HTTP, so it is the one file of transport that sees below http.
JOB_CONSUMER = "transport/job_consumer"
JOB_CONSUMER_ALLOWED = {"service", "ports", "model", "base"}

# Adapters that speak to AWS share its request signing and HTTP client.
AWS_ADAPTERS = {"adapters/blob_s3", "adapters/metadata_dynamodb", "adapters/queue_sqs"}

# Adapters that keep SQLite files share connection, statement and write queue.
SQLITE_ADAPTERS = {"adapters/embedded_database", "adapters/metadata_sqlite", "adapters/quarantine_sqlite", "adapters/queue_sqlite"}

# Adapters that speak to Redis share its client.
REDIS_ADAPTERS = {"adapters/cache_redis", "adapters/cache_tiered", "adapters/event_bus_redis"}

# What several adapters share, and the only adapters that may include it.
SHARED = {
    "adapters/aws": AWS_ADAPTERS,
    "adapters/sqlite": SQLITE_ADAPTERS,
    # Records and jobs are in one file, so that one transaction can hold both.
    "adapters/embedded_database": {"adapters/metadata_sqlite", "adapters/queue_sqlite"},
    "adapters/queue_sqlite": {"adapters/metadata_sqlite"},
    "adapters/cache_memory": {"adapters/cache_tiered"},
    "adapters/event_bus_local": {"adapters/event_bus_redis"},
    "adapters/redis": REDIS_ADAPTERS,
    "base/asio": {"adapters/redis"},
    "adapters/engine_worker/protocol": {"adapters/engine_worker"},
}

# Third-party headers and the only folders that may include them.
GUARDED = [
    (re.compile(r"boost/asio\b"), {"transport", "base/asio", "adapters/redis"}),
    (re.compile(r"boost/beast\b"), {"transport", "base/asio"}),
    (re.compile(r"hiredis/"), {"adapters/redis"}),
    (re.compile(r"(vips|webp)/"), {"adapters/engine_vips"}),
    (re.compile(r"sqlite3\.h$"), {"adapters/sqlite"} | SQLITE_ADAPTERS),
    (re.compile(r"seccomp\.h$"), {"worker"}),
    (re.compile(r"curl/"), {"adapters/aws", "adapters/webhook_http"}),
    (re.compile(r"openssl/"), {"base/crypto", "adapters/aws", "adapters/redis"}),
]


def layer_of(path):
    """The layer of a file or include path relative to src/, or None if it is in none."""
    folders = pathlib.PurePosixPath(path).parts[:-1]
    if not folders:
        return None
    if folders[:3] == ("adapters", "engine_worker", "protocol"):
        return "adapters/engine_worker/protocol"
    if folders[0] == "adapters":
        return "/".join(folders[:2]) if len(folders) > 1 else None
    if folders[:2] in (("base", "crypto"), ("base", "asio")):
        return "/".join(folders[:2])
    return folders[0] if folders[0] in ALLOWED or folders[0] == "main" else None


def may_include(path, source, target):
    if source == target or source == "main":
        return True
    if path.startswith(JOB_CONSUMER) and target in JOB_CONSUMER_ALLOWED:
        return True
    if source.startswith("adapters/") and source not in ALLOWED:
        return target in ADAPTER_ALLOWED or source in SHARED.get(target, ())
    return target in ALLOWED[source]


def own_path(src, file, name):
    """`name` relative to src/ if it is one of our files, however it is spelled; else None."""
    beside = (file.parent / name).resolve()
    if beside.is_file() and beside.is_relative_to(src):
        return beside.relative_to(src).as_posix()
    if (src / name).is_file() or layer_of(name) is not None:
        return name
    return "tests/" if name.startswith("tests/") else None


def problem_with(src, file, name):
    path = file.relative_to(src).as_posix()
    source = layer_of(path)
    for header, folders in GUARDED:
        if header.match(name) and source not in folders:
            return f"only {' and '.join(sorted(folders))} may include <{name}>"
    target = own_path(src, file, name)
    if target is None:
        return None
    if target == "tests/":
        return f"only tests may include {name}"
    if not may_include(path, source, layer_of(target)):
        return f"{source} must not include {name}"
    return None


def problems_in_file(src, file):
    path = f"src/{file.relative_to(src).as_posix()}"
    if layer_of(file.relative_to(src)) is None:
        yield f"{path}: is in no layer; add its folder to tools/check_layers.py"
        return
    text = file.read_text(encoding="utf-8", errors="replace")
    for match in INCLUDE.finditer(text):
        problem = problem_with(src, file, match.group(2))
        if problem:
            line = text.count("\n", 0, match.start(1)) + 1
            yield f"{path}:{line}: {problem}"


def misplaced_tests(root):
    for folder in sorted(p for p in root.iterdir() if p.is_dir() and p.name not in {"src", "tests", "build", ".git"}):
        for file in sorted(folder.rglob("*_test.cpp")):
            yield f"{file.relative_to(root).as_posix()}: a *_test.cpp belongs beside its source or in tests/"


def problems(root):
    src = (root / "src").resolve()
    found = list(misplaced_tests(root))
    for file in sorted(src.rglob("*")):
        if file.suffix in SOURCES and not file.name.endswith("_test.cpp"):
            found.extend(problems_in_file(src, file))
    return found


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else ".")
    if not (root / "src").is_dir():
        sys.exit(f"{root} has no src/: give the root of the checkout")
    found = problems(root)
    for problem in found:
        print(problem)
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
