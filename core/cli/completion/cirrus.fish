# SPDX-License-Identifier: MIT
# fish completion for cirrus: the program itself is asked, as in that for bash.

function __cirrus_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    for line in (cirrus __complete -- $words[2..-1] $word 2>/dev/null)
        switch $line
            case :files
                __fish_complete_path $word
            case :directories
                __fish_complete_directories $word
            case '*'
                echo $line
        end
    end
end

complete -c cirrus -f -a '(__cirrus_complete)'
