/// The `resource` parameters (RFC 8707 section 2).
enum ResourceList {
    /// The resources, each an absolute URI that the client may ask for.
    static func read(
        _ form: FormParameters,
        client: FakeAuthorizationServer.Client
    ) throws(OAuthRefusal) -> [String] {
        let resources = form.values(for: "resource")
        for resource in resources {
            guard let colon = resource.firstIndex(of: ":"), colon != resource.startIndex, !resource.contains("#"),
                resource.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
            else {
                throw OAuthRefusal(
                    code: "invalid_target",
                    description: "a resource is not an absolute URI without fragment"
                )
            }
        }
        guard client.targets?.isSuperset(of: resources) ?? true else {
            throw OAuthRefusal(code: "invalid_target", description: "the client may not ask for this target")
        }
        return resources
    }
}
