#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# demo.sh FLAVOUR [AUTH]: sends the sample alerts to a local emulator, once from C and once from
# Python, and asks it what it holds. What happens here, a program of yours can do the same way.
#   token    calls carry a token
#   password calls carry a token that IAM gives for a password
#   aksk     calls are signed with access keys
#   default  the library finds keys by itself: here, those of the metadata service
source "$(dirname "$0")/common.sh"
need_command curl curl
need_command python3 python3
use_library "$1"
source scripts/emulator.sh

auth=${2:-token}
case $auth in
    token) ;;
    password)
        unset DATAPANEL_AUTH_TOKEN
        export DATAPANEL_AUTH=password DATAPANEL_AUTH_PASSWORD=emulator-password
        ;;
    aksk)
        unset DATAPANEL_AUTH_TOKEN
        export DATAPANEL_AUTH=aksk
        export DATAPANEL_AUTH_ACCESS_KEY=AKEXAMPLE DATAPANEL_AUTH_SECRET_KEY=SKEXAMPLE
        ;;
    default)
        unset DATAPANEL_AUTH_TOKEN DATAPANEL_AUTH_USER DATAPANEL_AUTH_DOMAIN
        # As on a server that has nothing else.
        unset "${!HUAWEICLOUD_SDK_@}"
        export DATAPANEL_AUTH=default HOME=$root/build/demo
        ;;
    *) fail "AUTH is token, password, aksk or default, not '$auth'" ;;
esac

mkdir -p build/demo
cp Tests/samples/alerts.ndjson build/demo/
alerts=build/demo/alerts.ndjson
lines=$(wc -l <$alerts)
first_and_last() { sed -n -e '1,3p' -e '4s/.*/.../p' -e '$p'; }

say "The emulator listens at $emulator_url; auth = $auth."
say "" "C: build/examples/send_batch sends the $lines lines of $alerts;"
say "line, id and event id of each:"
build/examples/send_batch $alert_class $alerts | first_and_last

say "" "Python: python/examples/send_alerts.py sends them once more; id of each:"
PYTHONPATH=python/src python3 python/examples/send_alerts.py $alerts | first_and_last

stored=$(count_alerts)
say "" "The emulator's own search finds $stored alerts."
[[ $auth != password ]] || say "Its IAM gave $(count_tokens) tokens, one to each program."
[[ $stored == $((2 * lines)) ]] || fail "that should have been $((2 * lines))"
