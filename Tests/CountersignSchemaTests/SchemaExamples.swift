/// Whole schemas that use the language as its documentation does.
enum SchemaExamples {
    static let catalog = #"""
        # yaml-language-server: $schema=../client.schema.json
        client: CatalogAPI
        description: The product catalogue.
        server: https://api.example.com/catalog/v1

        auth:
          clientCredentials:
            issuer: https://login.example.com           # metadata is discovered; or tokenEndpoint: https://…
            clientAuthentication: client_secret_basic   # client_secret_post, client_secret_jwt, private_key_jwt, none
            scopes: [catalog, inventory]
            resource: https://api.example.com/catalog   # RFC 8707; one or a list
            dpop: true                                  # RFC 9449; or { algorithm: ES256 }

        errors: { 4xx: Problem, 5xx: Problem }          # of every operation

        types:
          Problem: { fields: { code: ProblemCode, detail: optional string } }
          ProblemCode: { enum: [not_found, out_of_stock, rate_limited] }
          ItemID: { wraps: string }                     # a distinct Swift type
          Item:
            id: ItemID                                  # makes it Identifiable
            fields:
              name: string
              price: Money
              tags: { list: string, default: [] }
              released_on: optional date                # a calendar day
              updated_at: timestamp                     # a point in time, RFC 3339
              attributes: map of string
          Money: { fields: { amount: decimal, currency: string } }

        operations:
          getItem:
            get: /items/{id}
            summary: Fetches one item.
            path: { id: ItemID }
            headers: { If-None-Match: optional string }
            returns: Item

          listItems:
            get: /items
            query: { tag: optional string, page_size: optional int, cursor: optional string }
            returns: { fields: { items: list of Item, next_cursor: optional string } }
            paginate: { items: items, next: next_cursor, into: cursor }      # or linkHeader: true, or page: page_number

          createItem:
            post: /items
            scopes: [catalog.write]                     # scopes that the operation requires
            idempotencyKey: Idempotency-Key             # makes this POST safe to retry
            body: { fields: { name: string, price: Money, tags: { list: string, default: [] } } }
            returns: { 201: Item }
            errors: { 409: Problem }

          exportItems: { get: /items.csv, returns: { stream: text/csv } }
          health: { get: /health, auth: none, returns: nothing }
        """#

    static let notes = #"""
        client: NotesAPI
        server: https://notes.example.com/api

        auth:
          user:                                         # the name of a scheme; there can be several
            authorizationCode:
              issuer: https://login.example.com
              clientID: notes-web                       # may also be given at run time
              clientAuthentication: none                # a public client, with PKCE only
              scopes: [openid, notes.read, notes.write, offline_access]
              dpop: true
          service:
            clientCredentials: { issuer: https://login.example.com, clientAuthentication: private_key_jwt, scopes: [notes.admin] }
          default: user                                 # per operation: auth: service, auth: [user, service], auth: [user, none], auth: none

        types:
          NoteID: { wraps: string }
          Tag: { enum: [work, home], closed: true }
          Note: { id: NoteID, fields: { title: string, body: optional string, tags: list of Tag, updated_at: timestamp } }
          Shape:                                        # one of several types, identified by a field
            oneOf: { circle: Circle, square: Square }
            discriminator: kind
          Circle: { fields: { radius: double } }
          Square: { fields: { side: double } }

        operations:
          createNote: { post: /notes, body: { fields: { title: string, body: optional string } }, returns: { 201: Note } }
          attach:
            post: /notes/{note}/attachments
            path: { note: NoteID }
            multipart: { file: file, caption: optional string }      # streamed
            returns: { 201: { fields: { id: string, bytes: int } } }
          changes: { get: /notes/changes, query: { since: optional timestamp }, returns: { events: Note } }   # text/event-stream
          deleteNote:
            delete: /notes/{note}                       # a path with braces must be in block form or in quotes
            path: { note: NoteID }
            returns: nothing
          purge: { delete: /notes, auth: service, returns: nothing }
        """#

    static let orders = #"""
        client: OrdersAPI
        servers:                                        # the choice of a server selects its issuer
          production: { url: https://api.example.com/v1, issuer: https://login.example.com }
          sandbox: { url: https://api.sandbox.example.com/v1, issuer: https://login.sandbox.example.com }
        timeout: 30s
        auth:
          subscription: { apiKey: { header: Ocp-Apim-Subscription-Key } }
          worker: { clientCredentials: { clientAuthentication: private_key_jwt, scopes: [orders], tokenPerScopes: true } }
          default: worker and subscription              # both together; also auth: [worker and subscription, none]
        types:
          OrderID: { wraps: int64 }
          Level: { enum: { low: 1, high: 2 } }          # name: wire value
          Stock: { enum: { inStock: in-stock, gone: off } }
          Audit: { fields: { created_at: timestamp, deleted_at: nullable timestamp } }
          Ticket: { fields: { ticket: string } }
          Order:
            includes: [Audit]                           # copies the fields, like allOf
            id: OrderID
            fields:
              note: nullable string                     # the key is required, null is allowed
              expires: { timestamp: unixSeconds }       # rfc3339 (default), unixMilliseconds, httpDate
              secret: { type: string, only: request }
              state: { type: optional Stock, default: inStock, description: Where it is. }
              old_ref: { type: optional string, deprecated: Use id. }
              "@odata.etag": { type: optional string, swift: etag }
            others: json                                # additional properties
          OrderPatch: { fields: { note: optional nullable string } }   # absent, null or a value
        operations:
          search:
            get: /search
            query:
              ids: { type: optional list of int, style: comma }   # repeat (default), comma, space, pipe, brackets
              filter: { fields: { colour: optional string }, style: deepObject }
            headers: { X-Trace: { list: string } }                # comma-joined
            returns: list of Order
          login: { post: /login, auth: none, body: { form: { user: string, tag: list of string } }, returns: nothing }
          avatar: { put: /avatar, body: { raw: image/png }, server: https://upload.example.com, timeout: 5m, returns: nothing }
          start: { post: /jobs, body: Order, returns: { 200: Order, 202: Ticket, 204: nothing } }   # an enum by status; T + nothing is T?
          fetch:
            get: /orders/{id}
            path: { id: OrderID }
            headers: { If-None-Match: optional string }
            returns: { 200: { type: Order, headers: { ETag: optional string } }, 304: nothing }
          old: { get: /old, deprecated: Use search., returns: { 2xx: json } }
        """#
}
