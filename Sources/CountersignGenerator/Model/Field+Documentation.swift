import CountersignSchema

extension Field {
    /// The author's text about the field.
    var documentation: String? { DocumentationComment.text(description: description, deprecated: deprecated) }
}
