import Countersign
import Testing

@Suite("Memory store")
struct MemoryStoreTests {
    @Test("An entry prints its version and not its contents")
    func printing() {
        let entry = StoredEntry(contents: Array("canary".utf8), version: StoreVersion("v1"))
        #expect("\(entry)" == "StoredEntry(v1, <redacted>)")
        var dumped = ""
        dump(entry, to: &dumped)
        #expect(!dumped.contains("99"), "99 is the letter c")
    }
}
