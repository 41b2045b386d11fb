#!lua flags=allow-oom
--[[
  Takes sessions off their user's list: ended ones, or members that name none (R1).

  KEYS 1 user_sessions:{user_id}
  ARGV tokens
  answers how many were on the list
]]
local removed, listed = 0, redis.call('SCARD', KEYS[1])
for _, token in ipairs(ARGV) do
  -- Nor is a list touched that has vanished: while its slot is moving, it could be on the other master.
  if removed < listed then
    removed = removed + redis.call('SREM', KEYS[1], token)
  end
end
return removed
