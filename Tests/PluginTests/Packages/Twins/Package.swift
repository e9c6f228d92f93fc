// swift-tools-version: 6.2

import PackageDescription

let package = Package(
    name: "twins",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "countersign", path: "../../../..")],
    targets: [
        .target(
            name: "Twins",
            dependencies: [.product(name: "Countersign", package: "countersign")],
            plugins: [.plugin(name: "CountersignPlugin", package: "countersign")]
        )
    ]
)
