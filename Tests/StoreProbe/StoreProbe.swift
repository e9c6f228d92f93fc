import Countersign
import CountersignOIDC

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// A process for the tests of ``FileTokenStore`` that performs one operation and reports it on the standard output.
///
///     StoreProbe save <folder> <entry>      saves 1, 2, 3, … and writes each number after its save has returned, until
///                                           it is killed, or its parent has ended
///     StoreProbe lease <folder> <entry>     acquires the lease, writes "held", and keeps it until the standard input ends
///     StoreProbe add <folder> <entry>       increments the number in the entry 50 times, while other processes do so too
///     StoreProbe session <folder> <issuer>  see ``SessionProbe``
///     StoreProbe web <folder> <issuer>      see ``WebProbe``
///     StoreProbe full <folder> <entry>      saves with a file size limit of 4 KiB and writes the result
///     StoreProbe umask <folder> <entry>     saves and acquires a lease with umask 0
@main
enum StoreProbe {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4 else { exit(64) }
        if arguments[1] == "umask" { umask(0) }
        let store = try FileTokenStore(directory: arguments[2], encryption: encryption)
        let name = arguments[3]
        switch arguments[1] {
        case "save": try await save(name, in: store)
        case "lease": try await lease(name, in: store)
        case "add": try await add(name, in: store)
        case "full": await fillUp(name, in: store)
        case "umask":
            _ = try await store.save([1], as: name, replacing: nil, until: nil)
            try await lease(name, in: store)
        case "web": try await WebProbe.run(name, in: arguments[2], shutsDown: true)
        case "web-at-once": try await WebProbe.run(name, in: arguments[2], shutsDown: false)
        case "session": try await SessionProbe.run(name, in: store)
        default: exit(64)
        }
    }

    /// The encryption of the store, with the same key as in the tests.
    static var encryption: StoreEncryption {
        get throws { try .aes256GCM(keys: [Array(repeating: 7, count: 32)]) }
    }

    private static func save(_ name: String, in store: FileTokenStore) async throws {
        var entry = try await store.load(name)
        var number = entry.flatMap { Int(String(decoding: $0.contents.prefix { $0 != 0x20 }, as: UTF8.self)) } ?? 0
        let parent = getppid()
        while getppid() == parent {
            number += 1
            // The lengths differ, and most saves take several writes.
            let padding = String(repeating: "x", count: number * 7919 % 20_000)
            let contents = Array("\(number) \(padding)".utf8)
            let version = try await store.save(contents, as: name, replacing: entry?.version, until: nil)
            entry = StoredEntry(contents: contents, version: version)
            writeLine("\(number)")
        }
    }

    private static func lease(_ name: String, in store: FileTokenStore) async throws {
        let lease = try await store.lease(name, for: .seconds(60), waitingAtMost: .seconds(60))
        writeLine("held")
        while readLine() != nil {}
        await lease.release()
        writeLine("released")
    }

    private static func add(_ name: String, in store: FileTokenStore) async throws {
        var additions = 0
        while additions < 50 {
            let entry = try await store.load(name)
            let number = entry.flatMap { Int(String(decoding: $0.contents, as: UTF8.self)) } ?? 0
            do throws(TokenStoreError) {
                let contents = Array("\(number + 1)".utf8)
                _ = try await store.save(contents, as: name, replacing: entry?.version, until: nil)
                additions += 1
            } catch {
                guard error.kind == .conflict else { throw error }
            }
        }
        writeLine("added")
    }

    private static func fillUp(_ name: String, in store: FileTokenStore) async {
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
            writeLine("saved")
        } catch {
            writeLine("\(error.kind)")
        }
    }

    static func writeLine(_ line: String) {
        let bytes = Array("\(line)\n".utf8)
        write(1, bytes, bytes.count)
    }
}
