// SPDX-License-Identifier: Apache-2.0

/// Which of the stored objects a search asks for.
struct SearchBody: Equatable {
    static let limits = 1...10_000

    var limit = 100
    var offset = 0
    var newestFirst = false

    /// All of them, for programs that hold the emulator in process.
    static let everything: SearchBody = {
        var search = SearchBody()
        search.limit = .max
        return search
    }()

    init() {}

    /// Reads a search body; no body at all asks for the first page.
    ///
    /// What the emulator does not do (conditions, dates) it refuses: an answer that ignores half of
    /// the question would look like a right one.
    init(_ bytes: [UInt8]) throws(JSONError) {
        guard !bytes.isEmpty else { return }
        var reader = JSONReader(bytes)
        try reader.object { reader, name throws(JSONError) in
            _ = reader.kind()
            let start = reader.position
            func refuse(_ reason: String) -> JSONError { JSONError(offset: start, reason: reason) }
            switch name {
            case "limit":
                limit = try reader.integer()
                guard Self.limits ~= limit else { throw refuse("limit must be 1 to 10000") }
            case "offset":
                offset = try reader.integer()
                guard offset >= 0 else { throw refuse("offset must not be negative") }
            case "order":
                let order = try reader.string()
                guard order == "ASC" || order == "DESC" else {
                    throw refuse("order must be ASC or DESC")
                }
                newestFirst = order == "DESC"
            case "sort_by":
                guard try reader.string() == "create_time" else {
                    throw refuse("the emulator sorts by create_time only")
                }
            default:
                throw refuse("the emulator cannot search by \(name)")
            }
        }
        try reader.end()
    }
}
