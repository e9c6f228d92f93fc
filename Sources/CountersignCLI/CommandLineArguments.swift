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
    /// The file that `--output` names.
    private(set) var output: String?
    private(set) var operands: [String] = []

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
            case "-o" where command == .schema, "--output" where command == .schema:
                guard let file = rest.popFirst() else { throw UsageProblem("'\(word)' needs a file", command) }
                try setOutput(file)
            case _ where word.hasPrefix("--output=") && command == .schema:
                try setOutput(String(word.dropFirst("--output=".count)))
            case _ where word.hasPrefix("-"):
                let known = command == .schema ? ["--help", "--output"] : ["--help"]
                let option = String(word.prefix { $0 != "=" })
                let hint = NearestWord.suggestion(for: option, among: known)
                throw UsageProblem("unknown option '\(option)'\(hint)", command)
            default: operands.append(word)
            }
        }
    }

    private mutating func setOutput(_ file: String) throws(UsageProblem) {
        if output != nil { throw UsageProblem("'--output' stands twice", command) }
        if file.isEmpty { throw UsageProblem("'--output' needs a file", command) }
        output = file
    }

    private static func unknownCommand(_ word: String) -> UsageProblem {
        let hint = NearestWord.suggestion(for: word, among: Command.allCases.map(\.rawValue))
        return UsageProblem("'\(word)' is not a command\(hint)", nil)
    }
}
