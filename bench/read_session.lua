package.path = os.getenv("BENCH_LUA") .. "/?.lua"
local common = require("common")
setup, init, done = common.setup, common.seed, common.done

local path = os.getenv("BENCH_PATH")
local headers = {Cookie = os.getenv("BENCH_COOKIE")}

function request()
	return wrk.format("GET", path .. common.sku(), headers)
end
