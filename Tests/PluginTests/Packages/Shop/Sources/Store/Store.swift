// A target needs a Swift file in addition to generated ones.
