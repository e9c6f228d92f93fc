// What generated code and its callers name without importing our other rooms.
@_exported @_spi(Generated) public import CountersignHTTP
@_exported @_spi(Generated) public import CountersignJSON
@_exported public import CountersignCrypto
