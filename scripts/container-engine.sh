#!/bin/sh
# The container engine of the tests, and the images that they run: made here, since no test may need a registry.
#   container-engine.sh         uses the engine that answers, or installs one (Debian, as root) and starts it; makes the images
#   container-engine.sh podman  starts Podman as well, at $TMPDIR/devdeck-container-engine/podman.sock, with the same images
#   container-engine.sh stop    ends the engines that this script started
# Installed are Debian's docker.io, and Compose 2 from the next Debian release, where it is one program without dependencies.
set -eu
state=${TMPDIR:-/tmp}/devdeck-container-engine
mkdir -p "$state"

give_up() {
  echo "container-engine: $1" >&2
  exit 1
}

stop() {
  for pid in "$state/pid" "$state/podman.pid"; do
    [ -s "$pid" ] || continue
    kill "$(cat "$pid")" 2>/dev/null || true
    rm -f "$pid"
  done
}

may_install() {
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1
}

install_engine() {
  missing=
  for pair in dockerd:docker.io containerd:containerd runc:runc iptables:iptables; do
    command -v "${pair%%:*}" >/dev/null 2>&1 || missing="$missing ${pair#*:}"
  done
  [ -n "$missing" ] || return 0
  apt-get update -qq >&2
  # shellcheck disable=SC2086  # RUNLEVEL=1: no service is started by its package
  RUNLEVEL=1 DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >&2
}

# A setting of apt's first source of packages: where they come from, in either of its two formats.
apt_uri() {
  cat /etc/apt/sources.list.d/*.sources /etc/apt/sources.list 2>/dev/null |
    sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' -e 's/^deb \(\[[^]]*\] \)*\([^ ]*\).*/\2/p' | head -1
}

install_compose() {
  HOME=/nonexistent docker compose version >/dev/null 2>&1 && return 0
  uri=$(apt_uri)
  index="$uri/dists/trixie/main/binary-$(dpkg --print-architecture)/Packages.xz"
  curl -fsS -o "$state/packages.xz" "$index"
  path=$(xz -dc "$state/packages.xz" | sed -n '/^Package: docker-compose$/,/^$/s/^Filename: //p')
  curl -fsS -o "$state/compose.deb" "$uri/$path"
  dpkg -x "$state/compose.deb" "$state/compose"
  mkdir -p /usr/libexec/docker/cli-plugins
  cp "$state/compose/usr/libexec/docker/cli-plugins/docker-compose" /usr/libexec/docker/cli-plugins/
  rm -rf "$state/packages.xz" "$state/compose.deb" "$state/compose"
}

start_engine() {
  # Neither overlay nor systemd can be counted on where tests run.
  setsid nohup dockerd --exec-opt native.cgroupdriver=cgroupfs --storage-driver=vfs \
    > "$state/dockerd.log" 2>&1 < /dev/null &
  echo $! > "$state/pid"
  for _ in $(seq 100); do
    docker version >/dev/null 2>&1 && return 0
    sleep 0.2
  done
  tail -5 "$state/dockerd.log" >&2
  give_up 'the engine did not start'
}

# Without limits of its own Podman asks for more than a machine of a CI may give; without systemd it has no cgroups of it.
start_podman() {
  command -v podman >/dev/null 2>&1 || apt-get install -y -qq --no-install-recommends podman catatonit containernetworking-plugins >&2
  cat > "$state/containers.conf" <<SETTINGS
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "cni"
SETTINGS
  CONTAINERS_CONF=$state/containers.conf setsid nohup podman --root "$state/podman" --runroot "$state/podman.run" \
    --storage-driver vfs system service --time=0 "unix://$state/podman.sock" > "$state/podman.log" 2>&1 < /dev/null &
  echo $! > "$state/podman.pid"
  host=unix://$state/podman.sock
  for _ in $(seq 100); do
    DOCKER_HOST=$host docker version >/dev/null 2>&1 && break
    sleep 0.1
  done
  for image in box:1 redis:1 postgres:2; do
    DOCKER_HOST=$host docker image inspect "localhost/devdeck/$image" >/dev/null 2>&1 ||
      docker save "devdeck/$image" | DOCKER_HOST=$host docker load >/dev/null
  done
}

# Copies programs into the image at $root, with the libraries they need.
copy_programs() {
  for program in "$@"; do
    mkdir -p "$root$(dirname "$program")"
    cp -L "$program" "$root$program"
    for library in $(ldd "$program" 2>/dev/null | sed -n 's/^[^/]*\(\/[^ ]*\) .*/\1/p'); do
      [ -e "$root$library" ] && continue
      mkdir -p "$root$(dirname "$library")"
      cp -L "$library" "$root$library"
    done
  done
}

# An image of busybox; what follows adds to it. $root is its folder.
begin_image() {
  root=$(mktemp -d)
  chmod 755 "$root"
  mkdir -p "$root/bin" "$root/etc" "$root/tmp" "$root/www"
  chmod 1777 "$root/tmp"
  cp "$(command -v busybox)" "$root/bin/busybox"
  for tool in $(busybox --list); do
    [ "$tool" = busybox ] || ln -s busybox "$root/bin/$tool"
  done
  echo 'root:x:0:0::/:/bin/sh' > "$root/etc/passwd"
  echo ok > "$root/www/index.html"
}

end_image() {
  name=$1
  shift
  tar -C "$root" -c . | docker import "$@" - "$name" >/dev/null
  rm -rf "$root"
}

has_image() {
  docker image inspect "$1" >/dev/null 2>&1
}

make_images() {
  command -v busybox >/dev/null 2>&1 || { may_install && apt-get install -y -qq --no-install-recommends busybox-static >&2; }
  if ! has_image devdeck/box:1; then
    begin_image
    end_image devdeck/box:1 -c 'CMD ["httpd","-f","-p","80","-h","/www"]' -c 'EXPOSE 80'
  fi
  if ! has_image devdeck/redis:1 && command -v redis-server >/dev/null 2>&1; then
    begin_image
    copy_programs "$(command -v redis-server)" "$(command -v redis-cli)"
    end_image devdeck/redis:1 -c 'EXPOSE 6379' -c 'CMD ["/usr/bin/redis-server","--protected-mode","no"]'
  fi
  postgres=$(ls -d /usr/lib/postgresql/*/ 2>/dev/null | head -1)
  if ! has_image devdeck/postgres:2 && [ -n "$postgres" ]; then
    begin_image
    for program in initdb postgres pg_isready psql; do copy_programs "$postgres/bin/$program"; done
    mkdir -p "$root$postgres/lib" "$root/usr/share/postgresql" "$root/var/lib/data" "$root/docker"
    cp "$postgres"/lib/dict_snowball.so "$postgres"/lib/plpgsql.so "$root$postgres/lib"
    cp -r "/usr/share/postgresql/$(basename "$postgres")" "$root/usr/share/postgresql/"
    [ ! -d /usr/share/zoneinfo ] || { mkdir -p "$root/usr/share/zoneinfo"; cp -rL /usr/share/zoneinfo/UTC "$root/usr/share/zoneinfo/"; }
    echo 'postgres:x:999:999::/var/lib/data:/bin/sh' >> "$root/etc/passwd"
    chown 999:999 "$root/var/lib/data"
    cat > "$root/docker/start" <<SCRIPT
#!/bin/sh
[ -s /var/lib/data/PG_VERSION ] || { ${postgres}bin/initdb -D /var/lib/data --auth=trust --locale=C --encoding=UTF8 -N && echo 'host all all all trust' >> /var/lib/data/pg_hba.conf; }
exec ${postgres}bin/postgres -D /var/lib/data -c listen_addresses='*' -c unix_socket_directories=/tmp -c fsync=off "\$@"
SCRIPT
    chmod 755 "$root/docker/start"
    end_image devdeck/postgres:2 -c 'EXPOSE 5432' -c 'USER postgres' -c 'VOLUME /var/lib/data' \
      -c "ENV PATH=${postgres}bin:/bin" -c 'CMD ["/docker/start"]'
  fi
}

if [ "${1:-}" = stop ]; then
  stop
  exit 0
fi
if ! docker version >/dev/null 2>&1; then
  may_install || give_up 'no engine answers, and only root on Debian can install one here'
  install_engine
  install_compose
  start_engine
fi
make_images
if [ "${1:-}" = podman ]; then
  may_install || give_up 'only root on Debian can start a Podman here'
  start_podman
fi
