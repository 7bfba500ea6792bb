#!/bin/sh
# Makes what is missing of the secrets docker-compose.yml asks for, in docker/secrets or the folder FANARI_SECRETS names; what is
# there stays as it is.
#   docker/make-secrets.sh [NAME OF THE MQTT SERVER]      default: this host's name
# The folder is its owner's alone. The files in it can be read by all, because containers read them as users of their own.
set -eu
secrets=${FANARI_SECRETS:-$(dirname "$0")/secrets}
umask 077
mkdir -p "$secrets"
cd "$secrets"

for name in admin-token influx-admin-password influx-read-password \
  grafana-admin-password grafana-hook-token automation-password automation-credential-secret smtp-password webhook-secret; do
  if [ ! -s "$name" ]; then
    openssl rand -base64 24 | tr -d '\n' > "$name"
    echo "made    $name"
  fi
done

# For a trial: devices have to be given ca.pem. In production put your own authority's chain and key here.
if [ ! -s mqtt-certificate.pem ] || [ ! -s mqtt-key.pem ]; then
  server=${1:-$(hostname)}
  openssl req -x509 -newkey rsa:2048 -nodes -days 825 -subj "/CN=Fanari trial authority" \
    -keyout ca-key.pem -out ca.pem 2> /dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$server" -keyout mqtt-key.pem -out mqtt-request.pem 2> /dev/null
  printf 'subjectAltName=DNS:%s,DNS:localhost,DNS:broker,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' "$server" > mqtt-extensions
  openssl x509 -req -in mqtt-request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 825 \
    -extfile mqtt-extensions -out mqtt-certificate.pem 2> /dev/null
  rm -f mqtt-request.pem mqtt-extensions
  echo "made    mqtt-certificate.pem for $server, signed by ca.pem"
fi
chmod 0700 .
chmod 0444 ./*
[ ! -e ca-key.pem ] || chmod 0400 ca-key.pem
