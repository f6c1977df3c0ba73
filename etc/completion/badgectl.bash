# SPDX-License-Identifier: LGPL-2.1-or-later
# bash completion for badgectl(1)

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
        case $1 in
        account) compgen -u -- "$2" ;;
        known)
                local known
                known=$(_badgectl_listed account account list)
                if [ -n "$known" ]; then compgen -W "$known" -- "$2"; else compgen -u -- "$2"; fi
                ;;
        provider) compgen -W "$(_badgectl_listed name status)" -- "$2" ;;
        service) compgen -W "$(find /etc/pam.d -maxdepth 1 -name "[A-Za-z]*" ! -name "*[!A-Za-z0-9._-]*" -printf "%f\n" 2>/dev/null)" -- "$2" ;;
        method) compgen -W 'GET HEAD POST PUT PATCH DELETE' -- "$2" ;;
        outcome) compgen -W 'granted denied expired refused unavailable throttled cancelled' -- "$2" ;;
        =*) compgen -W "${1#=}" -- "$2" ;;
        file) compgen -f -- "$2" ;;
        session | ticket | identity | factor | throttle)
                compgen -W "$(_badgectl_listed id "$1" list)" -- "$2"
                ;;
        esac
}

# The words that may follow those that are there: verbs and nouns, then the verbs of a noun.
_badgectl_verbs() {
        local noun=$1 verb
        while IFS='|' read -r verb _; do
                case $noun:$verb in
                :*) printf '%s\n' "${verb%% *}" ;;
                "${verb%% *}":*\ *) printf '%s\n' "${verb#* }" ;;
                esac
        done <<<"$_badgectl_rows" | sort -u
}

# The row of the verb that stands on the command line, to the right of its name.
_badgectl_row() {
        local verb rest
        while IFS='|' read -r verb rest; do
                if [ "$verb" = "$1 $2" ] || [ "$verb" = "$1" ]; then
                        printf '%s\n' "$rest"
                        return
                fi
        done <<<"$_badgectl_rows"
        return 1
}

_badgectl_reply() {
        mapfile -t COMPREPLY < <("$@")
}

_badgectl() {
        local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
        local first=${COMP_WORDS[1]} second=${COMP_WORDS[2]} row operands options

        COMPREPLY=()
        if [ "$COMP_CWORD" -eq 1 ]; then
                _badgectl_reply compgen -W "$(_badgectl_verbs '') help --help --version" -- "$cur"
        elif [ "$first" = help ]; then
                [ "$COMP_CWORD" -eq 2 ] && second=
                _badgectl_reply compgen -W "$(_badgectl_verbs "$second") --json" -- "$cur"
        elif [ "$COMP_CWORD" -eq 2 ] && [ -n "$(_badgectl_verbs "$first")" ]; then
                _badgectl_reply compgen -W "$(_badgectl_verbs "$first") --help" -- "$cur"
        elif row=$(_badgectl_row "$first" "$second"); then
                IFS='|' read -r operands options _ <<<"$row"
                case " $options " in
                *" $prev= "*) _badgectl_reply _badgectl_values "${prev#--}" "$cur" ;;
                *)
                        case $cur in
                        -*) _badgectl_reply compgen -W "${options//=/} --json --help" -- "$cur" ;;
                        *) _badgectl_reply _badgectl_values "$operands" "$cur" ;;
                        esac
                        ;;
                esac
        fi
}

complete -F _badgectl badgectl
