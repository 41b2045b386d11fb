#!lua
--[[
  Puts views into a user's history (B, 10), each product with its latest time. Harmless when it runs twice.

  KEYS 1 rec:user:{user_id}:history
  ARGV 1 how many to keep
       2 TTL in seconds
       3 ... pairs of a time in epoch seconds and a product id
  answers 1
]]
redis.call('ZADD', KEYS[1], 'GT', unpack(ARGV, 3))
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -(ARGV[1] + 1))
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
