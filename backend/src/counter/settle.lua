-- Brings the counter in line with a look at Postgres. KEYS[1]: the counter.
-- ARGV: Postgres's count and batch, a batch number that was never used, and a loader's token.
local key, count, batch, fresh, token = KEYS[1], ARGV[1], ARGV[2], ARGV[3], ARGV[4]

if redis.call('HEXISTS', key, 'total') == 0 then
  -- Without the token that is here now, a loader's look may be older than the loss of Redis's data.
  if redis.call('HGET', key, 'loading') == token then
    redis.call('HSET', key, 'total', count, 'unsaved', 0, 'saving', 0, 'batch', fresh, 'saved', batch)
    redis.call('HDEL', key, 'loading')
  end
  return
end

local unsaved, saving, last_cut, saved = unpack(redis.call('HMGET', key, 'unsaved', 'saving', 'batch', 'saved'))
if tonumber(batch) < tonumber(saved) then
  return -- an older look than the one that was settled already
end
if tonumber(batch) > tonumber(last_cut) then
  -- Redis came back older than Postgres: what it calls unsaved and saving is in Postgres already.
  unsaved, saving = '0', '0'
elseif batch == last_cut then
  saving = '0' -- confirmed
end
if unsaved == '0' and saving == '0' and tonumber(fresh) > tonumber(last_cut) then
  -- If Redis comes back older than now, it must not use a batch number again that is on its way to Postgres.
  last_cut = fresh
end
-- Lua's numbers are doubles: exact for these values, but tostring would write them as 1e+15.
local total = string.format('%.0f', tonumber(count) + tonumber(saving) + tonumber(unsaved))
redis.call('HSET', key, 'total', total, 'unsaved', unsaved, 'saving', saving, 'batch', last_cut, 'saved', batch)
