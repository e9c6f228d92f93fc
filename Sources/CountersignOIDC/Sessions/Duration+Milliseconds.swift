extension Duration {
    /// The duration in whole milliseconds, rounded down and limited to the range of 64 bits.
    var inMilliseconds: Int64 {
        let (seconds, attoseconds) = max(.seconds(Int64.min), min(self, .seconds(Int64.max))).components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        if overflow { return seconds < 0 ? .min : .max }
        let (sum, carried) = whole.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return carried ? (seconds < 0 ? .min : .max) : sum
    }
}
