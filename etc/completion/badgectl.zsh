#compdef badgectl
# SPDX-License-Identifier: LGPL-2.1-or-later
# zsh completion for badgectl(1)

# VERB|operand|OPTIONS|what it does. An operand is of a kind below, or =WORDS; an option with a value ends
# with =. Every verb has --json and --help, too.
_badgectl_rows='
login|account|--browser --provider=|try a login: show the code, wait, say who approved and what decided
status|||show the daemon, its logins and its providers (root)
check|provider||find out what is wrong with settings and providers (root)
log||--account= --service= --outcome= --since= --lines= --file= --verify|show the decisions of badged, or prove that none is missing
token||--min-lifetime= --header|print an access token of your own session
logout||--browser|end the tokens of your own session
link||--provider= --own-provider=|let one more identity of yours use your account
userinfo|||ask the provider who you are there
api|method||make a request with your own access token
rekey|||seal all that the daemon keeps with a new key (root)
account list|||list the accounts that badged knows
account show|known||show all that badged knows of an account
account lock|account||let nobody in to an account any more
account unlock|known||undo a lock
account forget|known||forget an account and whatever is its own
identity list|known||list identities, and who was refused an account
identity accept|identity||let an identity that was refused have the account
identity link|account||let one more identity use an account
identity unlink|identity||take the account away from an identity
factor enrol|=totp|--account= --name= --provider=|set up an authenticator app as your second factor
factor list|known|--all|list second factors: your own ones, or all
factor remove|factor|--all --provider=|remove a second factor
session list||--account= --all|list open sessions: your own ones, or all
session show|session||show all that badged knows of a session
session end|session|--account= --all|end sessions: badged forgets them and has their tokens revoked
ticket create|account|--service= --name= --once --lifetime=|make a ticket that opens an account
ticket list|known||list tickets
ticket revoke|ticket||revoke a ticket
throttle list|||list who failed to log in, and how long they have to wait
throttle clear|throttle||let somebody try again now
store status|||show how the store is and how much is in it
store accept|||let people in again after the store was damaged or put back (root)
'

# Names of providers and accounts, ids of what the daemon keeps, as far as it tells whoever asks: only of
# letters that no shell takes for its own.
_badgectl_listed() {
        badgectl "${@:2}" --json 2>/dev/null | tr '{},' '\n' |
                sed -n "s/^\"$1\":\"\([A-Za-z0-9._-]*\)\"\$/\1/p"
}

_badgectl_values() {
        local -a words
        case $1 in
        account) _users; return ;;
        known)
                words=(${(f)"$(_badgectl_listed account account list)"})
                (( $#words )) || { _users; return }
                ;;
        file) _files; return ;;
        provider) words=(${(f)"$(_badgectl_listed name status)"}) ;;
        service) words=(/etc/pam.d/*(N:t)) ;;
        \=*) words=(${=1#=}) ;;
        method) words=(GET HEAD POST PUT PATCH DELETE) ;;
        outcome) words=(granted denied expired refused unavailable throttled cancelled) ;;
        session | ticket | identity | factor | throttle) words=(${(f)"$(_badgectl_listed id $1 list)"}) ;;
        *) return 1 ;;
        esac
        compadd -a words
}

_badgectl() {
        local -a rows=(${(f)_badgectl_rows}) verbs nouns options part
        local row verb

        if (( CURRENT == 2 )) || [[ $words[2] == help && CURRENT -eq 3 ]]; then
                for row in $rows; do
                        part=("${(@s:|:)row}")
                        if [[ $part[1] == *' '* ]]; then
                                nouns+=(${part[1]%% *})
                        else
                                verbs+=("$part[1]:$part[4]")
                        fi
                done
                (( CURRENT == 2 )) && verbs+=('help:print a summary, or more about a noun or verb')
                _describe verb verbs
                compadd -a -- nouns
                (( CURRENT == 2 )) && compadd -- --help --version
                (( CURRENT == 3 )) && compadd -- --json
                return
        fi
        [[ $words[2] == help ]] && shift words && (( CURRENT-- ))
        for row in $rows; do
                part=("${(@s:|:)row}")
                if [[ $part[1] == "$words[2] "* && CURRENT -eq 3 ]]; then
                        verbs+=("${part[1]#* }:$part[4]")
                elif [[ $part[1] == $words[2] || $part[1] == "$words[2] $words[3]" ]]; then
                        options=(${=part[3]})
                        if (( $options[(Ie)$words[CURRENT-1]=] )); then
                                _badgectl_values ${words[CURRENT-1]#--}
                        elif [[ $words[CURRENT] == -* ]]; then
                                options=(${options%=} --json --help)
                                compadd -a -- options
                        else
                                _badgectl_values "$part[2]"
                        fi
                        return
                fi
        done
        (( $#verbs )) && _describe verb verbs
}

_badgectl "$@"
