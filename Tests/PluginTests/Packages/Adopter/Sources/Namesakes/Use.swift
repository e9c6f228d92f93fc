import Countersign

/// Types of the runtime, qualified with their module.
func store(key: Countersign.SecretValue) -> StoreAPI {
    StoreAPI(worker: .secret(id: "worker", .environment("STORE_SECRET")), subscription: key)
}

/// Types of the program.
func own(_ secret: Secret, _ runtime: Runtime) {}
