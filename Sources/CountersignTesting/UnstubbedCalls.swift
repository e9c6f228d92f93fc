@_spi(Testing) import Countersign

/// Has a closure called for every call of a stub that has no closure for its operation, with what is wrong in words.
///
/// The call itself throws an error of kind `notStubbed`, which the code under test may well handle; so let the test
/// know of it. The closure is called in the task that made the call, and stays until another is given:
///
/// ```swift
/// @Suite struct CheckoutTests {
///     init() { reportUnstubbedCalls { Issue.record("\($0)") } }
/// }
/// ```
///
/// It is given, and not made here, since a library that imports Testing would need it wherever it is linked.
public func reportUnstubbedCalls(_ report: (@Sendable (String) -> Void)?) {
    UnstubbedCalls.setHandler(report)
}
