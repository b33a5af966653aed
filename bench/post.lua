package.path = os.getenv("BENCH_LUA") .. "/?.lua"
local common = require("common")
setup, done = common.setup, common.done

local path = os.getenv("BENCH_PATH")
local count = tonumber(os.getenv("BENCH_LINES"))
local headers = {Authorization = os.getenv("BENCH_TOKEN"), ["Content-Type"] = "application/json"}
local lines = {} -- of all items, made once: wrk shares the processors with what it measures

function init()
	common.seed()
	for i = 1, common.items do
		lines[i] = string.format('{"sku":"SKU-%05d","from":"B-1","to":"@customer","quantity":"1"}', i)
	end
end

function request()
	local t = {}
	for i = 1, count do
		t[i] = lines[math.random(common.items)]
	end
	headers["Idempotency-Key"] = common.key()
	return wrk.format("POST", path, headers, '{"type":"issue","lines":[' .. table.concat(t, ",") .. ']}')
end
