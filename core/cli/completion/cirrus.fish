# SPDX-License-Identifier: MIT
# fish completion for cirrus: asked of the program itself, as in that for bash.

function __cirrus_commands
    cirrus help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'
end

function __cirrus_options
    set -l words (commandline -opc)
    cirrus help $words[2] 2>/dev/null | grep -o -e '--[a-z][a-z-]*' | sort -u
end

complete -c cirrus -n __fish_use_subcommand -f -a '(__cirrus_commands)'
complete -c cirrus -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__cirrus_options)'
complete -c cirrus -n '__fish_seen_subcommand_from run list' -f -a '(cirrus list --names 2>/dev/null)'
complete -c cirrus -l container-backend -x -a '(cirrus backends 2>/dev/null | sed -n "2,\${/^[a-z]/s/ .*//p;}")'
