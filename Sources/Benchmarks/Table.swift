/// A table for people, with a verdict for every row that has a target.
struct Table: CustomStringConvertible {
    private let title: String
    private let columns: [String]
    private var rows: [[String]] = []
    private var notes: [String] = []

    init(_ title: String, columns: String...) {
        self.title = title
        self.columns = columns + ["target"]
    }

    mutating func add(_ cells: String..., targets: [Target] = []) {
        rows.append(cells + [targets.map(\.description).joined(separator: ", ")])
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
                // Names and targets to the left, figures to the right.
                return column == 0 || column == cells.count - 1 ? cells[column] + padding : padding + cells[column]
            }.joined(separator: "  ")
        }
        return (["", title, ""] + lines.map { "  " + $0 } + notes.map { "  \($0)" }).joined(separator: "\n")
    }
}

/// A limit that a figure is held against.
struct Target: CustomStringConvertible {
    let description: String

    static func atMost(_ limit: Double, _ figure: Double, _ unit: String = "") -> Target {
        Target("≤", limit, unit, isMet: figure <= limit)
    }

    static func atLeast(_ limit: Double, _ figure: Double, _ unit: String = "") -> Target {
        Target("≥", limit, unit, isMet: figure >= limit)
    }

    private init(_ sign: String, _ limit: Double, _ unit: String, isMet: Bool) {
        let limit = limit == limit.rounded() ? String(Int(limit)) : String(limit)
        description = "\(sign) \(limit)\(unit.isEmpty ? "" : " " + unit): \(isMet ? "met" : "NOT MET")"
    }
}

extension Double {
    /// With so many digits after the point.
    func text(_ digits: Int = 0) -> String {
        guard isFinite else { return "–" }
        let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
        let rounded = (self * scale).rounded() / scale
        return digits == 0 ? String(Int(rounded)) : String(rounded)
    }

    /// As a multiple.
    var ratio: String { "\(text(2)) ×" }
}
