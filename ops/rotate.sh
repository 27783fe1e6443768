#!/bin/sh
# Replaces the passwords of Postgres and Redis while everything runs. If it was interrupted, run it again.
set -eu
. "$(dirname "$0")/env.sh"

[ -d "$secrets" ] || fail 'There are no passwords yet. Make them: npm run secrets'
umask 077

# Written down before a store gets them. A run after an interrupted one continues with the same passwords.
for name in postgres_password redis_password; do
  [ -s "$secrets/$name.new" ] || new_password "$secrets/$name.new"
done
new_postgres=$(cat "$secrets/postgres_password.new")
new_redis=$(cat "$secrets/redis_password.new")

# Overwrites a file instead of replacing it, because the containers have this file mounted.
overwrite() {
  chmod u+w "$1"
  printf %s "$2" > "$1"
  chmod 444 "$1"
}

# Redis accepts both passwords until every backend has the new one.
printf '>%s' "$new_redis" | redis_cli -x acl setuser default > /dev/null
overwrite "$secrets/redis_password" "$new_redis"

# Postgres accepts one password only. Open connections stay open; the backends need the new one for others.
printf "alter role current_user password '%s'" "$new_postgres" |
  docker compose exec -T postgres psql --username visits --quiet --set ON_ERROR_STOP=1
overwrite "$secrets/postgres_password" "$new_postgres"

sh ops/deploy.sh backend
printf %s "$new_redis" | redis_cli -x config set requirepass > /dev/null
rm "$secrets/postgres_password.new" "$secrets/redis_password.new"
echo 'Replaced both passwords.'
