#!/usr/bin/env bash
# How fast reads are: GET /images/{id}, its 304, a blob, and a blob's 304. Server and wrk share the machine; wrk has one
# thread and 64 connections. Rounds are interleaved; the table gives the best round of each, and the server's own CPU time per
# request (user + system from /proc), which neighbours disturb least. Writes bench/results/read_path.md.
#
# usage: bench/read_path.sh [rounds] [seconds per run]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly rounds=${1:-5} seconds=${2:-3}
readonly program=build/release/tintype
[[ -x $program ]] || { echo "bench: build first: ./dev build" >&2; exit 1; }
command -v wrk >/dev/null || { echo "bench: wrk is missing; install it with: apt-get install wrk" >&2; exit 1; }

work=$(mktemp -d)
server=
trap '[[ -z $server ]] || kill "$server" 2>/dev/null || true; rm -rf "$work"' EXIT

# A picture of about 200 KB once stored, made here: noise under a gradient.
python3 - "$work/picture.png" <<'PYTHON'
import random, struct, sys, zlib
random.seed(1)
width, height = 1200, 900
chunk = lambda kind, data: struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
rows = b"".join(b"\0" + bytes(min(255, v // 5 + random.randrange(24)) for x in range(width) for v in (x, y, 600)) for y in range(height))
open(sys.argv[1], "wb").write(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
                              + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))
PYTHON

"$program" serve --listen 127.0.0.1:0 --data-dir "$work/data" >/dev/null 2>"$work/log" &
server=$!
for _ in $(seq 100); do grep -q '"msg":"listening"' "$work/log" && break; sleep 0.05; done
url=$(grep -o '"url":"[^"]*"' "$work/log" | head -1 | cut -d'"' -f4)
token=$("$program" token --user bench --data-dir "$work/data")
authorization="Authorization: Bearer $token"
record=$(curl -sf -H "$authorization" -F "file=@$work/picture.png" "$url/images")
id=$(grep -o '"imageId":"[^"]*"' <<<"$record" | cut -d'"' -f4)
blob=$(grep -o '"imageUrl":"[^"]*"' <<<"$record" | cut -d'"' -f4)
bytes=$(grep -o '"processedSize":[0-9]*' <<<"$record" | cut -d: -f2)
etag=$(curl -sI "$blob" | tr -d '\r' | sed -n 's/^ETag: //p')

cpu_ticks() { awk '{print $14 + $15}' "/proc/$server/stat"; }

# name, then wrk's arguments: appends "name requests/s p50 p99 microseconds-of-CPU" to the results.
measure() {
  local name=$1 before after out requests
  shift
  before=$(cpu_ticks)
  out=$(wrk -t1 -c64 -d"${seconds}s" --latency "$@")
  after=$(cpu_ticks)
  requests=$(awk '/requests in/ {print $1}' <<<"$out")
  awk -v name="$name" -v ticks=$((after - before)) -v requests="$requests" -v hz="$(getconf CLK_TCK)" '
    /Requests\/sec/ {rate = $2} /50%/ {p50 = $2} /99%/ {p99 = $2}
    END {printf "%s %d %s %s %.1f\n", name, rate, p50, p99, ticks * 1e6 / hz / requests}' <<<"$out" >>"$work/results"
  grep -E 'Non-2xx' <<<"$out" && { echo "bench: $name was not answered as it should be" >&2; exit 1; } || true
}

for round in $(seq "$rounds"); do
  echo "bench: round $round of $rounds" >&2
  measure record -H "$authorization" "$url/images/$id"
  measure record-304 -H "$authorization" -H 'If-None-Match: "v1"' "$url/images/$id"
  measure blob "$blob"
  measure blob-304 -H "If-None-Match: $etag" "$blob"
done

{
  echo "# Read path"
  echo
  echo "\`bench/read_path.sh $rounds $seconds\` on $(nproc) cores ($(sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1)), Linux $(uname -r), $("$program" --version)."
  echo "wrk and server share the machine: one wrk thread, 64 connections. Best of $rounds interleaved rounds of $seconds s; CPU is the lowest."
  echo "The blob has $bytes bytes. Load average at the end: $(cut -d' ' -f1-3 /proc/loadavg)."
  echo
  echo "| request | requests/s | p50 | p99 | server CPU us/request |"
  echo "|---|---|---|---|---|"
  for name in record record-304 blob blob-304; do
    grep "^$name " "$work/results" | sort -k2,2nr | head -1 | {
      read -r _ rate p50 p99 _
      cpu=$(grep "^$name " "$work/results" | sort -k5,5n | head -1 | cut -d' ' -f5)
      echo "| $name | $rate | $p50 | $p99 | $cpu |"
    }
  done
} | tee bench/results/read_path.md
