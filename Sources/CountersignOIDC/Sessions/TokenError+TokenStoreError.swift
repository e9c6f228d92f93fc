import Countersign

extension TokenError {
    /// Creates the error that callers receive after a failure of the store.
    ///
    /// - Parameter consequence: The effect of the failure, if it is not obvious.
    init(_ error: TokenStoreError, consequence: String? = nil) {
        let message = consequence.map { "\($0): \(error)" } ?? "\(error)"
        switch error.kind {
        case .wrongKey, .insecure, .invalidName, .configuration: self.init(.configuration, message)
        case .cancelled: self.init(.cancelled, message)
        default: self.init(.storage, message)
        }
    }
}
