import Store

@main
struct Till {
    static func main() {
        print("\(CatalogAPI.Item().name) \(OrdersAPI.Order().count)")
    }
}
