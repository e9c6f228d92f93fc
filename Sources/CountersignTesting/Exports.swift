// What the fakes' own declarations speak of: a test that imports CountersignTesting can name requests and responses,
// and write JSON as literals.
@_exported public import CountersignHTTP
@_exported public import CountersignJSON
