/// A type that can be read from JSON and written as JSON.
@_spi(Generated)
public typealias JSONCodable = JSONDecodable & JSONEncodable
