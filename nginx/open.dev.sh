#!/bin/sh
# Runs when development's nginx starts. Its environment has the variables of .env (env_file in compose.override.yaml),
# those of the image, whose names are in image.env, and what Docker adds.
awk -F = '
  { sub(/^#/, ""); known[$1] } # in .env.example, a variable is a line like #NAME=value
  END {
    for (name in ENVIRON)
      if (!(name in known) && name !~ /^(COMPOSE|DOCKER|NGINX)_|_(proxy|PROXY)$|^(HOSTNAME|TERM)$/)
        print ".env: nothing reads " name ". All variables are in .env.example."
  }' /image.env /.env.example

echo "Open http://localhost:$HTTP_PORT"
