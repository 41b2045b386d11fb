#!lua flags=allow-oom
-- Freezes a guest's cart for its merge into a user's: from here on nothing is added to it (keyspace.md R16, step 3).
-- Where there is no cart, a tombstone is left, so that an add on its way is told. The first target wins.
--
-- KEYS[1] the guest cart's hash, KEYS[2] its list, KEYS[3] its operation memory
-- ARGV    key of the target cart, the tombstone's TTL in seconds
-- answer  {target, cart id ('' without a cart), 1 while it is not merged, elements, operation memory as a flat list}
--         {} where a key holds another type
local function isA(kind, key)
  local found = redis.call('TYPE', key).ok
  return found == kind or found == 'none'
end
if not (isA('hash', KEYS[1]) and isA('list', KEYS[2]) and isA('hash', KEYS[3])) then return {} end

local id, status, target, totalItems = unpack(redis.call('HMGET', KEYS[1], 'cart_id', 'status', 'merge_to', 'total_items'))
if target and target ~= '' then
  -- Changes nothing, but counts as a write, for WAIT.
  redis.call('HSET', KEYS[1], 'merge_to', target)
else
  target = ARGV[1]
  local isLive = id and id ~= '' and (not status or status == '' or status == 'active' or status == 'abandoned')
  redis.call('HSET', KEYS[1], 'status', 'abandoned', 'merge_to', target)
  if isLive then
    -- A total tells a frozen cart from a merged one.
    if not totalItems then redis.call('HSET', KEYS[1], 'total_items', redis.call('LLEN', KEYS[2])) end
    totalItems = true
  else
    redis.call('HDEL', KEYS[1], 'cart_id', 'total_items', 'total_amount')
    id, totalItems = false, false
  end
  if not isLive then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
end
return {
  target,
  id or '',
  totalItems and 1 or 0,
  redis.call('LRANGE', KEYS[2], 0, 1999),
  redis.call('HGETALL', KEYS[3]),
}
