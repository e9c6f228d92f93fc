#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The default browser of the system.
public enum SystemBrowser {
    #if canImport(Darwin)
    private static let program = "open"
    #else
    private static let program = "xdg-open"
    #endif

    /// Opens a page in the browser, without a shell.
    ///
    /// It returns when the browser was started, at most after one second, and does not wait for the page.
    ///
    /// - Returns: False if no browser could be started; show the URL to the user in that case.
    public static func open(_ url: String) -> Bool {
        var arguments = [strdup(program), strdup(url), nil]
        defer { for argument in arguments { free(argument) } }
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        #else
        var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        // Its output must not mix with the output of this program, which another program may read.
        for file in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] {
            posix_spawn_file_actions_addopen(&actions, file, "/dev/null", O_RDWR, 0)
        }
        var process = pid_t()
        guard posix_spawnp(&process, program, &actions, nil, &arguments, environ) == 0 else { return false }
        var status: Int32 = 0
        for _ in 0..<attempts {
            let ended = waitpid(process, &status, WNOHANG)
            if ended == process { return status == 0 }
            if ended < 0, errno != EINTR { return false }
            usleep(50_000)
        }
        // The program is still running: it is the browser itself, which ends when the user closes it.
        return true
    }

    /// The number of checks for a failed start, 50 ms apart.
    private static let attempts = 20
}
