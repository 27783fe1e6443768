#!/bin/sh
# Replaces what Postgres holds by a backup: npm run restore -- visits.dump
# Nothing is counted while it runs, and visits that were counted after the backup are gone.
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
in_postgres pg_restore --list | grep -q 'TABLE DATA public visit_counts ' ||
  fail "$file is the backup of another database. Nothing was changed."

# Whatever happens from here on, the backend starts again.
trap 'docker compose up --detach --wait' EXIT
docker compose stop backend
in_postgres pg_restore --username visits --dbname visits --clean --if-exists --single-transaction ||
  fail 'Nothing was restored: the database is as it was.'
# Redis has a later count. Without it, the first visit loads the count from Postgres.
redis_cli del visits:page_visits > /dev/null
docker compose up --detach --wait
trap - EXIT
echo "Restored $file."
