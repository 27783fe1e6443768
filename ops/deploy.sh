#!/bin/sh
# Replaces the backend and nginx, or the one that is named, with no failed request: TAG=1.2.0 npm run deploy
# The way back is the same command with the tag before.
set -eu
. "$(dirname "$0")/env.sh"

replace() {
  service=$1
  old=$(docker compose ps --quiet "$service")
  [ -n "$old" ] || fail "No $service is running. Start the stack first: docker compose up --detach --wait"
  replicas=$(echo "$old" | wc -l)

  # The new ones beside the old ones, which go on until the new ones are healthy.
  if ! docker compose up --detach --wait --wait-timeout 60 --no-deps --no-recreate \
    --scale "$service=$((2 * replicas))" "$service"; then
    docker compose ps --all --quiet "$service" | grep -vxF "$old" | xargs -r docker rm --force --volumes > /dev/null
    fail "The new $service is not healthy. It is removed, and the old one goes on."
  fi

  # Until all know the new ones (addresses are asked for every 2 s), and leave none out for having been asked before it
  # listened (3 s, which may take 4).
  sleep 5
  if [ "$service" = nginx ]; then
    # From now on it refuses everything, and the entry turns to the new one. A backend does the same when it is stopped.
    for container in $old; do docker exec "$container" touch /tmp/draining; done
    sleep 2
  fi
  docker stop $old > /dev/null
  docker rm $old > /dev/null
  echo "Replaced: $replicas × $service."
}

[ $# -gt 0 ] || set -- backend nginx
for service; do
  case $service in
    backend | nginx) replace "$service" ;;
    *) fail "Only backend and nginx can be replaced, not $service." ;;
  esac
done
