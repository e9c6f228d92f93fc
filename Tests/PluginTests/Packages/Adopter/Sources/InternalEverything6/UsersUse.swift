import Countersign
import CountersignOIDC

/// Clients of users, made and signed in for as a program does.
func users(_ session: CountersignOIDC.UserSession, _ secret: Countersign.Secret) async throws(UsersAPI.Failure) {
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
