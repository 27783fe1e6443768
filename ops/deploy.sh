#!/bin/sh
# Releases images: TAG=1.2.0 npm run deploy, or only one: TAG=1.2.0 npm run deploy nginx. To roll back, deploy the tag
# before. No request fails while the backend is replaced; nginx holds the port, so it leaves a gap of about a second.
set -eu
. "$(dirname "$0")/env.sh"

deploy_backend() {
  old=$(docker compose ps --quiet backend)
  [ -n "$old" ] || fail 'No backend is running. Start the stack first: docker compose up --detach --wait'
  replicas=$(echo "$old" | wc -l)

  # However this ends: without the new ones before they are healthy, and without the old ones from then on.
  healthy=
  remove_unwanted() {
    if [ -n "$healthy" ]; then unwanted=$old; else unwanted=$(docker compose ps --all --quiet backend | grep -vxF "$old"); fi
    # shellcheck disable=SC2086 # a list
    [ -z "$unwanted" ] || { docker stop $unwanted && docker rm --force $unwanted; } > /dev/null
  }
  trap remove_unwanted EXIT
  docker compose up --detach --wait --wait-timeout 60 --no-deps --no-recreate --scale "backend=$((2 * replicas))" backend ||
    fail 'The new backend is not healthy. It is removed, and the old one goes on.'
  healthy=yes

  # nginx looks addresses up every 2 s, and leaves out for 3 s a replica that it asked too early.
  sleep 5
  remove_unwanted
  trap - EXIT
  echo "Replaced: $replicas × backend."
}

deploy_nginx() {
  docker compose run --rm --no-deps --no-TTY nginx nginx -t || fail 'The new nginx does not start. The old one goes on.'
  docker compose up --detach --wait --no-deps nginx
  echo 'Replaced: nginx.'
}

[ $# -gt 0 ] || set -- backend nginx
for service; do
  case $service in
    backend) deploy_backend ;;
    nginx) deploy_nginx ;;
    *) fail "Only backend and nginx can be deployed, not $service." ;;
  esac
done
