import CCurl

/// The configured certificate authorities in libcurl's form, shared by all handles of a loop.
struct CurlAuthorities: ~Copyable {
    private let authorities: CurlTransport.CertificateAuthorities
    private let blob: UnsafeMutableRawBufferPointer

    init(_ authorities: CurlTransport.CertificateAuthorities) {
        self.authorities = authorities
        if case .pem(let bytes) = authorities {
            blob = .allocate(byteCount: bytes.count, alignment: 1)
            blob.copyBytes(from: bytes)
        } else {
            blob = UnsafeMutableRawBufferPointer(start: nil, count: 0)
        }
    }

    deinit { blob.deallocate() }

    /// Sets the authorities of a handle, which must not outlive this value.
    func apply(to easy: UnsafeMutableRawPointer) {
        guard authorities != .system else { return }
        // Otherwise the system's directory of authorities would be trusted as well.
        countersign_easy_set_string(easy, CURLOPT_CAPATH, nil)
        countersign_easy_set_string(easy, CURLOPT_CAINFO, nil)
        switch authorities {
        case .system: break
        case .pemFile(let path): countersign_easy_set_string(easy, CURLOPT_CAINFO, path)
        case .pem:
            var value = curl_blob(data: blob.baseAddress, len: blob.count, flags: UInt32(CURL_BLOB_NOCOPY))
            countersign_easy_set_blob(easy, CURLOPT_CAINFO_BLOB, &value)
        }
    }
}
