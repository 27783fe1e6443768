-- Cuts the batch of visits to hand over to Postgres. KEYS[1]: the counter.
-- Returns the batch's number and its visits, or nothing when there is nothing to save. A batch that was cut
-- before and is not confirmed yet is returned again: whoever asks may retry it.
local unsaved, saving = unpack(redis.call('HMGET', KEYS[1], 'unsaved', 'saving'))
if saving == '0' and unsaved ~= '0' then
  saving = unsaved
  redis.call('HSET', KEYS[1], 'unsaved', 0, 'saving', saving)
  redis.call('HINCRBY', KEYS[1], 'batch', 1)
end
if not saving or saving == '0' then
  return nil
end
return { redis.call('HGET', KEYS[1], 'batch'), saving }
