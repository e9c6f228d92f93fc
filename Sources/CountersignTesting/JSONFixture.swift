public import Countersign

extension JSONDecodable {
    /// Makes a model out of JSON text, as the client does with an answer: for stubs and expectations of tests.
    ///
    /// ```swift
    /// let item = try CatalogAPI.Item(fixture: #"{"id": "it_1", "name": "Saw", "price": 24.90}"#)
    /// let items = try [CatalogAPI.Item](fixture: recorded)
    /// ```
    ///
    /// The models that a client receives can be made so. Those that it only sends have initialisers.
    ///
    /// - Throws: ``JSONSyntaxError`` where the text is no JSON, ``JSONDecodingError`` where it is another value.
    public init(fixture json: String) throws {
        self = try Self(json: JSONDocument(parsing: Array(json.utf8)).root)
    }
}
