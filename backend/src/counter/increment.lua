-- Counts visits. KEYS[1]: the counter; ARGV[1]: how many visits.
-- Returns the new total, or nothing when a new epoch has to begin first: Redis has no counter, or has restarted and
-- may have come back with older data.
local run_id, elsewhere = unpack(redis.call('HMGET', KEYS[1], 'run_id', 'elsewhere'))
if run_id ~= redis.call('INFO', 'server'):match('run_id:(%w+)') then
  return nil
end
return elsewhere + redis.call('HINCRBY', KEYS[1], 'counted', ARGV[1])
