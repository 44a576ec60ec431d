# Answers `status`, `status --json`, `ensure` and `url SERVICE` without Node, and proves the names that complete.sh offers, from what the supervisor keeps in .devdeck/answers.BOOT.PID.TICKS
# (its format: src/main/session/answer-text.ts). Read by bin/devdeck, which asks Node whenever this returns, so every doubt
# returns. What Node proves is proven here: files of this user and no links, the boot, the root folder, and a supervisor that
# lives (pid, start time, user), works in the root and has said so within the last two seconds.
# Trap: a shell reads a byte at a time, so what came with a checkout could keep it busy for minutes. The name of the file says
# whose it is, and only that of a proven supervisor is read.
# Trap: a program costs as much as all the rest. Only `status --json`, `url` and a status on a terminal run one.

newline='
'
tab='	'

answer() {
  case "$#:$1" in
  1:ensure) kind=ensure ;;
  1:*) kind=table ;;
  2:url) kind=url ;;
  2:status | 2:ps) kind=json ;;
  *) return 1 ;;
  esac
  [ -z "${FORCE_COLOR-}" ] && prove || return 1
  from_file "$@" <"$answers"
}

# Sets `root` and `answers`, the file of the supervisor that is proven to live here.
prove() {
  [ -r /proc/uptime ] && find_root || return 1
  state=$root/.devdeck
  [ ! -h "$state" ] && [ -O "$state" ] && find_answers || return 1
  { read -r version <"$package/dist/version"; } 2>/dev/null
}

find_answers() {
  read -r boot </proc/sys/kernel/random/boot_id || return 1
  for answers in "$state/answers.$boot".*.*; do
    ticks=${answers##*.}
    pid=${answers%.*}
    pid=${pid##*.}
    case $pid.$ticks in
    *[!0-9.]* | .* | *.) continue ;;
    esac
    is_ours "$answers" && is_proven && return 0
  done
  return 1
}

# As config/find.ts does; `..` is the real parent, for any path of the shell.
find_root() {
  root=.
  until [ -f "$root/.project.config" ] || [ -f "$root/.devdeck/session.json" ]; do
    [ ! -e "$root/.project.config" ] && [ ! -h "$root/.project.config" ] && [ ! "$root" -ef / ] && [ -e "$root/.." ] || return 1
    case $root in
    .) root=.. ;;
    *) root=$root/.. ;;
    esac
  done
  [ ! -h "$root/.project.config" ]
}

is_ours() {
  [ -f "$1" ] && [ ! -h "$1" ] && [ -O "$1" ]
}

from_file() {
  read_head || return 1
  case $kind in
  table)
    if [ -t 1 ]; then fits_terminal || return 1; fi
    measure_uptimes
    if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-}" != dumb ]; then skip || return 1; fi
    collect || return 1
    ;;
  url)
    is_current && find_address "$2" && is_address_proven || return 1
    out=$url$newline
    ;;
  ensure)
    [ "$is_ready" = + ] && [ ! "$root/.project.config" -nt "$answers" ] || return 1
    skip && skip || return 1
    uptimes=
    collect || return 1
    ;;
  json)
    [ "$is_plain" = + ] && is_ours "$state/status.json" || return 1
    ;;
  esac
  # Node handles a reader that has ended, and a full disk.
  trap '' PIPE
  if [ "$kind" = json ]; then
    LC_ALL=C sed -e 's/^/{"schemaVersion":1,"data":/' -e 's/$/}/' "$state/status.json" 2>/dev/null && exit "$code"
  else
    [ "$kind" = table ] || code=0
    printf %s "$out" 2>/dev/null && exit "$code"
  fi
  trap - PIPE
  return 1
}

is_proven() {
  lives "$pid" "$ticks" && [ -O "/proc/$pid" ] && [ "/proc/$pid/cwd" -ef "$root" ]
}

lives() {
  { read -r line <"/proc/$1/stat"; } 2>/dev/null || return 1
  is_running "$2" ${line##*) }
}

read_head() {
  read -r name form its_version && [ "$name $form $its_version" = "devdeck 3 $version" ] || return 1
  read -r beat && read -r code is_ready is_plain && read -r base notes && read -r starts || return 1
  read -r config names && read -r actions && read -r urls || return 1
  case $beat.$code.$base in
  *[!0-9.]* | .* | *..* | *.) return 1 ;;
  esac
  case $starts in
  *[!0-9\ -]*) return 1 ;;
  esac
  read -r up line </proc/uptime || return 1
  up=${up%.*}${up#*.}
  [ $((up - beat)) -ge -10 ] && [ $((up - beat)) -le 200 ]
}

# The names and addresses are those of the config as it is on disk.
is_current() {
  [ "$config" = + ] && [ -f "$root/.project.config" ] || return 1
  [ ! "$root/.project.config" -nt "$answers" ] && [ ! "$root/.project.config.local" -nt "$answers" ]
}

# Sets `url`, `port` and `sockets` of a service. What the environment says over the config is read by Node.
find_address() {
  [ -z "${DEV_GRACE-}${GRACEFUL_TIMEOUT-}${DEV_PROBE_TIMEOUT-}${HEALTH_CHECK_TIMEOUT-}${KILL_EXISTING-}" ] || return 1
  wanted=$1
  set -f
  set -- $urls
  set +f
  while [ $# -ge 4 ]; do
    if [ "$1" = "$wanted" ]; then
      url=$2 port=$3 sockets=$4
      case $port,$sockets in
      *[!0-9A-F:,]*) return 1 ;;
      esac
      return 0
    fi
    shift 4
  done
  return 1
}

# Each socket is still held by the process of the service that the supervisor has seen with it, and nothing else listens on
# the port, by IPv4 or IPv6.
is_address_proven() {
  links=
  inodes=' '
  held=
  IFS=,
  for socket in $sockets; do
    inode=${socket%%:*}
    rest=${socket#*:}
    holder=${rest%%:*}
    rest=${rest#*:}
    links="$links,/proc/$holder/fd/${rest#*:}"
    inodes="$inodes$inode "
    held="$held $holder:${rest%:*}"
  done
  links=${links#,}
  unset IFS
  are_held && nothing_else_listens
}

are_held() {
  IFS=,
  shown=$newline$(ls -n $links 2>/dev/null)$newline
  set -- $links
  unset IFS
  rest=$inodes
  for link; do
    rest=${rest#* }
    case $shown in
    *" $link -> socket:[${rest%% *}]$newline"*) ;;
    *) return 1 ;;
    esac
  done
  for holder in $held; do lives "${holder%:*}" "${holder#*:}" || return 1; done
}

nothing_else_listens() {
  left=$inodes
  take_listeners /proc/net/tcp || return 1
  [ ! -e /proc/net/tcp6 ] || take_listeners /proc/net/tcp6 || return 1
  [ "$left" = ' ' ]
}

# Takes the sockets that listen on the port from `left`.
take_listeners() {
  read_listeners "$1" || return 1
  IFS=$newline
  set -- $table
  unset IFS
  for row; do
    case $row in
    *":$port "*) take "$row" || return 1 ;;
    esac
  done
}

# A table begins with all listeners: they are there when a row of another kind follows, or when it ends. To come to its end,
# the kernel searches its whole hash of connections, milliseconds for each read, so no more is read than may be needed.
read_listeners() {
  for blocks in 1 4 16; do
    table=$(dd if="$1" bs=3072 count=$blocks 2>/dev/null) && [ -n "$table" ] || return 1
    [ ${#table} -ge $((blocks * 3072 - 1)) ] || return 0
    table=${table%"$newline"*}
    set -- "$1" ${table##*"$newline"}
    [ "$5" = 0A ] || return 0
  done
  return 1
}

take() {
  set -- $1
  [ "${2#*:}" = "$port" ] && [ "$4" = 0A ] || return 0
  case $left in
  *" ${10} "*) left="${left%%" ${10} "*} ${left#*" ${10} "}" ;;
  *) return 1 ;;
  esac
}

# The start time is the 22nd word of the line, and the twentieth of those behind the name.
is_running() {
  wanted=$1
  shift
  case $1 in
  [ZXxTt]*) return 1 ;;
  esac
  # A name with a line end cuts the line short, and no shell survives to shift too far.
  [ $# -ge 20 ] || return 1
  shift 19
  [ "$1" = "$wanted" ]
}

# Lines below a row are wrapped for a terminal, which is left to Node, as is a table that is wider than it.
fits_terminal() {
  [ "$notes" = 0 ] || return 1
  { size=$(stty size <&5 2>/dev/null); } 5>&1 || return 1
  columns=${size#* }
  case $columns in
  '' | *[!0-9]* | 0) return 1 ;;
  esac
  [ $((base + 8)) -le "$columns" ]
}

# As formatDuration does, each of the same width; `uptimes` holds them, each with a line end.
measure_uptimes() {
  uptimes=UPTIME$newline
  width=6
  for start in $starts; do
    seconds=0
    [ "$start" = - ] || [ "$up" -le "$start" ] || seconds=$(((up - start) / 100))
    if [ "$start" = - ]; then
      text=–
    elif [ "$seconds" -lt 60 ]; then
      text=${seconds}s
    elif [ "$seconds" -lt 3600 ]; then
      in_two $((seconds / 60)) m $((seconds % 60)) s
    elif [ "$seconds" -lt 86400 ]; then
      in_two $((seconds / 3600)) h $((seconds % 3600 / 60)) m
    else
      in_two $((seconds / 86400)) d $((seconds % 86400 / 3600)) h
    fi
    [ ${#text} -le $width ] || [ "$start" = - ] || width=${#text}
    uptimes=$uptimes$text$newline
  done
}

in_two() {
  case $3 in
  ?) text="$1$2 0$3$4" ;;
  *) text="$1$2 $3$4" ;;
  esac
}

skip() {
  while IFS= read -r line; do
    [ "$line" != . ] || return 0
  done
  return 1
}

# One part of the file: what stands left and right of each uptime, and whole lines. It is whole when it ends with a dot.
collect() {
  out=
  while IFS= read -r line; do
    case $line in
    L*) left=${line#L} ;;
    R*)
      text=${uptimes%%"$newline"*}
      uptimes=${uptimes#*"$newline"}
      length=${#text}
      [ "$text" != – ] || length=1
      while [ "$length" -lt "$width" ]; do
        text=" $text"
        length=$((length + 1))
      done
      out=$out$left$text${line#R}$newline
      ;;
    N*) out=$out${line#N}$newline ;;
    .) return 0 ;;
    *) return 1 ;;
    esac
  done
  return 1
}
