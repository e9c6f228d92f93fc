// The fakes' declarations use these types: a test that imports CountersignTesting can name requests and responses, and
// write JSON as literals.
@_exported public import CountersignHTTP
@_exported public import CountersignJSON
