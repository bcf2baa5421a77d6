# Completions of lsfr for fish. lsfr itself says what fits.
function __lsfr_complete
    set -l words (commandline -opc)
    set -l typed (commandline -ct)
    set -l lines (command lsfr __complete $words[2..-1] "$typed" 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path "$typed"
        case folders
            __fish_complete_directories "$typed"
    end
    test (count $lines) -gt 1; and string join \n -- $lines[2..-1]
end
complete -c lsfr -f -k -a '(__lsfr_complete)'
