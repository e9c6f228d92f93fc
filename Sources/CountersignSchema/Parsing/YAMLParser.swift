import CYAML

/// Reads YAML into nodes by libyaml's events, never by its loader: no alias is ever followed, no tag resolved.
struct YAMLReader {
    /// libyaml keeps a pointer to the parser inside it: it must not move.
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let bytes: [UInt8]
    private let diagnostics: Diagnostics

    /// A reason to stop that is already reported.
    private struct Stop: Error {}

    static func read(_ bytes: [UInt8], diagnostics: Diagnostics) -> SchemaNode? {
        let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
        defer { parser.deallocate() }
        guard yaml_parser_initialize(parser) == 1 else {
            diagnostics.error(.start, "out of memory")
            return nil
        }
        defer { yaml_parser_delete(parser) }
        let reader = YAMLReader(parser: parser, bytes: bytes, diagnostics: diagnostics)
        return bytes.withUnsafeBufferPointer { buffer in
            yaml_parser_set_input_string(parser, buffer.baseAddress, buffer.count)
            yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
            do throws(Stop) {
                return try reader.document()
            } catch {
                return nil
            }
        }
    }

    /// The one document of the file.
    private func document() throws(Stop) -> SchemaNode {
        var root: SchemaNode?
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            switch event.type {
            case YAML_STREAM_END_EVENT:
                guard let root else {
                    diagnostics.error(.start, "the file is empty; expected 'client', 'server', 'operations'")
                    throw Stop()
                }
                return root
            case YAML_STREAM_START_EVENT, YAML_DOCUMENT_END_EVENT:
                continue
            case YAML_DOCUMENT_START_EVENT:
                guard root == nil else {
                    diagnostics.error(
                        SourceLocation(event.start_mark),
                        "a schema file holds one document; this is a second"
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
            let problem = YAMLSyntaxProblem(parser.pointee, lines: SourceLines(bytes))
            diagnostics.error(problem.location, problem.message)
            throw Stop()
        }
        return event
    }

    /// The node that starts with the event.
    private func node(_ event: inout yaml_event_t, depth: Int) throws(Stop) -> SchemaNode {
        let start = SourceLocation(event.start_mark)
        switch event.type {
        case YAML_SCALAR_EVENT:
            let scalar = event.data.scalar
            refuse(anchor: scalar.anchor, tag: scalar.tag, at: start)
            let style: SchemaNode.Style =
                switch scalar.style {
                case YAML_SINGLE_QUOTED_SCALAR_STYLE, YAML_DOUBLE_QUOTED_SCALAR_STYLE: .quoted
                case YAML_LITERAL_SCALAR_STYLE, YAML_FOLDED_SCALAR_STYLE: .block
                default: .plain
                }
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            let end = SourceLocation(event.end_mark)
            return SchemaNode(content: .scalar(.init(text: text, style: style, end: end)), location: start)
        case YAML_SEQUENCE_START_EVENT:
            refuse(anchor: event.data.sequence_start.anchor, tag: event.data.sequence_start.tag, at: start)
            try check(depth, at: start)
            return SchemaNode(content: .sequence(try elements(depth: depth)), location: start)
        case YAML_MAPPING_START_EVENT:
            refuse(anchor: event.data.mapping_start.anchor, tag: event.data.mapping_start.tag, at: start)
            try check(depth, at: start)
            let entries = SchemaNode.withoutDuplicates(try entries(depth: depth), diagnostics: diagnostics)
            return SchemaNode(content: .mapping(entries), location: start)
        case YAML_ALIAS_EVENT:
            diagnostics.error(start, "an alias ('*') is not part of the schema language; write the value again")
            let scalar = SchemaNode.Scalar(text: "", style: .refused, end: SourceLocation(event.end_mark))
            return SchemaNode(content: .scalar(scalar), location: start)
        default:
            diagnostics.error(start, "expected a value")
            throw Stop()
        }
    }

    private func elements(depth: Int) throws(Stop) -> [SchemaNode] {
        var elements: [SchemaNode] = []
        while true {
            var event = try next()
            defer { yaml_event_delete(&event) }
            if event.type == YAML_SEQUENCE_END_EVENT { return elements }
            elements.append(try node(&event, depth: depth + 1))
        }
    }

    private func entries(depth: Int) throws(Stop) -> [SchemaNode.Entry] {
        var entries: [SchemaNode.Entry] = []
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
                diagnostics.error(key.location, "a merge key ('<<') is not part of the schema language; see 'includes'")
                continue
            }
            let name = SchemaNode.Key(text: scalar.text, style: scalar.style, location: key.location)
            entries.append(SchemaNode.Entry(key: name, value: value))
        }
    }

    private func refuse(anchor: UnsafePointer<yaml_char_t>?, tag: UnsafePointer<yaml_char_t>?, at place: SourceLocation)
    {
        if anchor != nil { diagnostics.error(place, "an anchor ('&') is not part of the schema language") }
        if tag != nil { diagnostics.error(place, "a tag ('!') is not part of the schema language") }
    }

    private func check(_ depth: Int, at place: SourceLocation) throws(Stop) {
        guard depth >= SchemaNode.Limit.depth else { return }
        diagnostics.error(place, "the file is nested deeper than \(SchemaNode.Limit.depth) levels")
        throw Stop()
    }
}
