import CountersignSchema

/// A command line that cannot be understood.
struct UsageProblem: Error {
    let message: String
    let command: Command?

    init(_ message: String, _ command: Command?) {
        self.message = message
        self.command = command
    }
}

/// The words of a command line, told apart.
struct CommandLineArguments {
    private(set) var command: Command?
    private(set) var wantsHelp = false
    private(set) var operands: [String] = []
    /// What stood after the options, by their names; nothing after switches.
    private var values: [String: [String]] = [:]

    init(_ arguments: [String]) throws(UsageProblem) {
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
            case _ where word.hasPrefix("-"): try take(word, &rest)
            default: operands.append(word)
            }
        }
    }

    /// Whether a switch was set.
    func has(_ option: CommandLineOption) -> Bool { values[option.name] != nil }

    subscript(_ option: CommandLineOption) -> String? { values[option.name]?.first }

    func all(_ option: CommandLineOption) -> [String] { values[option.name] ?? [] }

    private mutating func take(_ word: String, _ rest: inout ArraySlice<String>) throws(UsageProblem) {
        let name = String(word.prefix { $0 != "=" })
        let attached = name.count < word.count ? String(word.dropFirst(name.count + 1)) : nil
        let options = command?.options ?? []
        let known = options.first { $0.name == name } ?? options.first { $0.letter == word }
        guard let option = known else {
            let hint = NearestWord.suggestion(for: name, among: ["--help"] + options.map(\.name))
            throw UsageProblem("unknown option '\(name)'\(hint)", command)
        }
        guard let wanted = option.value else {
            if attached != nil { throw UsageProblem("'\(name)' takes no value", command) }
            values[option.name] = []
            return
        }
        guard let value = attached ?? rest.popFirst(), !value.isEmpty else {
            throw UsageProblem("'\(name)' needs \(wanted)", command)
        }
        if has(option), !option.repeats { throw UsageProblem("'\(option.name)' stands twice", command) }
        values[option.name, default: []].append(value)
    }

    private static func unknownCommand(_ word: String) -> UsageProblem {
        let hint = NearestWord.suggestion(for: word, among: Command.allCases.map(\.rawValue))
        return UsageProblem("'\(word)' is not a command\(hint)", nil)
    }
}
