-- wrk's script: sends the lines of a file (method, path, token, body, with tabs between) in turn, from line `first` on.
-- Begins again at the end; a case whose requests cannot be repeated checks that it did not come so far.

local requests = {}
local at = 0

function init(args)
  local first, number = tonumber(args[2]), 0
  for line in io.lines(args[1]) do
    number = number + 1
    if number > first then
      local method, path, token, body = line:match("^(.-)\t(.-)\t(.-)\t(.*)$")
      local headers = { ["Host"] = wrk.headers["Host"], ["Content-Type"] = "application/json" }
      if token ~= "" then headers["Authorization"] = "Bearer " .. token end
      requests[#requests + 1] = wrk.format(method, path, headers, body ~= "" and body or nil)
    end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency)
  local errors = summary.errors
  io.write(string.format(
    'RESULT {"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"bad_status":%d,"broken":%d,"timeouts":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.status, errors.connect + errors.read + errors.write, errors.timeout))
end
