#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# demo-restart.sh FLAVOUR: streams thousands of alerts to a local emulator, which is killed half way
# and started again: every object is reported once, none is lost, and copies are told of.
source "$(dirname "$0")/common.sh"
need_command curl curl
need_command sqlite3 sqlite3
use_library "$1"

lines=5000
work=build/demo-restart
rm -rf $work
mkdir -p $work
mkfifo $work/alerts
# Numbered, so that each can be told from the others.
for ((round = 0; round < lines / 200; round++)); do cat Tests/samples/alerts.ndjson; done |
    awk '{ sub(/^\{/, "{\"line\":" NR ","); print }' >$work/alerts.ndjson
emulator_options=(--db "$work/objects.db")
source scripts/emulator.sh
export DATAPANEL_BACKOFF_CAP=1s
say "The emulator listens at $emulator_url."

build/examples/stream $alert_class $work/unsent.ndjson <$work/alerts 2>$work/told &
stream=$!
exec {alerts}>$work/alerts
head -n $((lines / 2)) $work/alerts.ndjson >&"$alerts"
# wait_for COMMAND...: until it succeeds, for half a minute at the most.
wait_for() {
    local end=$((SECONDS + 30))
    until "$@"; do ((SECONDS < end)) || fail "waited in vain for: $*"; done
}
stored_some() { (($(count_alerts) > 0)); }
wait_for stored_some
kill -KILL "$emulator_pid"
wait "$emulator_pid" 2>/dev/null || true
before=$(sqlite3 $work/objects.db 'SELECT count(*) FROM objects')
say "It was killed when it held $before of the first $((lines / 2)) alerts."
tail -n +$((lines / 2 + 1)) $work/alerts.ndjson >&"$alerts"
exec {alerts}>&- # the end of the input
say "The other $((lines - lines / 2)) are handed over while it is down."
emulator_options+=(--port "${emulator_url##*:}")
start_emulator
status=0
wait $stream || status=$?

say "It was started again. The program says:" "$(tail -2 $work/told | sed 's/^/    /')"
rows=$(sqlite3 $work/objects.db 'SELECT count(*) FROM objects')
distinct=$(sqlite3 $work/objects.db 'SELECT count(DISTINCT object) FROM objects')
say "The emulator holds $rows objects, $distinct different ones."
marked=$(sed -n 's/^\([0-9]*\) of the stored may be there twice$/\1/p' $work/told)
[[ $status == 0 && ! -s $work/unsent.ndjson ]] || fail "it should have ended well: $(<$work/told)"
grep -qx "$lines lines: $lines stored, 0 failed" $work/told || fail "not all was reported as stored"
[[ $distinct == "$lines" ]] || fail "there should be $lines"
((rows - distinct <= ${marked:-0})) || fail "copies that nobody was told of"
say "Every alert was reported once, and is there; ${marked:-0} were said to be there twice perhaps."
