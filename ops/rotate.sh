#!/bin/sh
# Replaces the passwords of Postgres and Redis while everything runs. If it was interrupted, run it again.
set -eu
. "$(dirname "$0")/env.sh"

[ -d "$secrets" ] || fail 'There are no passwords yet. Make them: npm run secrets'
umask 077

# Written down before a store gets them. A run after an interrupted one continues with the same passwords.
for name in $passwords; do
  [ -s "$secrets/$name.new" ] || new_password "$secrets/$name.new"
done

# Overwrites a password instead of replacing its file, because the containers have this file mounted.
write_down() {
  chmod u+w "$secrets/$1"
  cat "$secrets/$1.new" > "$secrets/$1"
  chmod 444 "$secrets/$1"
}

# Redis accepts both passwords until every backend has the new one.
new_redis=$(cat "$secrets/redis_password.new")
printf '>%s' "$new_redis" | redis_cli -x acl setuser app > /dev/null
write_down redis_password

# A role of Postgres has one password only. Open connections stay open; the backends need the new one for others.
change_role() {
  printf "alter role $1 password '%s'" "$(cat "$secrets/$2.new")" |
    docker compose exec -T postgres psql --username postgres --quiet --set ON_ERROR_STOP=1
  write_down "$2"
}
change_role app postgres_password
change_role owner postgres_owner_password

sh ops/deploy.sh backend
printf '>%s' "$new_redis" | redis_cli -x acl setuser app resetpass > /dev/null
for name in $passwords; do rm "$secrets/$name.new"; done
echo 'Replaced the passwords.'
