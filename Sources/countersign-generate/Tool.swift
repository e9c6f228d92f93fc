import CountersignGenerator
import CountersignSchema

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Writes the Swift source of one schema file:
/// `countersign-generate <schema> --output <file> [--without-sign-in <target>]`.
///
/// The option says that what is generated is for a target which cannot import CountersignOIDC.
/// Silent when all is well; otherwise it says what and where on the standard error, as compilers do.
@main
enum Tool {
    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        guard arguments.count == 3 || arguments.count == 5 && arguments[3] == "--without-sign-in",
            arguments[1] == "--output"
        else {
            report("usage: countersign-generate <schema> --output <file> [--without-sign-in <target>]")
            exit(1)
        }
        let target = arguments.count == 5 ? arguments[4] : nil
        exit(generate(from: arguments[0], to: arguments[2], forTargetWithoutSignIn: target) ? 0 : 1)
    }

    private static func generate(from input: String, to output: String, forTargetWithoutSignIn target: String?) -> Bool
    {
        do {
            let (schema, diagnostics) = Schema.parse(path: input, bytes: try InputFile.read(input))
            for diagnostic in diagnostics { report(diagnostic.description) }
            guard let schema else { return false }
            let fileName = input.split(separator: "/").last.map(String.init) ?? input
            let source = try ClientSource.text(of: schema, fileName: fileName, targetWithoutSignIn: target)
            try OutputFile.write(Array(source.utf8), to: output)
            return true
        } catch let problem as FileProblem {
            report("\(problem.path):1:1: error: \(problem.reason)")
            return false
        } catch let problem as Unsupported {
            let place = problem.location
            report(Diagnostic(path: input, location: place, severity: .error, message: problem.message).description)
            return false
        } catch {
            report("\(input):1:1: error: \(error)")
            return false
        }
    }

    private static func report(_ message: String) {
        var bytes = Array((message + "\n").utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { unsafe in write(STDERR_FILENO, unsafe.baseAddress, unsafe.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return }
            bytes = bytes.dropFirst(written)
        }
    }
}
