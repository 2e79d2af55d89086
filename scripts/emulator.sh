# SPDX-License-Identifier: Apache-2.0
# For `source`: starts an emulator on a free port of this machine, and has it stop with the
# script. $emulator_url is its address; programs find it through their usual settings. What is in
# emulator_options before goes to its command line.

alert_class=9b1c3f60-7c1d-4e55-8a59-2b6f4a1d7e02

# start_emulator: starts it, once more if it has ended.
start_emulator() {
    local log=build/log/emulator-${0##*/}.log
    mkdir -p build/log
    exec {emulator_output}< <(exec build/bin/datapanel-emulator --port 0 \
        "${emulator_options[@]}" 2>"$log")
    emulator_pid=$!
    read -r -t 20 emulator_url <&"$emulator_output" && [[ $emulator_url == http://* ]] ||
        fail "the emulator did not start: $(cat "$log")"
    cat <&"$emulator_output" >>"$log" & # or it would stop when the pipe is full
}
[[ -n ${emulator_options+set} ]] || emulator_options=()
trap 'kill "$emulator_pid" 2>/dev/null; wait "$emulator_pid" 2>/dev/null || true' EXIT
start_emulator

export DATAPANEL_ENDPOINT=$emulator_url
export DATAPANEL_PROJECT_ID=0123456789abcdef0123456789abcdef
export DATAPANEL_WORKSPACE_ID=6f1f9a3e-58a2-4d0b-9a54-0d5b2f7e3c11
export DATAPANEL_AUTH_TOKEN=emulator-token
emulator_token=$DATAPANEL_AUTH_TOKEN
# For those who set DATAPANEL_AUTH, too.
export DATAPANEL_IAM_ENDPOINT=$emulator_url DATAPANEL_METADATA_ENDPOINT=$emulator_url
export DATAPANEL_AUTH_USER=emulator-user
export DATAPANEL_AUTH_DOMAIN=emulator-account

# count_alerts: how many alerts the emulator holds, by its own search.
count_alerts() {
    local route=v1/$DATAPANEL_PROJECT_ID/workspaces/$DATAPANEL_WORKSPACE_ID/soc/datapanel
    curl --silent --show-error --fail --max-time 10 --json '{"limit":1,"offset":0}' \
        -H "X-Auth-Token: $emulator_token" \
        "$emulator_url/$route/$alert_class/data-objects/search" |
        sed -n 's/.*"total" *: *\([0-9]*\).*/\1/p'
}

# count_tokens: how many tokens its IAM has given.
count_tokens() {
    curl --silent --show-error --fail --max-time 10 "$emulator_url/_emulator/stats" |
        sed -n 's/.*"good":\([0-9]*\).*/\1/p'
}
