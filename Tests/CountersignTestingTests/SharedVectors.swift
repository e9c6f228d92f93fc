import CountersignJSON
import Foundation

/// The published test vectors, which lie in a folder `shared` beside the package and not in it.
enum SharedVectors {
    /// In `COUNTERSIGN_SHARED`, or in a folder `shared` beside this package or further up.
    static let folder: URL? = {
        if let path = ProcessInfo.processInfo.environment["COUNTERSIGN_SHARED"] {
            return URL(fileURLWithPath: path).appendingPathComponent("vectors")
        }
        var place = URL(fileURLWithPath: #filePath)
        while place.path != "/" {
            place.deleteLastPathComponent()
            let candidate = place.appendingPathComponent("shared/vectors")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    static var areAvailable: Bool { folder != nil }

    static func rfc(_ name: String) throws -> JSONDocument {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        return try JSONDocument(parsing: Array(Data(contentsOf: folder.appendingPathComponent("rfc/\(name).json"))))
    }
}
