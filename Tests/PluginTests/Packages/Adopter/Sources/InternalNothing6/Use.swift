import Countersign

func price(of id: String, in store: StoreAPI) async throws(StoreAPI.Failure) -> String {
    let product = try await store.getProduct(id: .init(rawValue: id))
    return product.name
}
