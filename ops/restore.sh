#!/bin/sh
# Puts a backup in the place of what Postgres holds: sh ops/restore.sh visits.dump
# Nothing is counted meanwhile, and what was counted since the backup is gone.
set -eu
. "$(dirname "$0")/env.sh"

file=${1:?Which backup? sh ops/restore.sh visits.dump}
[ -r "$file" ] || fail "$file cannot be read."

docker compose stop backend
docker compose up --detach --wait postgres redis
docker compose exec -T postgres pg_restore --username visits --dbname visits --clean --if-exists --single-transaction < "$file" ||
  fail 'Nothing was restored: the database is as it was. Start the backend again: docker compose up --detach'
# Redis knows a later state of Postgres than the restored one. It loads the counter again at the next visit.
redis_cli del visits:page_visits > /dev/null
docker compose up --detach --wait
echo "Restored $file."
