// swift-tools-version: 6.2

import PackageDescription

/// Settings that can change the meaning of generated code.
let everything: [SwiftSetting] = [
    .defaultIsolation(MainActor.self),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let nothing: [SwiftSetting] = [.treatAllWarnings(as: .error)]

func client(
    _ name: String,
    _ settings: [SwiftSetting],
    _ mode: SwiftLanguageMode,
    products: [String] = ["Countersign", "CountersignOIDC"],
    modules: [Target.Dependency] = []
) -> Target {
    .target(
        name: name,
        dependencies: products.map { .product(name: $0, package: "countersign") } + modules,
        swiftSettings: settings + [.swiftLanguageMode(mode)],
        plugins: [.plugin(name: "CountersignPlugin", package: "countersign")]
    )
}

let package = Package(
    name: "adopter",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "countersign", path: "../../../..")],
    targets: [
        client("InternalEverything6", everything, .v6),
        client("InternalEverything5", everything, .v5),
        client("InternalNothing6", nothing, .v6),
        client("InternalNothing5", nothing, .v5),
        client("PackageEverything6", everything, .v6),
        client("PackageNothing5", nothing, .v5),
        client("PublicEverything6", everything, .v6),
        client("PublicNothing5", nothing, .v5),
        // Declares types with the names of all types of the runtime.
        client("Namesakes", everything, .v6),
        // Imports modules whose types have names of swift-http-types, NIOHTTP1 and web frameworks.
        .target(name: "FrameworkHTTP"),
        .target(name: "Framework"),
        client(
            "BesideFrameworks",
            everything,
            .v6,
            products: ["Countersign"],
            modules: ["Framework", "FrameworkHTTP"]
        ),
        // Fails to build; the caller does not depend on it.
        client("Faulty", nothing, .v6),
        client("WithoutSignIn", nothing, .v6, products: ["Countersign"]),
        .executableTarget(
            name: "Caller",
            dependencies: [
                "InternalEverything6", "InternalEverything5", "InternalNothing6", "InternalNothing5",
                "PackageEverything6", "PackageNothing5", "PublicEverything6", "PublicNothing5", "Namesakes",
                .product(name: "Countersign", package: "countersign"),
            ],
            swiftSettings: everything + [.swiftLanguageMode(.v6)],
            plugins: [.plugin(name: "CountersignPlugin", package: "countersign")]
        ),
    ]
)
