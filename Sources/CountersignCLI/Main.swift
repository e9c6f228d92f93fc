import CountersignGenerator

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
            // Split as bytes: as characters, "=" and a combining accent after it would be another character.
            let parts = String(cString: text).utf8.split(
                separator: UInt8(ascii: "="),
                maxSplits: 1,
                omittingEmptySubsequences: false
            ).map { String(Substring($0)) }
            if parts.count == 2 { variables[parts[0]] = parts[1] }
            next += 1
        }
        return variables
    }

    /// Writes a text; a failure is ignored, for example if the reader has closed the pipe.
    private static func write(_ text: String, to file: Int32) {
        _ = OutputFile.append(Array(text.utf8), to: file)
    }
}
