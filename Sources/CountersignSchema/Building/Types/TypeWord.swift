/// The words and keys with which types are written.
enum TypeWord {
    static let scalars: [String: Scalar] = [
        "string": .string, "bool": .bool, "int": .int, "int32": .int32, "int64": .int64, "float": .float,
        "double": .double, "decimal": .decimal, "date": .date, "timestamp": .timestamp(.rfc3339), "uuid": .uuid,
        "url": .url, "bytes": .bytes, "json": .json, "file": .file,
    ]
    static let prefixes = ["optional", "nullable", "list", "map"]
    /// Type names of other languages, and the corresponding words here.
    static let foreign: [String: String] = [
        "integer": "int", "long": "int64", "boolean": "bool", "str": "string", "text": "string",
        "datetime": "timestamp", "date-time": "timestamp", "instant": "timestamp", "any": "json", "object": "json",
        "array": "list of …", "dictionary": "map of …", "binary": "bytes", "uri": "url", "guid": "uuid",
        "void": "nothing", "empty": "nothing", "none": "nothing",
    ]
    /// The keys of the long forms, exactly one of which defines the type.
    static let forms = [
        "type", "optional", "nullable", "list", "map", "enum", "wraps", "fields", "oneOf", "timestamp",
    ]
    /// The keys that refine a form.
    static let details = ["id", "includes", "others", "closed", "discriminator"]
    /// The maximum number of words of a type; longer ones are mistakes or hostile.
    static let maximumWords = 24
    /// The maximum nesting of long forms.
    static let maximumDepth = 12
}
