#!lua
--[[
  Writes a new session (R1; R16, step 1). Harmless when it runs twice: a session that is there stays as it is, and one
  that was ended meanwhile is not brought back.

  KEYS 1 session:{token}
       2 gateway:ended:{session:{token}}
  ARGV 1 TTL in seconds
       2 ... fields and values
  answers 1 where the session is there now, 0 where it was ended before
]]
if redis.call('EXISTS', KEYS[2]) == 1 then
  return 0
end
if redis.call('EXISTS', KEYS[1]) == 0 then
  redis.call('HSET', KEYS[1], unpack(ARGV, 2))
  redis.call('EXPIRE', KEYS[1], ARGV[1])
end
return 1
