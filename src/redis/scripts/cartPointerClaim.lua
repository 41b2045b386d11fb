#!lua
-- Says which cart is a user's, and makes it the wanted one where there is none (keyspace.md R2).
--
-- KEYS[1] active_cart:{user_id}
-- ARGV    key of the wanted cart, a pointer that was seen to be dead ('' for none), TTL in seconds
-- answer  the pointer as it stands then
local kind = redis.call('TYPE', KEYS[1]).ok
local held = kind == 'string' and redis.call('GET', KEYS[1])
if held and held ~= '' and held ~= ARGV[2] then
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  return held
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[3])
return ARGV[1]
