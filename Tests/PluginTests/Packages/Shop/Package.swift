// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "shop",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "countersign", path: "../../../..")],
    targets: [
        .target(
            name: "Store",
            dependencies: [.product(name: "Countersign", package: "countersign")],
            plugins: [.plugin(name: "CountersignPlugin", package: "countersign")]
        ),
        // Has no plugin and does not depend on Countersign directly.
        .executableTarget(name: "Till", dependencies: ["Store"]),
    ]
)
