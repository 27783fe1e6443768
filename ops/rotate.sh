#!/bin/sh
# Gives Postgres and Redis new passwords while everything runs, then replaces the backend so that it uses them.
set -eu
. "$(dirname "$0")/env.sh"

dir=secrets/production
[ -d "$dir" ] || fail 'There are no passwords yet. Make them: npm run secrets'
umask 077
# Written into the files as they are, not as new files: the containers have these mounted.
replace() {
  chmod u+w "$dir/$1"
  cat "$dir/new" > "$dir/$1"
  chmod 444 "$dir/$1"
}

new_password > "$dir/new"
redis_cli -x config set requirepass < "$dir/new" > /dev/null
replace redis_password

new_password > "$dir/new"
replace postgres_password
docker compose exec -T postgres psql --username visits --quiet << 'SQL'
\set password `cat /run/secrets/postgres_password`
alter user visits password :'password';
SQL
rm "$dir/new"
# Open connections go on, so nothing was lost so far; new ones need the new passwords.
sh ops/deploy.sh backend
