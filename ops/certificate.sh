#!/bin/sh
# Makes a certificate for localhost that no browser trusts, to try HTTPS with.
set -eu
. "$(dirname "$0")/env.sh"

command -v openssl > /dev/null || fail 'openssl is missing: install it.'
dir=secrets/tls
umask 077 # as for the passwords: see secrets.sh
mkdir -p "$dir"
[ ! -e "$dir/key.pem" ] || chmod u+w "$dir"/*.pem
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 \
  -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
  -out "$dir/certificate.pem" -keyout "$dir/key.pem" 2> /dev/null
chmod 444 "$dir/certificate.pem" "$dir/key.pem"
grep -qs '^DOMAIN=' .env || echo DOMAIN=localhost >> .env
grep -qs '^TLS_DIR=' .env || echo "TLS_DIR=./$dir" >> .env
echo "Made $dir/certificate.pem for localhost."
