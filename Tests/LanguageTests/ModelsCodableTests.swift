@_spi(Generated) import Countersign
import CountersignTesting
import Foundation
import Testing

@Suite("Models with Codable")
struct ModelsCodableTests {
    /// Checks that Foundation's coders encode and decode the same JSON as the generated code.
    private func check<Value: Codable & JSONCodable & Equatable>(_ type: Value.Type, _ text: String) throws {
        let value = try Value(text: text)
        let encoded = try JSONEncoder().encode(value)
        #expect(try JSONValue(text: String(decoding: encoded, as: UTF8.self)) == JSONValue(encoding: value))
        #expect(try JSONDecoder().decode(Value.self, from: encoded) == value)
        #expect(try JSONDecoder().decode(Value.self, from: Data(text.utf8)) == value)
    }

    @Test("Codable produces the same JSON as calls do")
    func sameJSON() throws {
        try check(
            ModelsAPI.Scalars.self,
            """
            {"text":"👍\\u0000","flag":true,"count":-1,"small":2,"large":9007199254740993,"ratio":0.1,"exact":1e300,\
            "price":12345678901234567890.12,"day":"2024-02-29","at":"1985-04-12T23:20:50.520Z",\
            "batch":"6ba7b810-9dad-11d1-80b4-00c04fd430c8","link":"https://example.com","data":"AAE=",\
            "any":[null,true,"a",{"b":1.5}]}
            """
        )
        try check(ModelsAPI.Patch.self, #"{"note":null,"level":9}"#)
        try check(ModelsAPI.Patch.self, "{}")
        try check([ModelsAPI.Shape].self, #"[{"kind":"square","side":1,"a":2},{"kind":"new","x":[]}]"#)
        try check([ModelsAPI.Level].self, "[1,2,3]")
        try check([ModelsAPI.Stock].self, #"["off","in-stock"]"#)
        try check([ModelsAPI.OrderID].self, "[9007199254740993]")
        try check([ModelsAPI.Moment].self, "[1700000000]")
        try check(ModelsAPI.Node.self, #"{"value":1,"next":{"value":2,"next":{"value":3}}}"#)
        try check(
            ModelsAPI.Order.self,
            #"{"id":1,"created_at":"2024-01-01T00:00:00Z","deleted_at":null,"note":null,"old_ref":"r","z":{}}"#
        )
    }

    @Test("An invalid value is an error")
    func errors() {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(ModelsAPI.Stock.self, from: Data(#""x""#.utf8)) }
        #expect(throws: (any Error).self) { try JSONDecoder().decode(ModelsAPI.Node.self, from: Data("{}".utf8)) }
        #expect(throws: (any Error).self) { try JSONEncoder().encode(ModelsAPI.Circle(radius: .infinity)) }
    }

    @Test("Types with names of Swift and of the runtime are the schema's types")
    func names() async throws {
        let text = """
            {"date":{"self":"s","in":"i","hash_value":1,"json":null,"object":[],"tag":2},"data":"AAE=",\
            "of":{"value":"v","init":"i","Type":"t"}}
            """
        let transport = ScriptedTransport(.response(.json(text)), .response(.json(text, status: 500)))
        let client = ModelNamesAPI(apiKey: SecretValue("k"), runtime: ModelsExchange.runtime(transport))
        let error = ModelNamesAPI.Error(
            date: .init(self: "s", in: "i", hashed: 1, json: nil, object: [], tag: 2),
            data: .init(rawValue: Data([0, 1])),
            of: .init(value: "v", init: "i", type: "t")
        )
        #expect(try await client.error(body: error) == error)
        let request = try #require(transport.requests.first)
        #expect(String(decoding: request.body?.bytes ?? [], as: UTF8.self) == text)
        #expect(request.fields["X-Key"] == "k")
        try check(ModelNamesAPI.Error.self, text)
        try check(ModelNamesAPI.Secret.self, #"{"of kind":"self","of":{"value":"v"}}"#)
        try check(ModelNamesAPI.Secret.self, #"{"of kind":"init","value":"v"}"#)
        try check(
            ModelNamesAPI.JSONValue.self,
            #"{"value":[1],"level":2,"optional":"some","when":"2024-01-01T00:00:00Z"}"#
        )
        #expect(try ModelNamesAPI.JSONValue(text: #"{"value":1}"#).optional == ModelNamesAPI.Optional.none)
    }
}
