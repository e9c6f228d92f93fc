import CountersignHTTP

extension FakeAuthorizationServer {
    /// The authorization endpoint as a browser sees it.
    func authorizationPage(_ request: HTTPRequest) -> FakeFront.Outcome {
        authorize(request) { _ throws(AuthorizationRefusal) in Page.problem("not yet", status: 501) }
    }
}
