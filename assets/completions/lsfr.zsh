#compdef lsfr
# Completions of lsfr for zsh. lsfr itself says what fits.
_lsfr() {
    local -a lines values
    local line
    lines=("${(@f)$(command lsfr __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
    for line in "${(@)lines[2,-1]}"; do
        # What it is, a colon, what that means.
        line=${line//\\/\\\\}
        line=${line//:/\\:}
        values+=("${line/$'\t'/:}")
    done
    [[ -n $values ]] && _describe -V lsfr values
    case $lines[1] in
    files) _files ;;
    folders) _files -/ ;;
    esac
}

if [[ $funcstack[1] == _lsfr ]]; then
    _lsfr "$@"
else
    compdef _lsfr lsfr
fi
