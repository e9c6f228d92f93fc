import Countersign
import PackageEverything6
import PackageNothing5
import PublicEverything6
import PublicNothing5

@main
struct Caller {
    static func main() async {
        do {
            try await LocalAPI().health()
            print("local: success")
        } catch {
            print("local: \(error.kind)")
        }
    }

    static func name(of id: PublicEverything6.StoreAPI.ProductID, in store: PublicEverything6.StoreAPI) async throws
        -> String
    {
        let urgent = store.options(.timeout(.seconds(5)))
        return try await urgent.getProduct(id: id).name
    }

    static func names(in store: PublicNothing5.StoreAPI) async throws -> [String] {
        var names: [String] = []
        for try await product in store.listProducts(pageSize: 5) { names.append(product.name) }
        return names
    }

    static func put(_ item: PackageEverything6.PackageStoreAPI.Item) async throws {
        try await PackageEverything6.PackageStoreAPI().putItem(id: item.id, body: item)
        _ = try await PackageNothing5.PackageStoreAPI().getItem(id: item.id)
    }

    static func other() async throws(OtherAPI.Failure) {
        try await OtherAPI().health()
    }
}
