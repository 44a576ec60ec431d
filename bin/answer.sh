# Answers `status`, `status --json` and `ensure` without Node, and proves the names that complete.sh offers, from what the supervisor keeps in .devdeck/answers.BOOT.PID.TICKS
# (its format: src/main/session/answer-text.ts). Read by bin/devdeck, which asks Node whenever this returns, so every doubt
# returns. What Node proves is proven here: files of this user and no links, the boot, the root folder, and a supervisor that
# lives (pid, start time, user), works in the root and has said so within the last two seconds.
# Trap: a shell reads a byte at a time, so what came with a checkout could keep it busy for minutes. The name of the file says
# whose it is, and only that of a proven supervisor is read.
# Trap: a program costs as much as all the rest. Only `status --json` and a status on a terminal run one.

newline='
'
tab='	'

answer() {
  case "$#:$1" in
  1:ensure) kind=ensure ;;
  1:*) kind=table ;;
  *) kind=json ;;
  esac
  [ -z "${FORCE_COLOR-}" ] && prove || return 1
  from_file <"$answers"
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
    measure_uptimes "$@"
    if [ -t 1 ] && [ -z "${NO_COLOR-}" ] && [ "${TERM-}" != dumb ]; then skip || return 1; fi
    collect || return 1
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
  { read -r line <"/proc/$pid/stat"; } 2>/dev/null || return 1
  is_running "$ticks" ${line##*) } && [ -O "/proc/$pid" ] && [ "/proc/$pid/cwd" -ef "$root" ]
}

read_head() {
  read -r name form its_version && [ "$name $form $its_version" = "devdeck 2 $version" ] || return 1
  read -r beat && read -r code is_ready is_plain && read -r base notes && read -r starts || return 1
  read -r config names && read -r actions || return 1
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
