import Foundation
import Testing
@Test func scratch() throws {
    for name in (ProcessInfo.processInfo.environment["SCRATCH"] ?? "").split(separator: ":") {
        let s = try generate(String(contentsOfFile: String(name), encoding: .utf8), fileName: "Scratch.client.yaml")
        try s.write(toFile: name + ".swift", atomically: true, encoding: .utf8)
    }
}
