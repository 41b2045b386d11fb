#!lua
--[[
  Puts views into a user's history (B, 10), each product with its latest time. Harmless when it runs twice.

  KEYS 1 rec:user:{user_id}:history
  ARGV 1 how many to keep
       2 TTL in seconds
       3 ... pairs of a time in epoch seconds and a product id
  answers 1
]]
local beyond = -(ARGV[1] + 1)
-- Before the reading too: others may have left the key longer than it should be.
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, beyond)
-- Others may have scored in milliseconds (R6), which beside seconds would be newer than all that is to come.
local inMs = redis.call('ZRANGEBYSCORE', KEYS[1], '1e11', '(+inf', 'WITHSCORES')
for i = 1, #inMs, 2 do
  redis.call('ZADD', KEYS[1], 'XX', string.format('%.17g', inMs[i + 1] / 1000), inMs[i])
end
redis.call('ZADD', KEYS[1], 'GT', unpack(ARGV, 3))
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, beyond)
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
