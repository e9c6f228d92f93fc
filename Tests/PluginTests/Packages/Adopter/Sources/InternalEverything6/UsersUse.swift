import Countersign
import CountersignOIDC

/// Clients with signed-in users, as a program uses them.
func users(_ session: CountersignOIDC.UserSession, _ secret: Countersign.SecretValue) async throws(UsersAPI.Failure) {
    let users = UsersAPI(
        user: session,
        screen: nil,
        service: .secret(id: "service", secret),
        relay: .secret(id: "relay", secret),
        relaySubject: session
    )
    try await users.own()
    try await users.anybody()
}

func signIns() -> [CountersignOIDC.SignInConfiguration] {
    var own = UsersAPI.userSignIn
    own.redirectURI = "https://users.example.com/callback"
    return [own, UsersAPI.screenSignIn]
}
