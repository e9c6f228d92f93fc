import Countersign
import CountersignOIDC
import CountersignSchema

/// Where sign-ins are kept on this machine: sessions, DPoP keys and the key that seals both, in a folder each.
struct SignInFolder {
    let store: FileTokenStore
    let keys: DPoPKeyStore

    /// - Parameter environment: The process' variables.
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
