import Countersign
import CountersignTesting
import Foundation
import TestSupport
import Testing

@testable import CountersignOIDC

@Suite("File token store, several processes", .serialized)
struct FileTokenStoreCrashTests {
    private let folder: TemporaryFolder
    private let clock = VirtualClock()

    init() throws {
        folder = try TemporaryFolder()
    }

    private func open() throws -> FileTokenStore {
        try FileTokenStore(
            directory: folder.path("t"),
            encryption: .aes256GCM(keys: [FileTokenStoreTests.key]),
            clock: clock
        )
    }

    @Test("P32: A process killed during saves leaves a complete file and loses no save that returned")
    func killed() async throws {
        var random = SeededGenerator(seed: 32)
        var saves = 0
        let kills = Promise.isFullRun ? 1000 : 40
        for round in 0..<kills {
            let probe = try Probe("save", folder.path("t"), "a")
            var last: Int?
            for _ in 0..<Int.random(in: 1...8, using: &random) { last = await probe.line().flatMap { Int($0) } }
            // Kill it at a random point of the save that is under way.
            for _ in 0..<Int.random(in: 0..<20_000, using: &random) { _ = getppid() }
            probe.kill()
            last = await probe.rest().last.flatMap { Int($0) } ?? last

            let store = try open()
            let entry = try #require(try await store.load("a"))
            let words = String(decoding: entry.contents, as: UTF8.self).split(separator: " ", maxSplits: 1)
            let number = try #require(words.first.flatMap { Int($0) })
            let reported = try #require(last)
            #expect(number == reported || number == reported + 1, "round \(round)")
            #expect(words.last?.utf8.count == number * 7919 % 20_000)
            #expect(try folder.files(in: "t").filter { $0.hasSuffix(".temporary") } == [])
            saves = number
        }
        #expect(saves > 40)
        Promise.seen(32, "killed \(kills) times during saves: 0 incomplete files, 0 completed saves lost")
    }

    private static let strace = "/usr/bin/strace"

    // Unlike a power failure, a kill loses nothing that the kernel has. So this test checks the system calls.
    @Test(
        "P32: The contents are synced before the rename, and the directory before the save returns",
        .enabled(if: FileManager.default.isExecutableFile(atPath: strace), "strace is not installed")
    )
    func order() async throws {
        let trace = folder.path("trace")
        let calls = "trace=openat,write,fsync,renameat,flock"
        let probe = try Probe("add", folder.path("t"), "a", under: [Self.strace, "-f", "-e", calls, "-o", trace])
        #expect(await probe.line() == "added")
        _ = await probe.rest()

        let lines = try String(contentsOfFile: trace, encoding: .utf8).split(separator: "\n")
        let rename = try #require(lines.first { $0.contains("renameat(") }?.split(separator: "renameat(").last)
        let folderNumber = rename.prefix { $0.isNumber }
        let steps = lines.compactMap { line in
            if line.contains("\"a.temporary\", O_WRONLY") { return "open" }
            if line.contains("renameat(") { return "rename" }
            if line.contains(" write(") { return line.contains("CSTE") ? "write" : nil }
            if line.contains(" fsync(\(folderNumber)") { return "sync folder" }
            if line.contains(" fsync(") { return "sync file" }
            return line.contains("LOCK_UN") ? "unlock" : nil
        }
        let save = ["open", "write", "sync file", "rename", "sync folder", "unlock"]
        // The calls that create the directory come first.
        let saves = steps.drop { $0 != "open" }
        #expect(Array(saves) == Array(repeatElement(save, count: 50).joined()))
        Promise.seen(
            32,
            "contents synced before the rename, and the directory before the save returns, in 50 of 50 saves"
        )
    }

    @Test("P34: Four processes that increment one number lose no increment")
    func increments() async throws {
        let probes = try (0..<4).map { _ in try Probe("add", folder.path("t"), "a") }
        for probe in probes { #expect(await probe.line() == "added") }
        #expect(try await open().load("a")?.contents == Array("200".utf8))
    }

    @Test("P35: When the holder of a lease is killed, the next process gets it within a second")
    func killedHolder() async throws {
        let store = try open()
        let probe = try Probe("lease", folder.path("t"), "a")
        #expect(await probe.line() == "held")
        #expect(
            await storeErrorKind { _ = try await store.lease("a", for: .zero, waitingAtMost: .zero) }
                == .leaseUnavailable
        )
        async let next = store.lease("a", for: .zero, waitingAtMost: .seconds(60))
        await clock.waitForSleepers(1)
        let start = ContinuousClock.now
        probe.kill()
        let lease = try await next
        let time = ContinuousClock.now - start
        // A busy machine may take longer, but not as long as the timeout of the lease.
        #expect(time < (Promise.isFullRun ? .seconds(1) : .seconds(30)))
        #expect(await lease.isHeld())
        Promise.seen(35, "holder killed: the next process gets the lease after \(time.inMilliseconds) ms")
    }

    @Test("P35: A holder that is suspended for a minute keeps its lease")
    func suspendedHolder() async throws {
        let store = try open()
        let probe = try Probe("lease", folder.path("t"), "a")
        #expect(await probe.line() == "held")
        probe.signal(SIGSTOP)
        async let timedOut = storeErrorKind { _ = try await store.lease("a", for: .zero, waitingAtMost: .seconds(60)) }
        await clock.waitForSleepers(1)
        clock.advance(by: .seconds(60))
        #expect(await timedOut == .leaseUnavailable)

        async let next = store.lease("a", for: .zero, waitingAtMost: .seconds(60))
        await clock.waitForSleepers(1)
        probe.signal(SIGCONT)
        try probe.endInput()
        #expect(await probe.line() == "released")
        let lease = try await next
        #expect(await lease.isHeld())
        Promise.seen(35, "holder suspended for 60 s: it keeps its lease")
    }

    @Test("A released lease goes to the waiting processes one after the other")
    func waitingProcesses() async throws {
        let store = try open()
        let lease = try await store.lease("a", for: .zero, waitingAtMost: .zero)
        let probes = try (0..<3).map { _ in try Probe("lease", folder.path("t"), "a") }
        for probe in probes { try probe.endInput() }
        await lease.release()
        for probe in probes {
            #expect(await probe.line() == "held")
            #expect(await probe.line() == "released")
        }
        await (try store.lease("a", for: .zero, waitingAtMost: .seconds(60))).release()
    }
}
