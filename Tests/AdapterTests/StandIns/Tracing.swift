// The parts of swift-distributed-tracing and swift-service-context that the adapters use.

public struct ServiceContext: Sendable {
    @TaskLocal public static var current: ServiceContext?
    public static var topLevel: ServiceContext { ServiceContext() }
}

public protocol Injector: Sendable {
    associatedtype Carrier: Sendable
    func inject(_ value: String, forKey key: String, into carrier: inout Carrier)
}

public protocol Instrument: Sendable {
    func inject<Carrier, Inject>(_ context: ServiceContext, into carrier: inout Carrier, using injector: Inject)
    where Inject: Injector, Inject.Carrier == Carrier
}

public enum SpanKind: Sendable, Hashable {
    case server, client, producer, consumer, `internal`
}

public struct SpanStatus: Sendable {
    public enum Code: Sendable {
        case ok, error
    }

    public init(code: Code, message: String? = nil) {}
}

public protocol SpanAttributeConvertible: Sendable {}
extension String: SpanAttributeConvertible {}
extension Int: SpanAttributeConvertible {}

public struct SpanAttributes: Sendable, ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, any SpanAttributeConvertible)...) {}

    public subscript(_ name: String) -> (any SpanAttributeConvertible)? {
        get { nil }
        set {}
    }
}

public struct SpanLink: Sendable {
    public init(context: ServiceContext, attributes: SpanAttributes) {}
}

public protocol Span: Sendable {
    var context: ServiceContext { get }
    var attributes: SpanAttributes { get nonmutating set }
    func setStatus(_ status: SpanStatus)
    func addLink(_ link: SpanLink)
}

extension Span {
    public func updateAttributes(_ update: (inout SpanAttributes) -> Void) {}
    public func end() {}
}

public protocol Tracer: Instrument {
    associatedtype Span: Tracing.Span
    func startSpan(_ operationName: String, context: @autoclosure () -> ServiceContext, ofKind kind: SpanKind) -> Span
}

extension Tracer {
    public func startSpan(
        _ operationName: String,
        context: @autoclosure () -> ServiceContext = .current ?? .topLevel,
        ofKind kind: SpanKind = .internal,
        function: String = #function
    ) -> Self.Span {
        startSpan(operationName, context: context(), ofKind: kind)
    }
}

public enum InstrumentationSystem {
    public static var tracer: any Tracer { fatalError("the stand-in has no tracer") }
    public static var instrument: any Instrument { fatalError("the stand-in has no instrument") }
}
