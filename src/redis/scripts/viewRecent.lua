#!lua
--[[
  Puts a view into a user's recent views (A, R7). The member holds how long the product was looked at, so an older view
  of the product is another member: it goes, else ten views of one product would push out the rest.

  KEYS 1 recent_views:{user_id}
  ARGV 1 product id
       2 how long it was looked at, in seconds
       3 when, in epoch seconds
       4 how many to keep
       5 TTL in seconds
  answers 1
]]
local beyond = -(ARGV[4] + 1)
-- Before the reading too: others may have left the key longer than it should be.
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, beyond)
-- Others may have scored in milliseconds (R6), which beside seconds would be newer than all that is to come.
local inMs = redis.call('ZRANGEBYSCORE', KEYS[1], '1e11', '(+inf', 'WITHSCORES')
for i = 1, #inMs, 2 do
  redis.call('ZADD', KEYS[1], 'XX', string.format('%.17g', inMs[i + 1] / 1000), inMs[i])
end
local members, view = redis.call('ZRANGE', KEYS[1], 0, -1), ARGV[1] .. ':' .. ARGV[2]
-- Before the older ones go: a key that vanishes for a moment could not be written again while its slot is moving.
redis.call('ZADD', KEYS[1], ARGV[3], view)
for _, member in ipairs(members) do
  -- A product id may itself hold colons: the duration follows the last one.
  if member ~= view and string.match(member, '^(.*):[^:]*$') == ARGV[1] then
    redis.call('ZREM', KEYS[1], member)
  end
end
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, beyond)
redis.call('EXPIRE', KEYS[1], ARGV[5])
return 1
