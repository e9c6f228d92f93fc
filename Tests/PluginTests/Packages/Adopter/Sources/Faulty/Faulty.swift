// A target needs a Swift file; the test is about the schema.
