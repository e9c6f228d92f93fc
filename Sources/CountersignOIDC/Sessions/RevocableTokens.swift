import Countersign
import CountersignJSON

/// The tokens of a session that has ended.
struct RevocableTokens: Sendable, Redacted {
    private(set) var refreshTokens: [String] = []
    private(set) var accessTokens: [String] = []

    init(_ record: SessionRecord) {
        add(record)
    }

    init(_ response: RefreshedTokens) {
        refreshTokens = response.refreshToken.map { [$0] } ?? []
        accessTokens = response.accessToken.map { [$0.value] } ?? []
    }

    mutating func add(_ record: SessionRecord) {
        if let token = record.refreshToken, !refreshTokens.containsBytes(of: token) { refreshTokens.append(token) }
        for token in record.tokens where !accessTokens.containsBytes(of: token.value) {
            accessTokens.append(token.value)
        }
    }
}
