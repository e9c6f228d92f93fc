extension Duration {
    /// The duration, limited to a hundred years in both directions.
    ///
    /// A program may configure any duration, `.seconds(Int64.max)` for "endless" included. Sums and products of it would
    /// overflow, and end the process.
    package var clamped: Duration {
        let maximum = Duration.seconds(3_155_760_000)
        return max(.zero - maximum, min(self, maximum))
    }

    /// The duration, limited to the range from zero to a hundred years.
    package var clampedToPositive: Duration { max(.zero, clamped) }
}
