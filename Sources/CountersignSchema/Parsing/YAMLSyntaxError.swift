import CYAML

/// An error of libyaml, reworded to say what to do.
struct YAMLSyntaxError {
    var location: SourceLocation
    var message: String

    init(_ parser: yaml_parser_t, lines: SourceLines) {
        let problem = parser.problem.map { String(cString: $0) } ?? "unknown problem"
        if parser.error == YAML_READER_ERROR {
            location = lines.location(ofByte: parser.problem_offset)
            let isControl = problem == "control characters are not allowed"
            message = isControl ? "control characters are not allowed" : "the file is not valid UTF-8"
            return
        }
        location = SourceLocation(parser.problem_mark)
        let line = lines[location.line]
        let character = lines.rest(from: location).first
        switch problem {
        case "could not find expected ':'":
            location = SourceLocation(parser.context_mark)
            let text = String(String.UnicodeScalarView(lines.rest(from: location)))
            message = MissingSpace(in: text)?.message ?? "expected ': ' and a value after this key"
        case "mapping values are not allowed in this context":
            let before = String(String.UnicodeScalarView(lines[location.line - 1].drop { $0 == " " }))
            if let missing = MissingSpace(in: before) {
                location.line -= 1
                location.column = lines[location.line].prefix { $0 == " " }.count + 1
                message = missing.message
            } else {
                message = "unexpected second ': '; put text that contains ': ' in quotes, or check the indentation"
            }
        case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
            let start = line.prefix(location.column - 1).lastIndex { $0 == " " || $0 == "," }.map { $0 + 1 } ?? 0
            if character == "{", location.column - 1 > start, line[start] == "/" {
                location.column = start + 1
                let path = String(String.UnicodeScalarView(line[start...].prefix { $0 != " " && $0 != "," }))
                message = "put a path with braces in quotes, or use block form: \"\(path)\""
            } else {
                let closing = problem.hasSuffix("'}'") ? "}" : "]"
                let open = SourceLocation(parser.context_mark)
                message = "expected ',' or '\(closing)' for the bracket opened at \(open)"
            }
        case "found unexpected end of stream":
            location = SourceLocation(parser.context_mark)
            message = "missing closing quote"
        case "found character that cannot start any token":
            message =
                character == "\t"
                ? "a tab is not allowed as indentation; use spaces"
                : "a value cannot start with this character; put the text in quotes"
        default:
            message = Self.messages[problem] ?? "invalid YAML: \(problem)"
        }
    }

    private static let messages: [String: String] = [
        "did not find expected key": "expected a key; check the indentation and the brackets before it",
        "did not find expected '-' indicator": "expected '- ' as in the lines before; check the indentation",
        "did not find expected node content": "expected a value",
    ]
}

extension SourceLocation {
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}
