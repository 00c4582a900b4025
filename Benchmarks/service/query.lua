-- wrk: a different query each time, out of a file.
--   wrk -s query.lua URL -- keyword|hybrid|picture FILE-OF-QUERIES FOLDER-OF-PICTURES
local threads = 0

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  kind = arguments[1]
  requests = {}
  if kind == "picture" then
    local boundary = "a-boundary-that-is-in-no-picture"
    local head = { ["Content-Type"] = "multipart/form-data; boundary=" .. boundary }
    for place = 0, 63 do
      local file = io.open(arguments[3] .. "/" .. place .. ".jpg", "rb")
      local body = "--" .. boundary .. '\r\nContent-Disposition: form-data; name="request"\r\n\r\n'
        .. '{"rerank":false,"channels":["frames"]}\r\n--' .. boundary
        .. '\r\nContent-Disposition: form-data; name="image"; filename="x.jpg"\r\n\r\n'
        .. file:read("*a") .. "\r\n--" .. boundary .. "--\r\n"
      file:close()
      requests[#requests + 1] = wrk.format("POST", "/v1/search", head, body)
    end
  else
    local items = kind == "keyword" and "&channels=keywords" or ""
    for line in io.lines(arguments[2]) do
      requests[#requests + 1] =
        wrk.format("GET", "/v1/search?rerank=false" .. items .. "&q=" .. line)
    end
  end
  next_request = number * 7919
end

function request()
  next_request = next_request + 1
  return requests[next_request % #requests + 1]
end

function done(summary, latency, requests)
  io.write(string.format(
    "RESULT %d %d %d %d %d %d\n", summary.requests, summary.duration,
    latency:percentile(50), latency:percentile(99), summary.errors.status,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout))
end
