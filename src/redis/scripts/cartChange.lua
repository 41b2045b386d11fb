#!lua
-- Changes a cart in one step, or tells how it stands (keyspace.md R13, R14, R15).
--
-- The change was worked out outside, on a state that this script told before together with a token of it. It is
-- carried out only if the token still fits, so nobody's change is lost, whoever wrote it; otherwise the new state is
-- told and the caller works it out again. No money is reckoned here and no line is written here: both come as text.
--
-- KEYS[1] the cart's hash
-- KEYS[2] the list the change was worked out on
-- KEYS[3] the list it is written to: the same, or a new one (then all its elements come as pushes)
-- KEYS[4] the operation memory
-- ARGV    token ('' only asks for the state), operation id, its memory, TTL in seconds, version after the change,
--         n, n times (set | remove | push, index, element), n, n times (hash field, value),
--         n, n times (operation id, memory) taken over from another cart
-- answer  {DONE}
--         {STATE | REPLAY, memory, token, PTTL of the cart, the hash's fields below, elements}; REPLAY: the operation
--         was carried out before, and this is its memory
--         {NO_HASH}: the cart's key holds another type
--         {UNREADABLE}: one of the other keys does, or the list is too long to be a cart's
local FIELDS = { 'cart_id', 'user_id', 'status', 'total_items', 'total_amount', 'updated_at', 'version', 'merge_to' }
local LONGEST_LIST = 2000
local MEMORY_LIMIT, VERSIONS_KEPT = 256, 128

local function isA(kind, key)
  local found = redis.call('TYPE', key).ok
  return found == kind or found == 'none'
end

if not isA('hash', KEYS[1]) then return { 'NO_HASH' } end
if not (isA('list', KEYS[2]) and isA('list', KEYS[3]) and isA('hash', KEYS[4])) then
  return { 'UNREADABLE' }
end
if redis.call('LLEN', KEYS[2]) > LONGEST_LIST then return { 'UNREADABLE' } end

local fields = redis.call('HMGET', KEYS[1], unpack(FIELDS))
local elements = redis.call('LRANGE', KEYS[2], 0, -1)

local function tokenOfState()
  local parts = {}
  for i = 1, #FIELDS do
    parts[#parts + 1] = fields[i] and (#fields[i] .. ':' .. fields[i]) or '-'
  end
  for i = 1, #elements do
    parts[#parts + 1] = #elements[i] .. ':' .. elements[i]
  end
  return redis.sha1hex(table.concat(parts, ','))
end

local token = tokenOfState()
local memory = ARGV[2] ~= '' and redis.call('HGET', KEYS[4], ARGV[2])
if memory then
  -- Changes nothing, but counts as a write: WAIT answers for the operation also on another connection.
  if ARGV[1] ~= '' then redis.call('HSET', KEYS[4], ARGV[2], memory) end
  return { 'REPLAY', memory, token, redis.call('PTTL', KEYS[1]), fields, elements }
end
if ARGV[1] ~= token then return { 'STATE', '', token, redis.call('PTTL', KEYS[1]), fields, elements } end

local position = 5
local function nextArgument()
  position = position + 1
  return ARGV[position]
end

-- All checks are behind us. On a Cluster a key must not be touched again once it has vanished: while its slot is moving,
-- the other master could have it, and the script would break off here.
local replaced = KEYS[2] ~= KEYS[3] and redis.call('LLEN', KEYS[3]) or 0
local length = KEYS[2] == KEYS[3] and #elements or 0
local removed = '\0removed ' .. token
for _ = 1, tonumber(nextArgument()) do
  local kind, index, element = nextArgument(), nextArgument(), nextArgument()
  if kind == 'push' then
    redis.call('RPUSH', KEYS[3], element)
    length = length + 1
  else
    if kind == 'remove' then length = length - 1 end
    redis.call('LSET', KEYS[3], index, kind == 'set' and element or removed)
  end
end
if replaced > 0 then
  redis.call('LTRIM', KEYS[3], replaced, -1)
else
  redis.call('LREM', KEYS[3], 0, removed)
end
for _ = 1, tonumber(nextArgument()) do
  redis.call('HSET', KEYS[1], nextArgument(), nextArgument())
end
for _ = 1, tonumber(nextArgument()) do
  redis.call('HSETNX', KEYS[4], nextArgument(), nextArgument())
end
redis.call('HSET', KEYS[4], ARGV[2], ARGV[3])

if redis.call('HLEN', KEYS[4]) > MEMORY_LIMIT then
  local oldest = tonumber(ARGV[5]) - VERSIONS_KEPT
  local all = redis.call('HGETALL', KEYS[4])
  for i = 1, #all, 2 do
    -- A merge or a checkout must be known again for as long as the cart lives.
    local isKept = string.find(all[i], '^merge:') or string.find(all[i], '^convert:')
    local version = tonumber(string.match(all[i + 1], '^(%d+):'))
    if not isKept and (version == nil or version < oldest) then redis.call('HDEL', KEYS[4], all[i]) end
  end
end

redis.call('EXPIRE', KEYS[1], ARGV[4])
if length > 0 then redis.call('EXPIRE', KEYS[3], ARGV[4]) end
redis.call('EXPIRE', KEYS[4], ARGV[4])
return { 'DONE' }
