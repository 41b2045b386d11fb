#!lua
--[[
  First step of a login (R16, BIND): reserves a guest's session for one user, so that of two users who log in with the
  same token only one gets it. The session stays a guest's; the user gets another token. Harmless when it runs twice.

  KEYS 1 session:{token}
       2 gateway:ended:{session:{token}}
  ARGV 1 the user's id
  answers {'CLAIMED', session_id, user_id, device_type, created_at, last_activity_at}
       or {'TAKEN', the same} where it is another user's
       or {'TAKEN'} where it was rotated for another user
       or {'GONE'}
]]
local function present(text)
  return text and text ~= '' and text ~= 'null' and text or nil
end

local values =
  redis.call('HMGET', KEYS[1], 'session_id', 'user_id', 'device_type', 'created_at', 'last_activity_at', 'identified_as')
local userId, claimedBy = present(values[2]), present(values[6])
values[6] = nil

if not present(values[1]) then
  local rotatedFor = present(redis.call('GET', KEYS[2]))
  return { rotatedFor and rotatedFor ~= ARGV[1] and 'TAKEN' or 'GONE' }
end
local owner = userId or claimedBy
if owner and owner ~= ARGV[1] then
  return { 'TAKEN', unpack(values, 1, 5) }
end
if not userId then
  redis.call('HSET', KEYS[1], 'identified_as', ARGV[1])
end
return { 'CLAIMED', unpack(values, 1, 5) }
