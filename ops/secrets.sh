#!/bin/sh
# Makes the passwords of production, as files that Compose mounts, and makes production the default of this folder.
set -eu
. "$(dirname "$0")/env.sh"

# Only the owner can enter the folder. The files are readable, because the users in the containers are not the owner.
umask 077
mkdir -p "$secrets"
for name in $passwords; do
  if [ -s "$secrets/$name" ]; then
    echo "$secrets/$name exists and stays as it is."
  else
    new_password "$secrets/$name"
    echo "Made $secrets/$name."
  fi
done

# Adds a line to .env, unless the variable is there.
add_to_env() {
  grep -qs "^${1%%=*}=" .env && return
  [ -z "$(tail -c 1 .env 2> /dev/null)" ] || echo >> .env # the last line may lack its end
  echo "$1" >> .env
}
add_to_env "SECRETS_DIR=$secrets"
add_to_env COMPOSE_FILE=compose.yaml:compose.prod.yaml
