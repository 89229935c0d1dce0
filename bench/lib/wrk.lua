-- Prints what wrk has measured as one line of JSON. Times are in microseconds. With a file of paths, a line each, as its
-- argument it asks for them in turn rather than for that of the URL.
init = function(args)
  if not args[1] then return end
  local requests, last = {}, 0
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
  request = function()
    last = last % #requests + 1
    return requests[last]
  end
end

done = function(summary, latency, requests)
  local e = summary.errors
  io.write(string.format(
    '\n{"requests":%d,"microseconds":%d,"bytes":%d,"p50":%d,"p95":%d,"p99":%d,"max":%d,"failed":%d}\n',
    summary.requests, summary.duration, summary.bytes, latency:percentile(50), latency:percentile(95), latency:percentile(99), latency.max,
    e.connect + e.read + e.write + e.status + e.timeout))
end
