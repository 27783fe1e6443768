# Read by the other scripts: which stack they work on. By default the production stack of this folder.
cd "$(dirname "$0")/.."
grep -qs '^COMPOSE_FILE=' .env || export COMPOSE_FILE="${COMPOSE_FILE:-compose.yaml:compose.prod.yaml}"

fail() {
  echo "$1" >&2
  exit 1
}

new_password() {
  head -c 24 /dev/urandom | od -A n -v -t x1 | tr -d ' \n'
}

# Runs a command in Redis.
redis_cli() {
  docker compose exec -T redis sh -c 'REDISCLI_AUTH=$(cat /run/secrets/redis_password) redis-cli -e "$@"' sh "$@"
}
