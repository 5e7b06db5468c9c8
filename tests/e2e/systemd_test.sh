#!/bin/sh
# The unit file is valid and hardened: systemd's own exposure score must stay at 2.0 or below (0 is best, 10 worst).
# Usage: systemd_test.sh UNIT_FILE
set -eu
command -v systemd-analyze >/dev/null || { echo "SKIPPED: systemd-analyze is not installed"; exit 77; }
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
# The program need not be installed where the test runs; everything else of the unit is checked as it is.
sed 's#/usr/bin/linchpind#/bin/true#' "$1" >"$folder/linchpind@.service"
cp "$folder/linchpind@.service" "$folder/linchpind@all.service"
systemd-analyze verify "$folder/linchpind@all.service"
systemd-analyze security --offline=true --threshold=20 "$folder/linchpind@all.service" | tail -1
