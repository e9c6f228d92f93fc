import Foundation

/// A program that is run and waited for.
struct ChildProcess {
    let arguments: [String]
    /// Where both of its streams go.
    let log: URL

    /// What a program cost, with all the programs it started.
    struct Usage {
        let wall: Duration
        /// Of all processors together.
        let cpu: Duration
        /// Of the largest process alone, in bytes; no less than this process's own, which a child on Linux begins with.
        let peakMemory: Int
    }

    /// Runs the program named first among the arguments, which is looked for in `PATH`.
    ///
    /// - Throws: ``ChildProcessError`` when it cannot be started, or ends with another status than zero.
    func run() throws -> Usage {
        // Not Foundation's: that one waits by itself, and what the child used is lost with it.
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log.path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        let variables = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }
        let program = arguments.first ?? ""
        var child = pid_t()
        let start = ContinuousClock.now
        let failure = withCStrings(arguments) { arguments in
            withCStrings(variables) { posix_spawnp(&child, program, &actions, nil, arguments, $0) }
        }
        guard failure == 0 else { throw error(String(cString: strerror(failure))) }
        var (status, usage): (Int32, rusage) = (0, rusage())
        while wait4(child, &status, 0, &usage) == -1 {
            guard errno == EINTR else { throw error(String(cString: strerror(errno))) }
        }
        guard status == 0 else {
            let output = (try? String(contentsOf: log, encoding: .utf8)) ?? ""
            throw error(output.split(separator: "\n").suffix(30).joined(separator: "\n"))
        }
        return Usage(
            wall: ContinuousClock.now - start,
            cpu: usage.ru_utime.duration + usage.ru_stime.duration,
            peakMemory: usage.ru_maxrss * Self.memoryUnit
        )
    }

    #if canImport(Darwin)
    private static let memoryUnit = 1
    #else
    private static let memoryUnit = 1024
    #endif

    private func error(_ reason: String) -> ChildProcessError {
        ChildProcessError(description: "\(arguments.joined(separator: " ")):\n\(reason)")
    }
}

struct ChildProcessError: Error, CustomStringConvertible {
    let description: String
}

extension timeval {
    fileprivate var duration: Duration { .seconds(Int(tv_sec)) + .microseconds(Int(tv_usec)) }
}

private func withCStrings<Result>(
    _ strings: [String],
    _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
    let pointers = strings.map { strdup($0) }
    defer { for pointer in pointers { free(pointer) } }
    return body(pointers + [nil])
}
