import CCurl
import COpenSSL
import Foundation

/// The machine and the libraries of a measurement.
enum MachineFacts {
    static var text: String {
        let facts = [
            "\(ProcessInfo.processInfo.activeProcessorCount) cores, load average \(loadAverage)",
            kernel,
            Command.version(of: "swift", "--version"),
            String(cString: OpenSSL_version(OPENSSL_VERSION)),
            String(cString: curl_version()),
            Command.version(of: "nginx", "-v"),
            Command.version(of: "wrk", "-v"),
        ]
        #if DEBUG
        return (["A debug build, whose figures are meaningless. Use `swift run -c release Benchmarks`."] + facts)
            .joined(separator: "\n")
        #else
        return facts.joined(separator: "\n")
        #endif
    }

    private static var kernel: String {
        var names = utsname()
        uname(&names)
        func text<Field>(_ field: Field) -> String {
            withUnsafeBytes(of: field) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
        return "\(text(names.sysname)) \(text(names.release)) \(text(names.machine))"
    }

    private static var loadAverage: String {
        var averages = [0.0]
        return getloadavg(&averages, 1) == 1 ? averages[0].text(1) : "unknown"
    }
}
