#!/bin/sh
# Makes the passwords of production: random, in files that Compose mounts into the containers that need them.
set -eu
. "$(dirname "$0")/env.sh"

# Only the owner can enter the folder, so nobody else on this machine can read the files. The files themselves
# have to be readable for the users in the containers, who are not root.
umask 077
mkdir -p secrets/production
for name in postgres_password redis_password; do
  file=secrets/production/$name
  [ -s "$file" ] && echo "$file is there already and stays as it is." && continue
  new_password > "$file"
  chmod 444 "$file"
  echo "Made $file."
done
grep -qs '^SECRETS_DIR=' .env || echo 'SECRETS_DIR=./secrets/production' >> .env
