# Completions of lsfr for bash. lsfr itself says what fits; this puts it in quotes where it has to be.
_lsfr() {
    local typed=${COMP_WORDS[COMP_CWORD]} beside='' line value escaped
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -z $beside ]]; then
            beside=$line
            continue
        fi
        value=${line%%$'\t'*}
        # Inside of quotes it stands as it is, elsewhere its blanks need a backslash.
        case $typed in
        [\"\']*) escaped=$value ;;
        *) printf -v escaped '%q' "$value" ;;
        esac
        if [[ $value == "$2"* || $escaped == "$2"* ]]; then
            COMPREPLY+=("$escaped")
        fi
    done < <(command lsfr __complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$2" 2>/dev/null)
    case $beside in
    files) compopt -o default 2>/dev/null ;;
    folders) compopt -o dirnames 2>/dev/null ;;
    esac
    if [[ ${COMPREPLY-} == *= ]]; then
        compopt -o nospace 2>/dev/null
    fi
}
complete -F _lsfr lsfr
