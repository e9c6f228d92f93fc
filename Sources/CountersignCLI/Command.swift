/// What the tool can do.
enum Command: String, CaseIterable {
    case schema, validate

    /// One line for the list of commands.
    var summary: String {
        switch self {
        case .schema: "Write the JSON Schema of schema files, for editors"
        case .validate: "Report what is wrong with schema files"
        }
    }

    var usage: String {
        switch self {
        case .schema: "countersign schema [--output <file>]"
        case .validate: "countersign validate <file>..."
        }
    }

    /// What `--help` says of the command.
    var help: String {
        switch self {
        case .schema:
            """
            usage: \(usage)

            Writes the JSON Schema of the schema language to the standard output. Editors complete and check schema
            files by it; those that use yaml-language-server find it by a first line in the file:

                # yaml-language-server: $schema=client.schema.json

            Options:
                -o, --output <file>   Write to this file, which is replaced as a whole

            """
        case .validate:
            """
            usage: \(usage)

            Reads schema files as a build does, and reports every error and warning as compilers do, on the standard
            error: path:line:column: error: message. Files that end in '.json' are read as JSON, others as YAML.

            """
        }
    }

    static let overview = """
        usage: countersign <command> [<arguments>]

        Commands:
        \(allCases.map { "    \($0.rawValue.padded(to: 11))\($0.summary)\n" }.joined())
        'countersign <command> --help' says more about a command.

        """

    static let exitCodes = """

        Exit codes:
            0   all is well; there may be warnings
            1   a schema has an error
            2   the command line is wrong, or a file cannot be read or written

        """
}

extension String {
    fileprivate func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
}
