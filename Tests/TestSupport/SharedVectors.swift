@_spi(Generated) package import CountersignJSON
import Foundation

/// Published test vectors, read from a folder `shared/vectors` outside the package.
package enum SharedVectors {
    /// The folder of the vectors: in the folder that `COUNTERSIGN_SHARED` names, or else beside the package or further up.
    private static let folder: URL? = {
        if let path = ProcessInfo.processInfo.environment["COUNTERSIGN_SHARED"] {
            let named = URL(filePath: path).appending(path: "vectors")
            return FileManager.default.fileExists(atPath: named.path) ? named : nil
        }
        var parent = URL(filePath: #filePath)
        while parent.path != "/" {
            parent.deleteLastPathComponent()
            let candidate = parent.appending(path: "shared/vectors")
            if FileManager.default.fileExists(atPath: candidate.path) { return candidate }
        }
        return nil
    }()

    package static var areAvailable: Bool { folder != nil }

    /// Returns the root of a file of vectors, such as `rfc/rfc9449_examples`.
    package static func document(_ name: String) throws -> JSONNode {
        guard let folder else { throw CocoaError(.fileNoSuchFile) }
        return try JSONDocument(parsing: Array(Data(contentsOf: folder.appending(path: "\(name).json")))).root
    }
}
