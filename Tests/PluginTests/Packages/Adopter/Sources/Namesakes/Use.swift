import Countersign

/// The runtime's types, here as everywhere else with a module before them.
func store(key: Countersign.Secret) -> StoreAPI {
    StoreAPI(worker: .secret(id: "worker", .environment("STORE_SECRET")), subscription: key)
}

/// The program's own.
func own(_ secret: Secret, _ runtime: Runtime) {}
