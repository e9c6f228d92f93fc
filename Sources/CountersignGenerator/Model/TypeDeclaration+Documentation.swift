import CountersignSchema

extension TypeDeclaration {
    /// The author's text about the type.
    var documentation: String? { DocumentationComment.text(description: description, deprecated: deprecated) }
}
