-- Begins an epoch. KEYS[1]: the counter; ARGV: the old epoch and its visits, as Postgres has them now (empty if there
-- was none), the id of the new epoch, and Postgres's count.
-- Does nothing if the counter has changed since it was read: another backend was faster.
local epoch, counted = unpack(redis.call('HMGET', KEYS[1], 'epoch', 'counted'))
if (epoch or '') ~= ARGV[1] or (counted or '') ~= ARGV[2] then
  return
end
local run_id = redis.call('INFO', 'server'):match('run_id:(%w+)')
redis.call('HSET', KEYS[1], 'epoch', ARGV[3], 'run_id', run_id, 'counted', 0, 'saved', 0, 'elsewhere', ARGV[4])
