#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The browser that the system's user has chosen.
public enum SystemBrowser {
    #if canImport(Darwin)
    private static let program = "open"
    #else
    private static let program = "xdg-open"
    #endif

    /// Shows a page, without a shell in between.
    ///
    /// It waits until the browser has been told, not until the page is shown.
    ///
    /// - Returns: Whether there was a program to hand the URL to; where there is none, the user can open it by hand.
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
        // What it says is not for our output, which may be read by a program.
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
        // It is the browser itself, which ends when the user closes it: the answer comes long before.
        return true
    }

    /// How often to look whether there was no browser; it takes a second in all.
    private static let attempts = 20
}
