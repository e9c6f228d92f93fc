extension SampleAPI {
    /// The files of a handwritten client of this API, with `Codable` models and a method for each operation.
    var handwritten: [String: String] {
        let imports =
            "import Foundation\n\n#if canImport(FoundationNetworking)\nimport FoundationNetworking\n#endif\n\n"
        var files = ["HandwrittenClient.swift": imports + Self.client, "Models.swift": imports]
        for type in types { files["Models.swift", default: ""] += type.handwritten + "\n\n" }
        // One file for each resource, as is common.
        for (identifier, operations) in Dictionary(grouping: operations, by: \.identifier) {
            let methods = operations.map(\.handwritten).joined(separator: "\n\n")
            files["\(identifier.dropLast(2))Calls.swift"] =
                imports + "extension HandwrittenClient {\n\(methods)\n}\n"
        }
        return files
    }

    /// The code that the methods of all operations share.
    private static let client = """
        struct HandwrittenClient: Sendable {
            var server = "https://api.example.com/v1"
            var session = URLSession.shared
            var token: @Sendable () async throws -> String

            func request(_ method: String, _ path: String, query: [String: String?] = [:]) throws -> URLRequest {
                guard var components = URLComponents(string: server + path) else { throw URLError(.badURL) }
                let items = query.compactMap { name, value in value.map { URLQueryItem(name: name, value: $0) } }
                if !items.isEmpty { components.queryItems = items.sorted { $0.name < $1.name } }
                guard let url = components.url else { throw URLError(.badURL) }
                var request = URLRequest(url: url)
                request.httpMethod = method
                request.setValue("application/json", forHTTPHeaderField: "Accept")
                return request
            }

            func encode(_ body: some Encodable, in request: inout URLRequest) throws {
                let encoder = JSONEncoder()
                encoder.keyEncodingStrategy = .convertToSnakeCase
                encoder.dateEncodingStrategy = .iso8601
                request.httpBody = try encoder.encode(body)
                request.setValue("application/json", forHTTPHeaderField: "Content-Type")
            }

            @discardableResult
            func data(for request: URLRequest, conflict: (any (Decodable & Error).Type)? = nil) async throws -> Data {
                var request = request
                request.setValue("Bearer \\(try await token())", forHTTPHeaderField: "Authorization")
                let (data, response) = try await session.data(for: request)
                guard let response = response as? HTTPURLResponse else { throw URLError(.badServerResponse) }
                if let conflict, response.statusCode == 409 { throw try Self.decoder.decode(conflict, from: data) }
                guard (200..<300).contains(response.statusCode) else {
                    throw try Self.decoder.decode(Fault.self, from: data)
                }
                return data
            }

            static var decoder: JSONDecoder {
                let decoder = JSONDecoder()
                decoder.keyDecodingStrategy = .convertFromSnakeCase
                decoder.dateDecodingStrategy = .iso8601
                return decoder
            }
        }

        extension Fault: Error {}

        """
}

extension SampleAPI.NamedType {
    fileprivate var handwritten: String {
        switch kind {
        case .wrapper:
            return "struct \(name): RawRepresentable, Codable, Hashable, Sendable {\n    var rawValue: String\n}"
        case .enumeration(let cases):
            let lines = cases.map { "    case \($0.camelCased) = \"\($0)\"" }.joined(separator: "\n")
            return "enum \(name): String, Codable, Hashable, Sendable {\n\(lines)\n}"
        case .fields(let fields):
            let more =
                (fields.first?.name == "id" ? ", Identifiable" : "") + (name.hasSuffix("Conflict") ? ", Error" : "")
            let lines = fields.map { "    var \($0.name.camelCased): \($0.type.handwritten)" }.joined(separator: "\n")
            return "struct \(name): Codable, Hashable, Sendable\(more) {\n\(lines)\n}"
        }
    }
}

extension SampleAPI.Operation {
    fileprivate var handwritten: String {
        let path = path.replacing("{id}", with: #"\(id.rawValue)"#)
        let entries = query.map { #""\#($0.name)": \#($0.queryText)"# }.joined(separator: ", ")
        let arguments = #""\#(method.uppercased())", "\#(path)""# + (query.isEmpty ? "" : ", query: [\(entries)]")
        let isChanged = body != nil || !headers.isEmpty
        var lines = ["\(isChanged ? "var" : "let") request = try request(\(arguments))"]
        for header in headers {
            lines.append(#"request.setValue(\#(header.name.camelCased), forHTTPHeaderField: "\#(header.name)")"#)
        }
        switch body {
        case .value: lines.append("try encode(body, in: &request)")
        case .fields(let fields):
            lines.append("struct Body: Encodable { \(fields.map { "var \($0.parameter)" }.joined(separator: "; ")) }")
            let values = fields.map { "\($0.name.camelCased): \($0.name.camelCased)" }.joined(separator: ", ")
            lines.append("try encode(Body(\(values)), in: &request)")
        case nil: break
        }
        let call = "try await data(for: request\(conflict.map { ", conflict: \($0).self" } ?? ""))"
        lines.append(output.map { "return try Self.decoder.decode(\($0.handwritten).self, from: \(call))" } ?? call)
        let result = output.map { " -> \($0.handwritten)" } ?? ""
        return """
                /// \(summary)
                func \(name)(\(parameters.joined(separator: ", "))) async throws\(result) {
            \(lines.map { "        " + $0 }.joined(separator: "\n"))
                }
            """
    }

    private var parameters: [String] {
        var parameters = hasIdentifier ? ["id: \(identifier)"] : []
        parameters += (query + headers).map { "\($0.parameter) = nil" }
        switch body {
        case .value(let type): parameters.append("body: \(type.handwritten)")
        case .fields(let fields): parameters += fields.map { "\($0.parameter) = nil" }
        case nil: break
        }
        return parameters
    }
}

extension SampleAPI.Field {
    fileprivate var parameter: String { "\(name.camelCased): \(type.handwritten)" }

    /// The expression for the text of an optional argument.
    fileprivate var queryText: String {
        let name = name.camelCased
        return switch type {
        case .optional(.named("string")): name
        case .optional(.named("int")), .optional(.named("bool")): "\(name).map { String($0) }"
        case .optional(.named("timestamp")): "\(name).map { $0.formatted(.iso8601) }"
        case .optional(.list): #"\#(name)?.joined(separator: ",")"#
        default: "\(name)?.rawValue"
        }
    }
}

extension SampleAPI.ValueType {
    private static let scalars = [
        "string": "String", "int": "Int", "bool": "Bool", "double": "Double", "decimal": "Decimal", "date": "String",
        "timestamp": "Date", "url": "URL", "uuid": "UUID",
    ]

    fileprivate var handwritten: String {
        switch self {
        case .named(let name): Self.scalars[name] ?? name
        case .optional(let type): "\(type.handwritten)?"
        case .list(let type): "[\(type.handwritten)]"
        case .map(let type): "[String: \(type.handwritten)]"
        }
    }
}
