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
-- First the new one: a key that vanishes for a moment could not be written again while its slot is moving.
redis.call('LPUSH', KEYS[1], ARGV[1])
local older = #redis.call('LPOS', KEYS[1], ARGV[1], 'COUNT', 0) - 1
if older > 0 then
  redis.call('LREM', KEYS[1], -older, ARGV[1])
end
redis.call('LTRIM', KEYS[1], 0, ARGV[2] - 1)
redis.call('EXPIRE', KEYS[1], ARGV[3])
return 1
