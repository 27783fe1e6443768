# shellcheck shell=sh
# Read by the other scripts. They work on the stack of COMPOSE_FILE, which is production unless something else is set.
cd "$(dirname "$0")/.." || exit
grep -qs '^COMPOSE_FILE=' .env || export COMPOSE_FILE="${COMPOSE_FILE:-compose.yaml:compose.prod.yaml}"

# The folder of the passwords: the variable wins over .env, as it does for Compose.
secrets=${SECRETS_DIR:-$(sed -n 's/^SECRETS_DIR=//p' .env 2> /dev/null | tail -n 1 | tr -d "\"'")}
secrets=${secrets:-./secrets/production}

# Ctrl-C or a lost connection ends a script as an error does: what it set to run on EXIT is run, and not interrupted
# again. A lost connection sends its signal more than once.
trap 'trap "" HUP INT TERM; exit 1' HUP INT TERM

fail() {
  echo "$1" >&2
  exit 1
}

# Writes a random password into a new file, which is there only when it is complete.
new_password() {
  rm -f "$1.part"
  head -c 24 /dev/urandom | od -A n -v -t x1 | tr -d ' \n' > "$1.part"
  chmod 444 "$1.part"
  mv "$1.part" "$1"
}

# The passwords, each in a file of its own.
# shellcheck disable=SC2034 # for secrets.sh and rotate.sh
passwords='postgres_password postgres_owner_password redis_password'

# Runs a command in Redis, as its administrator.
redis_cli() {
  docker compose exec -T redis sh -c 'REDISCLI_AUTH=$(cat /tmp/admin_password) redis-cli -e "$@"' sh "$@"
}
