import Countersign

/// One error of each kind.
enum TokenErrorKinds {
    static let all: [TokenError] = [
        TokenError(.unreachable, ""), TokenError(.serverError, ""), TokenError(.rejected, ""),
        TokenError(.malformedResponse, ""), TokenError(.wrongTokenType, ""), TokenError(.metadata, ""),
        TokenError(.configuration, ""),
        TokenError(.timedOut, ""), TokenError(.cancelled, ""), TokenError(.expiredWhenReceived, ""),
        TokenError(.tooManyRejections, ""), TokenError(.sessionEnded, ""),
        TokenError(.outcomeUnknown, "", isTransient: true),
        TokenError(.missingScope, ""), TokenError(.notSignedIn, ""), TokenError(.storage, ""),
        TokenError(.shutDown, ""),
    ]
}
