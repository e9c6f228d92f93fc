import CountersignSchema

extension Response {
    /// The generated type: that of the body, or one with the header fields and the body; nil if there is neither.
    var value: TypeReference? { headers.isEmpty ? body : .named(name) }

    /// The properties by which responses of different operations are compared.
    struct Key: Equatable {
        var status: StatusPattern
        var content: Content
        var headers: [Field]
    }

    var key: Key { Key(status: status, content: content, headers: headers) }

    /// The factory method of `APIResponse` for this response.
    var reader: String { headers.isEmpty ? ".json" : ".headed" }
}
