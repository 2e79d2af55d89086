// SPDX-License-Identifier: Apache-2.0

/// The conversation that rsyslog's omprog has with a program it feeds (`confirmMessages="on"`,
/// `useTransactions="on"`): each of its lines has an answer, and rsyslog keeps what was not
/// answered with "OK". Nothing else is ever answered: what fails is kept in the dead-letter file.
struct OmprogDialogue {
    private(set) var isInTransaction = false

    static let ready = "OK"
    static let begin = "BEGIN TRANSACTION"
    static let commit = "COMMIT TRANSACTION"

    enum Step: Equatable {
        /// Answer, and go on.
        case answer(String)
        /// Take the object, answer, and go on.
        case take(String)
        /// Take the object, and answer when everything has its outcome.
        case takeAndSettle
        /// Answer when everything has its outcome.
        case settle
    }

    mutating func step(_ line: UnsafeRawBufferPointer) -> Step {
        if line.elementsEqual(Self.begin.utf8) {
            isInTransaction = true
            return .answer(Self.ready)
        }
        if line.elementsEqual(Self.commit.utf8) {
            isInTransaction = false
            return .settle
        }
        return isInTransaction ? .take("DEFER_COMMIT") : .takeAndSettle
    }
}
