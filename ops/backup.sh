#!/bin/sh
# Writes what Postgres holds to a file, while everything runs: npm run backup -- visits.dump
set -eu
. "$(dirname "$0")/env.sh"

file=${1:-backup-$(date -u +%Y%m%dT%H%M%SZ).dump}
umask 077
trap 'rm -f "$file.part"' EXIT
docker compose exec -T postgres pg_dump --username owner --format custom visits > "$file.part" ||
  fail 'No backup was written.'
mv "$file.part" "$file"
echo "Wrote $file."
