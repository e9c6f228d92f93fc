import Foundation

/// A program that runs to its end as a child process.
struct ChildProcess {
    let arguments: [String]
    /// The file for both output streams.
    let log: URL

    /// The resources that a program and all its child processes used.
    struct Usage {
        let wall: Duration
        /// The processor time on all processors.
        let cpu: Duration
        /// The peak memory of the largest process in bytes.
        ///
        /// It is at least that of this process, with which a child process on Linux begins.
        let peakMemory: Int
    }

    /// Runs the program that the first argument names, from a directory of `PATH`.
    ///
    /// - Throws: ``ChildProcessError`` if it cannot be started, or exits with a status other than zero.
    func run() throws -> Usage {
        // Not the Process of Foundation, which waits for the child itself and discards its resource usage.
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

    private func error(_ message: String) -> ChildProcessError {
        ChildProcessError(description: "\(arguments.joined(separator: " ")):\n\(message)")
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
