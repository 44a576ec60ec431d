# Answers `__complete -- WORDS…` without Node, as src/cli/arguments/complete.ts does: from the words of the commands
# (words.sh), and the names of services and actions that a supervisor keeps and is proven for (answer.sh). Read by
# bin/devdeck, which asks Node whenever this returns: where nothing runs, the names are in the config.

offer() {
  shift 2
  read_words "$@" && choose || return 1
  match
  trap '' PIPE
  printf %s "$out" 2>/dev/null && exit 0
  trap - PIPE
  return 1
}

# The words before the last one: the command, how many others there are, and the option that waits for its value.
read_words() {
  first=${2+$1}
  command= pending= operands=0 number=0 elsewhere= foreign=
  before=$newline
  while [ $# -gt 1 ]; do
    case $1 in
    *"$newline"*) return 1 ;;
    -C | --project | -c | --config) elsewhere=+ ;;
    --) foreign=+ ;;
    esac
    number=$((number + 1))
    before=$before$1$newline
    read_word "$1"
    shift
  done
  current=${1-}
}

read_word() {
  if [ -n "$pending" ]; then
    pending=
    return
  fi
  case $1 in
  -*) find_value "$1" ;;
  *) { [ -z "$command" ] && [ "$operands" = 0 ] && find_command "$1"; } || operands=$((operands + 1)) ;;
  esac
}

# Sets `candidates`: a word, a tab and what it means in each line.
choose() {
  candidates=
  if [ "$first" = do ]; then
    case $number:$current in
    1:-*) ;;
    1:*)
      read_names || return 1
      name_all action '' $actions
      return
      ;;
    *) return 1 ;; # The parameters of an action are in the config.
    esac
  fi
  [ -z "$foreign" ] || return 0
  case $pending in
  '') ;;
  text) return 0 ;;
  ports)
    read_names || return 1
    name_all service = $names
    return
    ;;
  *)
    candidates=$pending
    return
    ;;
  esac
  case $current in
  -*)
    find_options
    candidates=$options$newline$global_options
    return
    ;;
  esac
  operand=services
  [ -z "$command" ] || find_operand
  [ -n "$command" ] || [ "$operands" != 0 ] || candidates=$commands$newline
  case $operand in
  services)
    read_names || return 1
    name_all service '' $names
    ;;
  commands) candidates=$commands ;;
  shells) candidates=$shells ;;
  esac
}

name_all() {
  meaning=$1
  end=$2
  shift 2
  for name; do candidates=$candidates$name$end$tab$meaning$newline; done
}

# In the folder that the line means.
read_names() {
  [ -z "$elsewhere" ] && prove && read_head <"$answers" && is_current
}

match() {
  out=
  IFS=$newline
  set -f
  for line in $candidates; do
    value=${line%%"$tab"*}
    case $value in
    "$current"*) ;;
    *) continue ;;
    esac
    case $before in
    *"$newline$value$newline"*) ;;
    *) out=$out$line$newline ;;
    esac
  done
  set +f
  unset IFS
}
