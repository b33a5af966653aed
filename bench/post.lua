package.path = os.getenv("BENCH_LUA") .. "/?.lua"
local common = require("common")
setup, init, done = common.setup, common.seed, common.done

local path = os.getenv("BENCH_PATH")
local lines = tonumber(os.getenv("BENCH_LINES"))
local headers = {Authorization = os.getenv("BENCH_TOKEN"), ["Content-Type"] = "application/json"}

function request()
	local t = {}
	for i = 1, lines do
		t[i] = '{"sku":"' .. common.sku() .. '","from":"B-1","to":"@customer","quantity":"1"}'
	end
	headers["Idempotency-Key"] = common.key()
	return wrk.format("POST", path, headers, '{"type":"issue","lines":[' .. table.concat(t, ",") .. ']}')
end
