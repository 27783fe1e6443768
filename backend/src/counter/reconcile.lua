-- Takes over what Postgres has. KEYS[1]: the counter; ARGV: the epoch, how many of its visits Postgres has, and how many
-- visits Postgres has from elsewhere.
-- Both numbers only grow, so a smaller one is an answer that was overtaken by a newer one.
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[1] then
  return
end
for index, field in ipairs({ 'saved', 'elsewhere' }) do
  local value = ARGV[index + 1]
  if tonumber(value) > tonumber(redis.call('HGET', KEYS[1], field)) then
    redis.call('HSET', KEYS[1], field, value)
  end
end
