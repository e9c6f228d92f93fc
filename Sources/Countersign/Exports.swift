// The modules whose types appear in generated code and in the code that calls it.
@_exported @_spi(Generated) public import CountersignHTTP
@_exported @_spi(Generated) public import CountersignJSON
@_exported public import CountersignCrypto
