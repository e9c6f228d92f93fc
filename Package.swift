// swift-tools-version: 6.2

import PackageDescription

/// The settings of every Swift target here: the ones adopters may have on, and more.
let swift: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

func systemLibrary(_ name: String, pkgConfig: String, apt: String, brew: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt]), .brew([brew])])
}

let package = Package(
    name: "countersign",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "Countersign", targets: ["Countersign"]),
        .library(name: "CountersignOIDC", targets: ["CountersignOIDC"]),
        .library(name: "CountersignLoopback", targets: ["CountersignLoopback"]),
        .library(name: "CountersignTesting", targets: ["CountersignTesting"]),
        .plugin(name: "CountersignPlugin", targets: ["CountersignPlugin"]),
        .executable(name: "countersign", targets: ["CountersignCLI"]),
    ],
    targets: [
        // System libraries
        systemLibrary("CYAML", pkgConfig: "yaml-0.1", apt: "libyaml-dev", brew: "libyaml"),
        systemLibrary("COpenSSL", pkgConfig: "libcrypto", apt: "libssl-dev", brew: "openssl@3"),
        systemLibrary("CCurl", pkgConfig: "libcurl", apt: "libcurl4-openssl-dev", brew: "curl"),
        systemLibrary("CMicroHTTPD", pkgConfig: "libmicrohttpd", apt: "libmicrohttpd-dev", brew: "libmicrohttpd"),

        // Below both sides
        .target(name: "CountersignJSON", swiftSettings: swift),

        // Build time: schema to Swift source
        .target(name: "CountersignSchema", dependencies: ["CYAML", "CountersignJSON"], swiftSettings: swift),
        .target(name: "CountersignGenerator", dependencies: ["CountersignSchema"], swiftSettings: swift),
        .executableTarget(
            name: "countersign-generate",
            dependencies: ["CountersignSchema", "CountersignGenerator"],
            swiftSettings: swift
        ),
        .plugin(name: "CountersignPlugin", capability: .buildTool(), dependencies: ["countersign-generate"]),

        // Run time
        .target(name: "CountersignCrypto", dependencies: ["COpenSSL"], swiftSettings: swift),
        .target(name: "CountersignHTTP", dependencies: ["CCurl"], swiftSettings: swift),
        .target(
            name: "Countersign",
            dependencies: ["CountersignJSON", "CountersignCrypto", "CountersignHTTP"],
            swiftSettings: swift
        ),
        .target(
            name: "CountersignOIDC",
            dependencies: ["Countersign", "CountersignHTTP", "CountersignJSON", "CountersignCrypto"],
            swiftSettings: swift
        ),
        .target(
            name: "CountersignLoopback",
            dependencies: ["CMicroHTTPD", "CountersignHTTP"],
            swiftSettings: swift
        ),
        .target(
            name: "CountersignTesting",
            dependencies: [
                "Countersign", "CountersignLoopback", "CountersignCrypto", "CountersignHTTP", "CountersignJSON",
            ],
            swiftSettings: swift
        ),

        // Both sides
        .executableTarget(
            name: "CountersignCLI",
            dependencies: [
                "CountersignSchema", "CountersignGenerator", "Countersign", "CountersignCrypto", "CountersignOIDC",
                "CountersignLoopback",
            ],
            resources: [.embedInCode("client.schema.json")],
            swiftSettings: swift
        ),

        // Example programs
        .executableTarget(
            name: "Quickstart",
            dependencies: ["Countersign", "ExampleServers"],
            path: "Sources/Examples/Quickstart",
            swiftSettings: swift,
            plugins: ["CountersignPlugin"]
        ),
        .executableTarget(
            name: "Worker",
            dependencies: ["Countersign", "ExampleServers"],
            path: "Sources/Examples/Worker",
            swiftSettings: swift,
            plugins: ["CountersignPlugin"]
        ),
        .executableTarget(
            name: "WebService",
            dependencies: ["Countersign", "CountersignLoopback", "ExampleServers"],
            path: "Sources/Examples/WebService",
            swiftSettings: swift,
            plugins: ["CountersignPlugin"]
        ),
        .executableTarget(
            name: "WebSignIn",
            dependencies: ["Countersign", "CountersignLoopback", "CountersignOIDC", "ExampleServers"],
            path: "Sources/Examples/WebSignIn",
            swiftSettings: swift,
            plugins: ["CountersignPlugin"]
        ),
        .target(
            name: "ExampleServers",
            dependencies: ["Countersign", "CountersignTesting"],
            path: "Sources/Examples/ExampleServers",
            swiftSettings: swift
        ),

        // Benchmarks
        .target(name: "CAllocationCount"),
        .executableTarget(
            name: "Benchmarks",
            dependencies: [
                "CAllocationCount", "CCurl", "COpenSSL", "Countersign", "CountersignCrypto", "CountersignHTTP",
                "CountersignLoopback",
            ],
            swiftSettings: swift,
            plugins: ["CountersignPlugin"]
        ),

        // Tests
        .target(
            name: "TestSupport",
            dependencies: ["Countersign", "CountersignJSON"],
            path: "Tests/TestSupport",
            swiftSettings: swift
        ),
        .executableTarget(
            name: "StoreProbe",
            dependencies: [
                "Countersign", "CountersignCrypto", "CountersignHTTP", "CountersignLoopback", "CountersignOIDC",
                "CountersignTesting",
            ],
            path: "Tests/StoreProbe",
            swiftSettings: swift
        ),
        .testTarget(
            name: "CountersignJSONTests",
            dependencies: ["CountersignJSON", "TestSupport"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "CountersignSchemaTests",
            dependencies: ["CountersignSchema", "TestSupport"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "CountersignGeneratorTests",
            dependencies: ["CountersignGenerator", "CountersignSchema"],
            exclude: ["Snapshots"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "CountersignCLITests",
            dependencies: ["CountersignCLI", "CountersignTesting", "TestSupport"],
            swiftSettings: swift
        ),
        .testTarget(name: "PluginTests", exclude: ["Packages"], swiftSettings: swift),
        .testTarget(
            name: "CountersignCryptoTests",
            dependencies: ["Countersign", "CountersignCrypto", "CountersignJSON", "TestSupport"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "CountersignHTTPTests",
            dependencies: ["CountersignHTTP", "CountersignLoopback", "TestSupport"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "CountersignTests",
            dependencies: ["Countersign", "CountersignTesting", "TestSupport"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "CountersignOIDCTests",
            dependencies: [
                "Countersign", "CountersignCrypto", "CountersignOIDC", "CountersignTesting", "StoreProbe",
                "TestSupport",
            ],
            swiftSettings: swift
        ),
        .testTarget(
            name: "CountersignTestingTests",
            dependencies: ["CountersignTesting", "CountersignLoopback", "TestSupport"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "AdapterTests",
            dependencies: ["Countersign", "CountersignOIDC"],
            exclude: ["Adapters", "StandIns"],
            swiftSettings: swift
        ),
        .testTarget(
            name: "LanguageTests",
            dependencies: [
                "CountersignLoopback", "Countersign", "CountersignOIDC", "CountersignTesting", "TestSupport",
            ],
            swiftSettings: swift,
            plugins: ["CountersignPlugin"]
        ),
        .testTarget(
            name: "LiveTests",
            dependencies: ["Countersign", "CountersignOIDC", "WebSignIn", "TestSupport"],
            exclude: ["Servers", "Browser"],
            swiftSettings: swift,
            plugins: ["CountersignPlugin"]
        ),
    ]
)
