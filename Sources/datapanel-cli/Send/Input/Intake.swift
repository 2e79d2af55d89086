// SPDX-License-Identifier: Apache-2.0
import Glibc

/// All inputs of a run, one after the other, and what earlier runs did with them.
final class Intake {
    struct Options {
        var paths: [String]
        var format = InputFormat.auto
        /// How long the text of an object may be.
        var limit: Int
        /// nil where runs are not resumed.
        var resume: Resume?

        struct Resume {
            var folder: String?
            var destination: String
        }
    }

    /// An input that was begun.
    struct Source {
        let name: String
        /// What a record of it is called; known for sure once there is one.
        var noun: String
        let resume: ResumeFile?
    }

    enum Next {
        case record(Record, source: Int)
        /// Nothing more at present.
        case dry
        case end
    }

    private let options: Options
    private(set) var sources: [Source] = []
    private var reader: RecordReader?
    private var nextPath = 0
    /// Whether the present input can be read without waiting.
    private var isReady = false
    /// Of the inputs that are done with.
    private var bytesBefore = 0
    private(set) var skipped = 0
    /// Tells of what cannot be read to its end; the others follow.
    private let complain: (String) -> Void
    private(set) var unreadable = 0
    /// Of all inputs; nil when one of them has no size.
    let size: Int?
    /// Of each input, where runs are resumed.
    private(set) var resumes: [ResumeFile] = []
    private var opened: [String: InputFile] = [:]

    init(_ options: Options, complain: @escaping (String) -> Void) throws {
        self.options = options
        self.complain = complain
        var sizes: [Int?] = []
        // Before anything is sent, so that a wrong name is found in time.
        for path in options.paths {
            let file = try InputFile(path)
            sizes.append(file.size)
            // There may be thousands, so files are opened one at a time; but what is no file, such
            // as a pipe, would not be the same when it is opened again.
            if file.size == nil { opened[path] = file }
            guard let resume = options.resume else { continue }
            resumes.append(
                try ResumeFile(
                    ResumeFile.path(of: path, in: resume.folder), for: file,
                    destination: resume.destination))
        }
        size = sizes.allSatisfy { $0 != nil } ? sizes.reduce(0) { $0 + ($1 ?? 0) } : nil
    }

    /// What is to be waited for when it is dry; nil when it can be read at any time.
    var descriptor: Int32? {
        guard let reader, reader.file.size == nil else { return nil }
        return reader.file.descriptor
    }

    /// After its descriptor was found readable.
    func noteReady() { isReady = true }

    /// How far the present input was read, unpacked.
    var readEnd: Int { reader?.readEnd ?? 0 }

    /// How much was read, as it lies on the disk.
    var readBytes: Int { bytesBefore + (reader?.file.readBytes ?? 0) }

    /// How much of what was read does not lie there as it is, as a factor.
    var packing: Double {
        guard let reader, reader.file.isPacked, reader.readEnd > 0 else { return 1 }
        return Double(reader.file.readBytes) / Double(reader.readEnd)
    }

    func next() throws -> Next {
        while true {
            guard let reader else {
                guard nextPath < options.paths.count else { return .end }
                try open(options.paths[nextPath])
                nextPath += 1
                continue
            }
            switch reader.next() {
            case .record(let record):
                let source = sources.count - 1
                if sources[source].noun.isEmpty {
                    sources[source].noun = reader.noun
                }
                if let resume = sources[source].resume,
                    resume.before.standing(record.start) == .settled
                {
                    skipped += 1
                    continue
                }
                return .record(record, source: source)
            case .dry:
                guard isReady else { return .dry }
                isReady = reader.file.size != nil
                fill(reader)
            case .end:
                close(reader)
            }
        }
    }

    /// Nothing else is read.
    func stop() {
        nextPath = options.paths.count
        if let reader { close(reader) }
    }

    private func open(_ path: String) throws {
        let file = try opened.removeValue(forKey: path) ?? InputFile(path)
        let reader = RecordReader(file, options.format, limit: options.limit)
        let resume = resumes.isEmpty ? nil : resumes[nextPath]
        isReady = file.size != nil
        self.reader = reader
        sources.append(Source(name: file.name, noun: "", resume: resume))
    }

    private func fill(_ reader: RecordReader) {
        do {
            try reader.fill()
        } catch {
            unreadable += 1
            complain("\(error)")
            close(reader)
        }
    }

    private func close(_ reader: RecordReader) {
        bytesBefore += reader.file.readBytes
        self.reader = nil
    }

    /// Where a record of the present input stands.
    func origin(_ record: Record, source: Int) -> Origin {
        origin(source, record.number, record.start)
    }

    func origin(_ source: Int, _ number: Int, _ offset: Int) -> Origin {
        Origin(
            file: sources[source].name, noun: sources[source].noun, number: number, offset: offset)
    }
}
