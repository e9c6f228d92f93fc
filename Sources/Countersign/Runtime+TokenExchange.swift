extension Runtime {
    /// What a token request with client credentials begins with.
    ///
    /// - Parameter subject: On whose behalf the token is asked for; nil for a token of the client's own.
    static func grant(onBehalfOf subject: AccessToken?) -> [(name: String, value: String)] {
        guard let subject else { return [("grant_type", "client_credentials")] }
        return [
            ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange"),
            ("subject_token", subject.value),
            ("subject_token_type", "urn:ietf:params:oauth:token-type:access_token"),
        ]
    }
}
