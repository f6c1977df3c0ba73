# SPDX-License-Identifier: LGPL-2.1-or-later
# fish completion for badgectl(1)

function __badgectl_providers
    badgectl status --json 2>/dev/null | tr '{,' '\n\n' | string replace -rf '^"name":"([^"\\\\]*)"$' '$1'
end

complete -c badgectl -f
complete -c badgectl -n __fish_use_subcommand -a login -d 'try a login'
complete -c badgectl -n __fish_use_subcommand -a status -d 'show the daemon, its logins and its providers'
complete -c badgectl -n __fish_use_subcommand -a check -d 'find out what is wrong with settings and providers'
complete -c badgectl -n __fish_use_subcommand -a token -d 'print an access token of your own session'
complete -c badgectl -n __fish_use_subcommand -a logout -d 'end the tokens of your own session'
complete -c badgectl -n __fish_use_subcommand -a userinfo -d 'ask the provider who you are there'
complete -c badgectl -n __fish_use_subcommand -a api -d 'make a request with your own access token'
complete -c badgectl -n __fish_use_subcommand -a help -d 'print a summary, or more about a verb'
complete -c badgectl -n __fish_use_subcommand -l version -d 'print the version'
complete -c badgectl -l help -d 'print help'
complete -c badgectl -n '__fish_seen_subcommand_from login status check token logout userinfo api help' -l json -d 'print JSON'
complete -c badgectl -n '__fish_seen_subcommand_from login' -l browser -d 'approve in a browser here'
complete -c badgectl -n '__fish_seen_subcommand_from logout' -l browser -d 'end the browser session, too'
complete -c badgectl -n '__fish_seen_subcommand_from login' -l provider -x -a '(__badgectl_providers)' -d 'ask this provider'
complete -c badgectl -n '__fish_seen_subcommand_from login' -a '(__fish_complete_users)'
complete -c badgectl -n '__fish_seen_subcommand_from token' -l min-lifetime -x -d 'how long it has to count'
complete -c badgectl -n '__fish_seen_subcommand_from token' -l header -d 'print the whole header'
complete -c badgectl -n '__fish_seen_subcommand_from api' -a 'GET HEAD POST PUT PATCH DELETE'
complete -c badgectl -n '__fish_seen_subcommand_from check' -a '(__badgectl_providers)'
complete -c badgectl -n '__fish_seen_subcommand_from help' -a 'login status check token logout userinfo api'
