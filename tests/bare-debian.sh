#!/usr/bin/env bash
# Proves that a clone works alone on a Debian that has nothing but git: makes such a system in a folder, clones this
# repository's HEAD into it, and runs `./dev` there. It installs nothing on the machine it runs on, and needs root and debootstrap.
# The certificates that this machine trusts are trusted there as well, by pip and npm too, so that it works behind a proxy that has its own.
#
#   tests/bare-debian.sh [--release NAME] [--keep] [--into FOLDER] [--mirror URL] [STEP...]
#
# Steps: deps, build, run (start, drop a photograph, fetch the result), test. Without any: run and test.
# --release NAME  bookworm (Debian 12, the default) or trixie (Debian 13)
# --into FOLDER   where the system is made, by default a new folder beneath $TMPDIR; one that exists already is used as it is
# --keep          leave the system there afterwards (with its mounts undone)
set -euo pipefail

repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
mirror=http://deb.debian.org
release=bookworm
folder=""
keep=no
steps=()
while (($#)); do
  case "$1" in
    --keep) keep=yes ;;
    --into) folder="$2"; shift ;;
    --release) release="$2"; shift ;;
    --mirror) mirror="$2"; shift ;;
    deps | build | run | test) steps+=("$1") ;;
    *) sed -n '2,13s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 2 ;;
  esac
  shift
done
((${#steps[@]})) || steps=(run test)
((EUID == 0)) || { echo "debootstrap and chroot need root" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "please install debootstrap" >&2; exit 2; }
[[ -n $folder ]] || folder=$(mktemp -d "${TMPDIR:-/tmp}/bare-debian.XXXXXX")

daemon=""
leave() {
  local status=$?
  trap - EXIT
  [[ -z $daemon ]] || kill "$daemon" 2>/dev/null || true
  for point in dev/shm dev/pts dev sys proc; do
    ! mountpoint -q "$folder/$point" || umount "$folder/$point" || umount -l "$folder/$point"
  done
  if [[ $keep == no ]]; then
    # --one-file-system: should a mount have survived, nothing beneath it is touched.
    rm -rf --one-file-system "$folder"
  fi
  exit "$status"
}
trap leave EXIT

if [[ ! -x $folder/usr/bin/git ]]; then
  echo "== a Debian ($release) with git and nothing else, in $folder"
  debootstrap --variant=minbase --include=git,ca-certificates "$release" "$folder" "$mirror/debian" >"$folder.log" 2>&1 ||
    { tail -20 "$folder.log"; exit 1; }
  rm -f "$folder.log"
  cat >"$folder/etc/apt/sources.list" <<SOURCES
deb $mirror/debian $release main
deb $mirror/debian $release-updates main
deb $mirror/debian-security $release-security main
SOURCES
fi
cp /etc/resolv.conf "$folder/etc/resolv.conf"
certificates=/etc/ssl/certs/ca-certificates.crt
cp "$certificates" "$folder$certificates"
mount -t proc proc "$folder/proc"
mount -t sysfs sys "$folder/sys"
mount -t tmpfs dev "$folder/dev" -o mode=755
mkdir -p "$folder/dev/shm" "$folder/dev/pts"
mount -t tmpfs shm "$folder/dev/shm" -o mode=1777
mount -t devpts pts "$folder/dev/pts" -o newinstance,ptmxmode=0666
for node in null:3 zero:5 full:7 random:8 urandom:9; do
  mknod -m 666 "$folder/dev/${node%:*}" c 1 "${node#*:}"
done
mknod -m 666 "$folder/dev/tty" c 5 0
ln -s pts/ptmx "$folder/dev/ptmx"
ln -s /proc/self/fd "$folder/dev/fd"
for number in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${number%:*}" "$folder/dev/${number#*:}"; done

# Each of these becomes the next one, so that a signal to the first arrives at what runs in the end.
enter=(chroot "$folder" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin TERM=dumb LANG=C.UTF-8
  PIP_CERT="$certificates" NODE_EXTRA_CA_CERTS="$certificates" npm_config_cafile="$certificates" /bin/bash -c)
inside() { "${enter[@]}" "cd /root && $1"; }

rm -rf "$folder/root/stepd" "$folder/root/stepd.bundle"
git -C "$repository" bundle create -q "$folder/root/stepd.bundle" HEAD
inside "git -c advice.detachedHead=false clone -q stepd.bundle stepd"
echo "== cloned $(git -C "$repository" rev-parse --short HEAD); installed: $(chroot "$folder" dpkg-query -f '.\n' -W | wc -l) packages"

port=$((20000 + RANDOM % 20000))
ask() { curl -sS --max-time 10 "$@"; }

run_step() {
  "${enter[@]}" "cd /root/stepd && exec ./dev run --listen 127.0.0.1:$port" &
  daemon=$!
  local deadline=$((SECONDS + 3600))
  until ask -f -o /dev/null "http://127.0.0.1:$port/health" 2>/dev/null; do
    kill -0 "$daemon" 2>/dev/null || { echo "./dev run ended"; exit 1; }
    ((SECONDS < deadline)) || { echo "./dev run did not answer within an hour"; exit 1; }
    sleep 1
  done
  echo "== it answers; a file is dropped into the inbox"
  # Any picture will do: 2 x 2 pixels of red.
  base64 -d >"$folder/root/stepd/data/buckets/uploads/first.png" <<<"$tiny_png"
  deadline=$((SECONDS + 60))
  until ask -f -o /dev/null "http://127.0.0.1:$port/images/uploads/first.png/status" 2>/dev/null; do
    ((SECONDS < deadline)) || { echo "no result within a minute"; exit 1; }
    sleep 1
  done
  ask "http://127.0.0.1:$port/images/uploads/first.png/status"
  echo
  kill "$daemon"
  wait "$daemon" || { echo "./dev run did not end well"; exit 1; }
  daemon=""
}
readonly tiny_png=iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAAFklEQVR4nGM8IafBwMDAxMDAwMDAAAANcgESOXKF8gAAAABJRU5ErkJggg==

for step in "${steps[@]}"; do
  echo "== ./dev $step"
  started=$SECONDS
  if [[ $step == run ]]; then run_step; else inside "cd stepd && ./dev $step"; fi
  echo "== ./dev $step: $((SECONDS - started)) s"
done
