#!lua
--[[
  Notes that a session was used. Does nothing to a session that is gone: a plain HSET would bring it back (R1). Of
  several that read the same `last_activity_at` only the first writes.

  KEYS 1 session:{token}
  ARGV 1 last_activity_at as it was read, empty where there was none
       2 the new one
       3 TTL in seconds
  answers 1 where the session was touched, 0 where it is gone or was touched by somebody else
]]
if redis.call('HEXISTS', KEYS[1], 'session_id') == 0 then
  return 0
end
local last = redis.call('HGET', KEYS[1], 'last_activity_at') or ''
if last == ARGV[1] then
  redis.call('HSET', KEYS[1], 'last_activity_at', ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[3])
  return 1
end
-- This very touch ran before and its answer was lost.
return last == ARGV[2] and 1 or 0
