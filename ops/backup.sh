#!/bin/sh
# Writes what Postgres holds into a file, while everything runs: sh ops/backup.sh visits.dump
set -eu
. "$(dirname "$0")/env.sh"

file=${1:-visits-$(date -u +%Y%m%dT%H%M%SZ).dump}
umask 077
docker compose exec -T postgres pg_dump --username visits --format custom visits > "$file.part" || {
  rm -f "$file.part"
  fail 'No backup was written.'
}
mv "$file.part" "$file"
echo "Wrote $file."
