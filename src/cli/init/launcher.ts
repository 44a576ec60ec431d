// The text of `./dev`, the project's own launcher: a file for the project's repository that finds devdeck wherever it is.
// Written for any POSIX shell. No path of this machine goes into it.

/** This marks a launcher of ours, of any version. */
export const LAUNCHER_MARK = 'devdeck launcher';

export const LAUNCHER = `#!/bin/sh
# Starts the development environment: ./dev, ./dev status, ./dev help.
# This ${LAUNCHER_MARK} takes the devdeck of node_modules, here or in a folder
# above, then the one on PATH, and npx when there is none.

self=$0
while [ -h "$self" ]; do
  target=$(readlink "$self")
  case $target in
  /*) self=$target ;;
  *) self=\${self%/*}/$target ;;
  esac
done
root=$(CDPATH='' cd -- "$(dirname -- "$self")" && pwd -P) || exit 1

# devdeck finds the project from the working directory upward. Called from elsewhere, it starts at this file.
case $(pwd -P)/ in
"$root"/*) ;;
*) cd -- "$root" || exit 1 ;;
esac

folder=$root
while :; do
  if [ -x "$folder/node_modules/.bin/devdeck" ]; then
    exec "$folder/node_modules/.bin/devdeck" "$@"
  fi
  [ -n "$folder" ] || break
  folder=\${folder%/*}
done
command -v devdeck >/dev/null && exec devdeck "$@"

if command -v npx >/dev/null; then
  echo 'dev: devdeck is not installed; npx fetches it. To install it once: npm install --save-dev devdeck' >&2
  exec npx devdeck "$@"
fi
echo 'dev: devdeck is not installed, and there is no npx to fetch it.' >&2
echo 'Next: install Node.js 22.13 or newer from https://nodejs.org, then: npm install --global devdeck' >&2
exit 127
`;
