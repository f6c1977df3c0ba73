#compdef badgectl
# SPDX-License-Identifier: LGPL-2.1-or-later
# zsh completion for badgectl(1)

_badgectl_providers() {
        local -a providers
        providers=(${(f)"$(badgectl status --json 2>/dev/null | tr '{,' '\n\n' |
                sed -n 's/^"name":"\([^"\\]*\)"$/\1/p')"})
        compadd -a providers
}

_badgectl() {
        local -a verbs=(
                'login:try a login'
                'status:show the daemon, its logins and its providers'
                'check:find out what is wrong with settings and providers'
                'token:print an access token of your own session'
                'logout:end the tokens of your own session'
                'userinfo:ask the provider who you are there'
                'api:make a request with your own access token'
                'help:print a summary, or more about a verb'
        )

        if (( CURRENT == 2 )); then
                _describe verb verbs
                _arguments '--help[print a summary]' '--version[print the version]'
                return
        fi
        local verb=$words[2]
        shift words
        (( CURRENT-- ))
        case $verb in
        login)
                _arguments '--browser[approve in a browser here]' \
                        '--provider[ask this provider]:provider:_badgectl_providers' \
                        '--json[print JSON]' '--help[print help]' '::account:_users'
                ;;
        token)
                _arguments '--min-lifetime[how long it has to count]:time:' \
                        '--header[print the whole header]' '--json[print JSON]' \
                        '--help[print help]'
                ;;
        logout)
                _arguments '--browser[end the browser session, too]' '--json[print JSON]' \
                        '--help[print help]'
                ;;
        api)
                _arguments '--json[print JSON]' '--help[print help]' '1:method:(GET HEAD POST PUT PATCH DELETE)' \
                        '2:address:'
                ;;
        status | userinfo)
                _arguments '--json[print JSON]' '--help[print help]'
                ;;
        check)
                _arguments '--json[print JSON]' '--help[print help]' \
                        '::provider:_badgectl_providers'
                ;;
        help)
                _arguments '1:verb:(login status check token logout userinfo api)'
                ;;
        esac
}

_badgectl "$@"
