#!lua flags=allow-oom
--[[
  Takes sessions off their user's list: ended ones, or members that name none (R1).

  KEYS 1 user_sessions:{user_id}
  ARGV tokens
  answers how many were on the list
]]
local removed = 0
for _, token in ipairs(ARGV) do
  removed = removed + redis.call('SREM', KEYS[1], token)
end
return removed
