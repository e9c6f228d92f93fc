/// A table of results, with a verdict for every row that has a target.
struct Table: CustomStringConvertible {
    private let title: String
    private let columns: [String]
    private var rows: [[String]] = []
    private var notes: [String] = []
    private var figures: [String] = []

    init(_ title: String, columns: String...) {
        self.title = title
        self.columns = columns + ["target"]
    }

    mutating func add(_ cells: String..., targets: [Target] = []) {
        rows.append(cells + [targets.map(\.description).joined(separator: ", ")])
        figures += targets.compactMap { $0.figure(of: cells[0]) }
    }

    mutating func note(_ text: String) {
        notes.append(text)
    }

    var description: String {
        let all = [columns] + rows
        let widths = columns.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        let lines = all.map { cells in
            cells.indices.map { column in
                let padding = String(repeating: " ", count: widths[column] - cells[column].count)
                // Names and targets are aligned to the left, figures to the right.
                return column == 0 || column == cells.count - 1 ? cells[column] + padding : padding + cells[column]
            }.joined(separator: "  ")
        }
        return (["", title, ""] + lines.map { "  " + $0 } + notes.map { "  \($0)" } + figures).joined(separator: "\n")
    }
}

/// A limit that a figure must meet.
struct Target: CustomStringConvertible {
    let description: String
    private let seen: String
    private let isMet: Bool
    private let promise: Int?

    /// Creates an upper limit.
    ///
    /// - Parameter promise: The number of the promise in the article Reliability.
    static func atMost(_ limit: Double, _ figure: Double, _ unit: String = "", promise: Int? = nil) -> Target {
        Target("≤", limit: limit, figure: figure, unit: unit, isMet: figure <= limit, promise: promise)
    }

    static func atLeast(_ limit: Double, _ figure: Double, _ unit: String = "", promise: Int? = nil) -> Target {
        Target("≥", limit: limit, figure: figure, unit: unit, isMet: figure >= limit, promise: promise)
    }

    private init(_ sign: String, limit: Double, figure: Double, unit: String, isMet: Bool, promise: Int?) {
        let limit = limit == limit.rounded() ? String(Int(limit)) : String(limit)
        let unit = unit.isEmpty ? "" : " " + unit
        description = "\(sign) \(limit)\(unit): \(isMet ? "met" : "NOT MET")"
        seen = figure.text(figure == figure.rounded() || figure >= 100 ? 0 : 2) + unit
        self.isMet = isMet
        self.promise = promise
    }

    /// The line that `.ci/promises` parses; nil if the target belongs to no promise.
    func figure(of name: String) -> String? {
        promise.map { "P\($0) \(isMet ? "seen" : "missed"): \(name), \(seen)" }
    }
}

extension Double {
    /// The number with this many digits after the decimal point.
    func text(_ digits: Int = 0) -> String {
        guard isFinite else { return "–" }
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let rounded = (self * scale).rounded() / scale
        return digits == 0 ? String(Int(rounded)) : String(rounded)
    }

    /// The number as a multiple.
    var ratio: String { "\(text(2)) ×" }
}
