// SPDX-License-Identifier: Apache-2.0

extension ServiceTime {
    /// As `answered`, and tells of a correction.
    mutating func answered(_ attempt: Attempt, to reading: Reading, log: Log) -> Bool {
        let before = ahead
        let isRenewed = answered(
            attempt.exchange.status, date: attempt.exchange.head.date, to: reading,
            now: Clock.seconds())
        if ahead != before {
            log.write(.warning, .retry) {
                """
                this machine's clock and the service's are \(abs(ahead)) s apart; set it. Calls \
                are signed with the service's time from here on
                """
            }
        }
        return isRenewed
    }
}
