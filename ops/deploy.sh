#!/bin/sh
# Releases images: TAG=1.2.0 npm run deploy, or only one: TAG=1.2.0 npm run deploy nginx. To roll back, deploy the tag
# before. No request fails while the backend is replaced; nginx holds the port, so it leaves a gap of about a second.
set -eu
. "$(dirname "$0")/env.sh"

deploy_backend() {
  old=$(docker compose ps --quiet backend)
  [ -n "$old" ] || fail 'No backend is running. Start the stack first: docker compose up --detach --wait'
  replicas=$(echo "$old" | wc -l)
  # What an interrupted release has stopped: `up` would start it again, as if it were new.
  docker compose rm --force backend

  # However this ends: without the new ones before they are healthy, and without the old ones from then on.
  healthy=
  new_ones() { docker compose ps --all --quiet backend | grep -vxF "$old"; }
  remove_unwanted() {
    if [ -n "$healthy" ]; then unwanted=$old; else unwanted=$(new_ones); fi
    # shellcheck disable=SC2086 # a list
    [ -z "$unwanted" ] || { docker stop $unwanted && docker rm --force $unwanted; } > /dev/null
  }
  trap remove_unwanted EXIT
  # Only the new ones count: an old one may be unhealthy, which is why it is replaced.
  until_healthy() {
    for _ in $(seq 60); do
      # shellcheck disable=SC2046 # a list
      states=$(docker inspect --format '{{.State.Health.Status}}' $(new_ones))
      case $states in *unhealthy*) return 1 ;; *starting*) sleep 1 ;; *) return 0 ;; esac
    done
    return 1
  }
  docker compose up --detach --no-deps --no-recreate --scale "backend=$((2 * replicas))" backend
  until_healthy || fail 'The new backend is not healthy. It is removed, and the old one goes on.'
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
