#!/bin/sh
# Replaces what Postgres holds by a backup: npm run restore -- visits.dump
# The backend is stopped while it runs, and what was saved after the backup is gone.
set -eu
. "$(dirname "$0")/env.sh"

file=${1:?Which backup? npm run restore -- visits.dump}
[ -r "$file" ] || fail "$file cannot be read."
in_postgres() {
  docker compose exec -T postgres "$@" < "$file"
}

# Before anything stops: the backup can be read to its end, and is one of this database.
docker compose up --detach --wait postgres redis
in_postgres pg_restore --file /dev/null || fail "$file is not a complete backup. Nothing was changed."
contents=$(in_postgres pg_restore --list)
for line in 'dbname: visits$' 'TABLE DATA public migrations '; do
  echo "$contents" | grep -q "$line" || fail "$file is the backup of another database. Nothing was changed."
done

# Whatever happens from here on, the backend starts again.
trap 'docker compose up --detach --wait' EXIT
docker compose stop backend
in_postgres pg_restore --username owner --no-owner --no-privileges --dbname visits \
  --clean --if-exists --single-transaction ||
  fail 'Nothing was restored: the database is as it was.'
# What Redis has is from later. Without it, the backend loads it from Postgres.
redis_cli flushall > /dev/null
docker compose up --detach --wait
trap - EXIT
echo "Restored $file."
