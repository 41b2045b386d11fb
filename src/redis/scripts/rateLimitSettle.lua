#!lua
--[[
  Tells Redis what one gateway has let a caller spend in the window at hand, and asks what all of them have. Each
  gateway writes its own total and never less than before, so it is harmless when it runs twice.

  KEYS 1 gateway:rate_limit:{bucket}: gateway -> its total in this window
  ARGV 1 the gateway's id
       2 its total
       3 what is left of its window in milliseconds; counts only where the key is new
  answers {total of all gateways, milliseconds until the window ends}
]]
local spent = tonumber(redis.call('HGET', KEYS[1], ARGV[1]) or '0')
if tonumber(ARGV[2]) > spent then
  redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
end
if redis.call('PTTL', KEYS[1]) < 0 then
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
local total = 0
for _, value in ipairs(redis.call('HVALS', KEYS[1])) do
  total = total + (tonumber(value) or 0)
end
return { total, redis.call('PTTL', KEYS[1]) }
