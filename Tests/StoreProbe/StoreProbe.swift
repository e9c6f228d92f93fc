import Countersign
import CountersignOIDC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Another process for the tests of file stores: it does one thing to a store, says so on standard output, and is killed.
///
///     StoreProbe save <folder> <entry>      saves 1, 2, 3, … and writes each number once its save has returned
///     StoreProbe lease <folder> <entry>     takes the lease, writes "held", and keeps it until standard input ends
///     StoreProbe full <folder> <entry>      saves with a file size limit of 4 KiB and writes what became of it
@main
enum StoreProbe {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else { exit(64) }
        let store = try FileStore(directory: arguments[2], encryption: encryption)
        let name = arguments[3]
        switch arguments[1] {
        case "save": try await save(name, in: store)
        case "lease": try await lease(name, in: store)
        case "full": await fillUp(name, in: store)
        default: exit(64)
        }
    }

    /// The key that the tests know, too.
    static var encryption: StoreEncryption {
        get throws { try .aes256GCM(keys: [Array(repeating: 7, count: 32)]) }
    }

    private static func save(_ name: String, in store: FileStore) async throws {
        var entry = try await store.load(name)
        var number = entry.flatMap { Int(String(decoding: $0.contents.prefix { $0 != 0x20 }, as: UTF8.self)) } ?? 0
        while true {
            number += 1
            // Lengths differ from save to save, and most take several writes of the disk.
            let padding = String(repeating: "x", count: number * 7919 % 20_000)
            let contents = Array("\(number) \(padding)".utf8)
            let version = try await store.save(contents, as: name, replacing: entry?.version, until: nil)
            entry = StoredEntry(contents: contents, version: version)
            say("\(number)")
        }
    }

    private static func lease(_ name: String, in store: FileStore) async throws {
        let lease = try await store.lease(name, for: .seconds(60), waitingAtMost: .seconds(60))
        say("held")
        while readLine() != nil {}
        await lease.release()
        say("released")
    }

    private static func fillUp(_ name: String, in store: FileStore) async {
        var limit = rlimit(rlim_cur: 4096, rlim_max: 4096)
        #if canImport(Glibc)
        setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
        #else
        setrlimit(RLIMIT_FSIZE, &limit)
        #endif
        do throws(TokenStoreError) {
            let entry = try await store.load(name)
            _ = try await store.save(
                Array(repeating: 0x78, count: 100_000),
                as: name,
                replacing: entry?.version,
                until: nil
            )
            say("saved")
        } catch {
            say("\(error.kind)")
        }
    }

    private static func say(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        write(1, bytes, bytes.count)
    }
}
