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
                let path = Self.path(line[start...])
                message = "put a path with braces in quotes, or use block form: \"\(path)\""
            } else {
                let closing = problem.hasSuffix("'}'") ? "}" : "]"
                let open = SourceLocation(parser.context_mark)
                message =
                    "expected ',' or '\(closing)' for the bracket opened at \(open)"
                    + Self.comment(from: open, to: location, in: lines)
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

    /// Returns the path at the start of a text in flow form, without the brackets that end the form.
    private static func path(_ text: ArraySlice<Unicode.Scalar>) -> String {
        var openBrackets = 0
        let path = text.prefix { scalar in
            if scalar == "{" { openBrackets += 1 }
            if scalar == "}" { openBrackets -= 1 }
            return scalar != " " && scalar != "," && openBrackets >= 0
        }
        return String(String.UnicodeScalarView(path))
    }

    /// Returns a note about a comment between a bracket and the error, which may have been meant as text.
    private static func comment(from open: SourceLocation, to end: SourceLocation, in lines: SourceLines) -> String {
        // A hostile file could have its bracket at the start and its error at the end.
        for number in open.line...min(max(open.line, end.line), open.line + 10) {
            let line = lines[number]
            for index in line.indices.dropFirst() where line[index] == "#" && line[index - 1] == " " {
                let location = SourceLocation(line: number, column: index + 1)
                if location > open, location < end {
                    return "; '#' at \(location) starts a comment: put text that contains it in quotes"
                }
            }
        }
        return ""
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
