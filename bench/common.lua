-- What the scripts share: random SKUs, unique keys, one line of figures at the end.
local M = {items = tonumber(os.getenv("BENCH_ITEMS"))}
local threads = 0

function M.setup(thread)
	thread:set("number", threads)
	threads = threads + 1
end

function M.sku()
	return string.format("SKU-%05d", math.random(1, M.items))
end

function M.seed()
	math.randomseed(os.time() * 10 + number)
	M.prefix = string.format("%s-%d-", os.getenv("BENCH_RUN"), number)
	M.count = 0
end

function M.key()
	M.count = M.count + 1
	return M.prefix .. M.count
end

function M.done(summary, latency)
	local e = summary.errors
	io.write(string.format("FIGURES %d %d %d %d\n", summary.requests, summary.duration,
		latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end

return M
