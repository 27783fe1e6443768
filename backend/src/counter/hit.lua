-- Counts visits. KEYS[1]: the counter; ARGV[1]: how many visits.
-- Returns the new total, or nothing when the counter has to be loaded from Postgres first.
if redis.call('HEXISTS', KEYS[1], 'total') == 0 then
  return nil
end
redis.call('HINCRBY', KEYS[1], 'unsaved', ARGV[1])
return redis.call('HINCRBY', KEYS[1], 'total', ARGV[1])
