// A target needs a Swift file of its own; the clients are generated beside it.
