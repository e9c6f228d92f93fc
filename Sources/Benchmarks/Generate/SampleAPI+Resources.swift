extension SampleAPI {
    /// The resources of the API, each with ten operations and ten types.
    private static let resources = [
        "Invoice", "Customer", "Order", "Product", "Shipment", "Payment", "Refund", "Coupon", "Subscription", "Plan",
        "Warehouse", "Supplier", "Contract", "Ticket", "Employee", "Vehicle", "Route", "Device", "Sensor", "Report",
        "Campaign", "Message", "Contact", "Document", "Project", "Milestone", "Meeting", "Review", "License", "Dispute",
    ]

    static var full: SampleAPI {
        SampleAPI(
            types: sharedTypes + resources.flatMap(types),
            operations: resources.flatMap(operations)
        )
    }

    private static var sharedTypes: [NamedType] {
        [
            record("Fault", "code: string", "detail: optional string", "trace_id: optional uuid"),
            record("Money", "amount: decimal", "currency: string"),
            record(
                "PostalAddress",
                "lines: list of string",
                "city: string",
                "postal_code: optional string",
                "country: string"
            ),
        ]
    }

    private static func record(_ name: String, _ fields: String...) -> NamedType {
        NamedType(name: name, kind: .fields(fields.map(Field.init)))
    }

    private static func types(of resource: String) -> [NamedType] {
        [
            NamedType(name: "\(resource)ID", kind: .wrapper),
            NamedType(
                name: "\(resource)Status",
                kind: .enumeration(["draft", "active", "on_hold", "completed", "cancelled", "archived"])
            ),
            NamedType(
                name: "\(resource)Kind",
                kind: .enumeration(["standard", "express", "partner_managed", "internal_only"])
            ),
            record("\(resource)Conflict", "code: string", "current: \(resource)", "fields: list of string"),
            record(
                "\(resource)Party",
                "name: string",
                "email: optional string",
                "phone: optional string",
                "address: PostalAddress",
                "preferences: map of string"
            ),
            record(
                "\(resource)Line",
                "line_number: int",
                "sku: string",
                "quantity: int",
                "unit_price: Money",
                "discount: optional Money",
                "tags: list of string",
                "note: optional string"
            ),
            record(
                resource,
                "id: \(resource)ID",
                "display_name: string",
                "status: \(resource)Status",
                "kind: \(resource)Kind",
                "total: Money",
                "balance: optional Money",
                "owner: \(resource)Party",
                "watchers: list of \(resource)Party",
                "lines: list of \(resource)Line",
                "tags: list of string",
                "labels: map of string",
                "due_on: optional date",
                "is_locked: bool",
                "weight: optional double",
                "page_url: optional url",
                "created_at: timestamp",
                "updated_at: optional timestamp"
            ),
            record(
                "\(resource)Input",
                "display_name: string",
                "kind: \(resource)Kind",
                "total: Money",
                "owner: \(resource)Party",
                "lines: list of \(resource)Line",
                "tags: optional list of string",
                "labels: map of string",
                "due_on: optional date"
            ),
            record(
                "\(resource)Page",
                "items: list of \(resource)",
                "next_cursor: optional string",
                "total_count: int"
            ),
            record(
                "\(resource)Event",
                "event_id: uuid",
                "status: optional \(resource)Status",
                "actor: optional string",
                "changes: map of string",
                "occurred_at: timestamp"
            ),
        ]
    }

    private static func operations(on resource: String) -> [Operation] {
        let noun = resource.lowercased()
        let collection = "/\(noun)s"
        let whole = ValueType.named(resource)
        let input = ValueType.named("\(resource)Input")
        let line = ValueType.named("\(resource)Line")
        func make(_ name: String, _ summary: String, method: String, path: String) -> Operation {
            Operation(name: name, summary: summary, method: method, path: path, identifier: "\(resource)ID")
        }
        var list = make("list\(resource)s", "Lists the \(noun)s that match.", method: "get", path: collection)
        list.query = [
            "search: optional string", "status: optional \(resource)Status", "tags: optional list of string",
            "created_after: optional timestamp", "page_size: optional int", "cursor: optional string",
        ].map(Field.init)
        list.output = .named("\(resource)Page")
        list.isPaged = true
        var get = make("get\(resource)", "Fetches one \(noun).", method: "get", path: collection + "/{id}")
        get.query = [Field("expand: optional string")]
        get.headers = [Field("If-None-Match: optional string")]
        get.output = whole
        var create = make("create\(resource)", "Creates one \(noun).", method: "post", path: collection)
        (create.body, create.output, create.status, create.conflict) = (
            .value(input), whole, 201, "\(resource)Conflict"
        )
        create.headers = [Field("X-Request-Source: optional string")]
        var replace = make("replace\(resource)", "Replaces one \(noun).", method: "put", path: collection + "/{id}")
        (replace.body, replace.output, replace.conflict) = (.value(input), whole, "\(resource)Conflict")
        replace.headers = [Field("If-Match: optional string")]
        var update = make(
            "update\(resource)",
            "Changes some fields of one \(noun).",
            method: "patch",
            path: collection + "/{id}"
        )
        update.body = .fields(
            [
                "display_name: optional string", "status: optional \(resource)Status", "total: optional Money",
                "tags: optional list of string", "due_on: optional date",
            ].map(Field.init)
        )
        update.output = whole
        var delete = make("delete\(resource)", "Deletes one \(noun).", method: "delete", path: collection + "/{id}")
        delete.query = [Field("force: optional bool")]
        var lines = make(
            "list\(resource)Lines",
            "Lists one \(noun)'s lines.",
            method: "get",
            path: collection + "/{id}/lines"
        )
        lines.query = [Field("sku: optional string"), Field("limit: optional int")]
        lines.output = .list(line)
        var addLine = make(
            "add\(resource)Line",
            "Adds a line to one \(noun).",
            method: "post",
            path: collection + "/{id}/lines"
        )
        (addLine.body, addLine.output, addLine.status) = (.value(line), line, 201)
        var events = make(
            "list\(resource)Events",
            "Lists the events of one \(noun).",
            method: "get",
            path: collection + "/{id}/events"
        )
        events.query = [Field("since: optional timestamp"), Field("limit: optional int")]
        events.output = .list(.named("\(resource)Event"))
        var imports = make("import\(resource)s", "Creates many \(noun)s.", method: "post", path: collection + "/import")
        imports.query = [Field("dry_run: optional bool")]
        (imports.body, imports.output) = (.value(.list(input)), .list(whole))
        return [list, get, create, replace, update, delete, lines, addLine, events, imports]
    }
}
