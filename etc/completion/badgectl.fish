# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for badgectl(1)

# VERB|operand|OPTIONS|what it does. An operand is of a kind below, or =WORDS; an option with a value ends
# with =. Every verb has --json and --help, too.
set -g __badgectl_rows (string split -n \n '
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
')

# Names of providers and accounts, ids of what the daemon keeps, as far as it tells whoever asks: only of
# letters that no shell takes for its own.
function __badgectl_listed
    badgectl $argv[2..] --json 2>/dev/null | tr '{},' '\n' |
        string replace -rf "^\"$argv[1]\":\"([A-Za-z0-9._-]*)\"\$" '$1'
end

function __badgectl_values
    switch "$argv[1]"
        case account
            __fish_complete_users
        case known
            set -l known (__badgectl_listed account account list)
            if set -q known[1]
                printf '%s\n' $known
            else
                __fish_complete_users
            end
        case provider
            __badgectl_listed name status
        case service
            path basename /etc/pam.d/*
        case method
            printf '%s\n' GET HEAD POST PUT PATCH DELETE
        case outcome
            printf '%s\n' granted denied expired refused unavailable throttled cancelled
        case '=*'
            string split ' ' -- (string sub -s 2 -- $argv[1])
        case file
            __fish_complete_path (commandline -ct)
        case session ticket identity factor throttle
            __badgectl_listed id $argv[1] list
    end
end

# The verb on the command line, whole, or nothing.
function __badgectl_verb
    set -l words (commandline -opc)[2..]
    for row in $__badgectl_rows
        set -l verb (string split '|' $row)[1]
        if test "$verb" = "$words[1]" -o "$verb" = "$words[1] $words[2]"
            echo $row
            return
        end
    end
end

function __badgectl_complete
    set -l words (commandline -opc)[2..]
    set -l asks_help no
    if test "$words[1]" = help
        set asks_help yes
        set -e words[1]
        echo --json
    end
    set -l row (string split '|' -- (__badgectl_verb))
    if test $asks_help = no -a -n "$row[1]"
        set -l option $words[-1]
        if contains -- "$option=" (string split ' ' -- $row[3])
            __badgectl_values (string replace -- -- '' $option)
        else
            __badgectl_values "$row[2]"
            for option in (string split -n ' ' -- $row[3]) --json --help
                string replace = '' -- $option
            end
        end
        return
    end
    for row in $__badgectl_rows
        set -l part (string split '|' $row)
        set -l verb (string split ' ' $part[1])
        if test (count $words) -eq 0 -a (count $verb) -eq 1
            printf '%s\t%s\n' $verb $part[4]
        else if test (count $words) -eq 0
            echo $verb[1]
        else if test (count $words) -eq 1 -a (count $verb) -eq 2 -a "$verb[1]" = "$words[1]"
            printf '%s\t%s\n' $verb[2] $part[4]
        end
    end
    if test (count $words) -eq 0 -a $asks_help = no
        printf '%s\t%s\n' help 'print a summary, or more about a noun or verb' --help 'print a summary' --version 'print the version'
    end
end

complete -c badgectl -f -a '(__badgectl_complete)'
