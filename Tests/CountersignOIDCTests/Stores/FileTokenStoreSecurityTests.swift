import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import TestSupport
import Testing

@Suite("File token store, permissions")
struct FileTokenStoreSecurityTests {
    private let folder: TemporaryFolder
    private let clock = VirtualClock()

    init() throws {
        folder = try TemporaryFolder()
    }

    private static let looseFolderModes: [mode_t] = [
        0o710, 0o701, 0o750, 0o755, 0o770, 0o777, 0o720, 0o702, 0o1777,
    ]
    private static let looseFileModes: [mode_t] = [0o640, 0o604, 0o660]

    private func open(_ name: String = "t") throws -> FileTokenStore {
        try FileTokenStore(directory: folder.path(name), encryption: .none, clock: clock)
    }

    @Test("P40: The directory has mode 0700 and every file 0600, whatever the umask")
    func umask() async throws {
        let probe = try Probe("umask", folder.path("t"), "a")
        #expect(await probe.line() == "held")
        let files = try folder.files(in: "t")
        #expect(files.contains("a.entry") && files.contains("a.lease"))
        #expect(try folder.permissions("t") == 0o700)
        for file in files { #expect(try folder.permissions("t/\(file)") == 0o600, "\(file)") }
        Promise.seen(40, "0700 and 0600 with umask 0")
    }

    @Test(
        "P40: A directory that other users can access is rejected with the chmod to run",
        arguments: looseFolderModes
    )
    func looseFolder(mode: mode_t) async throws {
        let store = try open()
        chmod(folder.path("t"), mode)
        let error = #expect(throws: TokenStoreError.self) { _ = try open() }
        #expect(error?.kind == .insecure)
        #expect(error?.message.hasSuffix("chmod 700 \(folder.path("t"))") == true)
        // The permissions of an open store are checked again for each operation.
        #expect(await storeErrorKind { _ = try await store.load("a") } == .insecure)
        #expect(
            await storeErrorKind { _ = try await store.save([1], as: "a", replacing: nil, until: nil) } == .insecure
        )
        #expect(await storeErrorKind { try await store.remove("a", version: nil) } == .insecure)
        #expect(await storeErrorKind { _ = try await store.lease("a", for: .zero, waitingAtMost: .zero) } == .insecure)
        Promise.seen(
            40,
            "\(Self.looseFolderModes.count) modes of directories and \(Self.looseFileModes.count) modes of files rejected"
        )
    }

    @Test(
        "P40: A file that other users can access is rejected with the chmod to run",
        arguments: looseFileModes
    )
    func looseFile(mode: mode_t) async throws {
        let store = try open()
        _ = try await store.save([1], as: "a", replacing: nil, until: nil)
        await (try store.lease("a", for: .zero, waitingAtMost: .zero)).release()
        for file in ["a.entry", "a.lease"] { chmod(folder.path("t/\(file)"), mode) }
        let error = await #expect(throws: TokenStoreError.self) { _ = try await store.load("a") }
        #expect(error?.kind == .insecure)
        #expect(error?.message.hasSuffix("chmod 600 \(folder.path("t/a.entry"))") == true)
        #expect(await storeErrorKind { _ = try await store.lease("a", for: .zero, waitingAtMost: .zero) } == .insecure)
    }

    @Test(
        "P40: A directory or file of another user is rejected",
        .enabled(if: geteuid() == 0, "only root can change the owner of a file")
    )
    func foreignOwner() async throws {
        let store = try open()
        _ = try await store.save([1], as: "a", replacing: nil, until: nil)
        chown(folder.path("t/a.entry"), 12345, 12345)
        let error = await #expect(throws: TokenStoreError.self) { _ = try await store.load("a") }
        #expect(error?.kind == .insecure)
        #expect(error?.message.contains("belongs to user 12345") == true)
        chown(folder.path("t"), 12345, 12345)
        #expect(await storeErrorKind { _ = try open() } == .insecure)
    }

    @Test("Symbolic links are not followed, as the directory or in it, for reading or writing")
    func symbolicLinks() async throws {
        let store = try open()
        _ = try await open("elsewhere").save([9], as: "a", replacing: nil, until: nil)
        try link("elsewhere", to: "linked")
        #expect(await storeErrorKind { _ = try open("linked") } == .insecure)
        #expect(await storeErrorKind { _ = try open("linked/") } == .insecure)

        try link("elsewhere/a.entry", to: "t/a.entry")
        #expect(await storeErrorKind { _ = try await store.load("a") } == .insecure)
        #expect(
            await storeErrorKind { _ = try await store.save([1], as: "a", replacing: nil, until: nil) } == .insecure
        )

        let victim = try folder.bytes("elsewhere/a.entry")
        for file in ["t/b.temporary", "t/b.lease"] { try link("elsewhere/a.entry", to: file) }
        _ = try await store.save([1], as: "b", replacing: nil, until: nil)
        #expect(await storeErrorKind { _ = try await store.lease("b", for: .zero, waitingAtMost: .zero) } == .insecure)
        #expect(try folder.bytes("elsewhere/a.entry") == victim)
        #expect(try await store.load("b")?.contents == [1])
    }

    @Test("A directory or a pipe in place of a file is rejected without blocking")
    func otherFiles() async throws {
        let store = try open()
        try FileManager.default.createDirectory(atPath: folder.path("t/a.entry"), withIntermediateDirectories: false)
        mkfifo(folder.path("t/b.entry"), 0o600)
        mkfifo(folder.path("t/b.lease"), 0o600)
        #expect(await storeErrorKind { _ = try await store.load("a") } == .insecure)
        #expect(await storeErrorKind { _ = try await store.load("b") } == .insecure)
        #expect(await storeErrorKind { _ = try await store.lease("b", for: .zero, waitingAtMost: .zero) } == .insecure)
    }

    @Test("Missing parent directories are created, accessible for their owner alone")
    func parents() throws {
        _ = try open("a/b/t")
        for path in ["a", "a/b", "a/b/t"] {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.path(path))[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }

    @Test(
        "A key file is created once with mode 0600 and decrypts its entries; insecure and damaged ones are rejected"
    )
    func keyFile() throws {
        let path = folder.path("keys/store-key")
        let entry = StoredEntry(contents: [1, 2, 3], version: try .unique())
        let sealed = try StoreEncryption.keyFile(path).seal(entry, as: "a", until: nil)
        #expect(try StoreEncryption.keyFile(path).open(sealed, as: "a").entry.contents == [1, 2, 3])
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("keys")) == ["store-key"])
        chmod(path, 0o640)
        #expect(throws: TokenStoreError.self) { try StoreEncryption.keyFile(path) }
        chmod(path, 0o600)
        for length in [0, 31, 33] {
            try Data(repeating: 7, count: length).write(to: URL(filePath: path))
            #expect { try StoreEncryption.keyFile(path) } throws: { ($0 as? TokenStoreError)?.kind == .corrupt }
        }
        try FileManager.default.createSymbolicLink(atPath: folder.path("link"), withDestinationPath: path)
        #expect { try StoreEncryption.keyFile(folder.path("link")) } throws: {
            ($0 as? TokenStoreError)?.kind == .insecure
        }
    }

    @Test("An expiry days in the past is rejected, since it comes from another clock")
    func otherClock() async throws {
        let store = try open("t")
        let past = clock.date() - 2 * 86_400
        #expect(
            await storeErrorKind { _ = try await store.save([1], as: "a", replacing: nil, until: past) }
                == .configuration
        )
    }

    @Test("A file in place of the directory and an invalid path are rejected")
    func unusableDirectories() async throws {
        try "".write(toFile: folder.path("file"), atomically: false, encoding: .utf8)
        #expect(await storeErrorKind { _ = try open("file") } == .insecure)
        #expect(await storeErrorKind { _ = try FileTokenStore(directory: "", encryption: .none) } == .configuration)
        #expect(await storeErrorKind { _ = try FileTokenStore(directory: "a\0b", encryption: .none) } == .configuration)
    }

    @Test("P37: A failed write is reported as unavailable, and the old entry is kept")
    func failedWrite() async throws {
        let store = try FileTokenStore(
            directory: folder.path("t"),
            encryption: .aes256GCM(keys: [FileTokenStoreTests.key]),
            clock: clock
        )
        _ = try await store.save([1], as: "a", replacing: nil, until: nil)
        let probe = try Probe("full", folder.path("t"), "a")
        #expect(await probe.line() == "unavailable")
        #expect(try await store.load("a")?.contents == [1])
        #expect(try !folder.files(in: "t").contains("a.temporary"))
    }

    @Test("P37: A removed directory is reported as unavailable, not as empty")
    func removedDirectory() async throws {
        let store = try open()
        try folder.remove("t")
        #expect(
            await storeErrorKind { _ = try await store.save([1], as: "a", replacing: nil, until: nil) } == .unavailable
        )
        #expect(await storeErrorKind { _ = try await store.load("a") } == .unavailable)
    }

    private func link(_ target: String, to name: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(name),
            withDestinationPath: folder.path(target)
        )
    }
}
