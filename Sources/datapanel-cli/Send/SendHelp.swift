// SPDX-License-Identifier: Apache-2.0

/// What `datapanel send --help` says beyond the options.
enum SendHelp {
    static let discussion = """
        Objects are checked, put together into requests, and sent as they stand; what was \
        certainly not stored is sent again until delivery.timeout is over. A line that is no \
        object is told of with its number and offset, and the others go on. Files are read piece \
        by piece, so they may be of any size.

        With --resume a run notes beside each input, in FILE.datapanel, what was settled. The same \
        command once more sends the rest: also after it was killed, and what has grown since. What \
        was under way when a run was killed is sent again, and counts as stored twice perhaps. \
        Objects that failed are sent again, too, unless --dead-letter has kept them.

        The first Ctrl-C (or SIGTERM) ends the reading and leaves --grace seconds to what is under \
        way; the second one ends the process at once.

        Without a terminal on standard error, progress is a line each ten seconds.

        EXAMPLES:
          datapanel send alerts.ndjson --target name:Alert
          datapanel send *.ndjson.gz --target name:Alert --resume --ids ids.ndjson
          datapanel send alerts.json --target name:Alert --dry-run
          tail -F alerts.log | datapanel send --target name:Alert -f my.conf
          jq -c '.object // empty' dead.ndjson | datapanel send --target name:Alert

        EXIT STATUS:
          0  every object is stored
          1  some are not: they failed, were no objects, or were not sent
          2  the arguments, the settings or a file are wrong; nothing was sent
          3  nothing could be sent: not one object is stored

        ENVIRONMENT:
          DATAPANEL_ENDPOINT     the setting endpoint
          DATAPANEL_PROJECT_ID   the setting project.id
          DATAPANEL_...          and so on for each that `datapanel config` lists
        """
}
