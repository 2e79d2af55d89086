// swift-tools-version: 6.3
// SPDX-License-Identifier: Apache-2.0
import PackageDescription

// The shipped library is compiled as Embedded Swift; everything else, tests included, as ordinary
// Swift from the same files. `make lib` sets this variable, nothing else should.
let embedded = Context.environment["DATAPANEL_EMBEDDED"] == "1"

let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]
let engine: [SwiftSetting] =
    strict + (embedded ? [.enableExperimentalFeature("Embedded")] : [])

let package = Package(
    name: "datapanel",
    products: [
        .library(name: "datapanel", type: .dynamic, targets: ["DatapanelABI"])
    ],
    targets: [
        .systemLibrary(name: "CDatapanel", path: "include"),
        .systemLibrary(
            name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(
            name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
        .systemLibrary(
            name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CPosix"),
        .systemLibrary(name: "CMachine"),
        .target(
            name: "Datapanel",
            dependencies: ["CCurl", "CJansson", "CCrypto", "CPosix", "CMachine"],
            swiftSettings: engine),
        .target(
            name: "DatapanelABI", dependencies: ["CDatapanel", "Datapanel", "CPosix"],
            exclude: ["exports.map"], swiftSettings: engine),
    ],
    swiftLanguageModes: [.v6]
)

// The emulator, the command line and the tests stand beside the library and never inside it: a
// build of the library alone must not have to fetch and resolve what only they need.
if !embedded {
    let argumentParser = Target.Dependency.product(
        name: "ArgumentParser", package: "swift-argument-parser")
    package.dependencies += [
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ]
    package.targets += [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .executableTarget(
            name: "datapanel-cli",
            dependencies: ["CJansson", "CZlib", "Datapanel", "DatapanelABI", argumentParser],
            swiftSettings: strict),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(
            name: "DatapanelEmulator",
            dependencies: [
                "CCrypto", "CSQLite",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .executableTarget(
            name: "datapanel-emulator", dependencies: ["DatapanelEmulator", argumentParser],
            swiftSettings: strict),
        .testTarget(
            name: "DatapanelTests", dependencies: ["CMachine", "Datapanel"], swiftSettings: strict),
        .testTarget(
            name: "DatapanelABITests", dependencies: ["CDatapanel", "Datapanel", "DatapanelABI"],
            swiftSettings: strict),
        .testTarget(
            name: "DatapanelEmulatorTests",
            dependencies: [
                "DatapanelEmulator", "datapanel-emulator", "CSQLite",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
            ],
            swiftSettings: strict),
        .testTarget(
            name: "DatapanelCLITests",
            dependencies: [
                "Datapanel", "datapanel-cli", "datapanel-emulator", "DatapanelEmulator",
            ],
            swiftSettings: strict),
        .testTarget(
            name: "EndToEndTests",
            dependencies: ["CDatapanel", "Datapanel", "DatapanelABI", "DatapanelEmulator"],
            swiftSettings: strict),
    ]
}
