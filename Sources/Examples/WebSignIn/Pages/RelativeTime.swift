#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A date as the time since then: the user's time zone is unknown to the server.
enum RelativeTime {
    static func html(of date: Date, now: Date = .now) -> HTML {
        #"<time datetime="\#(date.formatted(.iso8601))">\#(text(now.timeIntervalSince(date)))</time>"#
    }

    private static func text(_ seconds: Double) -> String {
        switch seconds {
        case ..<10: "just now"
        case ..<60: "\(Int(seconds)) s ago"
        case ..<3600: "\(Int(seconds / 60)) min ago"
        case ..<86400: "\(Int(seconds / 3600)) h ago"
        case ..<31_536_000: "\(Int(seconds / 86400)) d ago"
        default: "over a year ago"
        }
    }
}
