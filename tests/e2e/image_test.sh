#!/usr/bin/env bash
# Builds the container image, runs it as it is meant to run (read-only root, user 65532, no network but loopback) and calls it.
# The base is made by debootstrap, since no registry is assumed. The build stage is replaced by the programs of this build
# unless LINCHPIN_IMAGE_FULL=1, which compiles inside the image as deploy/Containerfile says.
# Usage: image_test.sh CHECKOUT BIN_DIR. Exit code 77: skipped, and why.
set -euo pipefail
checkout=$1 bin=$2

skip() { echo "SKIPPED: $*"; exit 77; }

# What the container file copies into its build stage is all that the build needs: it configures, and no input is missing.
copied=$(mktemp -d)
trap 'rm -rf "$copied"' EXIT
awk '/^FROM scratch/ { exit } /^COPY / && !/--from/ { for (i = 2; i < NF; i++) print $i, $NF }' "$checkout/deploy/Containerfile" |
  while read -r from to; do
    if [ -d "$checkout/$from" ]; then
      mkdir -p "$copied/$to" && cp -r "$checkout/$from/." "$copied/$to/"
    else
      mkdir -p "$copied/${to%/}" && cp "$checkout/$from" "$copied/${to%/}/"
    fi
  done
for step in "cmake --preset release" "cmake --build --preset release --target linchpind linchpin -- -n"; do
  (cd "$copied" && $step) >"$copied/log" 2>&1 || { tail -20 "$copied/log"; echo "FAILED: $step, with what deploy/Containerfile copies"; exit 1; }
done
echo "The build configures with what deploy/Containerfile copies."

[ "$(id -u)" -eq 0 ] || skip "building without root is not tried"
for tool in podman buildah runc debootstrap; do
  command -v "$tool" >/dev/null || skip "$tool is not installed (deploy/packages.txt, section image)"
done

folder=$(mktemp -d)
store=(--root "$folder/storage" --runroot "$folder/run")
cleanup() {
  podman "${store[@]}" rm -af >/dev/null 2>&1 || true
  podman "${store[@]}" rmi -af >/dev/null 2>&1 || true
  umount -R "$folder/storage" 2>/dev/null || true
  rm -rf "$folder" "$copied"
}
trap cleanup EXIT
export CONTAINERS_CONF=$folder/containers.conf
cat >"$CONTAINERS_CONF" <<'CONF'
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
podman "${store[@]}" info >/dev/null 2>&1 || skip "podman does not work on this machine"

build=(buildah "${store[@]}" bud --isolation=chroot --network=host -t localhost/linchpin -f "$checkout/deploy/Containerfile")
if [ "${LINCHPIN_IMAGE_FULL:-}" = 1 ]; then
  debootstrap --variant=minbase --include=ca-certificates bookworm "$folder/base" >/dev/null || skip "debootstrap reaches no mirror"
  tar -C "$folder/base" -c . | podman "${store[@]}" import - localhost/base >/dev/null
  "${build[@]}" --build-arg BASE=localhost/base "$checkout" >"$folder/build.log" 2>&1 || { tail -30 "$folder/build.log"; exit 1; }
else
  "$checkout/deploy/collect_runtime" "$bin" "$folder/context/runtime"
  "${build[@]}" --build-context "build=$folder/context" "$checkout" >"$folder/build.log" 2>&1 || { tail -30 "$folder/build.log"; exit 1; }
fi
size=$(podman "${store[@]}" image inspect localhost/linchpin --format '{{.Size}}')
echo "image: $((size / 1000000)) MB"

fail() { echo "FAILED: $*"; podman "${store[@]}" logs linchpin 2>&1 | tail -5; exit 1; }
[ "$(podman "${store[@]}" image inspect localhost/linchpin --format '{{.User}}')" = 65532:65532 ] || fail "the image does not name its user"
podman "${store[@]}" run --rm --read-only --network=none --entrypoint /bin/sh localhost/linchpin -c true >/dev/null 2>&1 && fail "there is a shell"

podman "${store[@]}" run -d --name linchpin --read-only --tmpfs /tmp --cap-drop ALL --security-opt no-new-privileges --network=none \
  localhost/linchpin --listen 127.0.0.1:50051 >/dev/null
call() { podman "${store[@]}" exec linchpin /usr/bin/linchpin --endpoint 127.0.0.1:50051 "$@"; }
for _ in $(seq 100); do call get vendors >/dev/null 2>&1 && break; sleep 0.2; done
podman "${store[@]}" exec -i linchpin /usr/bin/linchpin --endpoint 127.0.0.1:50051 apply -f - <<'YAML' || fail "apply"
apiVersion: linchpin/v1
kind: Vendor
name: vendors/inside
country: NO
YAML
call get vendors inside -o yaml | grep -E 'country: "?NO"?' >/dev/null || fail "what was applied is not there"
podman "${store[@]}" stop -t 40 linchpin >/dev/null
[ "$(podman "${store[@]}" inspect linchpin --format '{{.State.ExitCode}}')" = 0 ] || fail "it did not drain and end with 0"
echo "The image was built, runs read-only as user 65532 without a shell, answers and drains."
