#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# demo-spool.sh: hands alerts to `datapanel send` with a spool while the service is away, kills it,
# and starts it again once the service is back: every alert is there.
source "$(dirname "$0")/common.sh"
need_command curl curl
need_command sqlite3 sqlite3

lines=5000
work=build/demo-spool
rm -rf $work
mkdir -p $work
mkfifo $work/alerts
for ((round = 0; round < lines / 200; round++)); do cat Tests/samples/alerts.ndjson; done |
    awk '{ sub(/^\{/, "{\"line\":" NR ","); print }' >$work/alerts.ndjson
emulator_options=(--db "$work/objects.db")
source scripts/emulator.sh
kill -KILL "$emulator_pid"
wait "$emulator_pid" 2>/dev/null || true
say "The service at $emulator_url is away."

export DATAPANEL_SPOOL_PATH=$work/spool DATAPANEL_BACKOFF_CAP=1s
taken() { build/bin/datapanel spool list $work/spool 2>/dev/null | wc -l; }
build/bin/datapanel send --quiet --target $alert_class <$work/alerts 2>$work/told &
send=$!
exec {alerts}>$work/alerts # its input stays open: it waits for more
cat $work/alerts.ndjson >&"$alerts"
end=$((SECONDS + 30))
until (($(taken) == lines)); do ((SECONDS < end)) || fail "it took only $(taken) alerts"; done
kill -KILL $send
wait $send 2>/dev/null || true
exec {alerts}>&-
say "It took $lines alerts, and was killed with -9."
build/bin/datapanel spool check $work/spool | sed 's/^/    /'

emulator_options+=(--port "${emulator_url##*:}")
start_emulator
say "The service is back. The same command once more, with nothing to read:"
build/bin/datapanel send --target $alert_class - </dev/null 2>&1 | tail -1 | sed 's/^/    /'
rows=$(sqlite3 $work/objects.db 'SELECT count(*) FROM objects')
distinct=$(sqlite3 $work/objects.db 'SELECT count(DISTINCT object) FROM objects')
say "The emulator holds $rows objects, $distinct different ones; $(taken) are left in the spool."
[[ $distinct == "$lines" && $rows == "$lines" && $(taken) == 0 ]] ||
    fail "there should be $lines, and none left"
say "Every alert is there, once."
