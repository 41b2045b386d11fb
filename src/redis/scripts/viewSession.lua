#!lua
--[[
  Puts a product in front of what was viewed in a session (B, 9). An older entry of the same product goes: else one
  product viewed again and again would push out the rest, and a repeat of this call would be a second view.

  KEYS 1 rec:session:{session_id}:viewed
  ARGV 1 product id
       2 how many to keep
       3 TTL in seconds
  answers 1
]]
redis.call('LREM', KEYS[1], 0, ARGV[1])
redis.call('LPUSH', KEYS[1], ARGV[1])
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
