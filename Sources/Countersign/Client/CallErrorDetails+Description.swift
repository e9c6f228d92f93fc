extension CallErrorDetails {
    /// `CatalogAPI.getItem failed (unexpectedStatus): GET /items/{id} at https://api.example.com: 404, the schema declares no
    /// such status; the API said 'not_found: no item has this identifier'`.
    var description: String {
        var text = "\(context.operation) failed (\(kind)): \(context.request)"
        if let status = response?.status { text += "\(status.rawValue), " }
        text += message
        if let response {
            let excerpt = ResponseExcerpt(of: response, in: context).text
            if !excerpt.isEmpty { text += "; \(excerpt)" }
        }
        if let tokenError { text += "; \(tokenError)" }
        return text
    }
}

extension CallContext {
    /// `GET /items/{id} at https://api.example.com: `, or nothing for an error of a stub.
    fileprivate var request: String {
        var text = ""
        if let template = operation.pathTemplate {
            text = "\(operation.method) \(template)"
        } else if server != nil {
            text = operation.method.rawValue
        }
        if let server { text += " at \(server)" }
        return text.isEmpty ? "" : text + ": "
    }
}
