@_spi(Testing) import Countersign

/// Reports every call to a stub that has no closure for the operation.
///
/// Such a call throws an error of kind `notStubbed`. The code under test may handle that error, so the test should record
/// it as well. The closure receives a description of the call and runs in the task that made it. It stays in effect until
/// it is replaced; pass nil to remove it.
///
/// ```swift
/// @Suite struct CheckoutTests {
///     init() { reportCallsWithoutStub { Issue.record("\($0)") } }
/// }
/// ```
///
/// The closure is up to the test, because a library that imports Testing would need Testing wherever it is linked.
public func reportCallsWithoutStub(_ report: (@Sendable (String) -> Void)?) {
    UnstubbedCalls.setHandler(report)
}
