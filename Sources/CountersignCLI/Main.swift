#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

@main
enum Main {
    static func main() async {
        let tool = CommandLineTool(
            output: { write($0, to: STDOUT_FILENO) },
            errors: { write($0, to: STDERR_FILENO) },
            environment: environment
        )
        exit(await tool.run(Array(CommandLine.arguments.dropFirst())).rawValue)
    }

    private static var environment: [String: String] {
        var variables: [String: String] = [:]
        var next = environ
        while let text = next.pointee {
            let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
            next += 1
        }
        return variables
    }

    private static func write(_ text: String, to file: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { unsafe in
                #if canImport(Darwin)
                Darwin.write(file, unsafe.baseAddress, unsafe.count)
                #elseif canImport(Musl)
                Musl.write(file, unsafe.baseAddress, unsafe.count)
                #else
                Glibc.write(file, unsafe.baseAddress, unsafe.count)
                #endif
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
