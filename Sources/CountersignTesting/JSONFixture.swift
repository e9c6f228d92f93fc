public import Countersign

extension JSONDecodable {
    /// Creates a model from JSON text, as the client does with a response, for stubs and expectations in tests.
    ///
    /// ```swift
    /// let item = try CatalogAPI.Item(fixture: #"{"id": "it_1", "name": "Saw", "price": 24.90}"#)
    /// let items = try [CatalogAPI.Item](fixture: recorded)
    /// ```
    ///
    /// All models that a client receives can be created this way. Models that a client only sends have initializers.
    ///
    /// - Throws: ``JSONDecodingError`` if the text is not JSON or does not match the model.
    public init(fixture json: String) throws(JSONDecodingError) {
        try self.init(parsingJSON: Array(json.utf8))
    }
}
