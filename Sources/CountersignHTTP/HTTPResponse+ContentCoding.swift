extension HTTP.Response {
    /// The reason why the body cannot be read, if it is the content coding of the body; otherwise nil.
    ///
    /// Some servers name a coding and send plain JSON.
    package var contentCodingProblem: String? {
        guard let first = body.first, first != UInt8(ascii: "{"), first != UInt8(ascii: "["), let contentCoding else {
            return nil
        }
        return "the body has the content coding \(contentCoding), which was not asked for and cannot be decoded"
    }

    /// The content coding of the body, for error texts; nil if the body has none (RFC 9110 section 8.4).
    ///
    /// A coding that is not registered is not quoted: the server could repeat a credential there.
    private var contentCoding: String? {
        let codings = fields.values(for: .contentEncoding).flatMap { value in
            value.utf8.split { " \t,".utf8.contains($0) }.map { $0.map(\.asciiLowercased) }
        }
        guard let coding = codings.first(where: { !$0.elementsEqual("identity".utf8) }) else { return nil }
        let registered = ["br", "compress", "deflate", "gzip", "x-gzip", "zstd"]
        return registered.first { coding.elementsEqual($0.utf8) }.map { "'\($0)'" } ?? "of its Content-Encoding field"
    }
}
