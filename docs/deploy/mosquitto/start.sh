#!/bin/sh
# Starts Mosquitto in its container with the passwords of the environment, hashed.
set -eu
umask 077
passwords=/mosquitto/data/passwords
: "${MQTT_PASSWORD:?set MQTT_PASSWORD in .env}"
: "${SIMULATOR_PASSWORD:?set SIMULATOR_PASSWORD in .env}"
printf 'peakvolt:%s\nsimulator:%s\n' "$MQTT_PASSWORD" "$SIMULATOR_PASSWORD" > "$passwords"
# Devices: one `user:password` a line, kept out of this repository.
if [ -f /mosquitto/devices ]; then cat /mosquitto/devices >> "$passwords"; fi
mosquitto_passwd -U "$passwords"
exec mosquitto -c /mosquitto/config/mosquitto.conf
