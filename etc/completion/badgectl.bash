# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for badgectl(1)

_badgectl_providers() {
        badgectl status --json 2>/dev/null | tr '{,' '\n\n' | sed -n 's/^"name":"\([^"\\]*\)"$/\1/p'
}

_badgectl_reply() {
        mapfile -t COMPREPLY < <(compgen "$@")
}

_badgectl() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} verb=${COMP_WORDS[1]}

        COMPREPLY=()
        if [ "$COMP_CWORD" -eq 1 ]; then
                _badgectl_reply -W 'login status check token logout userinfo api help --help --version' -- "$cur"
        elif [ "$prev" = --provider ]; then
                _badgectl_reply -W "$(_badgectl_providers)" -- "$cur"
        else
                case $verb:$cur in
                login:-*) _badgectl_reply -W '--browser --provider --json --help' -- "$cur" ;;
                login:*) _badgectl_reply -u -- "$cur" ;;
                token:*) _badgectl_reply -W '--min-lifetime --header --json --help' -- "$cur" ;;
                logout:*) _badgectl_reply -W '--browser --json --help' -- "$cur" ;;
                api:-*) _badgectl_reply -W '--json --help' -- "$cur" ;;
                api:*) _badgectl_reply -W 'GET HEAD POST PUT PATCH DELETE' -- "$cur" ;;
                status:* | userinfo:* | check:-*) _badgectl_reply -W '--json --help' -- "$cur" ;;
                check:*) _badgectl_reply -W "$(_badgectl_providers)" -- "$cur" ;;
                help:*) _badgectl_reply -W 'login status check token logout userinfo api' -- "$cur" ;;
                esac
        fi
}

complete -F _badgectl badgectl
