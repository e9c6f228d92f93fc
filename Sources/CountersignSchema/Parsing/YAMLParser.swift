import CYAML

/// A parser that turns YAML into nodes.
///
/// It uses the events of libyaml instead of its loader: no alias is ever followed and no tag is ever resolved.
struct YAMLParser {
    /// A pointer, since libyaml keeps the address of the parser inside the parser.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let lines: SourceLines
    private let diagnostics: DiagnosticCollector
    /// The words that were removed before mappings, by the location of the bracket.
    private let removed: [SourceLocation: WordsBeforeForm]

    /// Ends parsing after an error that has been reported, or that can be removed from the text.
    private struct Stop: Error {
        var mistake: (words: WordsBeforeForm, line: Int)?
    }

    private static let maximumMistakes = 20

    /// Parses a file.
    ///
    /// The mistake `optional { … }` is a syntax error. It is reported, and the file is parsed again as it was meant, so that
    /// it does not hide the other errors.
    static func parse(_ bytes: [UInt8], diagnostics: DiagnosticCollector) -> SourceNode? {
        var bytes = bytes
        var removed: [SourceLocation: WordsBeforeForm] = [:]
        while true {
            let attempt = DiagnosticCollector(path: diagnostics.path)
            let lines = SourceLines(bytes)
            do throws(Stop) {
                let root = try parse(bytes, lines: lines, removed: removed, diagnostics: attempt)
                diagnostics.add(attempt)
                return root
            } catch {
                guard let (words, line) = error.mistake else {
                    diagnostics.add(attempt)
                    return nil
                }
                let start = SourceLocation(line: line, column: words.columns.words)
                diagnostics.error(start, words.message)
                guard removed.count < maximumMistakes else { return nil }
                let bracket = SourceLocation(line: line, column: words.columns.bracket)
                removed[bracket] = words
                for byte in lines.byte(at: start)..<lines.byte(at: bracket) { bytes[byte] = UInt8(ascii: " ") }
            }
        }
    }

    private static func parse(
        _ bytes: [UInt8],
        lines: SourceLines,
        removed: [SourceLocation: WordsBeforeForm],
        diagnostics: DiagnosticCollector
    ) throws(Stop) -> SourceNode {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            diagnostics.error(.start, "out of memory")
            throw Stop()
        }
        defer { yaml_parser_delete(parser) }
        let yaml = YAMLParser(parser: parser, lines: lines, diagnostics: diagnostics, removed: removed)
        return try bytes.withUnsafeBufferPointer { buffer throws(Stop) in
            yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            return try yaml.document()
        }
    }

    /// Parses the single document of the file.
    private func document() throws(Stop) -> SourceNode {
        var root: SourceNode?
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            switch event.type {
            case YAML_STREAM_END_EVENT:
                guard let root else {
                    diagnostics.error(.start, "the file is empty; expected 'client', 'server' and 'operations'")
                    throw Stop()
                }
                return root
            case YAML_STREAM_START_EVENT, YAML_DOCUMENT_END_EVENT:
                continue
            case YAML_DOCUMENT_START_EVENT:
                guard root == nil else {
                    diagnostics.error(
                        SourceLocation(event.start_mark),
                        "a schema file must contain a single document; this is a second one"
                    )
                    throw Stop()
                }
            default:
                root = try node(&event, depth: 0)
            }
        }
    }

    private func next() throws(Stop) -> yaml_event_t {
        var event = yaml_event_t()
        guard yaml_parser_parse(parser, &event) == 1 else {
            let mark = SourceLocation(parser.pointee.problem_mark)
            if parser.pointee.error != YAML_READER_ERROR,
                let words = WordsBeforeForm(in: lines[mark.line], before: mark.column)
            {
                throw Stop(mistake: (words, mark.line))
            }
            let error = YAMLSyntaxError(parser.pointee, lines: lines)
            diagnostics.error(error.location, error.message)
            throw Stop()
        }
        return event
    }

    /// Parses the node that starts with the event.
    private func node(_ event: inout yaml_event_t, depth: Int) throws(Stop) -> SourceNode {
        let start = SourceLocation(event.start_mark)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            reject(anchor: scalar.anchor, tag: scalar.tag, at: start)
            let style: SourceNode.Style =
                switch scalar.style {
                case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
                case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
                default: .plain
                }
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let end = SourceLocation(event.end_mark)
            return SourceNode(content: .scalar(.init(text: text, style: style, end: end)), location: start)
        case YAML_SEQUENCE_START_EVENT:
            reject(anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag, at: start)
            try check(depth, at: start)
            return SourceNode(content: .sequence(try elements(depth: depth)), location: start)
        case YAML_MAPPING_START_EVENT:
            reject(anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag, at: start)
            try check(depth, at: start)
            let entries = SourceNode.withoutDuplicates(try entries(depth: depth), diagnostics: diagnostics)
            let mapping = SourceNode(content: .mapping(entries), location: start)
            return removed[start]?.wrapping(mapping, at: start) ?? mapping
        case YAML_ALIAS_EVENT:
            diagnostics.error(start, "an alias ('*') is not allowed in a schema; repeat the value")
            let scalar = SourceNode.Scalar(text: "", style: .invalid, end: SourceLocation(event.end_mark))
            return SourceNode(content: .scalar(scalar), location: start)
        default:
            diagnostics.error(start, "expected a value")
            throw Stop()
        }
    }

    private func elements(depth: Int) throws(Stop) -> [SourceNode] {
        var elements: [SourceNode] = []
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            if event.type == YAML_SEQUENCE_END_EVENT { return elements }
            elements.append(try node(&event, depth: depth + 1))
        }
    }

    private func entries(depth: Int) throws(Stop) -> [SourceNode.Entry] {
        var entries: [SourceNode.Entry] = []
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            if event.type == YAML_MAPPING_END_EVENT { return entries }
            let key = try node(&event, depth: depth + 1)
            var valueEvent = try next()
            defer { yaml_event_delete(&valueEvent) }
            let value = try node(&valueEvent, depth: depth + 1)
            guard case .scalar(let scalar) = key.content else {
                diagnostics.error(key.location, "a key must be text, not \(key.kind)")
                continue
            }
            guard scalar.style != .plain || scalar.text != "<<" else {
                diagnostics.error(key.location, "a merge key ('<<') is not allowed in a schema; use 'includes'")
                continue
            }
            let name = SourceNode.Key(text: scalar.text, style: scalar.style, location: key.location)
            entries.append(SourceNode.Entry(key: name, value: value))
        }
    }

    private func reject(
        anchor: UnsafePointer<yaml_char_t>?,
        tag: UnsafePointer<yaml_char_t>?,
        at location: SourceLocation
    ) {
        if anchor != nil { diagnostics.error(location, "an anchor ('&') is not allowed in a schema") }
        if tag != nil { diagnostics.error(location, "a tag ('!') is not allowed in a schema") }
    }

    private func check(_ depth: Int, at location: SourceLocation) throws(Stop) {
        guard depth >= SourceDocument.Limit.depth else { return }
        diagnostics.error(location, "the file is nested more than \(SourceDocument.Limit.depth) levels deep")
        throw Stop()
    }
}
