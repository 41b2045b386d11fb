#!lua flags=allow-oom
-- Takes away what was merged; the tombstone stays a while (keyspace.md R16, step 5).
--
-- KEYS[1] the guest cart's hash, KEYS[2] its list, KEYS[3] its operation memory
-- ARGV    key of the target cart, the tombstone's TTL in seconds
-- answer  1, or 0 where it is not frozen for this target
if redis.call('TYPE', KEYS[1]).ok ~= 'hash' then return 0 end
if redis.call('HGET', KEYS[1], 'merge_to') ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[2], KEYS[3])
redis.call('HDEL', KEYS[1], 'total_items', 'total_amount')
redis.call('EXPIRE', KEYS[1], ARGV[2])
return 1
