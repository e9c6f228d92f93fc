/// Customizes the token request of each call, for example in programs with several tenants.
///
/// ```swift
/// enum Tenant {
///     @TaskLocal static var current: String?
/// }
///
/// struct NoTenant: Error {}
///
/// struct TenantTokens: TokenRequestCustomizer {
///     func customize(_ token: inout TokenRequestParameters, for call: OperationMetadata, _ request: HTTP.Request) throws {
///         guard let tenant = Tenant.current else { throw NoTenant() }
///         token.parameters["tenant"] = tenant
///     }
/// }
///
/// var configuration = CountersignRuntime.Configuration()
/// configuration.tokenRequestCustomizer = TenantTokens()
/// ```
///
/// It runs once for each call that needs a token, after the options of the client value are applied. The parameters that it
/// sets are part of the identity of a cached token: calls share a token only if all of them are equal. ``ClientTokens`` does
/// not run it, since there is no call; only the options apply there.
public protocol TokenRequestCustomizer: Sendable {
    /// Changes the parameters of the token request of a call.
    ///
    /// - Parameters:
    ///   - token: The parameters, as the options of the client value set them.
    ///   - call: The operation that the token is for.
    ///   - request: The request, without authorization.
    /// - Throws: Any error. The call then fails with a ``TokenError``, and nothing is sent.
    nonisolated(nonsending) func customize(
        _ token: inout TokenRequestParameters,
        for call: OperationMetadata,
        _ request: HTTP.Request
    ) async throws
}

extension TokenRequestCustomizer {
    /// Returns the options of a call with customized token parameters.
    nonisolated(nonsending) func customize(
        _ options: CallOptions?,
        of call: APICall,
        _ request: HTTP.Request
    ) async throws(TokenError) -> CallOptions {
        let operation = call.operation
        let work: @Sendable () async -> Result<CallOptions, TokenError> = {
            var customized = options ?? CallOptions()
            do {
                try await customize(&customized.token, for: operation, request)
                return .success(customized)
            } catch let error as TokenError {
                return .failure(error)
            } catch is CancellationError {
                return .failure(TokenError(.cancelled, "the customizer of token requests was cancelled"))
            } catch {
                // The text of the program's error may contain anything, so the message names only its type.
                let message = "the customizer of token requests failed with \(type(of: error))"
                return .failure(TokenError(.unreachable, message))
            }
        }
        guard let deadline = call.deadline else { return try await work().get() }
        return try await within(deadline, on: call.client.runtime.clock, work).get()
    }
}
