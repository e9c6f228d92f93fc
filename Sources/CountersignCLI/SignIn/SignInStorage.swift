import Countersign
import CountersignOIDC
import CountersignSchema

/// The stored sign-ins of this machine: the sessions, and the DPoP keys in a separate directory.
struct SignInStorage {
    let store: FileTokenStore
    let keys: DPoPKeyStore

    /// Opens the stores, creating their directories and the encryption key if they are missing.
    ///
    /// - Parameter environment: The environment variables of the process.
    init(environment: [String: String]) throws(TokenStoreError) {
        let home = environment["HOME"] ?? "/"
        let own = environment["COUNTERSIGN_HOME"]
        let state = own ?? (environment["XDG_STATE_HOME"] ?? "\(home)/.local/state") + "/countersign"
        let configuration =
            own.map { "\($0)/config" } ?? (environment["XDG_CONFIG_HOME"] ?? "\(home)/.config") + "/countersign"
        let encryption: StoreEncryption =
            environment["COUNTERSIGN_STORE_KEY"] != nil
            ? try .aes256GCM(.environment("COUNTERSIGN_STORE_KEY")) : try .keyFile("\(configuration)/store-key")
        store = try FileTokenStore(directory: "\(state)/sessions", encryption: encryption)
        keys = try DPoPKeyStore(directory: "\(state)/keys", encryption: encryption)
    }
}
