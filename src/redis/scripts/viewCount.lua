#!lua
--[[
  Counts a view among the hour's trending products (R8), at most once a session and product. The hour is set when the
  key is created and never prolonged.

  KEYS 1 trending_products
       2 gateway:counted_views:{trending_products}:{session_id}
  ARGV 1 product id
       2 TTL of the first key in seconds
       3 TTL of the second key in seconds
       4 how many products one session may count
  answers 1 where it was counted, else 0
]]
-- Kept while the session goes on viewing, so that a view is not counted anew in the middle of it.
redis.call('EXPIRE', KEYS[2], ARGV[3])
local isCounted = redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1
if isCounted or redis.call('SCARD', KEYS[2]) >= tonumber(ARGV[4]) then
  return 0
end
redis.call('ZINCRBY', KEYS[1], 1, ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2], 'NX')
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1
