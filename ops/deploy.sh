#!/bin/sh
# Replaces all replicas of the backend, with no failed request: TAG=1.2.0 npm run deploy
# The way back is the same command with the tag before.
set -eu
. "$(dirname "$0")/env.sh"

old=$(docker compose ps --quiet backend)
[ -n "$old" ] || fail 'No backend is running. Start the stack first: docker compose up --detach --wait'
replicas=$(echo "$old" | wc -l)

# The new ones beside the old ones, which go on until the new ones are healthy.
if ! docker compose up --detach --wait --wait-timeout 60 --no-deps --no-recreate --scale "backend=$((2 * replicas))" backend; then
  docker compose ps --all --quiet backend | grep -vxF "$old" | xargs -r docker rm --force --volumes > /dev/null
  fail 'The new backend is not healthy. It is removed, and the old one goes on.'
fi
# nginx asks for the backends' addresses every 2 s.
sleep 3
docker stop $old > /dev/null
docker rm $old > /dev/null
echo "Replaced $replicas replicas of the backend."
