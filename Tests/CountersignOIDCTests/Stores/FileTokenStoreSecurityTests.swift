import Countersign
import CountersignOIDC
import CountersignTesting
import Foundation
import TestSupport
import Testing

@Suite("File store, permissions")
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

    @Test("P40: A folder is 0700 and every file in it 0600, whatever the umask lets through")
    func umask() async throws {
        let probe = try Probe("umask", folder.path("t"), "a")
        #expect(await probe.line() == "held")
        let files = try folder.files(in: "t")
        #expect(files.contains("a.entry") && files.contains("a.lease"))
        #expect(try folder.permissions("t") == 0o700)
        for file in files { #expect(try folder.permissions("t/\(file)") == 0o600, "\(file)") }
        Promise.seen(40, "0700 and 0600 with a umask that takes nothing away")
    }

    @Test(
        "P40: A folder that others may look into is refused, with the chmod to run",
        arguments: looseFolderModes
    )
    func looseFolder(mode: mode_t) async throws {
        let store = try open()
        chmod(folder.path("t"), mode)
        let error = #expect(throws: TokenStoreError.self) { _ = try open() }
        #expect(error?.kind == .insecure)
        #expect(error?.reason.hasSuffix("chmod 700 \(folder.path("t"))") == true)
        // One that was opened before is looked at again each time.
        #expect(await kind { _ = try await store.load("a") } == .insecure)
        #expect(await kind { _ = try await store.save([1], as: "a", replacing: nil, until: nil) } == .insecure)
        #expect(await kind { try await store.remove("a", version: nil) } == .insecure)
        #expect(await kind { _ = try await store.lease("a", for: .zero, waitingAtMost: .zero) } == .insecure)
        Promise.seen(
            40,
            "\(Self.looseFolderModes.count) looser folders and \(Self.looseFileModes.count) looser files refused"
        )
    }

    @Test(
        "P40: A file that others may read or write is refused, with the chmod to run",
        arguments: looseFileModes
    )
    func looseFile(mode: mode_t) async throws {
        let store = try open()
        _ = try await store.save([1], as: "a", replacing: nil, until: nil)
        await (try store.lease("a", for: .zero, waitingAtMost: .zero)).release()
        for file in ["a.entry", "a.lease"] { chmod(folder.path("t/\(file)"), mode) }
        let error = await #expect(throws: TokenStoreError.self) { _ = try await store.load("a") }
        #expect(error?.kind == .insecure)
        #expect(error?.reason.hasSuffix("chmod 600 \(folder.path("t/a.entry"))") == true)
        #expect(await kind { _ = try await store.lease("a", for: .zero, waitingAtMost: .zero) } == .insecure)
    }

    @Test(
        "P40: A folder or file of another user is refused",
        .enabled(if: geteuid() == 0, "only root can give files away")
    )
    func foreignOwner() async throws {
        let store = try open()
        _ = try await store.save([1], as: "a", replacing: nil, until: nil)
        chown(folder.path("t/a.entry"), 12345, 12345)
        let error = await #expect(throws: TokenStoreError.self) { _ = try await store.load("a") }
        #expect(error?.kind == .insecure)
        #expect(error?.reason.contains("belongs to user 12345") == true)
        chown(folder.path("t"), 12345, 12345)
        #expect(await kind { _ = try open() } == .insecure)
    }

    @Test("A symbolic link is not followed: neither as the folder nor in it, neither to read nor to write")
    func symbolicLinks() async throws {
        let store = try open()
        _ = try await open("elsewhere").save([9], as: "a", replacing: nil, until: nil)
        try link("elsewhere", to: "linked")
        #expect(await kind { _ = try open("linked") } == .insecure)
        #expect(await kind { _ = try open("linked/") } == .insecure)

        try link("elsewhere/a.entry", to: "t/a.entry")
        #expect(await kind { _ = try await store.load("a") } == .insecure)
        #expect(await kind { _ = try await store.save([1], as: "a", replacing: nil, until: nil) } == .insecure)

        let victim = try folder.bytes("elsewhere/a.entry")
        for file in ["t/b.temporary", "t/b.lease"] { try link("elsewhere/a.entry", to: file) }
        _ = try await store.save([1], as: "b", replacing: nil, until: nil)
        #expect(await kind { _ = try await store.lease("b", for: .zero, waitingAtMost: .zero) } == .insecure)
        #expect(try folder.bytes("elsewhere/a.entry") == victim)
        #expect(try await store.load("b")?.contents == [1])
    }

    @Test("A folder, a pipe or nothing but a device in place of a file is refused, and nobody waits for it")
    func otherFiles() async throws {
        let store = try open()
        try FileManager.default.createDirectory(atPath: folder.path("t/a.entry"), withIntermediateDirectories: false)
        mkfifo(folder.path("t/b.entry"), 0o600)
        mkfifo(folder.path("t/b.lease"), 0o600)
        #expect(await kind { _ = try await store.load("a") } == .insecure)
        #expect(await kind { _ = try await store.load("b") } == .insecure)
        #expect(await kind { _ = try await store.lease("b", for: .zero, waitingAtMost: .zero) } == .insecure)
    }

    @Test("Folders that are missing above the store's are made, for their owner alone")
    func parents() throws {
        _ = try open("a/b/t")
        for path in ["a", "a/b", "a/b/t"] {
            let mode = try FileManager.default.attributesOfItem(atPath: folder.path(path))[.posixPermissions] as? Int
            #expect(mode == 0o700)
        }
    }

    @Test(
        "A key file is made once, for its owner alone, and opens what it has sealed; others' and damaged ones are refused"
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

    @Test("An entry whose time was over days before it is saved is refused: the store has another clock")
    func foreignClock() async throws {
        let store = try open("t")
        let past = clock.unixTime() - .seconds(2 * 86_400)
        #expect(await kind { _ = try await store.save([1], as: "a", replacing: nil, until: past) } == .configuration)
    }

    @Test("A folder that is a file is refused; no path at all, too")
    func unusableFolders() async throws {
        try "".write(toFile: folder.path("file"), atomically: false, encoding: .utf8)
        #expect(await kind { _ = try open("file") } == .insecure)
        #expect(await kind { _ = try FileTokenStore(directory: "", encryption: .none) } == .configuration)
        #expect(await kind { _ = try FileTokenStore(directory: "a\0b", encryption: .none) } == .configuration)
    }

    @Test("P37: A write that the system refuses is reported as unavailable, and the old entry stays")
    func refusedWrite() async throws {
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

    @Test("P37: A folder that was removed is reported as unavailable, not as empty")
    func removedFolder() async throws {
        let store = try open()
        try folder.remove("t")
        #expect(await kind { _ = try await store.save([1], as: "a", replacing: nil, until: nil) } == .unavailable)
        #expect(await kind { _ = try await store.load("a") } == .unavailable)
    }

    private func link(_ target: String, to name: String) throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.path(name),
            withDestinationPath: folder.path(target)
        )
    }
}
