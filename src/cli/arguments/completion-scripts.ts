// The completion of each shell: asks the command of the line, so that `./dev` and `devdeck` both know the
// services of the project one is in. Where nothing fits, the shell completes files.

import type { SHELLS } from './complete.ts';

export const COMPLETION_SCRIPTS: Readonly<Record<(typeof SHELLS)[number], string>> = {
  bash: `# devdeck completion for bash. In ~/.bashrc:  source <(devdeck completion bash)
_devdeck() {
  local IFS=$'\\n'
  COMPREPLY=($("$1" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null | cut -f 1))
}
complete -o default -F _devdeck devdeck dev`,
  zsh: `#compdef devdeck dev
# devdeck completion for zsh. In ~/.zshrc, after compinit:  source <(devdeck completion zsh)
_devdeck() {
  local -a candidates
  local line
  for line in "\${(@f)$("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    [[ -n $line ]] && candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
  done
  if (( $#candidates )); then _describe devdeck candidates; else _files; fi
}
compdef _devdeck devdeck dev`,
  fish: `# devdeck completion for fish:  devdeck completion fish > ~/.config/fish/completions/devdeck.fish
function __devdeck_complete
  set -l words (commandline -opc)
  set -l current (commandline -ct)
  $words[1] __complete -- $words[2..-1] "$current" 2>/dev/null
end
complete -c devdeck -a '(__devdeck_complete)'
complete -c dev -a '(__devdeck_complete)'`,
};
