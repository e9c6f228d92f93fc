extension FaultySchema {
    /// Errors in authorization.
    static let authorization: [FaultySchema] = [
        FaultySchema(
            "Names and combinations that no request can have",
            #"""
            client: A
            servers: { one: { url: https://a.example, issuer: https://i.example } }
            auth:
              server: bearer
              a: basic
              b: bearer
              c: { clientCredentials: { issuer: https://j.example } }
              default: a
            types: { Sendable: { fields: { id: string } } }
            operations:
              x: { get: /x, auth: a and b, returns: Sendable }
            """#,
            expected: [
                "4:3: error: the client's initializer already has a parameter 'server'; give the scheme another name",
                "7:37: error: each server has its own issuer; remove this one, which would apply to all of them",
                "9:10: error: a type of the client cannot be called 'Sendable'; choose another name with 'swift: …'",
                "11:23: error: two schemes of 'a and b' set the header Authorization, which a request has only once",
            ]
        ),
        FaultySchema(
            "An undeclared scheme",
            #"""
            client: A
            server: https://a.example
            auth: { user: bearer, key: { apiKey: { header: X-API-Key } } }
            operations:
              a: { get: /a, auth: usr, returns: nothing }
              b: { get: /b, auth: [user and kee, none], returns: nothing }
              c: { get: /c, auth: user key, returns: nothing }
              d: { get: /d, auth: [none, user], returns: nothing }
              e: { get: /e, auth: user and none, returns: nothing }
              f: { get: /f, auth: [user, user], returns: nothing }
              g: { get: /g, returns: nothing }
            """#,
            expected: [
                "5:23: error: the scheme 'usr' is not declared in 'auth'; did you mean 'user'?",
                "6:24: error: the scheme 'kee' is not declared in 'auth'; did you mean 'key'?",
                "7:23: error: expected 'and' between two schemes; write alternatives as a list: '[a, b]'",
                "8:30: error: 'none' is always possible, so later alternatives are never used; put 'none' last",
                "9:23: error: 'none' cannot be combined; write it as an alternative: '[a, none]'",
                "10:30: error: duplicate 'user' in 'auth'",
                "11:3: error: operation 'g' must say which scheme to use: write 'default: …' in 'auth', or 'auth: …' "
                    + "in each, with 'user' or 'key'",
            ]
        ),
        FaultySchema(
            "An unnamed scheme together with others",
            #"""
            client: A
            server: https://a.example
            auth:
              bearer: {}
              other: basic
            operations: {}
            """#,
            expected: [
                "5:3: error: 'bearer' is an unnamed scheme and must be the only one; give each scheme a name, as in "
                    + "'main: { bearer: … }'"
            ]
        ),
        FaultySchema(
            "Unknown kinds of schemes",
            #"""
            client: A
            server: https://a.example
            auth:
              a: oauth2
              b: { clientCredential: { issuer: https://l.example } }
              c: clientCredentials
              d: { bearer: {}, basic: {} }
              e: { apiKey: {} }
            operations: {}
            """#,
            expected: [
                "4:6: error: unknown scheme 'oauth2'; expected one of clientCredentials, authorizationCode, device, "
                    + "tokenExchange, token, bearer, basic, apiKey, none",
                "5:8: error: unknown kind of scheme 'clientCredential'; did you mean 'clientCredentials'?",
                "6:6: error: 'clientCredentials' requires parameters: write 'clientCredentials: { … }'",
                "7:3: error: scheme 'd' must have exactly one kind: 'clientCredentials', 'authorizationCode', "
                    + "'device', 'tokenExchange', 'token', 'bearer', 'basic' or 'apiKey'",
                "8:16: error: 'apiKey' must say where to send the key: '{ header: X-API-Key }' or '{ query: key }'",
            ]
        ),
        FaultySchema(
            "A literal secret",
            #"""
            client: A
            server: https://a.example
            auth:
              a: { clientCredentials: { issuer: https://l.example, clientSecret: hunter2 } }
              b: { bearer: eyJhbGciOi }
              c: { apiKey: { header: X-API-Key, value: abc } }
              d: { clientCredentials: { issuer: https://l.example, parameters: { client_secret: hunter2, tenant: acme } } }
              e: { clientCredentials: { issuer: "https://me:hunter2@l.example" } }
              default: a
            operations:
              get: { get: /a, headers: { X-API-Key: { type: string, default: hunter2 } }, returns: nothing }
            """#,
            expected: [
                "4:56: error: 'clientSecret' of 'clientCredentials': never put a secret in a schema; pass it to the "
                    + "client's initializer",
                "5:16: error: 'bearer': never put a secret in a schema; pass it to the client's initializer",
                "6:37: error: 'value' of 'apiKey': never put a secret in a schema; pass it to the client's initializer",
                "7:70: error: 'client_secret' of 'parameters': never put a secret in a schema; pass it to the "
                    + "client's initializer",
                "8:37: error: 'issuer' must not contain credentials; never put a secret in a schema",
                "11:66: error: never put a secret in a schema; declare a scheme such as 'apiKey' in 'auth'",
            ]
        ),
        FaultySchema(
            "Issuers and servers that are not https",
            #"""
            client: A
            server: http://api.example.com
            auth:
              a: { clientCredentials: { issuer: http://l.example.com } }
              b: { clientCredentials: { issuer: "http://127.0.0.1:8080" } }
              c: { clientCredentials: { issuer: "http://localhost:8080", tokenEndpoint: "http://[::1]/token" } }
              d: { clientCredentials: { issuer: "http://127.0.0.1.evil.example" } }
              e: { clientCredentials: { issuer: ftp://l.example.com } }
              f: { clientCredentials: { issuer: login.example.com } }
              g: { clientCredentials: { issuer: "https://l.example.com:99999" } }
              h: { clientCredentials: { issuer: "https://l.example.com?x=1" } }
              default: a
            operations: {}
            """#,
            expected: [
                "2:9: error: 'server' must use https; plain http is only allowed for loopback hosts",
                "4:37: error: 'issuer' must use https; plain http is only allowed for loopback hosts",
                "6:29: warning: 'issuer' has no effect beside 'tokenEndpoint', to which all token requests are sent; "
                    + "remove one of them",
                "7:37: error: 'issuer' must use https; plain http is only allowed for loopback hosts",
                "8:37: error: 'issuer' must use https, not 'ftp'",
                "9:37: error: 'issuer' must be an absolute URL like 'https://api.example.com'",
                "10:37: error: 'issuer' must have a valid host and, if it has a port, one from 1 to 65535",
                "11:37: error: 'issuer' must have neither a query nor a fragment",
            ]
        ),
        FaultySchema(
            "Invalid parameters of a scheme",
            #"""
            client: A
            server: https://a.example
            auth:
              clientCredentials:
                clientAuthentication: client_secret_basik
                scopes: read write
                resource: nowhere
                dpop: { algorithm: HS256 }
                tokenPerScopes: yes
            operations: {}
            """#,
            expected: [
                "5:5: error: 'clientCredentials' requires an 'issuer' or a 'tokenEndpoint'",
                "5:27: error: unknown value 'client_secret_basik' for 'clientAuthentication'; did you mean "
                    + "'client_secret_basic'?",
                "6:13: error: 'read write' is not a valid scope; write several as a list: '[read, write]'",
                "7:15: error: 'resource' must be an absolute URI without a fragment, not 'nowhere'",
                "8:24: error: unknown value 'HS256' for 'algorithm'; did you mean 'ES256'?",
                "9:21: error: 'tokenPerScopes' must be true or false, not 'yes'",
            ]
        ),
        FaultySchema(
            "Scopes without a token",
            #"""
            client: A
            server: https://a.example
            auth: { main: bearer }
            operations:
              a: { get: /a, scopes: [read], returns: nothing }
              b: { get: /b, scopes: [read], auth: none, returns: nothing }
            """#,
            expected: [
                "5:25: error: 'scopes' has no effect: no scheme of this operation requests a token",
                "6:25: error: 'scopes' has no effect: no scheme of this operation requests a token",
            ]
        ),
        FaultySchema(
            "Invalid schemes of users",
            #"""
            client: A
            server: https://a.example
            auth:
              a: { authorizationCode: { tokenEndpoint: https://l.example/token, scopes: [read] } }
              b: { device: { issuer: https://l.example, tokenEndpoint: https://l.example/token } }
              c: { device: { clientID: tv } }
              d: { tokenExchange: { audience: b } }
              e: { tokenExchange: { tokenEndpoint: https://l.example/token, tokenPerScopes: true } }
              f: { authorizationCode: { issuer: https://l.example, parameters: { state: x, scope: y, prompt: login } } }
              g: { tokenExchange: { issuer: https://l.example, parameters: { subject_token: x, subject_token_type: y } } }
              h: authorizationCode
              j: { authorizationCode: { issuer: https://l.example, prompt: login consent } }
              k: { tokenExchange: { issuer: https://l.example, prompt: login } }
              i: { device: { issuer: http://l.example, dpop: { algorithm: RS256 }, refresh_token: x } }
              default: a
            operations: {}
            """#,
            expected: [
                "4:29: error: unknown key 'tokenEndpoint' in 'authorizationCode'; sign-in needs several endpoints: "
                    + "write 'issuer', whose metadata lists them",
                "5:45: error: unknown key 'tokenEndpoint' in 'device'; sign-in needs several endpoints: write "
                    + "'issuer', whose metadata lists them",
                "6:16: error: 'device' requires an 'issuer'",
                "7:23: error: 'tokenExchange' requires an 'issuer' or a 'tokenEndpoint'",
                "8:65: error: unknown key 'tokenPerScopes' in 'tokenExchange'; expected one of issuer, "
                    + "endpointOrigins, clientID, clientAuthentication, scopes, resource, audience, parameters, dpop, "
                    + "tokenEndpoint",
                "9:70: error: the parameter 'state' is set by the runtime; remove it",
                "9:80: error: the parameter 'scope' is set by the runtime; remove it",
                "9:90: error: 'prompt' is not one of the 'parameters'; write it beside 'scopes'",
                "10:66: error: 'subject_token' of 'parameters': never put a secret in a schema; pass it to the "
                    + "client's initializer",
                "10:84: error: the parameter 'subject_token_type' is set by the runtime; remove it",
                "11:6: error: 'authorizationCode' requires parameters: write 'authorizationCode: { … }'",
                "12:64: error: 'login consent' is not a valid prompt; write several as a list: '[login, consent]'",
                "13:52: error: unknown key 'prompt' in 'tokenExchange'; expected one of issuer, endpointOrigins, "
                    + "clientID, clientAuthentication, scopes, resource, audience, parameters, dpop, tokenEndpoint",
                "14:26: error: 'issuer' must use https; plain http is only allowed for loopback hosts",
                "14:63: error: unknown value 'RS256' for 'algorithm'; did you mean 'ES256'?",
                "14:72: error: 'refresh_token' of 'device': never put a secret in a schema; pass it to the client's "
                    + "initializer",
            ]
        ),
        FaultySchema(
            "Origins of endpoints that are not origins",
            #"""
            client: A
            server: https://a.example
            auth:
              a: { device: { issuer: https://l.example, endpointOrigins: [t.example, "http://t.example", "https://t.example/x"] } }
              b: { clientCredentials: { tokenEndpoint: https://l.example/token, endpointOrigins: https://t.example } }
              default: a
            operations: {}
            """#,
            expected: [
                "4:63: error: 'endpointOrigins' must be an absolute URL like 'https://api.example.com'",
                "4:74: error: 'endpointOrigins' must use https; plain http is only allowed for loopback hosts",
                "4:94: error: 'endpointOrigins' must be origins without a path, like 'https://tokens.example.com'",
                "5:86: error: 'endpointOrigins' applies to the metadata of an 'issuer'; remove it",
            ]
        ),
        FaultySchema(
            "Several schemes of users",
            #"""
            client: A
            server: https://a.example
            auth:
              user: { authorizationCode: { issuer: https://l.example } }
              tv: { device: { issuer: https://l.example } }
              obo: { tokenExchange: { issuer: https://l.example } }
              oboSubject: bearer
              default: user
            operations:
              a: { get: /a, auth: user and tv, returns: nothing }
              b: { get: /b, auth: [none, user], returns: nothing }
              c: { get: /c, auth: [user, none, tv], returns: nothing }
              d: { get: /d, auth: user and none, returns: nothing }
              e: { get: /e, auth: obo and user, returns: nothing }
            """#,
            expected: [
                "7:3: error: 'oboSubject' and 'obo' (6:3) are both 'oboSubject' in Swift; give the scheme another name",
                "10:23: error: two schemes of 'user and tv' set the header Authorization, which a request has only "
                    + "once",
                "11:30: error: 'none' is always possible, so later alternatives are never used; put 'none' last",
                "12:36: error: 'none' is always possible, so later alternatives are never used; put 'none' last",
                "13:23: error: 'none' cannot be combined; write it as an alternative: '[a, none]'",
                "14:23: error: two schemes of 'obo and user' set the header Authorization, which a request has only "
                    + "once",
            ]
        ),
    ]
}
