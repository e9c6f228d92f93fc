import CountersignGenerator
import CountersignSchema

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The tool that generates the Swift source of one schema file.
///
/// It prints diagnostics to standard error in the format of compilers, and nothing on success. `--beside` names another
/// schema of the target, whose client must have another name. `--without-sign-in` names the target if it cannot import
/// CountersignOIDC.
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
            let (schema, diagnostics) = Schema.read(path: input, bytes: bytes)
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
        } catch let error as FileError {
            report("\(error.path):1:1: error: \(error.message)")
            return false
        } catch let error as GenerationError {
            let (location, message) = (error.location, error.message)
            report(Diagnostic(path: input, location: location, severity: .error, message: message).description)
            return false
        } catch {
            report("\(input):1:1: error: \(error)")
            return false
        }
    }

    /// Returns an error if another schema of the target has a client with the same name.
    ///
    /// A schema without a readable name is skipped; its errors are reported when its own client is generated.
    private static func namesake(of input: String, _ bytes: [UInt8], among others: [String]) -> Diagnostic? {
        if others.isEmpty { return nil }
        guard let (name, location) = Schema.clientName(path: input, bytes: bytes) else { return nil }
        for other in others {
            guard let bytes = try? InputFile.read(other),
                let (otherName, otherLocation) = Schema.clientName(path: other, bytes: bytes), otherName == name
            else { continue }
            let message =
                "the client '\(name)' has the same name as the one at \(other):\(otherLocation); rename one of them"
            return Diagnostic(path: input, location: location, severity: .error, message: message)
        }
        return nil
    }

    private static func report(_ message: String) {
        _ = OutputFile.append(Array((message + "\n").utf8), to: STDERR_FILENO)
    }
}
