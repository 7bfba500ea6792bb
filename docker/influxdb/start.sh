#!/bin/bash
# The official image of InfluxDB 1.x, with its passwords from files. The image makes the users at the first start only.
#   start.sh            database `fanari`, an administrator for the follower, a reader for Grafana
#   start.sh --healthy  status 0 when it answers /ping
set -euo pipefail

if [ "${1:-}" = --healthy ]; then
  exec 3<> /dev/tcp/127.0.0.1/8086
  printf 'GET /ping HTTP/1.0\r\n\r\n' >&3
  read -r status <&3
  [[ $status == *' 204 '* ]]
  exit
fi

secret() {
  if [ ! -s "/run/secrets/$1" ]; then
    echo "fanari: the secret $1 is missing or empty: run docker/make-secrets.sh" >&2
    exit 1
  fi
  cat "/run/secrets/$1"
}

INFLUXDB_ADMIN_PASSWORD=$(secret influx-admin-password)
INFLUXDB_READ_USER_PASSWORD=$(secret influx-read-password)
export INFLUXDB_DB=fanari
export INFLUXDB_ADMIN_USER=fanari INFLUXDB_ADMIN_PASSWORD
export INFLUXDB_READ_USER=grafana INFLUXDB_READ_USER_PASSWORD
exec /entrypoint.sh influxd
