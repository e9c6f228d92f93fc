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
        guard let arguments = Arguments(Array(CommandLine.arguments.dropFirst())) else {
            report(Arguments.usage)
            exit(1)
        }
        exit(generate(arguments) ? 0 : 1)
    }

    private static func generate(_ arguments: Arguments) -> Bool {
        let input = arguments.schema
        do {
            let bytes = try InputFile.read(input)
            let (schema, diagnostics) = Schema.parse(path: input, bytes: bytes)
            for diagnostic in diagnostics { report(diagnostic.description) }
            let namesake = namesake(of: input, bytes, among: arguments.others)
            if let namesake { report(namesake.description) }
            guard let schema, namesake == nil else { return false }
            let fileName = input.split(separator: "/").last.map(String.init) ?? input
            let source = try ClientSource.text(
                of: schema,
                fileName: fileName,
                targetWithoutSignIn: arguments.targetWithoutSignIn
            )
            try OutputFile.write(Array(source.utf8), to: arguments.output)
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

    /// What to say when another schema of the target has a client of the same name.
    ///
    /// One that cannot be read has no name here: what is wrong with it is said when its own client is generated.
    private static func namesake(of input: String, _ bytes: [UInt8], among others: [String]) -> Diagnostic? {
        if others.isEmpty { return nil }
        guard let (name, location) = Schema.clientName(path: input, bytes: bytes) else { return nil }
        for other in others {
            guard let bytes = try? InputFile.read(other),
                let (otherName, place) = Schema.clientName(path: other, bytes: bytes), otherName == name
            else { continue }
            let message =
                "the client '\(name)' has the same name as that of \(other):\(place.line):\(place.column); "
                + "rename one of them"
            return Diagnostic(path: input, location: location, severity: .error, message: message)
        }
        return nil
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
