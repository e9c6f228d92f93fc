import CYAML

/// What libyaml could not read, in words that say what to do.
struct YAMLSyntaxProblem {
    var location: SourceLocation
    var message: String

    init(_ parser: yaml_parser_t, lines: SourceLines) {
        let problem = parser.problem.map { String(cString: $0) } ?? "not YAML"
        if parser.error == YAML_READER_ERROR {
            location = lines.location(ofByte: parser.problem_offset)
            let isControl = problem == "control characters are not allowed"
            message = isControl ? "a control character cannot stand in the file" : "the file is not UTF-8"
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
                message = "a second ': ' cannot stand here; put text with ': ' in quotes, or look at the indentation"
            }
        case "did not find expected ',' or '}'", "did not find expected ',' or ']'":
            let start = line.prefix(location.column - 1).lastIndex { $0 == " " || $0 == "," }.map { $0 + 1 } ?? 0
            if character == "{", location.column - 1 > start, line[start] == "/" {
                location.column = start + 1
                let path = String(String.UnicodeScalarView(line[start...].prefix { $0 != " " && $0 != "," }))
                message = "a path with braces stands in block form, or in quotes: \"\(path)\""
            } else {
                let closing = problem.hasSuffix("'}'") ? "}" : "]"
                let open = SourceLocation(parser.context_mark)
                message = "expected ',' or '\(closing)' for the bracket opened at \(open.line):\(open.column)"
            }
        case "found unexpected end of stream":
            location = SourceLocation(parser.context_mark)
            message = "these quotes do not close"
        case "found character that cannot start any token":
            message =
                character == "\t"
                ? "a tab cannot indent; use spaces" : "no value starts with this character; put the text in quotes"
        default:
            message = Self.reasons[problem] ?? "this is not YAML: \(problem)"
        }
    }

    private static let reasons: [String: String] = [
        "did not find expected key": "expected a key; look at the indentation and the brackets before it",
        "did not find expected '-' indicator": "expected '- ' as in the lines before; look at the indentation",
        "did not find expected node content": "expected a value",
    ]
}

/// `key:value`, which YAML reads as one text.
struct MissingSpace {
    let message: String

    init?(in text: String) {
        guard let colon = text.firstIndex(of: ":"), colon != text.startIndex else { return nil }
        let key = text[..<colon]
        let value = text[text.index(after: colon)...]
        guard let first = value.first, !first.isWhitespace, !value.hasPrefix("//") else { return nil }
        guard key.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" || $0 == "-" }) else { return nil }
        message = "a space is missing after ':'; write \(quoted("\(key): \(value)"))"
    }
}

extension SourceLocation {
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}
