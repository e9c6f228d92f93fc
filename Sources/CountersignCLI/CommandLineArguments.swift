import CountersignSchema

/// An invalid command line.
struct UsageError: Error {
    let message: String
    let command: Command?

    init(_ message: String, _ command: Command?) {
        self.message = message
        self.command = command
    }
}

/// A parsed command line.
struct CommandLineArguments {
    private(set) var command: Command?
    private(set) var wantsHelp = false
    private(set) var operands: [String] = []
    /// The values of the options by name; empty for flags.
    private var values: [String: [String]] = [:]

    init(_ arguments: [String]) throws(UsageError) {
        var rest = arguments[...]
        if let first = rest.first, !first.hasPrefix("-") {
            guard let command = Command(rawValue: first) else { throw Self.unknownCommand(first) }
            self.command = command
            rest = rest.dropFirst()
        }
        while let word = rest.popFirst() {
            switch word {
            case "--":
                operands += rest
                return
            case "-h", "--help": wantsHelp = true
            case _ where word.hasPrefix("-"): try parseOption(word, &rest)
            default: operands.append(word)
            }
        }
    }

    /// Returns true if the command line contains an option.
    func has(_ option: CommandLineOption) -> Bool { values[option.name] != nil }

    subscript(_ option: CommandLineOption) -> String? { values[option.name]?.first }

    func all(_ option: CommandLineOption) -> [String] { values[option.name] ?? [] }

    private mutating func parseOption(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageError) {
        let name = String(word.prefix { $0 != "=" })
        let attached = name.count < word.count ? String(word.dropFirst(name.count + 1)) : nil
        let options = command?.options ?? []
        let known = options.first { $0.name == name } ?? options.first { $0.letter == word }
        guard let option = known else {
            let hint = NearestWord.suggestion(for: name, among: ["--help"] + options.map(\.name))
            throw UsageError("unknown option '\(name)'\(hint)", command)
        }
        guard let valueName = option.valueName else {
            if attached != nil { throw UsageError("option '\(name)' takes no value", command) }
            values[option.name] = []
            return
        }
        guard let value = attached ?? rest.popFirst(), !value.isEmpty else {
            throw UsageError("option '\(name)' requires \(valueName)", command)
        }
        if has(option), !option.isRepeatable { throw UsageError("option '\(option.name)' occurs twice", command) }
        values[option.name, default: []].append(value)
    }

    private static func unknownCommand(_ word: String) -> UsageError {
        let hint = NearestWord.suggestion(for: word, among: Command.allCases.map(\.rawValue))
        return UsageError("unknown command '\(word)'\(hint)", nil)
    }
}
