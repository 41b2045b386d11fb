#!lua flags=allow-oom
--[[
  Ends a session. Does nothing when it is gone.

  KEYS 1 session:{token}
       2 gateway:ended:{session:{token}}
  ARGV 1 TTL of the second key in seconds
       2 the user whom the session was rotated for; empty where it was simply ended
  answers 1 where this ended it, 0 where it was gone already
]]
if redis.call('DEL', KEYS[1]) == 0 then
  return 0
end
redis.call('SET', KEYS[2], ARGV[2], 'EX', ARGV[1])
return 1
