#!lua
--[[
  Puts a session into its user's list and lets the list live as long as the session (R1).

  KEYS 1 user_sessions:{user_id}
  ARGV 1 the session's token
       2 TTL in seconds
  answers 1
]]
redis.call('SADD', KEYS[1], ARGV[1])
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
