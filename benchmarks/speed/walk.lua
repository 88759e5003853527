-- wrk walks the requests of the file that REQUESTS names: one a line, a path, or a path, a tab and a JSON body.
local lines, threads, at = {}, 0, 0

for line in io.lines(os.getenv("REQUESTS")) do
  lines[#lines + 1] = line
end

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(args)
  -- Threads begin at different places, so that they do not ask the same at the same time.
  at = math.floor(number * #lines / 2) % #lines
end

function request()
  at = at % #lines + 1
  local path, body = lines[at]:match("^([^\t]*)\t(.*)$")
  if body then
    return wrk.format("POST", path, {["Content-Type"] = "application/json"}, body)
  end
  return wrk.format("GET", lines[at])
end

function done(summary, latency, requests)
  local errors = summary.errors
  local failed = errors.connect + errors.read + errors.write + errors.status + errors.timeout
  io.write(string.format(
    'JSON {"requests": %d, "seconds": %.6f, "errors": %d, "p50": %.4f, "p95": %.4f, "p99": %.4f}\n',
    summary.requests, summary.duration / 1e6, failed,
    latency:percentile(50) / 1e3, latency:percentile(95) / 1e3, latency:percentile(99) / 1e3))
end
