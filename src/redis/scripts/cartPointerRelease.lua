#!lua flags=allow-oom
-- Clears a user's pointer, if it is still to this cart (api.md, cartConvert).
--
-- KEYS[1] active_cart:{user_id}
-- ARGV    key of the cart, its session id (a pointer may be that alone, R2)
-- answer  1 if it was cleared, else 0
if redis.call('TYPE', KEYS[1]).ok ~= 'string' then return 0 end
local held = redis.call('GET', KEYS[1])
if held ~= ARGV[1] and held ~= ARGV[2] then return 0 end
return redis.call('DEL', KEYS[1])
