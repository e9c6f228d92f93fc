/// The namespace of the HTTP types (RFC 9110): ``Request``, ``Response``, ``Fields``, ``URL`` and what they are made of.
///
/// They are nested so that they do not collide with the types of swift-http-types, NIO or a web framework imported into
/// the same file.
public enum HTTP {}
