import Countersign
import CountersignJSON

// The errors of refreshes, as callers receive them.
extension SessionCore {
    /// Returns the error for a failed refresh.
    ///
    /// - Parameter requestError: The error of the token endpoint request, if one was sent.
    func error(for failure: RefreshStateMachine.Failure, requestError: TokenError?) -> TokenError {
        switch failure {
        case .signedOutOrExpired:
            TokenError(.notSignedIn, "the user has signed out, or the session has expired")
        case .replacedByAnotherUser:
            TokenError(.notSignedIn, "another user has signed in under this session's id")
        case .wrongKey:
            Self.wrongKey
        case .ended(let code):
            TokenError(
                .sessionEnded,
                record.isRotationLost
                    ? """
                    the user must sign in again: the response to a refresh was lost, and the authorization server, which \
                    had rotated the refresh token, rejected the old one
                    """ : "the user must sign in again",
                oauthError: code
            )
        case .missingScope(let scopes):
            Self.missingScopes(scopes)
        case .noRefreshToken:
            TokenError(
                .sessionEnded,
                "the access token has expired and the session has no refresh token: the user must sign in again; "
                    + refreshTokenAdvice
            )
        case .outcomeUnknown(nil):
            TokenError(
                .outcomeUnknown,
                """
                the refresh token was sent and no response arrived, so it may be used already; it is not resent unless \
                the program calls retryRefresh(), which suits a user who would have to sign in again otherwise
                """
            )
        case .outcomeUnknown(let retryAfter?):
            TokenError(
                .outcomeUnknown,
                "the refresh token was sent and no response arrived; a later call sends it again",
                retryAfter: retryAfter,
                isTransient: true
            )
        case .storeUnavailable:
            TokenError(
                .storage,
                "the session's store failed, and nothing was sent: "
                    + (state.withLock { $0.lastStoreError }.map { "\($0)" } ?? "unknown error")
            )
        case .contention:
            TokenError(.storage, "other processes hold the session's lease or keep changing the session; try again")
        case .leaseLost:
            TokenError(.storage, "this process was paused and lost the session's lease; nothing was sent")
        case .requestFailed:
            requestError ?? TokenError(.serverError, "the refresh request to the authorization server failed")
        }
    }

    private var refreshTokenAdvice: String {
        client.configuration.scopes.containsBytes(of: "offline_access")
            ? "the server issued none for the scope offline_access, and many do so only with the prompt 'consent'"
            : "to get a refresh token, request the scope offline_access"
    }

    static let wrongKey = TokenError(
        .configuration,
        "the session's tokens are bound to a different DPoP key than the client's: keep the key in a DPoPKeyStore and "
            + "pass it to the client's credentials with dpopKey(_:), or sign in again"
    )

    static func missingScopes(_ scopes: [String]) -> TokenError {
        TokenError(.missingScope, "the user has not granted '\(scopes.joined(separator: " "))'")
    }
}
