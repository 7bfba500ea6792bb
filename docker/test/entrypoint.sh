#!/bin/bash
# Stands in for the entry point of the official image, in Debian's InfluxDB 1.6.7: users at the first start, then the server. The
# official one does the same with the same variables.
set -euo pipefail
folder=/var/lib/influxdb
if [ ! -e "$folder/made" ]; then
  INFLUXDB_HTTP_BIND_ADDRESS=127.0.0.1:8087 INFLUXDB_HTTP_AUTH_ENABLED=false influxd &
  own=$!
  say() {
    local body="q=$1"
    exec 3<> /dev/tcp/127.0.0.1/8087 || return 1
    printf 'POST /query HTTP/1.0\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s' "${#body}" "$body" >&3
    grep -q '"statement_id"' <&3
  }
  quoted() { printf '%s' "$1" | sed 's/+/%2B/g; s/&/%26/g'; }
  until say "CREATE DATABASE $INFLUXDB_DB" 2> /dev/null; do sleep 0.2; done
  say "CREATE USER $INFLUXDB_ADMIN_USER WITH PASSWORD '$(quoted "$INFLUXDB_ADMIN_PASSWORD")' WITH ALL PRIVILEGES"
  say "CREATE USER $INFLUXDB_READ_USER WITH PASSWORD '$(quoted "$INFLUXDB_READ_USER_PASSWORD")'"
  say "GRANT READ ON $INFLUXDB_DB TO $INFLUXDB_READ_USER"
  kill "$own"
  wait "$own" || true
  touch "$folder/made"
fi
exec "$@"
